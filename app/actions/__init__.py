"""What the user can do: one small function each, built on background operations."""
