"""Kinds of work that wait, and everything FluffyMail can do with when it does it; each can be paused."""

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions import jobs as acts
from app.context import Context
from app.views.activity.snapshot import Snapshot
from app.widgets.buttons import button
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import ElidedLabel, label
from fluffy_core import KindFacts, activity


@dataclass(frozen=True)
class KindLine:
    """A kind of work: what is said of it, and whether it is paused (None: it cannot be)."""

    name: str
    title: str
    said: str
    paused: bool | None


def waiting_lines(found: Snapshot) -> dict[str, KindLine]:
    """Kinds that wait with how many, and kinds that were paused."""
    paused = found.pauses.kinds
    names = sorted({*found.waiting, *paused}, key=activity.title)
    return {name: KindLine(name, activity.title(name), _waits(found.waiting.get(name, 0), name in paused),
                           name in paused) for name in names}  # fmt: skip


def ability_lines(found: Snapshot) -> dict[str, KindLine]:
    """Every kind: what works now first, then what a later version brings."""
    ordered = sorted(found.kinds, key=lambda one: (not one.available, one.title))
    return {
        one.name: KindLine(
            one.name, one.title, _schedule(one), one.name in found.pauses.kinds if one.available else None
        )
        for one in ordered
    }


def _waits(number: int, paused: bool) -> str:
    said = f"{number:,} waiting" if number else "none waiting"
    return f"{said}, paused" if paused else said


def _schedule(kind: KindFacts) -> str:
    if not kind.available:
        return "not available yet"
    return kind.schedule or "when there is something to do"


class KindRow(QWidget):
    """A line with its title, what is said of it, and a button that pauses the kind or lets it go on."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._value: KindLine | None = None
        self._title, self._said = ElidedLabel(), label(kind="dim")
        self._pause = button("Pause", self._toggle, kind="link")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 1, 0, 1)
        line.setSpacing(12)
        line.addWidget(self._title, 1)
        line.addWidget(self._said)
        line.addWidget(self._pause)

    def show_value(self, value: KindLine) -> None:
        """The kind as it is now."""
        if value == self._value:
            return
        self._value = value
        self._title.say(value.title)
        self._said.setText(value.said)
        policy = self._pause.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._pause.setSizePolicy(policy)
        self._pause.setVisible(value.paused is not None)
        self._pause.setText("Resume" if value.paused else "Pause")
        self._pause.setAccessibleName(f"{self._pause.text()}: {value.title}")

    def _toggle(self) -> None:
        if self._value is not None:
            acts.set_paused(self._context, self, not self._value.paused, kind=self._value.name)


class Abilities(QWidget):
    """Folded away: what FluffyMail can do, and when it does it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._fold = button("", self.toggle, kind="fold")
        self._fold.setSizePolicy(
            self._fold.sizePolicy().Policy.Expanding, self._fold.sizePolicy().Policy.Fixed
        )
        self.lines = KeyedColumn(lambda: KindRow(context), spacing=4)
        self.lines.hide()
        self._open = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._fold)
        column.addWidget(self.lines)
        self._say()

    def show_value(self, found: Snapshot) -> None:
        """The kinds as they are now."""
        self.lines.show_values(ability_lines(found))
        self.lines.setVisible(self._open)

    def stops(self) -> list[QPushButton]:
        """What Tab should reach, from top to bottom."""
        return [self._fold, *self.lines.stops()]

    def toggle(self) -> None:
        """Show or fold."""
        self._open = not self._open
        self.lines.setVisible(self._open)
        self._say()

    def _say(self) -> None:
        self._fold.setText(f"{'▾' if self._open else '▸'}  What FluffyMail can do")
        self._fold.setAccessibleName("What FluffyMail can do: " + ("shown" if self._open else "folded"))
