"""Driving a window in tests: wait until it has come to rest, press keys."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.window import Window
from tests.app.fakes import FakeMail


@dataclass
class Opened:
    """A window on screen and the mailbox behind it."""

    desk: Desk
    mail: FakeMail
    bot: QtBot

    @property
    def window(self) -> Window:
        return self.desk.window

    def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        """Wait until nothing is under way and the condition holds."""
        self.bot.waitUntil(lambda: self.desk.context.background.idle and until(), timeout=8000)

    def press(self, key: str) -> None:
        """Run the command that has this key, as the key would."""
        for action in self.window.actions():
            if QKeySequence(key) in action.shortcuts():
                action.trigger()
                return
        raise AssertionError(f"no command has the key {key}")


Open = Callable[[FakeMail], Opened]
