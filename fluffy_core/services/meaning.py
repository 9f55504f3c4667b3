"""What stands for a message in meaning search and for those who learn."""

from fluffy_core.domain.intelligence import ThreadMessage

HEAD_CHARS = 600
"""Characters of subject and new text that a message's first vector stands for."""


def head(message: ThreadMessage) -> str:
    """The text of a message's first vector: its subject and the beginning of what is new."""
    return f"{message.subject}\n{message.body}"[:HEAD_CHARS]
