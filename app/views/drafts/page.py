"""Everything that was written and is not sent: what needs a look, what is on its way, drafts."""

import time
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import compose
from app.background import Op, QueryOp
from app.context import Context
from app.views.composer import words
from app.views.composer.strip import KINDS, buttons
from app.views.composer.words import STUCK
from app.views.page import LivePage
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.empty import EmptyState
from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.layouts import empty
from app.widgets.scroll_pane import ScrollPane, centred
from app.widgets.text import clean, isolated
from fluffy_core import Unsent, network, number_of, unsent

Found = tuple[tuple[Unsent, ...], bool]
EMPTY = ("No drafts", "What you write is kept here until you send it. Press c to begin.")


class DraftsPage(LivePage):
    """Sections of cards, read again whenever something was written, sent or failed."""

    news = KINDS
    cannot = "Drafts cannot be shown"

    wanted = Signal(int)
    """The user wants to go on writing a draft."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._inside = QWidget()
        self._inside.setMaximumWidth(context.style.px("column"))
        whole = QVBoxLayout(self._inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        for one in (label("Drafts", "title"), self._fault):
            whole.addWidget(one)
        whole.addLayout(self._column)
        whole.addStretch(1)
        self._scroll = ScrollPane("Drafts, and mail on its way")
        self._scroll.setWidget(centred(self._inside))
        self.empty = EmptyState(*EMPTY)
        self._show_one_of(self._scroll, self.empty)

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        store = self._context.core.store
        op = QueryOp(
            self._context.background, self, lambda: (unsent.overview(store), network.is_offline(store))
        )
        return op.success(self._show).failure(self._fail).run()

    def _show(self, found: Found) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        empty(self._column)
        drafts, offline = found
        self._add(
            "Needs a look", [one for one in drafts if one.row and one.row.state in STUCK], offline=offline
        )
        on_its_way = [one for one in drafts if one.row and one.row.state not in STUCK]
        self._add("On its way", on_its_way, offline=offline)
        self._add("Drafts", [one for one in drafts if one.row is None], offline=offline)
        self._stack.setCurrentWidget(self._scroll if drafts else self.empty)
        if self._stale:
            self.refresh()

    def _add(self, heading: str, drafts: list[Unsent], *, offline: bool) -> None:
        if drafts:
            self._column.addSpacing(8)
            self._column.addWidget(label(f"{heading.upper()} · {len(drafts):,}", "section"))
            for one in drafts:
                self._column.addWidget(self._card(one, offline=offline))

    def _card(self, found: Unsent, *, offline: bool) -> QFrame:
        made = QFrame()
        stuck = found.row is not None and found.row.state in STUCK
        made.setProperty("kind", "card-bad" if stuck else "card")
        line = QHBoxLayout(made)
        line.setContentsMargins(16, 10, 12, 10)
        line.setSpacing(8)
        column = QVBoxLayout()
        column.setSpacing(2)
        line.addLayout(column, 1)
        _name, more = words.standing(found, offline=offline)
        subject = isolated(clean(found.written.subject, 200)) or "(no subject)"
        title = f"{subject}, {words.recipients(found)}"
        column.addWidget(ElidedLabel(title, "strong"))
        column.addWidget(ElidedLabel(more, "bad" if stuck else "dim"))
        column.addWidget(self._when(found))
        for one in buttons(self._context, self, found, go_on=partial(self.wanted.emit, found.id)):
            line.addWidget(one)
        if found.row is None:
            throw = button("Throw away", partial(compose.discard, self._context, self, found.id), kind="link")
            throw.setAccessibleName(f"Throw away {title}")
            line.addWidget(throw)
        made.setAccessibleName(f"{title}. {more}")
        return made

    def _when(self, found: Unsent) -> QWidget:
        files = f" · {number_of(len(found.files), 'file')}" if found.files else ""
        made = label(f"{dates.spoken(round(found.changed_at), time.time())}{files}", "caption")
        tip(made, dates.exact(round(found.changed_at)))
        return made
