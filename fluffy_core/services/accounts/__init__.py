"""Accounts on servers: added, tried, permitted, looked after."""
