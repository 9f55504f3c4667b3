"""Language models: llama.cpp in the model process, or a server on this computer."""
