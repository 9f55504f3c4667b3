"""Opening a link from mail: only web and mail addresses, and only where the user sees where it leads."""

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from app.widgets.text import clean

SAFE_SCHEMES = frozenset({"http", "https", "mailto"})


def is_safe(address: str) -> bool:
    """Whether a link may be handed to the system at all: http, https or mailto, with somewhere to go."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme.lower() not in SAFE_SCHEMES or any(one <= " " for one in address):
        return False
    return bool(parts.path if parts.scheme.lower() == "mailto" else parts.hostname)


def open_link(parent: QWidget, address: str, *, ask: bool) -> bool:
    """Open in the browser or mail program; `ask` first where the words of the link may lie."""
    if not is_safe(address):
        return False
    if ask and not _agreed(parent, address):
        return False
    return QDesktopServices.openUrl(QUrl(address))


def _agreed(parent: QWidget, address: str) -> bool:
    host = urlsplit(address).hostname or address
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Open link", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Open {clean(host, 200)} in your browser?")
    box.setInformativeText(clean(address, 500))
    opening = box.addButton("Open", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is opening
