"""Importing files: choose, watch, confirm."""
