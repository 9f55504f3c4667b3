"""Accounts: a card for each, and the way to connect another."""

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions import accounts as acts
from app.background import Op
from app.context import Context
from app.views.accounts.card import AccountCard
from app.views.accounts.words import MOVES
from app.views.page import LivePage
from app.widgets.buttons import button
from app.widgets.empty import EmptyState
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane, centred
from fluffy_core import AccountView, Changed

POLL_MS = 1500
EMPTY = ("No account is connected", "Connect one and its mail is read here, the newest first.")


class AccountsPage(LivePage):
    """Looks again whenever something changes; what is there is changed in place."""

    news = frozenset({Changed.JOBS, Changed.ACCOUNTS, Changed.SETTINGS, Changed.ALERTS})
    cannot = "The accounts cannot be shown"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.shown: tuple[AccountView, ...] | None = None
        self.cards = KeyedColumn(lambda: AccountCard(context), spacing=12)
        self.connect_button = button(
            "Connect an account", context.notices.connect_wanted.emit, kind="primary"
        )
        self.empty = EmptyState(*EMPTY, action="Connect an account", run=context.notices.connect_wanted.emit)
        self._scroll = ScrollPane("Accounts")
        self._lay_out(context.style.px("column"))
        self._show_one_of(self._scroll, self.empty)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._on_poll)

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._poll.start()
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        return acts.states(self._context, self, told=self._show, failed=self._fail)

    def _show(self, found: tuple[AccountView, ...]) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        self.cards.show_values({one.id: one for one in found})
        self._order_stops()
        self._stack.setCurrentWidget(self._scroll if found else self.empty)
        if self._stale:
            self.refresh()

    def _order_stops(self) -> None:
        cards = [card for card in self.cards.shown.values() if isinstance(card, AccountCard)]
        stops: list[QWidget] = [self.connect_button, *(stop for card in cards for stop in card.stops())]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def _on_poll(self) -> None:
        if not self.isVisible():
            self._poll.stop()
        elif self.shown is None or any(one.overview.state in MOVES for one in self.shown):
            self.refresh()

    def _lay_out(self, width: int) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Accounts", "title"))
        head.addStretch()
        head.addWidget(self.connect_button)
        whole = QWidget()
        whole.setMaximumWidth(width)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._fault)
        column.addWidget(self.cards)
        column.addStretch()
        self._scroll.setWidget(centred(whole))
