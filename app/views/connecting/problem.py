"""What went wrong while connecting, in words, with the one thing that helps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.errors import words
from app.theme import Theme
from app.widgets.buttons import button
from app.widgets.check_box import CheckBox
from app.widgets.labels import label
from fluffy_core import BlockedError, SignInError, TransientError, UntrustedServerError

CERTIFICATE = (
    "On a guest Wi-Fi, sign in to it with your browser first, then try again. Trust the certificate only if "
    "you run this server or know who does: somebody in between could show another one to read your mail. "
    "Compare this SHA-256 fingerprint with the server's own:"
)
AGAIN = "Type the password again. Many providers want an app password in place of the usual one."
LINE = 16
OFFLINE = "FluffyMail works offline: every connection is switched off."


class Problem(QFrame):
    """Hidden until something went wrong."""

    shown = Signal()
    again = Signal()
    online = Signal()
    trusted = Signal(str)
    """The fingerprint of a certificate that the user compared."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "card-bad")
        self._fingerprint = ""
        self._words, self._advice = label(wrap=True, selectable=True), label(kind="dim", wrap=True)
        self._print = label(kind="strong", wrap=True, selectable=True)
        self._same = CheckBox(theme, "I compared it, and it is the same")
        self.trust = button("Trust this certificate", self._trust)
        self.retry = button("Try again", self.again.emit)
        self.go_online = button("Go online and try again", self.online.emit)
        self._same.toggled.connect(self.trust.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        parts = (self._words, self._advice, self._print, self._same, self.trust, self.retry, self.go_online)
        for one in parts:
            column.addWidget(one)
        self.hide()

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.hide()

    def say(self, sentence: str, advice: str = "") -> None:
        """A sentence that needs no button."""
        self._show(sentence, advice)

    def show_error(self, error: Exception) -> None:
        """Say it, and offer what helps."""
        if isinstance(error, UntrustedServerError) and error.fingerprint:
            self._fingerprint = error.fingerprint
            self._print.setText(spelled(error.fingerprint))
            self._same.setChecked(False)
            self.trust.setEnabled(False)
            self._show(error.why, CERTIFICATE, certificate=True)
        elif isinstance(error, BlockedError):
            self._show(OFFLINE, str(error) if "offline" not in str(error).lower() else "", online=True)
        elif isinstance(error, SignInError):
            self._show(str(error), AGAIN)
        else:
            said = words(error)
            self._show(said.happened, said.safe, again=isinstance(error, TransientError))

    def _show(
        self,
        sentence: str,
        advice: str,
        *,
        certificate: bool = False,
        online: bool = False,
        again: bool = False,
    ) -> None:
        self._words.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        for one in (self._print, self._same, self.trust):
            one.setVisible(certificate)
        self.go_online.setVisible(online)
        self.retry.setVisible(again)
        self.setAccessibleName(f"{sentence} {advice}".strip())
        self.show()
        self.shown.emit()

    def _trust(self) -> None:
        self.trusted.emit(self._fingerprint)


def spelled(digest: str) -> str:
    """Hex as people compare it, in pairs, half of a SHA-256 on a line."""
    pairs = [digest[at : at + 2] for at in range(0, len(digest), 2)]
    lines = [":".join(pairs[at : at + LINE]) for at in range(0, len(pairs), LINE)]
    return "\n".join(lines).upper()
