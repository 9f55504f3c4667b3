"""Who owes what to whom, and what became of it."""
