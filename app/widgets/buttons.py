"""Buttons: the primary one, plain ones with their key, links and evidence chips."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy

from app.widgets.labels import tip
from app.widgets.text import clean, isolated

NARROW_KEY = 3
"""Letters of a key that fit into a small cap."""


class ElidedButton(QPushButton):
    """A button in a column of text: as wide as the column, its words ending in "…" where they must."""

    def __init__(self, text: str, run: Callable[[], object], *, kind: str) -> None:
        super().__init__()
        self._words = ""
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _checked: run())
        self.say(text)

    @property
    def words(self) -> str:
        """The whole text."""
        return self._words

    def say(self, text: str) -> None:
        """Show another text."""
        self._words = clean(text)
        self.setAccessibleName(self._words)
        tip(self, self._words)
        self._fit()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 4
        fits = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(isolated(fits).replace("&", "&&"))

    def sizeHint(self) -> QSize:
        """The whole text, if it may be."""
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 6, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(24, super().minimumSizeHint().height())


def button(text: str, run: Callable[[], object], *, kind: str = "plain", key: str = "") -> QPushButton:
    """A push button; `kind` is plain, primary, link or chip; `key` is drawn as a key cap inside."""
    made = QPushButton(clean(text, 120).replace("&", "&&"))
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setAccessibleName(clean(text, 120))
    made.clicked.connect(lambda _checked: run())
    if key:
        _add_cap(made, key)
    return made


def _add_cap(owner: QPushButton, key: str) -> None:
    """A key cap at the right end; the style sheet leaves room for it (property `cap`)."""
    owner.setProperty("cap", "wide" if len(key) > NARROW_KEY else True)
    owner.setAccessibleDescription(f"Key: {key}")
    cap = QLabel(key)
    cap.setProperty("kind", "cap-primary" if owner.property("kind") == "primary" else "cap")
    cap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    line = QHBoxLayout(owner)
    line.setContentsMargins(0, 0, 10, 0)
    line.addStretch()
    line.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)


def chip(
    text: str, run: Callable[[], object], *, says: str, hint: str = "", kind: str = "chip"
) -> QPushButton:
    """A small mark within text: outlined where it leads to what was said; `says` is its accessible name."""
    made = button(text, run, kind=kind)
    made.setAccessibleName(says)
    tip(made, hint or says)
    return made
