"""A wrapped sentence that ends in small buttons: the marks that lead to its evidence."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.widgets.labels import direction_of, dress
from app.widgets.text import clean

GAP = 6
BETWEEN = 4
BULLET = 18
KEPT = 3


class InlineText(QWidget):
    """Text laid out by hand so that real, focusable buttons can follow its last word.

    A "wrong" after each of many sentences is noise: it is seen where the pointer or the focus is, and always
    when `outspoken` or in high contrast.
    """

    def __init__(
        self,
        text: str,
        chips: Sequence[QWidget] = (),
        *,
        bullet: bool = False,
        kind: str = "body",
        outspoken: bool = False,
    ) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self._text = clean(text, 1200)
        self._chips = tuple(chips)
        self._indent = BULLET if bullet else 0
        self._placed: dict[tuple[int, str], tuple[QTextLayout, int]] = {}
        for one in self._chips:
            one.setParent(self)
        self._quiet = (
            () if outspoken else tuple(one for one in self._chips if one.property("kind") == "wrong")
        )
        self._whisper(True)
        self.setAccessibleName(self._text)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def enterEvent(self, event: QEnterEvent) -> None:
        """What can be said against it is seen."""
        super().enterEvent(event)
        self._whisper(False)

    def leaveEvent(self, event: QEvent) -> None:
        """Only the words are, again."""
        super().leaveEvent(event)
        self._whisper(True)

    def _whisper(self, wanted: bool) -> None:
        for one in self._quiet:
            dress(one, "wrong-quiet" if wanted else "wrong")

    def heightForWidth(self, width: int) -> int:
        """Pixels needed at a width."""
        return self._place(width)[1]

    def sizeHint(self) -> QSize:
        """A comfortable line."""
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(80, self._line_height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Put the buttons behind the last word."""
        layout, _ = self._place(self.width())
        for one, x, line in self._behind(layout, self.width() - self._indent):
            size = one.sizeHint()
            top = line * self._line_height() + (self._line_height() - size.height()) // 2
            one.setGeometry(self._indent + round(x), top, size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        layout, _ = self._place(self.width())
        layout.draw(painter, QPointF(self._indent, 0))
        if self._indent:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(self.palette().windowText())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(5, self._line_height() / 2 + 0.5), 2.2, 2.2)

    def _line_height(self) -> int:
        return round(self.fontMetrics().height() * 1.3)

    def _place(self, width: int) -> tuple[QTextLayout, int]:
        """The laid out text and its whole height, buttons included; Qt asks for the same widths again."""
        key = (width, self.font().key())
        if key not in self._placed:
            self._placed = {**dict(list(self._placed.items())[-KEPT:]), key: self._lay_out(width)}
        return self._placed[key]

    def _lay_out(self, width: int) -> tuple[QTextLayout, int]:
        layout = QTextLayout(self._text or " ", self.font())
        option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        option.setTextDirection(direction_of(self._text))
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        room, step = max(width - self._indent, 40), self._line_height()
        lead = (step - self.fontMetrics().height()) / 2
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room)
            line.setPosition(QPointF(0, (layout.lineCount() - 1) * step + lead))
        layout.endLayout()
        places = self._behind(layout, room)
        return layout, (places[-1][2] + 1 if places else layout.lineCount()) * step

    def _behind(self, layout: QTextLayout, room: int) -> list[tuple[QWidget, float, int]]:
        """(button, x, line): all behind the last word if they fit there, else from the next line on."""
        widths = [one.sizeHint().width() for one in self._chips]
        line = layout.lineCount() - 1
        x = layout.lineAt(line).naturalTextWidth() + GAP
        if widths and x + sum(widths) + BETWEEN * (len(widths) - 1) > room:
            x, line = 0.0, line + 1
        places: list[tuple[QWidget, float, int]] = []
        for one, width in zip(self._chips, widths, strict=True):
            if x and x + width > room:
                x, line = 0.0, line + 1
            places.append((one, x, line))
            x += width + BETWEEN
        return places
