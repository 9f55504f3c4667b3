"""A list of ids in sections whose rows are fetched in the background as they come into view."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.background import Background, Op, QueryOp

Id = TypeVar("Id", bound=int)
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
PAGE = 100


class Role(IntEnum):
    """What `data` answers beside the texts for assistive technology."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """The value to draw; None while it is being fetched."""
    HEADER = Qt.ItemDataRole.UserRole + 2
    """The `ListSection` that starts here; None for items."""
    ID = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class ListSection(Generic[Id]):
    """A titled run of ids; without a title there is no header row. `total` is said in the header."""

    title: str
    ids: Sequence[Id]
    total: int | None = None

    @property
    def rows(self) -> int:
        """Flat rows, header included."""
        return len(self.ids) + bool(self.title)


Fetch = Callable[[Sequence[Any]], Mapping[Any, Any]]


class RowsModel(QAbstractListModel):
    """Ids at once, rows lazily: `want` names what is in view, one fetch is under way at a time."""

    rows_arrived = Signal(int, int)
    """First and last flat row that may look different now."""

    def __init__(self, background: Background, fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._fetch = fetch
        self._sections: tuple[ListSection[Any], ...] = ()
        self._starts: list[int] = []
        self._rows: dict[Any, Any] = {}
        self._fresh: set[Any] = set()
        self._running: Op[Mapping[Any, Any]] | None = None
        self._generation = 0
        self._wanted = (0, PAGE)
        self.describe: Callable[[Any], str] = str

    @property
    def sections(self) -> tuple[ListSection[Any], ...]:
        """What the list shows."""
        return self._sections

    @property
    def starts(self) -> list[int]:
        """First flat row of each section."""
        return self._starts

    @property
    def headers(self) -> list[int]:
        """Flat rows that are headers."""
        return [start for start, one in zip(self._starts, self._sections, strict=True) if one.title]

    def reset(self, sections: Sequence[ListSection[Any]]) -> None:
        """New ids. Known rows stay on screen until their successors arrive."""
        self.beginResetModel()
        self._sections = tuple(one for one in sections if one.ids)
        self._starts = [0, *accumulate(one.rows for one in self._sections)][: len(self._sections)]
        self._fresh.clear()
        self._generation += 1
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Flat rows."""
        return 0 if parent.isValid() else sum(one.rows for one in self._sections)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headers cannot be selected."""
        return super().flags(index) if self.id_at(index.row()) is not None else Qt.ItemFlag.ItemIsEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See `Role`; the display and accessible texts are whole sentences."""
        section, item = self._place(index.row())
        if section is None:
            return None
        if role == Role.HEADER:
            return section if item < 0 else None
        identity = section.ids[item] if item >= 0 else None
        if role == Role.ID:
            return identity
        row = self._rows.get(identity)
        if role == Role.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return section.title if identity is None else self.describe(row) if row is not None else ""
        return None

    def id_at(self, row: int) -> Any | None:
        """The id at a flat row, None for headers and beyond the end."""
        section, item = self._place(row)
        return section.ids[item] if section is not None and item >= 0 else None

    def row_of(self, identity: object) -> int:
        """The flat row of an id, -1 when it is not in the list."""
        for start, section in zip(self._starts, self._sections, strict=True):
            try:
                return start + bool(section.title) + section.ids.index(identity)
            except ValueError:
                continue
        return -1

    def known(self) -> Mapping[Any, Any]:
        """Rows that were fetched, by id; some may be about to change."""
        return self._rows

    def want(self, first: int, last: int) -> None:
        """These flat rows are in view: fetch what is missing near them, and a screen more."""
        spare = max(last - first, 10)
        self._wanted = (max(first - spare, 0), last + spare)
        if self._running is None and self._missing(first - spare // 2, last + spare // 2):
            self._fetch_wanted()

    def _missing(self, first: int, last: int) -> list[int]:
        """Flat rows whose values are not known yet."""
        ids = ((row, self.id_at(row)) for row in range(max(first, 0), last + 1))
        return [row for row, one in ids if one is not None and one not in self._fresh]

    def _fetch_wanted(self) -> None:
        missing = self._missing(*self._wanted)[: 2 * PAGE]
        if missing:
            asked_in, ids = self._generation, [self.id_at(row) for row in missing]
            op = QueryOp(self._background, self, lambda: self._fetch(ids))
            op.success(lambda rows: self._keep(missing if asked_in == self._generation else (), rows))
            self._running = op.failure(self._stop).run()

    def _keep(self, settled: Sequence[int], rows: Mapping[Any, Any]) -> None:
        """Take over what was fetched for the flat rows `settled`; none when the list is another by now."""
        self._running = None
        self._rows.update(rows)
        self._fresh.update(map(self.id_at, settled))
        self.rows_arrived.emit(*((settled[0], settled[-1]) if settled else self._wanted))
        self._fetch_wanted()

    def _stop(self, error: Exception) -> None:
        self._running = None
        self._background.failed.emit(error)

    def _place(self, row: int) -> tuple[ListSection[Any] | None, int]:
        """The section of a flat row and the place in it; -1 is its header."""
        at = bisect_right(self._starts, row) - 1
        if row < 0 or at < 0 or row >= self._starts[at] + self._sections[at].rows:
            return None, -1
        return self._sections[at], row - self._starts[at] - bool(self._sections[at].title)
