"""HTML mail: its readable text, and a version that is safe to show."""
