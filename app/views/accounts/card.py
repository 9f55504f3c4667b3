"""One account: how it stands, what is asked, what can be done; its folders and history unfold."""

import time

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from app.actions import accounts as acts
from app.context import Context
from app.views.accounts.change import ChangeDialog
from app.views.accounts.details import Details
from app.views.accounts.gone import GoneRow
from app.views.accounts.sign_in import SignInDialog
from app.views.accounts.words import KINDS, MOVES, state_words, synced_words
from app.views.connecting.dialog import ConnectDialog
from app.widgets.buttons import button
from app.widgets.confirm import confirm
from app.widgets.flow_row import FlowRow
from app.widgets.keyed_column import KeyedColumn
from app.widgets.labels import ElidedLabel, dress, label
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean
from fluffy_core import AccountKind, AccountOverview, AccountState, AccountView, Service, number_of

EDGES = {
    AccountState.REFUSED: "card-bad",
    AccountState.FAILING: "card-warn",
    AccountState.UNREACHABLE: "card-warn",
    AccountState.THROTTLED: "card-warn",
    AccountState.FIRST_SYNC: "card-run",
    AccountState.FETCHING: "card-run",
}
TONES = {
    AccountState.UP_TO_DATE: "good",
    AccountState.REFUSED: "bad",
    AccountState.FAILING: "warn",
    AccountState.UNREACHABLE: "warn",
    AccountState.THROTTLED: "warn",
}
PROVIDERS = (AccountKind.GOOGLE, AccountKind.MICROSOFT)
WHOLE = (
    "Every message is listed and fetched once more, which takes as long as the first time. Your notes, tags, "
    "tasks and corrections stay."
)
FORGET = (
    "Its password and settings are deleted. Its {messages} here, with everything you noted; nothing is "
    "changed on the server."
)


class AccountCard(QFrame):
    """Told its newest state again and again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.state: AccountOverview | None = None
        self._name, self._state = ElidedLabel(kind="heading"), label(kind="strong", wrap=True)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._where, self._synced = label(kind="small"), label(kind="dim", wrap=True)
        self._why, self._aside = label(kind="fault", wrap=True), label(kind="notice", wrap=True)
        self._bar = ProgressRow()
        self._gone = KeyedColumn(lambda: GoneRow(context))
        self.sync = button("Sync now", self._sync)
        self.sign_in = button("Sign in again", self._sign_in)
        self.change = button("Change what is fetched", self._change)
        self.whole = button("Fetch everything anew", self._sync_whole)
        self.remove = button("Remove", self._remove)
        self.fold = button("", self.toggle, kind="link")
        self.details = Details()
        self.details.hide()
        self._lay_out()

    def show_value(self, view: AccountView) -> None:
        """The account as it is now."""
        self.state = state = view.overview
        now = time.time()
        self._name.say(state.address)
        self._where.setText(" · ".join(part for part in (KINDS.get(state.kind, ""), state.host) if part))
        words = state_words(state, now=now)
        self._state.setText(words)
        dress(self._state, TONES.get(state.state, "strong"))
        dress(self, EDGES.get(state.state, "card"))
        self._synced.setText(synced_words(view, now=now))
        why = state.refused or state.error
        self._why.setText(clean(why, 400))
        self._why.setVisible(bool(why))
        self._say_notices(view)
        self._bar.setVisible(state.state in MOVES)
        self._bar.move_to(state.done, state.total, seconds=None)
        self._gone.show_values({one.id: (state.id, one) for one in view.folders if one.gone})
        self.sync.setEnabled(state.state not in (*MOVES, AccountState.OFFLINE))
        for one in (self.change, self.whole):
            one.setVisible(Service.MAIL in state.services)
        dress(self.sign_in, "primary" if state.state is AccountState.REFUSED else "plain")
        self.details.show_value(view, now=now)
        self._name_all(state.address)
        self.setAccessibleName(f"{state.address}: {words}. {self._synced.text()}")

    def _say_notices(self, view: AccountView) -> None:
        notices = []
        if view.overview.waiting:
            waiting = number_of(view.overview.waiting, "message")
            notices.append(f"{waiting} could not be fetched yet; tried again each time.")
        if view.overview.cannot_send:
            notices.append(f"No mail can be sent by it: {clean(view.overview.cannot_send, 300)}")
        self._aside.setText("\n".join(notices))
        self._aside.setVisible(bool(notices))

    def toggle(self) -> None:
        """Show folders and history, or not."""
        self.details.setVisible(self.details.isHidden())
        self._name_fold()

    def stops(self) -> list[QPushButton]:
        """What Tab should reach, in order."""
        return [*self._gone.stops(), self.sync, self.sign_in, self.change, self.whole, self.remove, self.fold]

    def _name_all(self, address: str) -> None:
        for one in (self.sync, self.sign_in, self.change, self.whole, self.remove):
            one.setAccessibleName(f"{one.text()}: {clean(address, 120)}")
        self._name_fold()

    def _name_fold(self) -> None:
        self.fold.setText(
            "Hide folders and history" if self.details.isVisibleTo(self) else "Folders and history"
        )
        address = self.state.address if self.state is not None else ""
        self.fold.setAccessibleName(f"{self.fold.text()}: {clean(address, 120)}")

    def _sync(self) -> None:
        if self.state is not None:
            acts.sync(self._context, self, self.state.id)

    def _sign_in(self) -> None:
        state = self.state
        if state is not None and state.kind in PROVIDERS:
            dialog = ConnectDialog(self._context, self.window())
            dialog.sign_in_again(state.address, state.kind)
            dialog.open()
        elif state is not None:
            SignInDialog(self._context, self.window(), state).open()

    def _change(self) -> None:
        if self.state is not None:
            ChangeDialog(self._context, self.window(), self.state).open()

    def _sync_whole(self) -> None:
        state = self.state
        if state is not None:
            confirm(
                self.window(), f"Fetch everything of {state.address} anew?", WHOLE, action="Fetch anew",
                run=lambda: acts.sync_whole(self._context, self._context.notices, state.id),
            )  # fmt: skip

    def _remove(self) -> None:
        state = self.state
        if state is not None:
            confirm(
                self.window(), f"Remove {state.address}?",
                FORGET.format(messages=number_of(state.messages, "message stays", "messages stay")),
                action="Remove",
                run=lambda: acts.remove(self._context, self._context.notices, state),
            )  # fmt: skip

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._where, 1)
        row = FlowRow()
        for one in (self.sync, self.sign_in, self.change, self.whole, self.remove):
            row.add(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(6)
        column.addLayout(head)
        for shown in (self._state, self._bar, self._synced, self._why, self._aside, self._gone):
            column.addWidget(shown)
        column.addSpacing(4)
        column.addWidget(row)
        column.addWidget(self.fold)
        column.addWidget(self.details)
        self._why.hide()
        self._aside.hide()
