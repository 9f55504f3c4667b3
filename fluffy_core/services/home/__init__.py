"""The home itself: its jobs, its health, its notices."""
