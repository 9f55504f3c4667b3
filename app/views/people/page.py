"""People: the list, the person, and who may be the same."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from app.commands import Handlers
from app.context import Context
from app.views.page import Page
from app.views.people.people_list import PeopleList
from app.views.people.person import PersonView
from app.widgets.panes import Panes
from fluffy_core import Changed, ContactId

SINGLE = 900
"""Below this width list and person take turns."""


class PeoplePage(Page):
    """Puts list and person together and answers the keys."""

    thread_opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        style = context.style
        self.list, self.person = PeopleList(context), PersonView(context)
        self.list.setMinimumWidth(style.px("list_min") - 80)
        self.list.setMaximumWidth(style.px("list_max"))
        self._panes = Panes(self.list, self.person, narrow=SINGLE)
        self._panes.setSizes([style.px("card"), 2000])
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._panes)
        self.list.chosen.connect(self.person.open)
        self.list.nobody.connect(self.person.show_nobody)
        self.list.view.opened.connect(lambda _id: self._open())
        self.person.thread_opened.connect(self.thread_opened)
        self.person.person_opened.connect(self.show_person)
        context.bridge.changed.connect(self._on_changed)
        self.list.refresh()

    def handlers(self) -> Handlers:
        """The commands that mean something here."""
        return {
            "next": lambda: self.list.view.step(1),
            "previous": lambda: self.list.view.step(-1),
            "open": self._open,
            "back": self._back,
            "escape": self._escape,
            "search": self.list.search.focus,
        }

    def enter(self) -> None:
        """The page came into view."""
        self.list.take_focus()

    def show_person(self, contact_id: ContactId) -> None:
        """A person, wherever they are listed."""
        self.list.choose(contact_id)
        self.person.open(contact_id)
        self._panes.forward()

    def _open(self) -> None:
        self._panes.forward()
        self.person.take_focus()

    def _back(self) -> None:
        self._panes.back()
        self.list.enter()

    def _escape(self) -> None:
        self.list.search.ask("")
        self._back()

    def _on_changed(self, kinds: frozenset[Changed]) -> None:
        if Changed.CONTACTS in kinds:
            self.list.refresh_soon()
        if kinds & {Changed.CONTACTS, Changed.COMMITMENTS}:
            self.person.refresh()
