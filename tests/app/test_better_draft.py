"""A first draft at once, and a better one that takes its place or waits to be wanted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPushButton

from app.views.composer import draft_panel
from app.views.composer.coming import BETTER, READY
from app.views.composer.suggestion import SuggestionView
from fluffy_core import Confidence, DraftGrew
from fluffy_core.services.writing import drafting
from tests.app.writing import Writing

FIRST = "Hello Ann,\n\nOn your question:\n[answer]\n\nBen"
BETTER_TEXT = "Hello Ann,\n\nThe quote comes on Friday. It has three parts.\n\nBen"


def result(writing: Writing) -> SuggestionView:
    return writing.dock.desk.panel.result


def begun(writing: Writing) -> None:
    """A reply with a first draft in it, and a better one on its way."""
    writing.write("draft")
    writing.settle(lambda: bool(writing.requests))
    writing.answer_request(FIRST, Confidence.LOW, missing=("[answer]",), improving=True)
    writing.settle(lambda: bool(writing.composer.body.suggestion))


def finished(writing: Writing) -> None:
    """The better one is there."""
    writing.answer_request(BETTER_TEXT)
    writing.settle(lambda: not writing.dock.desk.panel.waits)


def job_states(writing: Writing) -> list[str]:
    return [row[0] for row in writing.store.all("SELECT state FROM jobs")]


def test_the_first_draft_is_in_the_text_while_a_better_one_is_written(writing: Writing) -> None:
    begun(writing)
    assert writing.composer.body.suggestion.startswith(FIRST)
    shown = result(writing)
    assert (shown.trust.text(), shown.coming.heading.text()) == ("Low confidence", BETTER)
    assert shown.coming.isVisible()
    assert not writing.composer.better.isVisible()
    writing.bus.publish(DraftGrew(writing.requests[0].id, "Hello Ann,\n\nThe quote"))
    writing.settle(lambda: shown.coming.text.text().endswith("The quote"))
    assert shown.trust.text() == "Low confidence"
    assert writing.composer.body.suggestion.startswith(FIRST)


def test_a_better_one_takes_the_place_of_what_nobody_touched(writing: Writing) -> None:
    begun(writing)
    finished(writing)
    body = writing.composer.body
    assert (body.text, body.suggestion) == ("", BETTER_TEXT)
    assert result(writing).trust.text() == "Medium confidence"
    assert not result(writing).coming.isVisible()
    assert body.open_placeholders() == []


def test_it_takes_neither_the_focus_nor_the_place_of_the_cursor(writing: Writing) -> None:
    begun(writing)
    body, panel = writing.composer.body, writing.dock.desk.panel
    body.moveCursor(QTextCursor.MoveOperation.End)
    panel.hint.setFocus()
    finished(writing)
    assert panel.hint.hasFocus()
    assert body.suggestion == BETTER_TEXT
    assert body.textCursor().position() == 0


def test_what_was_typed_is_never_overwritten(writing: Writing) -> None:
    begun(writing)
    writing.type("My own words.")
    finished(writing)
    body, shown = writing.composer.body, result(writing)
    assert (body.text, body.suggestion) == ("My own words.", "")
    assert (shown.coming.heading.text(), shown.coming.isVisible()) == (READY, True)
    assert shown.coming.text.text() == BETTER_TEXT  # to be read before it is used
    assert shown.coming.about.text() == "Medium confidence. As you write."
    writing.click("Use it", inside=shown)
    assert body.text == "My own words."
    assert body.suggestion == f"\n\n{BETTER_TEXT}"
    assert not shown.coming.isVisible()


def test_used_after_all_it_takes_the_place_of_what_was_only_taken(writing: Writing) -> None:
    begun(writing)
    writing.press(Qt.Key.Key_Tab)
    body = writing.composer.body
    assert body.text.startswith("Hello Ann,")
    finished(writing)
    assert body.text.startswith("Hello Ann,")
    assert body.suggestion.startswith("On your question:")
    writing.click("Use it", inside=result(writing))
    assert (body.text, body.suggestion) == ("", BETTER_TEXT)
    body.undo()
    assert body.text.startswith("Hello Ann,")
    assert body.suggestion.startswith("On your question:")


def test_one_that_was_waved_away_does_not_come_back_better_by_itself(writing: Writing) -> None:
    begun(writing)
    writing.press(Qt.Key.Key_Escape)
    finished(writing)
    assert writing.composer.body.suggestion == ""
    assert result(writing).coming.heading.text() == READY


def test_when_nothing_better_comes_the_first_stays_and_says_why(writing: Writing) -> None:
    begun(writing)
    before = writing.composer.body.suggestion
    writing.press(Qt.Key.Key_Tab)
    writing.answer_request(FIRST, Confidence.LOW, missing=("[answer]",))
    writing.settle(lambda: not writing.dock.desk.panel.waits)
    body = writing.composer.body
    assert body.text + body.suggestion == before
    assert not result(writing).coming.isVisible()


def test_a_model_that_dies_leaves_the_first_draft(writing: Writing) -> None:
    begun(writing)
    with writing.store.transaction() as tx:
        tx.execute("UPDATE jobs SET state = 'dead', error = 'It took too long.'")
    writing.settle(lambda: not writing.dock.desk.panel.waits)
    assert result(writing).reason.text().endswith(drafting.FAILED)
    assert writing.composer.body.suggestion.startswith(FIRST)


def test_stopping_keeps_the_first_and_ends_the_work(writing: Writing) -> None:
    begun(writing)
    writing.click("Stop", inside=result(writing))
    assert result(writing).reason.text() == f"As you write. {drafting.STOPPED}"
    assert not result(writing).coming.isVisible()
    assert job_states(writing) == ["cancelled"]
    assert writing.composer.body.suggestion.startswith(FIRST)
    buttons = [one.text() for one in result(writing).findChildren(QPushButton) if one.isVisible()]
    assert buttons == ["Take all"]


@pytest.mark.parametrize("command", ["escape", "send"])
def test_leaving_ends_the_work(writing: Writing, command: str) -> None:
    begun(writing)
    writing.press(Qt.Key.Key_Escape)
    writing.type("Done.")
    writing.run(command, lambda: not writing.dock.writes)
    writing.settle(lambda: job_states(writing) == ["cancelled"])


def test_waiting_for_a_better_one_ends_too(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(writing)
    monkeypatch.setattr(draft_panel, "PATIENCE", -1.0)
    writing.settle(lambda: not writing.dock.desk.panel.waits)
    assert result(writing).trust.text() == "Low confidence"
    assert result(writing).reason.text().endswith(drafting.STOPPED)


def test_another_wish_begins_anew(writing: Writing) -> None:
    begun(writing)
    writing.click("Suggest again", inside=writing.dock.desk.panel)
    writing.settle(lambda: len(writing.requests) == 2)
    assert job_states(writing) == ["cancelled", "queued"]
    assert result(writing).coming.heading.text() == "Writing"
    writing.answer_request("Hello Ann,\n\nno.\n\nBen", improving=True)
    writing.settle(lambda: "no." in writing.composer.body.suggestion)
    assert "On your question" not in writing.composer.body.suggestion
    finished(writing)
    assert writing.composer.body.suggestion == BETTER_TEXT


def test_below_the_text_where_the_panel_is_not_seen(writing: Writing) -> None:
    writing.desk.window.resize(640, 400)
    writing.write("draft")
    writing.settle(lambda: bool(writing.requests))
    writing.answer_request(FIRST, Confidence.LOW, missing=("[answer]",), improving=True)
    line = writing.composer.better
    writing.settle(line.isVisible)
    assert (line.words.text(), line.act.text()) == (BETTER, "Stop")
    assert line.act.accessibleName() == f"{BETTER}: Stop"
    writing.press(Qt.Key.Key_Tab)
    finished(writing)
    assert (line.words.text(), line.act.text()) == (READY, "Use it")
    writing.click("Use it", inside=line)
    assert writing.composer.body.suggestion == BETTER_TEXT
    assert not line.isVisible()


def test_another_letter_is_offered_no_better_version_of_this_one(writing: Writing) -> None:
    begun(writing)
    writing.press(Qt.Key.Key_Tab)
    finished(writing)
    writing.click("Hide", inside=writing.dock.desk.panel)
    assert writing.composer.better.isVisible()
    writing.run("escape")
    writing.run("reply", lambda: writing.composer.unsent_id is not None)
    assert not writing.composer.better.isVisible()
