"""Setting an account up by hand: which servers, which encryption, which user name."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.theme import Theme
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.choice_button import ChoiceButton
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import AccountSettings, Server

ENCRYPTIONS = (
    ("TLS", "tls"),
    ("STARTTLS", "starttls"),
    ("None, on this computer only", "insecure-loopback"),
)
PORTS = {
    "imap": {"tls": 993, "starttls": 143, "insecure-loopback": 143},
    "smtp": {"tls": 465, "starttls": 587, "insecure-loopback": 25},
}


class ServerFields(QWidget):
    """Host, port and encryption of one server; the port follows the encryption until it is typed."""

    def __init__(self, name: str, protocol: str, *, placeholder: str) -> None:
        super().__init__()
        self._ports = PORTS[protocol]
        self.host = Field(name, placeholder=placeholder)
        self.port = Field("Port")
        self.port.line.setValidator(QIntValidator(1, 65535, self))
        self.port.line.setAccessibleName(f"Port of the {name.lower()}")
        self.port.setFixedWidth(80)
        self.security = ChoiceButton(f"Encryption of the {name.lower()}", self._follow)
        self.security.value = "tls"
        self.security.show_entries(ENCRYPTIONS)
        self._follow()
        self.security.setFixedHeight(self.port.line.sizeHint().height())
        kind = QVBoxLayout()
        kind.setSpacing(4)
        kind.addWidget(label("Encryption", "small"))
        kind.addWidget(self.security)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.host, 1)
        line.addWidget(self.port)
        line.addLayout(kind)

    @property
    def server(self) -> Server | None:
        """The server, None without a name or port."""
        host, port = self.host.text, self.port.text
        return Server(host, int(port), str(self.security.value)) if host and port else None

    def show_server(self, server: Server | None) -> None:
        """What is known already."""
        if server is not None:
            self.host.line.setText(server.host)
            self.security.choose(server.security)
            self.port.line.setText(str(server.port))

    def _follow(self) -> None:
        self.port.line.setText(str(self._ports[self.security.value]))


class ServersStep(Step):
    """`confirmed` tells the address and how its account is reached."""

    confirmed = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Set up by hand", go="Go on")
        words = "The help pages of your provider name these: look for IMAP and SMTP."
        self.address = Field("Email address", placeholder="name@example.com")
        self.incoming = ServerFields("Incoming server (IMAP)", "imap", placeholder="imap.example.com")
        self.user = Field("User name", hint="Leave it empty where it is the address.")
        self.outgoing = ServerFields(
            "Outgoing server (SMTP), if you send", "smtp", placeholder="smtp.example.com"
        )
        self.problem = Problem(theme)
        self.body.addWidget(label(words, "dim", wrap=True))
        for one in (self.address, self.incoming, self.user, self.outgoing, self.problem):
            self.body.addWidget(one)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    def prepare(self, address: str, settings: AccountSettings | None) -> None:
        """With what is known already."""
        self.address.line.setText(address)
        if settings is not None:
            self.incoming.show_server(settings.imap)
            self.outgoing.show_server(settings.smtp)
            self.user.line.setText("" if settings.user == address else settings.user)

    def confirm(self) -> None:
        """Go on with these servers."""
        self.problem.clear()
        address, server = self.address.text, self.incoming.server
        checks: tuple[tuple[bool, str, Callable[[], object]], ...] = (
            ("@" not in address, "Type the whole address, as name@example.com.", self.address.line.setFocus),
            (
                server is None,
                "The incoming server needs its name and port.",
                self.incoming.host.line.setFocus,
            ),
        )
        for wrong, sentence, focus in checks:
            if wrong:
                self.problem.say(sentence)
                focus()
                return
        settings = AccountSettings(server, self.user.text or address, self.outgoing.server)
        self.confirmed.emit(address, settings)

    def enter(self) -> None:
        """The first line that is empty."""
        lines = (self.address.line, self.incoming.host.line, self.user.line)
        next((one for one in lines if not one.text()), lines[0]).setFocus()
