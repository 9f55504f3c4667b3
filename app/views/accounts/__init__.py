"""The accounts: how each stands, and what can be done about it."""
