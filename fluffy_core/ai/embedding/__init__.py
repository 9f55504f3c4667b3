"""Embedders: texts cut, grouped and made into vectors."""
