"""People: list, card, merge and split with undo, and the way to their conversations."""

import pytest
from PySide6.QtWidgets import QInputDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.context import Context
from app.views.people.card import PersonCard
from app.views.people.facts import FactGrid, role
from app.views.people.page import PeoplePage
from app.views.people.timeline import Timeline
from app.widgets.inline_text import InlineText
from fluffy_core import ContactDetail, ContactField, ContactId, ContactRow
from tests.app.driver import Opened


@pytest.fixture
def page(opened: Opened) -> PeoplePage:
    opened.press("2")
    made = opened.window.page
    assert isinstance(made, PeoplePage)
    opened.settle(lambda: bool(made.findChildren(PersonCard)))
    return made


def card(page: PeoplePage) -> PersonCard:
    return page.findChildren(PersonCard)[-1]


def name(page: PeoplePage) -> str:
    return card(page).findChildren(QLabel)[0].text()


def press(page: PeoplePage, words: str) -> None:
    next(one for one in card(page).findChildren(QPushButton) if one.text() == words).click()


def test_the_first_person_is_shown(page: PeoplePage) -> None:
    said = [one.text() for one in card(page).findChildren(QLabel)]
    assert said[0] == "Hanna Lindqvist"
    assert "23 messages from them, 17 from you" in " ".join(said)
    assert any(one.startswith("address book, ") for one in said)
    sources = [one.text() for one in card(page).findChildren(QPushButton)]
    assert sum(one.startswith("signature, ") for one in sources) == 2


def test_j_goes_on_and_search_finds(page: PeoplePage, opened: Opened) -> None:
    opened.press("J")
    opened.settle(lambda: name(page) == "Omar Haddad")
    page.list.search.ask("mei")
    opened.settle(lambda: [one.total for one in page.list.model.sections] == [1])
    opened.press("Esc")
    opened.settle(lambda: [one.total for one in page.list.model.sections] == [6])
    page.list.search.ask("nobody of this name")
    opened.settle(lambda: not page.list.model.rowCount())
    assert page.list.empty.accessibleName().startswith("Nobody found")


def test_merge_is_one_click_and_can_be_undone(page: PeoplePage, opened: Opened) -> None:
    press(page, "Merge")
    opened.settle(lambda: bool(opened.mail.ruled))
    assert opened.mail.ruled == [("merge", 1, 3)]
    opened.settle(opened.window.toast.isVisible)
    assert opened.window.toast.accessibleName() == "Merged into one person"
    opened.settle(lambda: not any(one.text() == "Merge" for one in card(page).findChildren(QPushButton)))


def test_not_the_same(page: PeoplePage, opened: Opened) -> None:
    press(page, "Not the same")
    opened.settle(lambda: opened.mail.ruled == [("dismiss", 1, 3)])


def test_an_address_is_split_off(page: PeoplePage, opened: Opened) -> None:
    press(page, "split")
    opened.settle(lambda: opened.mail.ruled == [("split", 1, "hanna@nordlicht.example")])


def test_a_name_is_changed(page: PeoplePage, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_a, **_k: ("  Hanna L. ", True))
    press(page, "Change name")
    opened.settle(lambda: opened.mail.ruled == [("rename", 1, "Hanna L.")])


def test_a_conversation_opens_in_the_inbox(page: PeoplePage, opened: Opened) -> None:
    timeline = page.findChildren(Timeline)[-1]
    timeline.findChildren(QPushButton)[1].click()
    opened.settle(lambda: opened.window.page is opened.window.inbox)
    opened.settle(lambda: opened.window.inbox.reader.thread_id == 8)


def test_the_panel_of_the_inbox_leads_here(opened: Opened) -> None:
    opened.settle(opened.window.inbox.side.isVisible)
    opened.window.inbox.side.person_opened.emit(ContactId(4))
    page = opened.window.page
    assert isinstance(page, PeoplePage)
    opened.settle(lambda: page.list.view.current_id() == 4)
    opened.settle(lambda: bool(page.findChildren(PersonCard)) and name(page) == "Grażyna Wójcik")


def test_somebody_who_is_gone_is_said_to_be_gone(
    page: PeoplePage, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fluffy_core

    def gone(_store: object, _contact: int) -> None:
        raise fluffy_core.UsageError("There is no person 2.")

    monkeypatch.setattr(fluffy_core.people, "detail", gone)
    page.person.open(ContactId(2))
    opened.settle(page.person.empty.isVisible)
    assert page.person.empty.accessibleName().startswith("This person is gone")


@pytest.mark.parametrize(
    ("title", "company", "said"),
    [
        ("Head of Purchasing", "Nordlicht", "Head of Purchasing · Nordlicht"),
        ("VP, Tidewell Energy", "tidewell energy", "VP, Tidewell Energy"),
        ("", "Nordlicht", "Nordlicht"),
        ("Buyer", "", "Buyer"),
        ("", "", ""),
    ],
)
def test_a_company_is_said_once(title: str, company: str, said: str) -> None:
    row = ContactRow(ContactId(1), "Ann", "ann@example.com", company, title, 1, 1, 0)
    assert role(row) == said


def values(context: Context, qtbot: QtBot, *facts: tuple[str, str]) -> list[str]:
    """What a person's card says of these (field, value)."""
    row = ContactRow(ContactId(1), "Ann", "ann@example.com", "", "", 1, 1, 0)
    fields = tuple(ContactField(field, value, "signature", 0.9, "", None, 0, False) for field, value in facts)
    grid = FactGrid(context, ContactDetail(row, ("ann@example.com",), fields, (0,) * 12, (), ()))
    qtbot.addWidget(grid)
    return [one.accessibleName() for one in grid.findChildren(InlineText)]


def test_one_number_in_two_spellings_is_one_fact(opened: Opened, qtbot: QtBot) -> None:
    numbers = ("+49 40 0000 0000", "+494000000000", "+49 40 1111 1111")
    said = values(opened.desk.context, qtbot, *(("phone", one) for one in numbers))
    assert said == ["+49 40 0000 0000", "+49 40 1111 1111"]


def test_a_street_that_the_address_names_is_not_said_again(opened: Opened, qtbot: QtBot) -> None:
    facts = (("address", "Hauptstraße 1, 20095 Hamburg"), ("city", "Hamburg"), ("street", "Hauptstraße 1"))
    context = opened.desk.context
    assert values(context, qtbot, *facts) == ["Hauptstraße 1, 20095 Hamburg"]
    assert values(context, qtbot, ("city", "Bremen"), *facts[:1]) == [
        "Bremen",
        "Hauptstraße 1, 20095 Hamburg",
    ]
