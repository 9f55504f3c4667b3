"""The child process that holds both models, and how it is asked."""
