"""Last step: connected; how far the first sync is, and that it goes on without being watched."""

from PySide6.QtCore import QTimer, Signal

from app.actions import accounts as acts
from app.background import Op
from app.context import Context
from app.views.accounts.words import MOVES, state_words
from app.views.connecting.step import Step
from app.widgets.buttons import button
from app.widgets.labels import label
from app.widgets.progress_row import ProgressRow
from app.widgets.text import clean
from fluffy_core import AccountId, AccountState, AccountView, number_of

LOOK_MS = 700
WORDS = "Your mail is being read, the newest first. You can look around now; it goes on in the background."


class DoneStep(Step):
    """Follows one account while it is in view."""

    closed = Signal()
    another = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__("Connected", go="Look around")
        self._context = context
        self._account: AccountId | None = None
        self._op: Op[tuple[AccountView, ...]] | None = None
        self._words = label("", "praise", wrap=True)
        self._state, self._bar = label("The first sync begins …", "strong", wrap=True), ProgressRow()
        self._bar.move_to(0, 0, seconds=None)
        self.back.hide()
        self.foot.insertWidget(0, button("Connect another", self.another.emit))
        self._trouble = label(kind="notice", wrap=True)
        self._more = label(WORDS, "dim", wrap=True)
        for one in (self._words, self._trouble, self._state, self._bar, self._more):
            self.body.addWidget(one)
        self.body.addStretch()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def follow(self, account_id: AccountId, sentence: str, *, trouble: str = "") -> None:
        """Show how this account gets on; `trouble` is what does not work of it."""
        self._account = account_id
        self._trouble.setText(clean(trouble, 400))
        self._trouble.setVisible(bool(trouble))
        self._words.setText(sentence)
        self._timer.start()

    def confirm(self) -> None:
        """Look around."""
        self.closed.emit()

    def leave(self) -> None:
        """Watched no more."""
        self._timer.stop()

    def _look(self) -> None:
        if self._op is None:
            self._op = acts.states(self._context, self, told=self._told, failed=self._failed)

    def _told(self, found: tuple[AccountView, ...]) -> None:
        self._op = None
        view = next((one for one in found if one.id == self._account), None)
        if view is None:
            return
        state = view.overview
        self._state.setText(state_words(state))
        if state.state is AccountState.UP_TO_DATE:
            self._more.setText(
                f"{number_of(state.messages, 'message is', 'messages are')} here, "
                "and new ones come by themselves."
            )
        self._bar.setVisible(state.state in MOVES)
        self._bar.move_to(state.done, state.total, seconds=None)

    def _failed(self, _error: Exception) -> None:
        """The next look may work."""
        self._op = None
