"""What a sentence of mail does, asks, answers and names as its day."""
