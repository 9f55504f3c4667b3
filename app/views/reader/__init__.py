"""The reader: one conversation."""
