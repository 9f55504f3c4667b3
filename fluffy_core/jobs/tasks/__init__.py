"""What each job does, one module per family."""
