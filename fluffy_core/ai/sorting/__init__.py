"""What a message is to its reader, and what the reader's corrections teach."""
