"""The list of conversations: search box, sections, and what to say when there is nothing to list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import filterfalse

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.background import Op, QueryOp
from app.context import Context
from app.errors import words
from app.itemmodels.rows import ListSection, RowsModel
from app.views.inbox.words import row_text, sentence
from app.widgets.empty import EmptyState
from app.widgets.geometry import RowGeometry
from app.widgets.labels import pane
from app.widgets.row_delegate import RowDelegate
from app.widgets.row_list import RowListView
from app.widgets.search_box import SearchBox
from app.widgets.skeleton import Skeleton
from fluffy_core import Changed, InboxCounts, Section, ThreadId, inbox

KINDS = frozenset({Changed.THREADS, Changed.MESSAGES, Changed.CATEGORIES, Changed.FOLLOW_UPS})
MEANING_SECONDS = 0.4
"""A search waits this long for meaning; while the model still loads it finds words only."""
REFRESH_MS = 1000
"""The list reads its ids at most this often while an import runs."""
Found = list[ListSection[ThreadId]]


@dataclass(frozen=True)
class Listing:
    """What one look at the store gave."""

    sections: Found
    counts: InboxCounts
    query: str


class ThreadList(QWidget):
    """Sections at rest, results while searching."""

    opened = Signal(object)
    chosen = Signal(object)
    listed = Signal(object)
    """The `InboxCounts`, whenever the list was read again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        pane(self, "list")
        self._context = context
        self._op: Op[Listing] | None = None
        self._stale = False
        self._shown_query = ""
        style = context.style
        self.search = SearchBox("Search mail   from:  has:  before:")
        self.view = RowListView(
            RowGeometry(row=style.px("row"), extra=style.px("note"), header=style.px("section"))
        )
        self.view.setAccessibleName("Conversations")
        self.view.is_tall = lambda row: bool(row.note)
        self.view.setItemDelegate(RowDelegate(context.theme, row_text, self.view))
        self.model = RowsModel(context.background, lambda ids: inbox.rows(context.core.store, ids), self)
        self.model.describe = sentence
        self.view.show_model(self.model)
        self.empty = EmptyState("", "")
        self._lay_out()
        self._pause = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._pause.timeout.connect(self._after_pause)
        self.search.changed.connect(lambda _query: self.refresh())
        self.search.left.connect(self.enter)
        self.view.opened.connect(self.opened)
        self.view.chosen.connect(self.chosen)
        context.bridge.changed.connect(self._on_changed)
        context.theme.changed.connect(self.view.viewport().update)

    def refresh(self) -> None:
        """Read the ids again; the newest question wins."""
        if self._op is not None:
            self._op.cancel()
        work = self._question(self.search.text)
        self._op = (
            QueryOp(self._context.background, self, work).success(self._show).failure(self._failed).run()
        )

    def _failed(self, error: Exception) -> None:
        self._op = None
        self.empty.say("The list cannot be read", f"{words(error).happened} Esc tries again.")
        self._stack.setCurrentWidget(self.empty)
        self._context.notices.failed.emit(error)

    def enter(self) -> None:
        """Give the list the focus, on its first row if none is current."""
        self.view.setFocus()
        if self.view.current_id() is None:
            self.view.step(1)

    def _lay_out(self) -> None:
        style = self._context.style
        column = QVBoxLayout(self)
        column.setContentsMargins(0, style.px("m"), 1, 0)
        column.setSpacing(style.px("xs"))
        top = QVBoxLayout()
        top.setContentsMargins(style.px("m"), 0, style.px("m"), 0)
        top.addWidget(self.search)
        column.addLayout(top)
        self._stack = QStackedLayout()
        self._stack.addWidget(Skeleton(self._context.theme, rows=True))
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column.addLayout(self._stack, 1)

    def _question(self, query: str) -> Callable[[], Listing]:
        store = self._context.core.store
        embed = self._context.core.embed_if_installed(interactive=True, deadline=MEANING_SECONDS)

        def look() -> Listing:
            counts = inbox.counts(store)
            if query:
                found = inbox.ids(store, Section.EVERYTHING, query, include_done=True, embed=embed)
                return Listing([ListSection("Results", found, len(found))], counts, query)
            first = inbox.ids(store, Section.NEEDS_REPLY)
            second = inbox.ids(store, Section.WAITING)
            above = {*first, *second}
            rest: Sequence[ThreadId] = inbox.ids(store, Section.EVERYTHING, include_done=True)
            rest = tuple(filterfalse(above.__contains__, rest)) if above else rest
            sections: Found = [
                ListSection("Needs reply", first, len(first)),
                ListSection("Waiting for others", second, len(second)),
                ListSection("Everything", rest, counts.everything),
            ]
            return Listing(sections, counts, query)

        return look

    def _show(self, listing: Listing) -> None:
        self._op = None
        self.view.stays_near = listing.query == self._shown_query
        self._shown_query = listing.query
        self.model.reset(listing.sections)
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.view)
        else:
            self._say_empty()
            self._stack.setCurrentWidget(self.empty)
        self.listed.emit(listing.counts)

    def _say_empty(self) -> None:
        if self.search.text:
            self.empty.say("Nothing found", "Fewer words find more. Esc clears the search.")
        else:
            self.empty.say(
                "No mail here yet", "Drop a mailbox file or folder on this window, or press Ctrl O."
            )

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if not kinds & KINDS:
            return
        if self._pause.isActive():
            self._stale = True
        else:
            self.refresh()
            self._pause.start()

    def _after_pause(self) -> None:
        if self._stale:
            self._stale = False
            self.refresh()
            self._pause.start()
