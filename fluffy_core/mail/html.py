"""HTML mail: readable text from it, and a version that is safe to show."""

from fluffy_core.mail.html_safe import sanitise
from fluffy_core.mail.html_text import to_text

__all__ = ["sanitise", "to_text"]
