"""Model files from the network, and model servers on this computer."""
