"""What was learned from the user."""
