"""Ask my mail: the offer to answer a question, and the answer with its numbered sources."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from app.background import Op, QueryOp
from app.context import Context
from app.errors import words
from app.widgets import dates
from app.widgets.buttons import ElidedButton, button, chip
from app.widgets.inline_text import InlineText
from app.widgets.labels import label
from app.widgets.layouts import empty
from app.widgets.text import clean, isolated, shorten
from fluffy_core import Answer, Citation, asking

DEADLINE = 20.0
"""Seconds that the question may take to be understood: the model may have to be loaded first."""
SHOWN, CLOSEST = 160, 2


class AnswerPanel(QFrame):
    """Above the results. The newest question wins; an answer's words stay while its wording is being made."""

    opened = Signal(object)
    """The `Citation` to show in its message."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._op: Op[Answer] | None = None
        self.question = ""
        """What is being asked or answered, "" at rest."""
        self.setProperty("kind", "card")
        self.setAccessibleName("Answer from your mail")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 12)
        self._column.setSpacing(4)
        self.hide()

    def close_answer(self) -> None:
        """Show nothing."""
        if self._op is not None:
            self._op.cancel()
        self._op, self.question = None, ""
        self.hide()

    def ask(self, question: str) -> None:
        """Look for an answer."""
        self.close_answer()
        self.question = question
        self._begin("Looking in your mail …")
        core = self._context.core
        embed = core.embed_if_installed(interactive=True, deadline=DEADLINE)
        self._run(lambda: asking.answer(core.store, question, embed=embed), self._answered)

    def _run(self, work: Callable[[], Answer], then: Callable[[Answer], None]) -> None:
        op = QueryOp(self._context.background, self, work).success(then)
        self._op = op.failure(self._failed).run()

    def _answered(self, answer: Answer) -> None:
        """The quotes at once; a language model's wording of them when it is there."""
        models = self._context.core.models
        if answer.citations and models.language_model:
            self._show(answer, "Putting it into words …")
            self._run(lambda: asking.phrase(answer, models), self._show)
        else:
            self._show(answer)

    def _failed(self, error: Exception) -> None:
        self._begin("The question could not be answered")
        self._column.addWidget(label(words(error).happened, "small", wrap=True))

    def _show(self, answer: Answer, state: str = "") -> None:
        if not answer.citations:
            self._begin("Not in your mail")
            if answer.closest:
                self._column.addWidget(label("The closest I found:", "small"))
        else:
            self._begin(state or "From your mail")
            if answer.text:
                marks = [self._mark(number, one) for number, one in enumerate(answer.citations, 1)]
                self._column.addWidget(InlineText(answer.text, marks))
        for number, one in enumerate(answer.citations or answer.closest[:CLOSEST], 1):
            self._add(number, one, quiet=bool(answer.text) or not answer.citations)
        for note in answer.notes:
            self._column.addWidget(label(note, "small", wrap=True))

    def _begin(self, title: str) -> None:
        """Empty, but for the title and the way out."""
        empty(self._column)
        head = QHBoxLayout()
        head.addWidget(label(title, "small"))
        head.addStretch()
        close = button("Close", self.close_answer, kind="link")
        close.setAccessibleName("Close the answer")
        head.addWidget(close)
        self._column.addLayout(head)
        self.setAccessibleDescription(title)
        self.show()

    def _add(self, number: int, one: Citation, *, quiet: bool) -> None:
        text = f"“{shorten(one.quote, SHOWN)}”"
        self._column.addWidget(InlineText(text, [self._mark(number, one)], kind="small" if quiet else "body"))
        day = dates.short(one.date, time.time())
        source = ElidedButton(
            f"{isolated(clean(one.sender, 60))} · {day} · {isolated(clean(one.subject))}",
            lambda: self.opened.emit(one),
            kind="row",
        )
        self._column.addWidget(source)

    def _mark(self, number: int, one: Citation) -> QPushButton:
        says = f"Source {number}: {clean(one.sender, 60)}, {clean(one.subject, 80)}"
        return chip(str(number), lambda: self.opened.emit(one), says=says)
