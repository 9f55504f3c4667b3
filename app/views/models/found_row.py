"""A model of another program: use it where it lies."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions import models as acts
from app.context import Context
from app.views.models.words import fit_words, needs_words
from app.widgets.buttons import button
from app.widgets.labels import dress, hairline, label
from app.widgets.text import clean
from fluffy_core import Computer, Fit, FoundModel


@dataclass(frozen=True)
class Found:
    """A model that was found; the first of a list has no line above it."""

    model: FoundModel
    computer: Computer
    first: bool = False


class FoundRow(QWidget):
    """Name, program, needs, and "Use"."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._model: FoundModel | None = None
        self._line = hairline()
        self._name, self._needs = label(kind="strong", wrap=True), label(kind="small", wrap=True)
        self._origin = label(kind="dim", wrap=True)
        self.use = button("Use", self._use)
        words = QVBoxLayout()
        words.setSpacing(3)
        for one in (self._name, self._origin, self._needs):
            words.addWidget(one)
        row = QHBoxLayout()
        row.setContentsMargins(18, 12, 18, 12)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.use, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._line)
        column.addLayout(row)

    def show_value(self, found: Found) -> None:
        """The model as it is now."""
        self._model = model = found.model
        self._line.setVisible(not found.first)
        self._name.setText(clean(model.name, 120))
        self._origin.setText(clean(" · ".join(one for one in (model.origin, model.licence) if one), 120))
        self._needs.setText(f"{needs_words(model)} · {fit_words(model, found.computer)}")
        dress(self._needs, "small" if model.fit is Fit.FITS else "warn-small")
        self.use.setAccessibleName(f"Use: {clean(model.name, 120)}")
        self.setAccessibleName(f"{model.name}, of {model.origin}. {self._needs.text()}")

    def stops(self) -> list[QPushButton]:
        """What Tab should reach."""
        return [self.use]

    def _use(self) -> None:
        if self._model is not None:
            acts.use_found(self._context, self._context.notices, self._model)
