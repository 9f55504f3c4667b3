"""Steps of something that is tried, each with how it went: done, under way, failed."""

from enum import StrEnum

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.icons import pixmap
from app.theme import Theme
from app.widgets.labels import label
from app.widgets.text import clean

SIDE = 16


class Outcome(StrEnum):
    """How a step stands; the words are for those who do not see the mark."""

    NOW = "Under way"
    DONE = "Done"
    FAILED = "Failed"


MARKS = {
    Outcome.NOW: ("dots-three", "ink2"),
    Outcome.DONE: ("check", "good"),
    Outcome.FAILED: ("x", "bad"),
}


class _Row(QWidget):
    """A mark and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.mark, self.words = QLabel(), label(wrap=True)
        self.mark.setFixedSize(SIDE, SIDE)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.mark)
        line.addWidget(self.words, 1)


class CheckList(QWidget):
    """Told step by step; a step that is told again changes in place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()
        theme.changed.connect(self._paint)

    @property
    def words(self) -> list[str]:
        """Every step with how it stands, as "Done: Encrypted"."""
        return [row.words.accessibleName() for row in self._rows.values()]

    def say(self, step: str, text: str, outcome: Outcome) -> None:
        """A step began or ended."""
        if step not in self._rows:
            self._rows[step] = _Row()
            self._column.addWidget(self._rows[step])
        words = self._rows[step].words
        words.setText(clean(text, 200))
        words.setAccessibleName(f"{outcome.value}: {clean(text, 200)}")
        self._outcomes[step] = outcome
        self._paint()
        self.show()

    def fail(self) -> None:
        """What was under way went wrong."""
        for step, outcome in list(self._outcomes.items()):
            if outcome is Outcome.NOW:
                self.say(step, self._rows[step].words.text().rstrip(" …"), Outcome.FAILED)

    def forget(self, *kept: str) -> None:
        """Begin anew, but for these steps."""
        for step in [one for one in self._rows if one not in kept]:
            row = self._rows.pop(step)
            del self._outcomes[step]
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._rows))

    def _paint(self) -> None:
        for step, row in self._rows.items():
            glyph, color = MARKS[self._outcomes[step]]
            ink = self._theme.style.color(color)
            row.mark.setPixmap(pixmap(glyph, SIDE, ink, density=self.devicePixelRatioF()))
