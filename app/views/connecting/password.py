"""Signing in with a password, each check as it happens."""

from PySide6.QtCore import QObject, Qt, Signal

from app.theme import Theme
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.check_list import CheckList, Outcome
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import AccountSettings, Looked, SignInError, number_of

LOCAL = "insecure-loopback"


class Relay(QObject):
    """Carries what a worker thread meets to the main thread."""

    met = Signal(bool)


class PasswordStep(Step):
    """`confirmed` tells the password once; the line is emptied at that moment."""

    confirmed = Signal(str)
    by_hand = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("Sign in", go="Sign in")
        self.checks = CheckList(theme)
        self.problem = Problem(theme)
        self.relay = Relay(self)
        self.relay.met.connect(self._met, Qt.ConnectionType.QueuedConnection)
        self._settings = AccountSettings()
        self._who, self._hint = label(kind="dim", wrap=True), label(kind="notice", wrap=True)
        self.field = Field("Password", secret=True)
        for one in (self._who, self._hint, self.field, self.checks, self.problem):
            self.body.addWidget(one)
        self.add_link("Set up by hand", self.by_hand.emit)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    def prepare(self, address: str, settings: AccountSettings, *, hint: str = "", found: bool = True) -> None:
        """Whose password is wanted, and where it goes."""
        self._settings = settings
        server = settings.imap.host if settings.imap else ""
        who = address if settings.user in (address, "") else f"{address}, as {settings.user}"
        self._who.setText(
            f"{who} at {server}. The password is kept in your encrypted mailbox and nowhere else."
        )
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.problem.clear()
        self.checks.forget()
        self.checks.say("server", f"Found {server}" if found else f"Server {server}", Outcome.DONE)

    def confirm(self) -> None:
        """Sign in with what was typed."""
        secret = self.field.take()
        if not secret:
            self.problem.say("Type the password first.")
            self.field.line.setFocus()
            return
        self.start()
        self.confirmed.emit(secret)

    def start(self) -> None:
        """The server is asked now."""
        self.problem.clear()
        self.checks.forget("server")
        self.checks.say("reach", "Reaching the server …", Outcome.NOW)
        self._set_busy(True)

    def succeed(self, found: Looked) -> None:
        """It let us in."""
        self._say_encrypted()
        self.checks.say("sign-in", "Signed in", Outcome.DONE)
        self.checks.say("folders", number_of(len(found.folders), "folder"), Outcome.DONE)
        self._set_busy(False)

    def fail(self, error: Exception) -> None:
        """It did not; `problem` says why."""
        if isinstance(error, SignInError):
            self._say_encrypted()
        self.checks.fail()
        self.problem.show_error(error)
        self._set_busy(False)
        self.field.line.setFocus()

    def enter(self) -> None:
        """Start typing."""
        self._set_busy(False)
        self.field.line.setFocus()

    def leave(self) -> None:
        """Nothing typed stays."""
        self.field.line.clear()

    def _met(self, encrypted: bool) -> None:
        if self.go.isEnabled():  # it has ended meanwhile
            return
        self.checks.say("reach", "The server answers", Outcome.DONE)
        if encrypted:
            self._say_encrypted()
        self.checks.say("sign-in", "Signing in …", Outcome.NOW)

    def _say_encrypted(self) -> None:
        """A server that begins in plain text encrypts before it is told anything: one that let us in did."""
        local = self._settings.imap is not None and self._settings.imap.security == LOCAL
        self.checks.say("reach", "The server answers", Outcome.DONE)
        words = "Not encrypted: it is on this very computer" if local else "Encrypted"
        self.checks.say("tls", words, Outcome.DONE)

    def _set_busy(self, busy: bool) -> None:
        self.go.setEnabled(not busy)
        self.go.setText("Signing in …" if busy else "Sign in")
        self.field.setEnabled(not busy)
