"""Saying what a conversation is."""
