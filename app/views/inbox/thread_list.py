"""The list of conversations: search box, sections, and what to say when there is nothing to list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import filterfalse

from PySide6.QtCore import QTimer, Signal

from app.background import Op, QueryOp
from app.context import Context
from app.errors import words
from app.itemmodels.rows import ListSection, RowsModel
from app.views.inbox.answer_panel import AnswerPanel
from app.views.inbox.drafts_line import DraftsLine
from app.views.inbox.words import Listed, row_text, sentence
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.list_pane import ListPane
from app.widgets.search_box import SearchBox, is_question
from fluffy_core import Changed, InboxCounts, Match, Section, ThreadId, Threads, inbox, meaning, searching

KINDS = frozenset({Changed.THREADS, Changed.MESSAGES, Changed.CATEGORIES, Changed.FOLLOW_UPS})
MEANING_SECONDS = 0.4
"""A search waits this long for meaning; while the model still loads it finds words only."""
LOADED_SECONDS = 30.0
"""Then meaning is waited for this long, and looked by again."""
BY_WORDS = "Found by words. What is close in meaning follows."
REFRESH_MS = 1000
"""The list reads its ids at most this often while an import runs."""
Found = list[ListSection[ThreadId]]


@dataclass(frozen=True)
class Listing:
    """What one look at the store gave."""

    sections: Found
    counts: InboxCounts
    query: str
    found: Threads | None = None
    notes: tuple[str, ...] = ()
    """What the user should know of a search."""


class ThreadList(ListPane):
    """Sections at rest, results while searching."""

    opened = Signal(object)
    drafts_wanted = Signal()
    listed = Signal(object)
    """The `InboxCounts`, whenever the list was read again."""

    def __init__(self, context: Context) -> None:
        model = RowsModel(context.background, self._rows)
        search = SearchBox("Search mail   from:  has:  before:")
        super().__init__(context.theme, model, search, describe=row_text)
        model.setParent(self)
        model.describe = sentence
        self._context = context
        self._op: Op[Listing] | None = None
        self._loading: Op[object] | None = None
        self._stale = False
        self._shown_query = ""
        self._waited_for = ""
        self.drafts = DraftsLine(context, self.drafts_wanted.emit)
        self.above.addWidget(self.drafts)
        self._found: Threads | None = None
        self._told = label("", "small", wrap=True)
        self._offer = button("Ask my mail", lambda: self.ask(self.search.text), key="Enter")
        self.answer = AnswerPanel(context)
        for one in (self._offer, self.answer, self._told):
            self.above.addWidget(one)
        self._offer.hide()
        self._told.hide()
        self.view.setAccessibleName("Conversations")
        self.view.is_tall = lambda listed: listed.is_tall
        self._pause = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._pause.timeout.connect(self._after_pause)
        self.search.changed.connect(self._on_query)
        self.search.asked.connect(self.ask)
        self.view.opened.connect(self.opened)
        context.bridge.changed.connect(self._on_changed)

    def ask(self, question: str) -> None:
        """Answer a question from the mail, above what it finds."""
        if question:
            self._offer.hide()
            self.answer.ask(question)
            self.refresh()

    def match(self, thread_id: ThreadId) -> Match | None:
        """Why a thread is among the results; None at rest."""
        listed = self.model.known().get(thread_id)
        return listed.match if listed is not None else None

    def _on_query(self, query: str) -> None:
        if query != self.answer.question:
            self.answer.close_answer()
        self._offer.setVisible(is_question(query) and not self.answer.question)
        self.refresh()

    def _rows(self, ids: Sequence[ThreadId]) -> dict[ThreadId, Listed]:
        """Rows, with what was found in them when they are results."""
        store, found = self._context.core.store, self._found
        matches = searching.explain_threads(store, found, ids) if found is not None else {}
        return {one: Listed(row, matches.get(one)) for one, row in inbox.rows(store, ids).items()}

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
                found = searching.threads(store, query, embed=embed)
                notes = (
                    *found.found.notes,
                    *(meaning.gap(store) if embed and found.found.query.words else ()),
                )
                ids = tuple(found.best)
                return Listing([ListSection("Results", ids, len(ids))], counts, query, found, notes)
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
        self._found = listing.found
        late = listing.found is not None and listing.found.found.late
        if late and listing.query != self._waited_for:
            self._load_meaning(listing.query)
        self._told.setText(BY_WORDS if self._loading is not None and late else " ".join(listing.notes))
        self._told.setVisible(bool(listing.notes))
        if not self.show_rows(listing.sections):
            self._say_empty()
        self.listed.emit(listing.counts)

    def _load_meaning(self, query: str) -> None:
        """Wait for the model, once however much is typed meanwhile, then look again."""
        embed = self._context.core.embed_if_installed(interactive=True, deadline=LOADED_SECONDS)
        if self._loading is None and embed is not None:
            self._waited_for = query
            op = QueryOp[object](self._context.background, self, lambda: embed([query]))
            self._loading = op.success(self._loaded).failure(self._loaded).run()

    def _loaded(self, _vector_or_error: object) -> None:
        """It answers now, or says why not."""
        self._loading = None
        if self.search.text:
            self.refresh()

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
