"""Connecting an account: address, sign-in, what to fetch."""
