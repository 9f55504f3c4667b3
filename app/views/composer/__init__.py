"""Writing a message: the composer below the conversation, and the panel that suggests a draft."""
