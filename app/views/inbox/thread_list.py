"""The list of conversations: search box, sections, and what to say when there is nothing to list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import filterfalse

from PySide6.QtCore import QTimer, Signal

from app.background import Op, QueryOp
from app.context import Context
from app.errors import words
from app.itemmodels.rows import ListSection, RowsModel
from app.views.inbox.drafts_line import DraftsLine
from app.views.inbox.words import row_text, sentence
from app.widgets.list_pane import ListPane
from app.widgets.search_box import SearchBox
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


class ThreadList(ListPane):
    """Sections at rest, results while searching."""

    opened = Signal(object)
    drafts_wanted = Signal()
    listed = Signal(object)
    """The `InboxCounts`, whenever the list was read again."""

    def __init__(self, context: Context) -> None:
        model = RowsModel(context.background, lambda ids: inbox.rows(context.core.store, ids))
        search = SearchBox("Search mail   from:  has:  before:")
        super().__init__(context.theme, model, search, describe=row_text)
        model.setParent(self)
        model.describe = sentence
        self._context = context
        self._op: Op[Listing] | None = None
        self._stale = False
        self._shown_query = ""
        self.drafts = DraftsLine(context, self.drafts_wanted.emit)
        self.top.addWidget(self.drafts)
        self.view.setAccessibleName("Conversations")
        self.view.is_tall = lambda row: bool(row.note)
        self._pause = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._pause.timeout.connect(self._after_pause)
        self.search.changed.connect(lambda _query: self.refresh())
        self.view.opened.connect(self.opened)
        context.bridge.changed.connect(self._on_changed)

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
        self.say("The list cannot be read", f"{words(error).happened} Esc tries again.")
        self._context.notices.failed.emit(error)

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
        self.view.starts_over = bool(listing.query) and not self.view.stays_near
        self._shown_query = listing.query
        if not self.show_rows(listing.sections):
            self._say_empty()
        self.listed.emit(listing.counts)

    def _say_empty(self) -> None:
        if self.search.text:
            self.say("Nothing found", "Fewer words find more. Esc clears the search.")
        else:
            self.say("No mail here yet", "Drop a mailbox file or folder on this window, or press Ctrl O.")

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
