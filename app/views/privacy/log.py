"""Every connection, newest first, by day: host, why, how much; refused ones with the reason."""

import time
from collections.abc import Mapping, Sequence
from itertools import groupby

from PySide6.QtWidgets import QStackedLayout, QWidget

from app.context import Context
from app.itemmodels.rows import ListSection, RowsModel
from app.views.reader.message_card import size_words
from app.widgets import dates
from app.widgets.empty import EmptyState
from app.widgets.geometry import RowGeometry
from app.widgets.row_delegate import RowDelegate, RowText
from app.widgets.row_list import RowListView
from fluffy_core import Connection

NOTHING = (
    "Nothing was reached",
    "Connections that FluffyMail makes, and those it refuses to make, are listed here.",
)


class ConnectionLog(QWidget):
    """Told all connections at each look; place and selection stay."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._shown: tuple[Connection, ...] | None = None
        self._by_id: dict[int, Connection] = {}
        self.model = RowsModel(context.background, self._fetch, self)
        self.model.describe = spoken
        size = context.style.px
        self.list = RowListView(RowGeometry(row=size("row"), extra=size("note"), header=size("section")))
        self.list.setAccessibleName("Connections, newest first")
        self.list.setItemDelegate(RowDelegate(context.theme, row_text, self.list))
        self.list.is_tall = lambda one: bool(one.refused)
        self.list.show_model(self.model)
        self.list.stays_near = False
        self._empty = EmptyState(*NOTHING)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)

    def show_value(self, found: tuple[Connection, ...]) -> None:
        """The connections as they are now; ids count from the oldest, so that they stay when others come."""
        if found == self._shown:
            return
        self._shown = found
        self._by_id = dict(zip(range(len(found), 0, -1), found, strict=True))
        self.model.reset(sections(self._by_id, time.time()))
        self._stack.setCurrentWidget(self.list if found else self._empty)

    def _fetch(self, ids: Sequence[int]) -> Mapping[int, Connection]:
        by_id = self._by_id
        return {one: by_id[one] for one in ids if one in by_id}


def sections(by_id: Mapping[int, Connection], now: float) -> list[ListSection[int]]:
    """One for each day."""
    days = groupby(by_id.items(), key=lambda item: dates.day(item[1].at, now))
    return [
        ListSection(day.replace(dates.HOLD, " ").capitalize(), ids, len(ids))
        for day, some in days
        for ids in [[identity for identity, _one in some]]
    ]


def row_text(one: Connection) -> RowText:
    """What a row says."""
    why = f"{one.reason[:1].upper()}{one.reason[1:]}"
    if one.refused:
        return RowText(one.host, why, meta=dates.clock(one.at), note=f"Refused: {one.refused}", tone="bad")
    much = f"{size_words(one.received)} in, {size_words(one.sent)} out"
    return RowText(one.host, f"{why} · {much}", meta=dates.clock(one.at))


def spoken(one: Connection) -> str:
    """The row as a sentence, with the exact time."""
    text = row_text(one)
    return f"{text.title}, {dates.exact(one.at)}: {text.line} {text.note}".strip()
