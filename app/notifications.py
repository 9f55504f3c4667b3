"""What the user is told outside the window: asks the core what is new, and shows it the best way there is."""

from __future__ import annotations

import sys
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from app.background import ChangeOp, QueryOp
from app.context import Context
from fluffy_core import Changed, Notice, NoticeSettings, notices

NEWS = frozenset({Changed.ALERTS, Changed.FOLLOW_UPS})


class Desktop(Protocol):
    """A way to show notices."""

    acted: SignalInstance
    refused: SignalInstance

    def show(self, notice: Notice) -> None:
        """Show one; `refused` is emitted with it when that cannot be done."""

    def close(self) -> None:
        """Show nothing more."""


class Notifier(QObject):
    """Each thing once: the core remembers what was told. Without a desktop to show it, nothing is taken."""

    opened = Signal(str)
    """The page that a notice leads to."""
    settings_read = Signal(object)
    """The newest `NoticeSettings`."""

    def __init__(self, context: Context, desktop: Desktop | None, tray: Desktop | None) -> None:
        super().__init__()
        self._context = context
        self._ways = [one for one in (desktop, tray) if one is not None]
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.take)
        for one in self._ways:
            one.acted.connect(self.opened)
        for one, other in zip(self._ways, self._ways[1:], strict=False):
            one.refused.connect(other.show)
        context.bridge.changed.connect(self._on_changed)

    def start(self) -> None:
        """Read the settings, and tell what came up while nobody was there."""
        self.read_settings()
        self.take()

    def read_settings(self) -> None:
        """Tell the newest settings to whoever listens."""
        store = self._context.core.store
        op = QueryOp[NoticeSettings](self._context.background, self, lambda: notices.read(store))
        op.success(self.settings_read.emit).run()

    def take(self) -> None:
        """Tell what is new, or come back when the quiet hours end."""
        if self._ways:
            store = self._context.core.store
            ChangeOp(self._context.background, self, lambda: notices.take(store)).success(self._tell).run()

    def close(self) -> None:
        """Tell nothing more."""
        self._later.stop()
        for one in self._ways:
            one.close()

    def _tell(self, told: notices.Told) -> None:
        for one in told.notices:
            self._ways[0].show(one)
        if told.wait is not None:
            self._later.start(int(told.wait * 1000) + 1000)

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.SETTINGS in kinds:
            self.read_settings()
        if kinds & NEWS or (Changed.SETTINGS in kinds and self._later.isActive()):
            self.take()


def desktop() -> Desktop | None:
    """The desktop's own notifications, where there is a session bus to ask."""
    if sys.platform != "linux":
        return None
    from app.desktop_bus import BusDesktop

    return BusDesktop()
