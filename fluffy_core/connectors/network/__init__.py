"""The gateway, the only way out, and what speaks HTTP through it."""
