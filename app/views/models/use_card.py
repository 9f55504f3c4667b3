"""Which language model is in use, how fast it is here, and what works without one."""

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from app.actions import models as acts
from app.actions.models import ModelsState
from app.background import Op
from app.context import Context
from app.errors import words
from app.views.models.words import WITHOUT, speed_words
from app.widgets.buttons import button
from app.widgets.flow_row import FlowRow
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import NO_MODEL, Bench

MEASURING = "Measuring: about twenty seconds of reading and writing …"


class UseCard(QFrame):
    """Told the newest state again and again."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._context = context
        self._op: Op[Bench] | None = None
        self._state: ModelsState | None = None
        self._heading, self._says = label(kind="heading", wrap=True), label(kind="dim", wrap=True)
        self._fault = label(kind="fault", wrap=True)
        self._fault.hide()
        self.measure = button("Measure", self._measure)
        self.best = button("Use the best that fits", lambda: self._use(""))
        self.none = button("Use none", lambda: self._use(NO_MODEL))
        self._row = FlowRow()
        for one in (self.measure, self.best, self.none):
            self._row.add(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(6)
        for shown in (self._heading, self._says, self._fault):
            column.addWidget(shown)
        column.addSpacing(4)
        column.addWidget(self._row)

    def show_state(self, state: ModelsState) -> None:
        """The models as they are now."""
        self._state = state
        used = state.in_use
        some = used is not None or bool(state.server)
        if state.server:
            self._heading.setText(clean(f"The server at {state.server} writes", 160))
        elif used is not None:
            self._heading.setText(clean(f"{used.name} writes summaries and drafts", 160))
        else:
            self._heading.setText("No language model is in use")
        bench = state.server_bench if state.server else used.bench if used is not None else None
        self._says.setText((speed_words(bench) if self._op is None else MEASURING) if some else WITHOUT)
        self.measure.setText("Measure again" if bench is not None else "Measure")
        self.measure.setVisible(some)
        self.measure.setEnabled(self._op is None)
        installed = any(one.writes and one.status == "ready" for one in state.models)
        self.best.setVisible(bool(state.server) or (bool(state.chosen) and installed))
        self.none.setVisible(some)
        self._row.setVisible(some or installed)
        self.setAccessibleName(f"{self._heading.text()}. {self._says.text()}")

    def stops(self) -> list[QPushButton]:
        """What Tab should reach, in order."""
        return [self.measure, self.best, self.none]

    def _use(self, model_id: str) -> None:
        acts.use(self._context, self._context.notices, model_id)

    def _measure(self) -> None:
        if self._op is None and self._state is not None:
            self._fault.hide()
            self._op = acts.measure(self._context, self, told=self._measured, failed=self._failed)
            self.show_state(self._state)

    def _measured(self, _bench: Bench) -> None:
        self._op = None

    def _failed(self, error: Exception) -> None:
        self._op = None
        said = words(error)
        self._fault.setText(clean(f"This could not be measured. {said.happened}", 400))
        self._fault.show()
        if said.details:
            self._context.notices.failed.emit(error)
        if self._state is not None:
            self.show_state(self._state)
