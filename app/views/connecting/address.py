"""First step of connecting: the address, from which everything else is found."""

from PySide6.QtCore import Signal

from app.theme import Theme
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.check_list import CheckList, Outcome
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import UsageError

HINT = (
    "Your address is enough to begin with: its servers are found by themselves. FluffyMail changes "
    "nothing on the server but what you ask for; nothing is kept until the sign-in has worked."
)
WHOLE = "Type the whole address, as name@example.com."
UNKNOWN = "Nobody says where the mail of {domain} is."
BY_HAND = "Set it up by hand: the help pages of your provider name the server."


class AddressStep(Step):
    """`confirmed` tells the address; it waits until `fail` or until the next step is shown."""

    confirmed = Signal(str)
    by_hand = Signal()
    calendar = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("Connect an account", go="Go on")
        self.field = Field("Email address", placeholder="name@example.com")
        self.checks = CheckList(theme)
        self.problem = Problem(theme)
        self.problem.again.connect(self.confirm)
        self.body.addWidget(label(HINT, "dim", wrap=True))
        for one in (self.field, self.checks, self.problem):
            self.body.addWidget(one)
        self.add_link("Set up by hand", self.by_hand.emit)
        self.add_link("Connect a calendar by its address", self.calendar.emit)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    @property
    def address(self) -> str:
        """What was typed."""
        return self.field.text

    def confirm(self) -> None:
        """Look for the servers, where this can be an address at all."""
        self.problem.clear()
        name, at, domain = self.address.rpartition("@")
        if not (name and at and domain) or any(one.isspace() for one in self.address):
            self.problem.say(WHOLE)
            self.field.line.setFocus()
            return
        self.checks.say("servers", f"Looking for the servers of {domain} …", Outcome.NOW)
        self._set_busy(True)
        self.confirmed.emit(self.address)

    def fail(self, error: Exception) -> None:
        """They were not found."""
        self._set_busy(False)
        self.checks.forget()
        if isinstance(error, UsageError):
            self.problem.say(UNKNOWN.format(domain=self.address.rpartition("@")[2]), BY_HAND)
        else:
            self.problem.show_error(error)

    def enter(self) -> None:
        """Start typing."""
        self._set_busy(False)
        self.checks.forget()
        self.field.line.setFocus()

    def _set_busy(self, busy: bool) -> None:
        self.go.setEnabled(not busy)
        self.field.setEnabled(not busy)
