"""A kind of work that failed: what happened, what that means, what helps, and the buttons for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import jobs as acts
from app.context import Context
from app.widgets.buttons import button
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import DeadLetter, JobId, activity

CAUSES = 5
"""Different causes of one kind that are shown; more are counted."""


@dataclass(frozen=True)
class Cause:
    """Jobs that failed for the same reason."""

    text: str
    cure: str
    ids: tuple[JobId, ...]
    alone: bool
    """Whether the kind has no other failures: then the card's own buttons do."""


@dataclass(frozen=True)
class Failure:
    """Every failure of one kind; `total` may be more than what `causes` name."""

    name: str
    consequence: str
    causes: tuple[Cause, ...]
    total: int


def failures(letters: Sequence[DeadLetter], totals: dict[str, int]) -> dict[str, Failure]:
    """Grouped by kind, then by cause, in the order of the letters (newest first)."""
    grouped: dict[str, dict[tuple[str, str], list[DeadLetter]]] = {}
    for one in letters:
        grouped.setdefault(one.job.name, {}).setdefault((one.cause, one.cure), []).append(one)
    return {
        name: Failure(
            name,
            next(iter(causes.values()))[0].consequence,
            tuple(
                Cause(cause, cure, tuple(one.job.id for one in some), alone=len(causes) == 1)
                for (cause, cure), some in causes.items()
            ),
            max(totals.get(name, 0), sum(map(len, causes.values()))),
        )
        for name, causes in grouped.items()
    }


class FailureCard(QFrame):
    """One kind: its title and what is missing, then each cause with its cure."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.value: Failure | None = None
        self.setProperty("kind", "card-bad")
        self._title, self._count = label(kind="strong"), label(kind="small")
        self._consequence = label(kind="dim", wrap=True)
        self._retry = button("Retry", self._on_retry)
        self._discard = button("Discard", self._on_discard)
        self._causes = KeyedColumn(lambda: CauseRow(context), spacing=10)
        self._more = label(kind="dim")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(self._retry)
        head.addWidget(self._discard)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._consequence)
        column.addWidget(self._causes)
        column.addWidget(self._more)

    def show_value(self, value: Failure) -> None:
        """The failures as they are now."""
        if value == self.value:
            return
        self.value = value
        title, many = activity.title(value.name), value.total > 1
        self._title.setText(title)
        self._count.setText(f"{value.total:,} failed" if many else "failed")
        self._consequence.setText(clean(value.consequence, 300))
        for made, word in ((self._retry, "Retry"), (self._discard, "Discard")):
            made.setText(f"{word} all" if many else word)
            made.setAccessibleName(f"{made.text()}: {title}")
        self._causes.show_values({(one.text, one.cure): one for one in value.causes[:CAUSES]})
        hidden = len(value.causes) - CAUSES
        self._more.setVisible(hidden > 0)
        self._more.setText(f"and {hidden:,} other reason{'s' if hidden > 1 else ''}")
        first = value.causes[0]
        self.setAccessibleName(f"{title} failed. {first.text} {value.consequence} {first.cure}")

    def _on_retry(self) -> None:
        self._act(acts.retry, acts.retry_all)

    def _on_discard(self) -> None:
        self._act(acts.discard, acts.discard_all)

    def _act(self, one: acts.OnJob, every: acts.OnKind) -> None:
        if self.value is None:
            return
        if self.value.total > 1:
            every(self._context, self, self.value.name)
        else:
            one(self._context, self, self.value.causes[0].ids[0])


class CauseRow(QWidget):
    """Why some jobs failed and what helps; its buttons only where others of the kind failed otherwise."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._ids: tuple[JobId, ...] = ()
        self._text, self._cure = label(wrap=True, selectable=True), label(kind="dim", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._cure)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addLayout(words, 1)
        self._links = (
            button("Retry", self._retry, kind="link"),
            button("Discard", self._discard, kind="link"),
        )
        for one in self._links:
            line.addWidget(one, 0, Qt.AlignmentFlag.AlignTop)

    def show_value(self, value: Cause) -> None:
        """The cause as it is now."""
        self._ids = value.ids
        times = f" ({len(value.ids):,} times)" if len(value.ids) > 1 and not value.alone else ""
        self._text.setText(f"{clean(value.text, 400)}{times}")
        self._cure.setText(_spoken(value.cure))
        for one in self._links:
            one.setVisible(not value.alone)
            one.setAccessibleName(f"{one.text()}: {clean(value.text, 120)}")

    def _retry(self) -> None:
        acts.retry(self._context, self, *self._ids)

    def _discard(self) -> None:
        acts.discard(self._context, self, *self._ids)


def _spoken(cure: str) -> str:
    """Commands in it are quoted as in print."""
    return re.sub("`([^`]*)`", "“\\1”", clean(cure, 300))
