"""Today: what needs the user now, on one page."""
