"""What is owed, over all conversations."""
