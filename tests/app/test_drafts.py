"""The page of drafts and mail on its way, and the line that leads to it."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.views.drafts.page import DraftsPage
from app.widgets.text import FSI, PDI
from fluffy_core import OutboxState, unsent
from fluffy_core.errors import RejectedError, StoreError, UncertainError
from tests.app.writing import Writing
from tests.fakes.posted import LETTER


def drafts(writing: Writing) -> DraftsPage:
    writing.run("drafts")
    page = writing.desk.window.page
    assert isinstance(page, DraftsPage)
    return page


def shown(page: DraftsPage) -> list[str]:
    return [one.text() for one in page.findChildren(QLabel) if one.isVisible()]


def written(writing: Writing, text: str) -> None:
    writing.write("reply")
    writing.type(text)


def failed(writing: Writing, error: RejectedError | UncertainError) -> None:
    writing.posted.faulty.sending = [error]
    writing.posted.send(LETTER)
    writing.posted.settle()


def test_nothing_written_is_said(writing: Writing) -> None:
    page = drafts(writing)
    writing.settle(page.empty.isVisible)
    assert "No drafts" in shown(page)


def test_a_draft_is_opened_from_the_page(writing: Writing) -> None:
    written(writing, "Half")
    writing.run("escape", lambda: bool(writing.drafts()))
    writing.settle(lambda: writing.desk.window.inbox.list.drafts.words == "1 draft")
    writing.desk.window.inbox.list.drafts.click()
    page = drafts(writing)
    writing.settle(lambda: "Re: Quote, to Ann Ode" in shown(page))
    assert "Half" in shown(page)
    writing.click("Go on writing", inside=page)
    writing.settle(lambda: writing.dock.writes)
    assert writing.desk.window.page is writing.desk.window.inbox
    assert writing.composer.body.text == "Half"


def test_a_title_of_two_directions_is_read_from_the_left(writing: Writing) -> None:
    written(writing, "Half")
    writing.composer.subject.setText("الاجتماع, part 2")
    writing.run("escape", lambda: bool(writing.drafts()))
    page = drafts(writing)
    writing.settle(lambda: f"{FSI}الاجتماع, part 2{PDI}, to Ann Ode" in shown(page))


def test_a_draft_is_thrown_away_and_brought_back(writing: Writing) -> None:
    written(writing, "Half")
    writing.run("escape", lambda: bool(writing.drafts()))
    page = drafts(writing)
    writing.settle(lambda: "Half" in shown(page))
    writing.click("Throw away", inside=page)
    writing.settle(page.empty.isVisible)
    writing.run("undo", lambda: "Half" in shown(page))


def test_what_is_on_its_way_is_taken_back_to_be_written_on(writing: Writing) -> None:
    written(writing, "Gone")
    writing.run("send", lambda: not writing.dock.writes)
    page = drafts(writing)
    writing.settle(lambda: "ON ITS WAY · 1" in shown(page))
    writing.settle(lambda: writing.desk.window.inbox.list.drafts.words == "1 on its way")
    writing.click("Undo", inside=page)
    writing.settle(lambda: writing.dock.writes)
    assert writing.composer.body.text == "Gone"
    assert [one.row for one in writing.drafts()] == [None]


def test_what_failed_comes_first_with_its_cure(writing: Writing) -> None:
    failed(writing, RejectedError("No such person."))
    page = drafts(writing)
    writing.settle(lambda: "NEEDS A LOOK · 1" in shown(page))
    assert "No such person." in shown(page)
    writing.click("Try again", inside=page)
    writing.settle(lambda: "ON ITS WAY · 1" in shown(page))
    assert writing.posted.state() is OutboxState.WAITING


def test_the_user_decides_what_nobody_knows(writing: Writing) -> None:
    failed(writing, UncertainError("lost"))
    page = drafts(writing)
    writing.settle(lambda: "NEEDS A LOOK · 1" in shown(page))
    writing.click("It was sent", inside=page)
    writing.settle(lambda: not any("NEEDS A LOOK" in one for one in shown(page)))
    assert writing.posted.state() is OutboxState.FILING


def test_drafts_that_cannot_be_read_are_said(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_store: object) -> None:
        raise StoreError("The disk is gone.")

    monkeypatch.setattr(unsent, "overview", broken)
    page = drafts(writing)
    writing.settle(page.failed.isVisible)
    assert "Drafts cannot be shown" in shown(page)
    assert any(one.startswith("The disk is gone.") for one in shown(page))
    monkeypatch.undo()
    writing.click("Try again", inside=page)
    writing.settle(page.empty.isVisible)
    assert "Try again" not in [one.text() for one in page.empty.findChildren(QPushButton)]


def test_drafts_that_were_seen_stay_when_they_cannot_be_read_again(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(writing, "Half")
    writing.run("escape", lambda: bool(writing.drafts()))
    page = drafts(writing)
    writing.settle(lambda: "Half" in shown(page))

    def broken(_store: object) -> None:
        raise StoreError("The disk is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(unsent, "overview", broken)
        page.refresh()
        writing.settle(lambda: any("out of date" in one for one in shown(page)))
    assert "Half" in shown(page)
    page.refresh()
    writing.settle(lambda: not any("out of date" in one for one in shown(page)))
