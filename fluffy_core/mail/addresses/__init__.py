"""Addresses and the names of their owners."""
