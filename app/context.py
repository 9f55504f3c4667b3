"""What every view is given: the core, the threads to call it on, its news, the style, a way to say things."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.bridge import Bridge
from app.theme import Style, Theme
from fluffy_core import Core


class Notices(QObject):
    """Words for the user about what was done or went wrong; the window shows them."""

    done = Signal(str, bool)
    """A sentence, and whether `z` takes it back."""
    failed = Signal(object)
    """An exception, for `app.errors` to put into words."""
    quote_wanted = Signal(object, str)
    """A message and words in it, to be shown."""
    import_wanted = Signal(list)
    """Paths to import (none: ask for them)."""
    connect_wanted = Signal()
    """An account is to be connected."""


@dataclass(frozen=True)
class Context:
    """Made once by the composition root and passed in."""

    core: Core
    background: Background
    bridge: Bridge
    theme: Theme
    notices: Notices

    @property
    def style(self) -> Style:
        """Colours, sizes and fonts in force."""
        return self.theme.style
