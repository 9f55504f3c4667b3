"""Privacy: what is promised, what was reached, and the switch that reaches nothing."""

import time
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions import privacy as acts
from app.actions.privacy import Reached
from app.background import Op
from app.commands import Handlers
from app.context import Context
from app.views.page import LivePage
from app.views.privacy.figures import SPANS, by_host, since
from app.views.privacy.hosts import Hosts
from app.views.privacy.log import ConnectionLog
from app.widgets.buttons import button
from app.widgets.check_box import CheckBox
from app.widgets.choice_button import ChoiceButton
from app.widgets.labels import label, pane
from app.widgets.panes import Panes
from app.widgets.scroll_pane import ScrollPane, centred
from fluffy_core import Changed

NARROW = 860
UNLIMITED = 16_777_215
PROMISE = (
    "Your mail is read and understood on this computer. FluffyMail reaches the servers of your accounts, the "
    "name server and web pages of a domain while it looks for them, and the place a model comes from while "
    "you fetch it. All of that goes through one door, which refuses any other host and writes down each "
    "connection, made or refused."
)
ONLINE_MEANS = "New mail is fetched by itself. Offline, nothing at all is reached until you go online again."
OFFLINE_MEANS = (
    "Nothing is reached: no mail arrives and nothing is sent until you switch this off. Everything that is "
    "here can be read, searched and sorted as usual."
)


class PrivacyPage(LivePage):
    """Looks again whenever a connection ended."""

    news = frozenset({Changed.TRAFFIC, Changed.SETTINGS})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._host = ""
        self.shown: Reached | None = None
        self.offline = CheckBox(context.theme, "Work offline")
        self.offline.clicked.connect(self._switch)
        self._means = label(kind="dim", wrap=True)
        self._none = label("No host was reached in this time.", "dim", wrap=True)
        self.span = ChoiceButton("Time shown", self._fill)
        self.span.value = 0
        self.span.show_entries(SPANS)
        self.hosts = Hosts(context.theme, self.choose)
        self.log = ConnectionLog(context)
        self.all_hosts: QPushButton = button("Show all hosts", lambda: self.choose(""), kind="link")
        self.to_log: QPushButton = button("Every connection", self._forward, key="o")
        self.back: QPushButton = button("Back", self._back, key="u")
        self._whose = label("Connections", "heading")
        self._scroll = ScrollPane("What was reached")
        self._scroll.setWidget(self._sum())
        self._side = self._connections()
        self.panes = Panes(self._scroll, self._side, narrow=NARROW)
        self.panes.setStretchFactor(0, 1)
        self.panes.setStretchFactor(1, 0)
        self._show_one_of(self.panes)

    def handlers(self) -> Handlers:
        """Between the two panes, and through what can be pressed or chosen."""
        return {
            "open": self._forward,
            "back": self._back,
            "escape": self._escape,
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
        }

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def choose(self, host: str) -> None:
        """Only the connections of this host, or of all ("")."""
        self._host = host
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for both panes or not."""
        super().resizeEvent(event)
        narrow, most = self.width() < NARROW, self._context.style.px("list_max")
        side = self._side
        side.setMaximumWidth(UNLIMITED if narrow else most)
        side.setMinimumWidth(0 if narrow else most)
        self.back.setVisible(narrow)
        self.to_log.setVisible(narrow)

    def _show(self, found: Reached) -> None:
        self._op = None
        self.shown = found
        self._fault.hide()
        self.offline.setChecked(found.offline)
        self._means.setText(OFFLINE_MEANS if found.offline else ONLINE_MEANS)
        self._fill()
        self._stack.setCurrentWidget(self.panes)
        if self._stale:
            self.refresh()

    def _fill(self) -> None:
        if self.shown is None:
            return
        start = since(int(self.span.value), now=time.time())
        found = tuple(one for one in self.shown.connections if one.at >= start)
        sums = by_host(found)
        if self._host not in {one.host for one in sums}:
            self._host = ""
        self.hosts.show_sums(sums, self._host)
        self._none.setVisible(not sums)
        self.all_hosts.setVisible(bool(self._host))
        self._whose.setText(self._host or "Connections")
        self.log.show_value(tuple(one for one in found if self._host in ("", one.host)))

    def _switch(self, offline: bool) -> None:
        acts.set_offline(self._context, self, offline)

    def _forward(self) -> None:
        self.panes.forward()
        self.log.list.setFocus()
        if self.log.list.current_id() is None:
            self.log.list.step(1)

    def _back(self) -> None:
        self.panes.back()
        self._scroll.setFocus()

    def _escape(self) -> None:
        if self._host:
            self.choose("")
        else:
            self._back()

    def _step(self, by: int) -> None:
        if self.log.list.hasFocus():
            self.log.list.step(by)
        else:
            self.focusNextPrevChild(by > 0)

    def _sum(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(label("Privacy", "title"))
        head.addStretch()
        head.addWidget(self.to_log)
        which = QHBoxLayout()
        which.setSpacing(8)
        which.addWidget(label("Reached", "heading"))
        which.addStretch()
        which.addWidget(self.all_hosts)
        which.addWidget(self.span)
        whole = QWidget()
        whole.setMaximumWidth(self._context.style.px("column"))
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(label(PROMISE, "dim", wrap=True))
        column.addSpacing(6)
        for one in (self.offline, self._means, self._fault):
            column.addWidget(one)
        column.addSpacing(10)
        column.addLayout(which)
        column.addWidget(self._none)
        column.addWidget(self.hosts)
        column.addStretch()
        return centred(whole)

    def _connections(self) -> QWidget:
        side = QWidget()
        pane(side, "history")
        head = QHBoxLayout()
        head.setContentsMargins(16, 24, 16, 0)
        head.addWidget(self._whose)
        head.addStretch()
        head.addWidget(self.back)
        column = QVBoxLayout(side)
        column.setContentsMargins(1, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.log, 1)
        return side
