"""The list of people, most alive first, with what waits for a decision on top."""

import time

from PySide6.QtCore import QTimer, Signal

from app.background import Op, QueryOp
from app.context import Context
from app.errors import words
from app.itemmodels.rows import ListSection, RowsModel
from app.views.people.facts import role
from app.widgets import dates
from app.widgets.list_pane import ListPane
from app.widgets.row_delegate import RowText
from app.widgets.search_box import SearchBox
from app.widgets.text import clean
from fluffy_core import ContactId, ContactRow, number_of, people

REFRESH_MS = 1000
Found = tuple[ContactId, ...]


class PeopleList(ListPane):
    """Names, one under the other."""

    nobody = Signal()
    """The list is empty."""

    def __init__(self, context: Context) -> None:
        model = RowsModel(context.background, lambda ids: people.rows(context.core.store, ids))
        super().__init__(context.theme, model, SearchBox("Search people", operators=False), describe=row_text)
        model.setParent(self)
        model.describe = sentence
        self._context = context
        self._op: Op[Found] | None = None
        self._wanted: ContactId | None = None
        self.view.setAccessibleName("People")
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        self.search.changed.connect(lambda _query: self.refresh())

    def refresh(self) -> None:
        """Read the ids again."""
        if self._op is not None:
            self._op.cancel()
        store, query = self._context.core.store, self.search.text
        op = QueryOp(self._context.background, self, lambda: people.ids(store, query))
        self._op = op.success(self._show).failure(self._failed).run()

    def refresh_soon(self) -> None:
        """Once a second is enough while an import runs."""
        if not self._soon.isActive():
            self._soon.start()

    def choose(self, contact_id: ContactId) -> None:
        """Make a person current as soon as they are listed."""
        self._wanted = None if self.view.choose(contact_id) else contact_id

    def _failed(self, error: Exception) -> None:
        self._op = None
        self.say("The list cannot be read", f"{words(error).happened} Esc tries again.")
        self._context.notices.failed.emit(error)

    def _show(self, found: Found) -> None:
        self._op = None
        title = "Found" if self.search.text else "People"
        if self.show_rows([ListSection(title, found, len(found))]):
            if self._wanted is not None:
                self.choose(self._wanted)
            elif self.view.current_id() is None:
                self.view.step(1)
        elif self.search.text:
            self.say("Nobody found", "Search by name, address or company.")
        else:
            self.nobody.emit()
            self.say("Nobody here yet", "People appear by themselves once you wrote to each other.")


def row_text(row: ContactRow) -> RowText:
    """A person as two lines."""
    place = role(row)
    return RowText(
        title=row.name or row.email,
        line=place or row.email,
        meta=dates.short(row.last_date, time.time()),
    )


def sentence(row: ContactRow) -> str:
    """A person as a screen reader says it."""
    parts = [clean(row.name, 100), clean(row.title, 60), clean(row.company, 60)]
    parts.append(number_of(row.messages_in + row.messages_out, "message"))
    parts.append(f"last {dates.spoken(row.last_date, time.time())}")
    return ", ".join(part for part in parts if part)
