"""The column of what is not done: failures, running, tried again, waiting; and what can be done at all."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.context import Context
from app.views.activity.card import JobCard, LaterCard, laters
from app.views.activity.failure import FailureCard, failures
from app.views.activity.snapshot import CARDS, Filter, Snapshot
from app.views.activity.waiting import Abilities, KindRow, waiting_lines
from app.widgets.buttons import button
from app.widgets.choice_button import ChoiceButton
from app.widgets.empty import EmptyState
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label
from fluffy_core import JobFigures, Progress, activity, number_of

ELSEWHERE = (
    "Another window of FluffyMail does the work on this mailbox. What it does is shown here, and what you "
    "press here reaches it."
)
HELD = {
    "battery": "Background work waits until the computer is plugged in.",
    "memory": "Background work waits because FluffyMail uses much memory. Start it again to free it.",
}


class Section(QWidget):
    """A titled column of cards that is out of the way when there are none."""

    def __init__(self, title: str, make: Callable[[], Any], *, spacing: int = 8) -> None:
        super().__init__()
        self._name = title
        self._title, self._more = label(kind="section"), label(kind="dim")
        self.cards = KeyedColumn(make, spacing=spacing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(8)
        for one in (self._title, self.cards, self._more):
            column.addWidget(one)

    def show_values(self, values: Mapping[Any, Any], total: int) -> None:
        """The first of them as cards, the rest as a number."""
        first = dict(list(values.items())[:CARDS])
        self.setVisible(bool(first))
        self._title.setText(f"{self._name.upper()} · {total:,}")
        self._title.setAccessibleName(f"{self._name}: {total:,}")
        self._more.setVisible(total > len(first) and len(values) > CARDS)
        self._more.setText(f"and {total - len(first):,} more like these")
        self.cards.show_values(first)


class Now(QWidget):
    """Told a snapshot again and again; `choose` is called with the filter the user wants.

    `fault` is where the page says that what is shown could not be brought up to date.
    """

    def __init__(
        self,
        context: Context,
        choose: Callable[[Filter], object],
        toggle: Callable[[], object],
        *,
        fault: QWidget,
    ) -> None:
        super().__init__()
        self._choose = choose
        self._pause = button("Pause all", toggle)
        self.history = button("History", lambda: None, key="o")
        self._figures = label(kind="dim", wrap=True)
        self._notice = label(kind="notice", wrap=True)
        self.kinds = ChoiceButton("Kind of work shown", self._on_chosen)
        self.accounts = ChoiceButton("Account shown", self._on_chosen)
        self.failed = Section("Needs you", lambda: FailureCard(context))
        self.running = Section("Running", lambda: JobCard(context))
        self.later = Section("To be tried again", lambda: LaterCard(context))
        self.waiting = Section("Waiting", lambda: KindRow(context), spacing=4)
        self.empty = EmptyState("All quiet", "Nothing failed, runs or waits.")
        self.abilities = Abilities(context)
        self._lay_out(context.style.px("column"), fault)
        self.setAccessibleName("Activity")

    def show_value(self, found: Snapshot, *, filtered: bool) -> None:
        """The newest look."""
        self._figures.setText(_figures(found.figures))
        self._notice.setText(ELSEWHERE if found.elsewhere else HELD.get(found.pauses.held, ""))
        self._notice.setVisible(bool(self._notice.text()))
        paused = found.pauses.everything
        self._pause.setText("Resume all" if paused else "Pause all")
        self._pause.setAccessibleName(self._pause.text())
        self._fill_filters(found)
        groups = failures(found.dead, dict(found.failed))
        self.failed.show_values(groups, sum(found.failed.values()))
        self.running.show_values({job.id: job for job in found.running}, len(found.running))
        self.later.show_values(laters(found.later), len(found.later))
        self.waiting.show_values(waiting_lines(found), sum(found.waiting.values()))
        quiet = found.is_quiet and not self.waiting.cards.shown
        self.empty.setVisible(quiet)
        if quiet:
            self.empty.say(*_quiet(found, filtered=filtered))
        self.abilities.show_value(found)

    def move_to(self, told: Progress) -> None:
        """A running job moved."""
        card = self.running.cards.shown.get(told.job_id)
        if card is not None:
            card.move_to(told)

    def stops(self) -> list[QWidget]:
        """What Tab should reach, from top to bottom."""
        sections = (self.failed, self.running, self.later, self.waiting)
        cards = [stop for section in sections for stop in section.cards.stops()]
        return [self.history, self._pause, self.accounts, self.kinds, *cards, *self.abilities.stops()]

    def _fill_filters(self, found: Snapshot) -> None:
        able = sorted((one.title, one.name) for one in found.kinds if one.available)
        kinds: list[tuple[str, object]] = [("All kinds", None), *able]
        accounts: list[tuple[str, object]] = [("All accounts", None)]
        accounts += [(name, number) for number, name in found.accounts]
        self.kinds.show_entries(kinds)
        self.accounts.show_entries(accounts)
        self.accounts.setVisible(len(accounts) > 1)

    def _on_chosen(self) -> None:
        self._choose(Filter(self.kinds.value or "", self.accounts.value))

    def _lay_out(self, width: int, fault: QWidget) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Activity", "title"))
        head.addStretch()
        head.addWidget(self.history)
        head.addWidget(self._pause)
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self._figures, 1)
        filters.addWidget(self.accounts)
        filters.addWidget(self.kinds)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(filters)
        column.addWidget(self._notice)
        column.addWidget(fault)
        for one in (self.failed, self.running, self.later, self.waiting, self.empty, self.abilities):
            column.addWidget(one)
        column.addStretch()
        whole = QWidget()
        whole.setMaximumWidth(width)
        whole.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 24, 24, 24)
        line.addStretch(1)
        line.addWidget(whole, 20)
        line.addStretch(1)


def _figures(found: JobFigures) -> str:
    """One calm line: depth, age of the oldest, throughput."""
    waits = f"{found.waiting:,} waiting" if found.waiting else "Nothing waits"
    oldest = f", the oldest for {activity.span(found.oldest_seconds)}" if found.waiting else ""
    later = f" · {found.later:,} for later" if found.later else ""
    done = number_of(found.done_last_hour, "job") if found.done_last_hour else "nothing"
    return f"{waits}{oldest}{later} · {done} done in the last hour"


def _quiet(found: Snapshot, *, filtered: bool) -> tuple[str, str]:
    if filtered:
        return "Nothing here", "Nothing of this kind failed, runs or waits."
    if not found.history:
        return "Nothing to tell yet", "What works in the background is listed here, with its result."
    return "All quiet", "Nothing failed, runs or waits."
