"""Activity: jobs as sentences."""
