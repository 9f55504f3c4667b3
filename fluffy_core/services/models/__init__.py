"""Models chosen, fetched, measured and removed."""
