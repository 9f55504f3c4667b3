"""Signing in again to an account that is there, with another password."""

from PySide6.QtWidgets import QWidget

from app.actions import accounts as acts
from app.actions import privacy
from app.context import Context
from app.views.accounts.form import WIDTH, AccountForm
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import AccountOverview

WORDS = (
    "{address} at {host}. The new password is kept only when it works; nothing else of the account changes."
)


class SignInDialog(AccountForm):
    """Closes when the server let us in."""

    def __init__(self, context: Context, parent: QWidget, state: AccountOverview) -> None:
        super().__init__(context, parent, "Sign in again", go="Sign in")
        self.resize(WIDTH, 320)
        self._state = state
        self.field = Field("Password", secret=True)
        self.body.addWidget(label(WORDS.format(address=state.address, host=state.host), "dim", wrap=True))
        self.body.addWidget(self.field)
        self.body.addWidget(self.problem)
        self.body.addStretch()
        self.problem.online.connect(self._go_online)
        self.problem.again.connect(self.field.line.setFocus)
        self.field.line.setFocus()

    def confirm(self) -> None:
        """Try it."""
        secret = self.field.take()
        self.problem.clear()
        if not secret:
            self.problem.say("Type the password first.")
            return
        self._set_busy(True)
        acts.sign_in(
            self.context, self, self._state.id, password=secret, done=self._succeed, failed=self._fail
        )

    def _succeed(self) -> None:
        self.context.notices.done.emit(f"Signed in as {self._state.address}", False)
        self.close()

    def _fail(self, error: Exception) -> None:
        self._set_busy(False)
        self.problem.show_error(error)
        self.field.line.setFocus()

    def _go_online(self) -> None:
        self.problem.clear()
        privacy.set_offline(self.context, self, False, then=self.field.line.setFocus)

    def _set_busy(self, busy: bool) -> None:
        self.go.setEnabled(not busy)
        self.go.setText("Signing in …" if busy else "Sign in")
        self.field.setEnabled(not busy)
