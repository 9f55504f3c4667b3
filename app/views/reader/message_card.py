"""One message of a conversation: a line while folded; header, text, attachments when open."""

import time
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions.attachments import save_attachment
from app.actions.links import open_link
from app.background import QueryOp
from app.context import Context
from app.views.reader.body import MessageBody
from app.views.reader.parts import SHOWN_AT_FIRST, Part, parts
from app.widgets import dates
from app.widgets.buttons import button
from app.widgets.flow_row import FlowRow
from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.text import clean, isolated, shorten
from fluffy_core import MessageView, PersonRef, ZoneKind, reader

PEOPLE_SHOWN = 6
NAME = 48
"""Characters of a sender's name: the rest of the line has other things to say."""
UNITS = ("bytes", "KB", "MB", "GB")
STEP = 1000
ROUND = 10


class _Header(QWidget):
    clicked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class MessageCard(QWidget):
    """Folded until asked for; HTML only by its own control, in the locked view."""

    unfolded = Signal()
    """The text was made."""

    def __init__(self, context: Context, message: MessageView, *, number: int) -> None:
        super().__init__()
        self.message = message
        self.body: MessageBody | None = None
        self._context = context
        self._quotes_shown = False
        self._limit = SHOWN_AT_FIRST
        self._designed: QWidget | None = None
        self._inside: QWidget | None = None
        self.setAccessibleName(f"Message {number} from {name_of(message.sender)}")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 10, 0, 10)
        self._column.setSpacing(8)
        self._column.addWidget(self._header())

    @property
    def is_open(self) -> bool:
        """Whether the text is shown."""
        return self._inside is not None and not self._inside.isHidden()

    def set_open(self, wanted: bool) -> None:
        """Unfold or fold."""
        if wanted and self._inside is None:
            self._inside = self._make_inside()
            self._column.addWidget(self._inside)
            self.unfolded.emit()
        if self._inside is not None:
            self._inside.setVisible(wanted)
        self._preview.setVisible(not wanted)
        self._to.setVisible(wanted)

    def flash(self, words: str) -> int | None:
        """Mark a sentence; its top within this card, None when it is not here."""
        self.set_open(True)
        assert self.body is not None
        if self._designed is not None:
            self._designed.hide()
            self.body.show()
        top = self.body.flash(words)
        if top is None and not self._quotes_shown:
            self._show_quotes()
            top = self.body.flash(words)
        return None if top is None else top + self.body.mapTo(self, self.body.rect().topLeft()).y()

    @property
    def is_designed(self) -> bool:
        """Whether the HTML is shown."""
        return self._designed is not None and not self._designed.isHidden()

    def show_designed(self) -> None:
        """Fetch the sanitised HTML and show it in the locked view; again for plain text."""
        self.set_open(True)
        if not self.message.has_html:
            self._context.notices.done.emit("This message has only plain text", False)
        elif self._designed is not None:
            self._swap(self._designed.isHidden())
        else:
            store, message_id = self._context.core.store, self.message.id
            work = partial(reader.message_html, store, message_id)
            QueryOp(self._context.background, self, work).success(self._designed_arrived).run()

    def _designed_arrived(self, html: str) -> None:
        if not html.strip():
            self._context.notices.done.emit("There is nothing else to show", False)
            return
        from app.views.reader.html_view import HtmlView  # WebEngine takes long to load: only when asked for

        assert self._inside is not None
        view = HtmlView(html)
        view.link_clicked.connect(lambda address: open_link(self, address, ask=True))
        self._designed = view
        self._inside.layout().insertWidget(1, view)  # type: ignore[union-attr]
        self._swap(True)

    def _swap(self, designed: bool) -> None:
        assert self._designed is not None
        assert self.body is not None
        self._designed.setVisible(designed)
        self.body.setVisible(not designed)
        if self._toggle is not None:
            self._toggle.setText("Show plain text" if designed else "Show as designed")

    def _header(self) -> QWidget:
        made = _Header()
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda: self.set_open(not self.is_open))
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(8)
        sender = self.message.sender
        name = label(shorten(name_of(sender), NAME), "strong")
        tip(name, name_of(sender) if name.text() != name_of(sender) else "")
        line.addWidget(name)
        address = ElidedLabel(sender.email if sender.email != name_of(sender) else "", "small")
        self._preview = ElidedLabel(clean(self.message.text, 200), "dim")
        self._preview.setToolTip("")
        line.addWidget(address, 1)
        line.addWidget(self._preview, 2)
        when = label(dates.spoken(self.message.date, time.time()), "small")
        tip(when, dates.exact(self.message.date))
        line.addWidget(when)
        column.addLayout(line)
        self._to = ElidedLabel(_recipients(self.message), "small")
        self._to.hide()
        column.addWidget(self._to)
        return made

    def _make_inside(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for problem in self.message.problems[:3]:
            column.addWidget(label(problem, "notice", wrap=True))
        self.body = MessageBody(self._context.theme)
        self.body.link_clicked.connect(lambda address: open_link(self, address, ask=False))
        column.addWidget(self.body)
        self._fill()
        controls = FlowRow()
        self._toggle: QPushButton | None = None
        shown = self._parts()
        if any(part.kind is ZoneKind.QUOTE for part in shown) and not self._quotes_shown:
            self._quote_button = button("Show quoted text", self._show_quotes, kind="link")
            controls.add(self._quote_button)
        if len(self.message.text) > self._limit:
            controls.add(button("Show the rest of this long message", self._show_rest, kind="link"))
        if self.message.has_html:
            self._toggle = button("Show as designed", self.show_designed, kind="link")
            controls.add(self._toggle)
        if controls.count():
            column.addWidget(controls)
        self._add_attachments(column)
        return made

    def _add_attachments(self, column: QVBoxLayout) -> None:
        row = FlowRow()
        for one in self.message.attachments:
            if not one.inline:
                words = f"{clean(one.name, 60) or 'attachment'}   {size_words(one.size)}"
                save = button(words, partial(save_attachment, self._context, self, one), kind="file")
                save.setAccessibleName(f"Save attachment {clean(one.name, 60)}, {size_words(one.size)}")
                tip(save, f"Save {one.name} ({one.media_type}) …")
                row.add(save)
        if row.count():
            column.addWidget(row)

    def _parts(self) -> list[Part]:
        return parts(self.message.text, self.message.zones, limit=self._limit)

    def _fill(self) -> None:
        assert self.body is not None
        shown = self._parts()
        rest = [part for part in shown if part.kind is not ZoneKind.QUOTE]
        if not rest:
            self._quotes_shown = True
        self.body.show_parts(shown if self._quotes_shown else rest)

    def _show_quotes(self) -> None:
        self._quotes_shown = not self._quotes_shown
        if hasattr(self, "_quote_button"):
            self._quote_button.setText("Hide quoted text" if self._quotes_shown else "Show quoted text")
        self._fill()

    def _show_rest(self) -> None:
        self._limit = len(self.message.text)
        sender = self.sender()
        if isinstance(sender, QPushButton):
            sender.hide()
        self._fill()


def name_of(person: PersonRef) -> str:
    """What to call somebody: "you", their name, or their address."""
    if person.mine:
        return "You"
    return clean(person.name, 80) or clean(person.email, 80) or "Unknown sender"


def size_words(size: int) -> str:
    """As "812 bytes", "24 KB", "1.2 MB"."""
    amount, unit = float(size), 0
    while amount >= STEP and unit < len(UNITS) - 1:
        amount, unit = amount / STEP, unit + 1
    return f"{amount:.1f} {UNITS[unit]}" if unit > 1 and amount < ROUND else f"{amount:.0f} {UNITS[unit]}"


def _recipients(message: MessageView) -> str:
    people = (*message.to, *message.cc)
    names = [isolated(name_of(one)) if not one.mine else "you" for one in people[:PEOPLE_SHOWN]]
    more = f" and {len(people) - PEOPLE_SHOWN:,} more" if len(people) > PEOPLE_SHOWN else ""
    return f"to {', '.join(names)}{more}" if names else "to nobody named"
