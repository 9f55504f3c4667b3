"""Which messages belong together."""
