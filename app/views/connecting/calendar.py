"""Connecting calendars and address books by the address of their server (CalDAV, CardDAV)."""

from urllib.parse import urlsplit

from PySide6.QtCore import Signal

from app.theme import Theme
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import AccountKind, AccountSettings, Service, UsageError

HINT = (
    "For Nextcloud, Fastmail, iCloud and others that speak CalDAV and CardDAV: meetings and contacts are "
    "read, and nothing is changed there."
)
NO_ADDRESS = "Type the address of the server, as https://cloud.example.com."
NO_SECRET_INSIDE = "Leave name and password out of the address; they have their own lines."
PLAIN = "http:// is not encrypted: only a server on this very computer is reached so. Use https://."
LOCAL = ("localhost", "127.0.0.1", "::1")


class CalendarStep(Step):
    """`confirmed` tells the address, how its account is reached, and the password, which the line forgets."""

    confirmed = Signal(str, object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Connect a calendar", go="Connect")
        self.url = Field("Address of the server", placeholder="https://cloud.example.com")
        self.address = Field("Email address", placeholder="name@example.com", hint="Who you are in meetings.")
        self.user = Field("User name", hint="Leave it empty where it is the address.")
        self.secret = Field("Password", secret=True)
        self.problem = Problem(theme)
        self.body.addWidget(label(HINT, "dim", wrap=True))
        for one in (self.url, self.address, self.user, self.secret, self.problem):
            self.body.addWidget(one)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    def prepare(self, address: str) -> None:
        """With the address that was typed already."""
        self.address.line.setText(address)
        self.problem.clear()

    def confirm(self) -> None:
        """Connect with what was typed."""
        self.problem.clear()
        url = self.url.text if "://" in self.url.text else f"https://{self.url.text}"
        wrong = wrong_url(url)
        checks = (
            (wrong, self.url),
            ("" if "@" in self.address.text else "Type your whole email address.", self.address),
            ("" if self.secret.text else "Type the password first.", self.secret),
        )
        for sentence, field in checks:
            if sentence:
                self.problem.say(sentence)
                field.line.setFocus()
                return
        address = self.address.text
        settings = AccountSettings(
            user=self.user.text or address,
            kind=AccountKind.DAV,
            services=(Service.CALENDAR, Service.CONTACTS),
            dav=url,
        )
        self.set_busy(True)
        self.confirmed.emit(address, settings, self.secret.take())

    def fail(self, error: Exception) -> None:
        """It did not work; `problem` says why."""
        self.set_busy(False)
        if isinstance(error, UsageError):
            self.problem.say(str(error), "Nothing was kept.")
        else:
            self.problem.show_error(error)

    def enter(self) -> None:
        """The first line that is empty."""
        self.set_busy(False)
        lines = (self.url.line, self.address.line, self.secret.line)
        next((one for one in lines if not one.text()), lines[0]).setFocus()

    def leave(self) -> None:
        """Nothing typed stays."""
        self.secret.line.clear()

    def set_busy(self, busy: bool) -> None:
        """While the server is asked."""
        self.go.setEnabled(not busy)
        self.go.setText("Connecting …" if busy else "Connect")
        for one in (self.url, self.address, self.user, self.secret):
            one.setEnabled(not busy)


def wrong_url(url: str) -> str:
    """What is wrong with the address of a server, "" when nothing is."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return NO_ADDRESS
    if not host or parts.scheme not in ("https", "http") or any(one.isspace() for one in url):
        return NO_ADDRESS
    if parts.username or parts.password:
        return NO_SECRET_INSIDE
    return PLAIN if parts.scheme == "http" and host not in LOCAL else ""
