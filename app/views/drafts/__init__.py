"""Drafts, what is on its way, and what could not be sent."""
