"""Inbox: what needs a reply, what waits, everything."""
