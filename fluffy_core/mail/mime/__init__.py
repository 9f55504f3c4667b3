"""RFC 5322 and MIME: bytes to messages, messages to bytes."""
