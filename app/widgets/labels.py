"""Labels that never interpret what they show: mail decides their text, so markup stays letters."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.widgets.text import breakable, clean, is_right_to_left


def label(text: str = "", kind: str = "body", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Plain text in one of the style sheet's kinds (body, strong, caption, title, …)."""
    made = QLabel(breakable(clean(text, 2000)) if wrap else clean(text, 2000))
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    made.setAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    )
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def direction_of(text: str) -> Qt.LayoutDirection:
    """The direction that a painter needs for a text: else its words change places."""
    directions = Qt.LayoutDirection
    return directions.RightToLeft if is_right_to_left(text) else directions.LeftToRight


def dress(widget: QWidget, kind: str) -> None:
    """Give a widget another of the style sheet's kinds."""
    if widget.property("kind") != kind:
        widget.setProperty("kind", kind)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def tip(widget: QWidget, text: str) -> None:
    """A tooltip as plain text, whatever the text looks like."""
    widget.setToolTip(f"<span>{escape(clean(text, 1000))}</span>" if text else "")


def pane(widget: QWidget, kind: str) -> None:
    """Give a widget one of the backgrounds of the style sheet: paper, canvas, list or side."""
    widget.setProperty("pane", kind)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def hairline() -> QFrame:
    """A horizontal line."""
    line = QFrame()
    line.setProperty("kind", "hairline")
    line.setFixedHeight(1)
    return line


class ElidedLabel(QLabel):
    """One line that ends in "…" instead of widening its surroundings."""

    def __init__(self, text: str = "", kind: str = "body") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        """Show another text."""
        self.setText(clean(text))
        tip(self, text)

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setLayoutDirection(direction_of(self.text()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        align = self.alignment() | Qt.AlignmentFlag.AlignAbsolute
        self.style().drawItemText(
            painter, self.rect(), int(align), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )
