"""HTML mail: readable text from it, and a version that is safe to show."""

from fluffy_core.mail.html.safe import sanitise
from fluffy_core.mail.html.text import to_text

__all__ = ["sanitise", "to_text"]
