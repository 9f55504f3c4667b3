"""A person's card: name, role, figures, facts with their sources, addresses, and who may be the same."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QInputDialog, QVBoxLayout, QWidget

from app.actions import people as acts
from app.context import Context
from app.views.people.facts import FactGrid, fact_marks, headline, headline_source, traffic
from app.views.people.owed import OwedList
from app.widgets.buttons import ElidedButton, button
from app.widgets.flow_row import FlowRow
from app.widgets.inline_text import InlineText
from app.widgets.labels import label
from app.widgets.text import clean
from fluffy_core import CommitmentRow, ContactDetail, ContactId, MergeProposal

ADDRESSES_SHOWN = 12


class PersonCard(QWidget):
    """Read only but for merge, split and the name; all of them can be undone."""

    person_opened = Signal(object)

    def __init__(self, context: Context, detail: ContactDetail, owed: Sequence[CommitmentRow] = ()) -> None:
        super().__init__()
        self._context, self._detail = context, detail
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 24, 20, 24)
        column.setSpacing(4)
        column.addWidget(label(detail.row.name or detail.row.email, "title", wrap=True, selectable=True))
        if said := headline(detail):
            source = headline_source(detail)
            marks = fact_marks(context, self, detail.row.id, fact=source) if source else []
            column.addWidget(InlineText(said, marks))
        column.addSpacing(10)
        column.addWidget(label(traffic(detail.row), "small", wrap=True))
        column.addSpacing(12)
        column.addWidget(OwedList(context, owed))
        column.addWidget(FactGrid(context, detail))
        column.addLayout(self._addresses())
        column.addSpacing(12)
        column.addWidget(button("Change name", self._rename, kind="link"))
        for proposal in detail.proposals:
            column.addSpacing(12)
            column.addWidget(self._proposal(proposal))
        column.addStretch()

    def _addresses(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        shown = self._detail.addresses[:ADDRESSES_SHOWN]
        for at, email in enumerate(shown):
            if at == 0:
                key = label("Mail", "small")
                key.setContentsMargins(0, 2, 0, 0)
                grid.addWidget(key, 0, 0, Qt.AlignmentFlag.AlignTop)
            marks: list[QWidget] = []
            if len(shown) > 1:
                part = button("split", partial(self._split, email), kind="chip")
                part.setAccessibleName(f"Make {clean(email, 80)} a person of its own")
                part.setToolTip("Make this address a person of its own")
                marks.append(part)
            grid.addWidget(InlineText(email.replace("@", "@\u200b"), marks), at, 1)
        return grid

    def _split(self, email: str) -> None:
        acts.split(self._context, self, self._detail.row.id, email=email)

    def _rename(self) -> None:
        old = self._detail.row.name
        name, agreed = QInputDialog.getText(self, "Change name", "Name", text=old)
        if agreed and name.strip() and name.strip() != old:
            acts.rename(self._context, self, self._detail.row.id, name=name.strip())

    def _proposal(self, proposal: MergeProposal) -> QWidget:
        mine = self._detail.row.id
        other = proposal.b if proposal.a.id == mine else proposal.a
        box = QFrame()
        box.setProperty("kind", "card")
        column = QVBoxLayout(box)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        column.addWidget(label("The same person?", "strong"))
        who = f"{clean(other.name, 80) or 'Somebody'} · {clean(other.email, 80)}"
        see = ElidedButton(who, partial(self.person_opened.emit, other.id), kind="row")
        column.addWidget(see)
        column.addWidget(label(f"{proposal.reason} · {proposal.score:.0%} sure", "small", wrap=True))
        row = FlowRow()
        row.add(button("Merge", partial(self._merge, other.id)))
        row.add(button("Not the same", partial(self._differ, other.id)))
        column.addWidget(row)
        return box

    def _merge(self, other: ContactId) -> None:
        acts.merge(self._context, self, keep=self._detail.row.id, other=other)

    def _differ(self, other: ContactId) -> None:
        acts.not_the_same(self._context, self, (self._detail.row.id, other))
