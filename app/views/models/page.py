"""Models: which is in use, which are here, which can be fetched, which other programs have."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.actions import models as acts
from app.actions.models import ModelsState
from app.background import Op
from app.context import Context
from app.errors import words
from app.views.models.found_row import Found, FoundRow
from app.views.models.row import MOVING, ModelRow, Shown
from app.views.models.use_card import UseCard
from app.views.models.words import best_to_get, memory_words
from app.views.page import LivePage
from app.views.reader.message_card import size_words
from app.widgets.buttons import button
from app.widgets.card_section import CardSection
from app.widgets.labels import label
from app.widgets.scroll_pane import ScrollPane, centred
from app.widgets.text import clean
from fluffy_core import Changed, DownloadView, FoundModel, ModelStatus, ModelView

POLL_MS = 500
OFFLINE = "Offline: nothing is fetched until you go online again. What is here works as usual."
NOTHING_FOUND = "LM Studio, Ollama and the Hugging Face cache hold no language model that can be used here."
DROP = "A model of your own (a .gguf file) can be dropped here."
FILES = "Language models (*.gguf)"
HERE = (ModelStatus.READY, ModelStatus.DAMAGED)


class ModelsPage(LivePage):
    """Looks again whenever something changes; what is there is changed in place."""

    news = frozenset({Changed.MODELS, Changed.SETTINGS})
    cannot = "The models cannot be shown"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setAcceptDrops(True)
        self.shown: ModelsState | None = None
        self.found: tuple[FoundModel, ...] | None = None
        self.use_card = UseCard(context)
        self.here = CardSection("ON THIS COMPUTER", lambda: ModelRow(context))
        self.there = CardSection("CAN BE FETCHED", lambda: ModelRow(context))
        self.others = CardSection("IN OTHER PROGRAMS", lambda: FoundRow(context))
        self._nothing = label(NOTHING_FOUND, "small", wrap=True)
        self.add_button = button("Add a file …", self._choose)
        self._computer = label(kind="dim", wrap=True)
        self._offline = label(OFFLINE, "notice", wrap=True)
        self._adding = label(kind="praise", wrap=True)
        self._scroll = ScrollPane("Models")
        self._lay_out(context.style.px("column"))
        self._show_one_of(self._scroll)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._on_poll)

    def enter(self) -> None:
        """The page came into view."""
        self.refresh()
        self._poll.start()
        acts.find(self._context, self, told=self._show_found, failed=lambda _error: self._show_found(()))
        self._scroll.setFocus()

    def _read(self) -> Op[Any]:
        return acts.read(self._context, self, told=self._show, failed=self._fail)

    def add(self, path: Path) -> None:
        """Take a file in."""
        self._fault.hide()
        self._say_adding(f"Adding {path.name} …")
        acts.add(self._context, self, path, added=self._added, failed=self._add_failed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Models may be dropped here; everything else is the window's."""
        if _models(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        event.acceptProposedAction()
        for path in _models(event):
            self.add(path)

    def _show(self, found: ModelsState) -> None:
        self._op = None
        self.shown = found
        self._offline.setVisible(found.offline)
        memory, free = memory_words(found.computer.memory_mb), size_words(found.computer.free_bytes)
        self._computer.setText(
            f"Models run on this computer alone, which has {memory} of memory and {free} free."
        )
        self.use_card.show_state(found)
        self._fill()
        self._stack.setCurrentWidget(self._scroll)
        if self._stale:
            self.refresh()

    def _fill(self) -> None:
        assert self.shown is not None
        downloads = self._context.core.downloads.views()
        here = [one for one in self.shown.models if one.status in HERE and one.id not in downloads]
        there = [one for one in self.shown.models if one not in here]
        self.here.show_values({one.id: self._shown(one, here, downloads) for one in here})
        self.there.show_values({one.id: self._shown(one, there, downloads) for one in there})
        self._show_found(self.found)
        self._order_stops()

    def _shown(self, one: ModelView, of: Sequence[ModelView], downloads: dict[str, DownloadView]) -> Shown:
        assert self.shown is not None
        download = downloads.get(one.id)
        best = one.id == best_to_get(self.shown.models)
        return Shown(one, download, self.shown.computer, self.shown.offline, first=one is of[0], best=best)

    def _show_found(self, found: tuple[FoundModel, ...] | None) -> None:
        self.found = found
        if self.shown is None or found is None:
            self._nothing.hide()
            return
        computer = self.shown.computer
        self.others.show_values({one.key: Found(one, computer, first=one is found[0]) for one in found})
        self.others.show()
        self._nothing.setVisible(not found)

    def _order_stops(self) -> None:
        rows = [row for part in (self.here, self.there, self.others) for row in part.rows.shown.values()]
        stops: list[QWidget] = [self.add_button, *self.use_card.stops()]
        stops += [stop for row in rows for stop in row.stops()]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def _choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, "Choose a language model", "", FILES)
        if name:
            self.add(Path(name))

    def _added(self, model_id: str) -> None:
        self._say_adding("")
        acts.use(self._context, self, model_id)

    def _add_failed(self, error: Exception) -> None:
        self._say_adding("")
        said = words(error)
        self._say_fault(said.happened)
        if said.details:
            self._context.notices.failed.emit(error)

    def _say_adding(self, text: str) -> None:
        self._adding.setText(clean(text, 200))
        self._adding.setVisible(bool(text))

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        super()._on_changed(kinds)
        if Changed.MODELS in kinds and self.isVisible():
            acts.find(self._context, self, told=self._show_found, failed=lambda _error: self._show_found(()))

    def _on_poll(self) -> None:
        """Downloads tell how far they are; only bars and words move."""
        if not self.isVisible():
            self._poll.stop()
            return
        for model_id, one in self._context.core.downloads.views().items():
            row = self.there.rows.shown.get(model_id)
            if row is not None and one.state in MOVING:
                row.move_to(one)

    def _lay_out(self, width: int) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Models", "title"))
        head.addStretch()
        head.addWidget(self.add_button)
        whole = QWidget()
        whole.setMaximumWidth(width)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        parts = (self._computer, self._offline, self._fault, self._adding, self.use_card)
        for one in (*parts, self.here, self.there, self.others, self._nothing):
            column.addWidget(one)
        column.addWidget(label(DROP, "small", wrap=True))
        for hidden in (self._offline, self._adding, self._nothing, self.others):
            hidden.hide()
        column.addStretch()
        self._scroll.setWidget(centred(whole))


def _models(event: QDropEvent) -> list[Path]:
    """The model files among what is dragged; none when there is anything else with them."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return paths if paths and all(path.suffix.lower() == ".gguf" for path in paths) else []
