"""Drafts in the user's voice: the voice, the words, and how far to trust them."""
