"""Models: what is here, what can be fetched, which is in use."""
