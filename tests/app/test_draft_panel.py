"""The draft panel: what is asked, what grows, what is suggested and how far it may be trusted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.views.composer import draft_panel
from app.views.composer.draft_panel import DraftPanel
from fluffy_core import Confidence, DraftGrew, DraftSource
from tests.app.writing import Writing

TEXT = "Hello Ann,\n\nThank you. The quote is [amount].\n\nBen"


def panel(writing: Writing) -> DraftPanel:
    return writing.dock.desk.panel


def asked(writing: Writing) -> None:
    """A reply with a draft on its way."""
    writing.write("draft")
    writing.settle(lambda: bool(writing.requests))


def suggested(writing: Writing, *, missing: tuple[str, ...] = ("[amount]",)) -> None:
    asked(writing)
    writing.answer_request(TEXT, missing=missing)
    writing.settle(lambda: bool(writing.composer.body.suggestion))


def test_a_draft_is_asked_for_with_one_key(writing: Writing) -> None:
    asked(writing)
    (request,) = writing.requests
    assert (request.thread_id, request.recipient) == (writing.thread, "ann@firm.example")
    assert (request.purpose, request.key_points, request.tone, request.hint) == ("", (), "", "")
    assert panel(writing).result.coming.heading.text() == "Writing"


def test_the_panel_says_what_to_write_and_how(writing: Writing) -> None:
    writing.write("reply")
    writing.click("Decline", inside=panel(writing))
    panel(writing).points.setPlainText("- too late this month\n\n• April is fine ")
    panel(writing).tone.choose("shorter")
    writing.click("Suggest", inside=panel(writing))
    writing.settle(lambda: bool(writing.requests))
    (request,) = writing.requests
    assert request.purpose == "decline"
    assert request.key_points == ("too late this month", "April is fine")
    assert request.tone == "shorter"


def test_the_draft_is_seen_growing(writing: Writing) -> None:
    asked(writing)
    writing.bus.publish(DraftGrew("another", "Wrong"))
    writing.bus.publish(DraftGrew(writing.requests[0].id, "Hello Ann,\n\nThank"))
    writing.settle(lambda: panel(writing).result.coming.text.text().endswith("Thank"))
    assert writing.composer.body.suggestion == ""


def test_the_suggestion_stands_in_the_text_but_in_no_draft(writing: Writing) -> None:
    suggested(writing)
    body = writing.composer.body
    assert body.suggestion.startswith("Hello Ann,")
    assert body.text == ""
    assert body.hasFocus()
    writing.run("escape")
    assert body.suggestion == ""
    assert writing.drafts() == ()


def test_confidence_comes_in_words_with_what_it_rests_on(writing: Writing) -> None:
    asked(writing)
    used = (DraftSource(writing.quote, "could you send the quote?", "their question"),)
    writing.answer_request(TEXT, Confidence.HIGH, used=used)
    result = panel(writing).result
    writing.settle(lambda: result.trust.text() == "High confidence")
    assert result.reason.text() == "As you write."
    assert result.engine.text() == "Written on this computer, without a language model"
    quotes: list[tuple[object, str]] = []
    writing.desk.context.notices.quote_wanted.connect(lambda *found: quotes.append(found))
    writing.click("their question", inside=result)
    assert quotes == [(writing.quote, "could you send the quote?")]


def test_tab_takes_sentences_then_goes_to_what_is_missing(writing: Writing) -> None:
    suggested(writing)
    body = writing.composer.body
    taken = []
    while body.suggestion:
        writing.press(Qt.Key.Key_Tab)
        taken.append(body.text)
    assert taken[0].startswith("Hello Ann,")
    assert taken[1].rstrip().endswith("Thank you.")
    assert body.text == TEXT
    writing.press(Qt.Key.Key_Tab)
    assert body.textCursor().selectedText() == "[amount]"
    writing.type("40")
    assert body.text == TEXT.replace("[amount]", "40")
    writing.press(Qt.Key.Key_Tab)
    assert not body.hasFocus()


def test_what_is_missing_is_asked_about_before_sending(writing: Writing) -> None:
    suggested(writing)
    writing.click("Take all", inside=panel(writing))
    writing.run("send", writing.composer.question.isVisible)
    assert writing.composer.question.accessibleName() == "“[amount]” is still to be filled in."
    writing.click("Go there", inside=writing.composer.question)
    assert writing.composer.body.textCursor().selectedText() == "[amount]"
    writing.run("send", writing.composer.question.isVisible)
    writing.click("Send it as it is", inside=writing.composer.question)
    writing.settle(lambda: not writing.dock.writes)
    assert writing.drafts()[0].row is not None


def test_esc_waves_it_away_and_it_can_be_shown_again(writing: Writing) -> None:
    suggested(writing)
    writing.press(Qt.Key.Key_Escape)
    assert writing.composer.body.suggestion == ""
    assert writing.dock.writes
    writing.click("Show in the text", inside=panel(writing))
    assert writing.composer.body.suggestion.startswith("Hello Ann,")


def test_it_does_not_burst_into_what_is_being_typed(writing: Writing) -> None:
    asked(writing)
    writing.composer.body.setFocus()
    writing.type("My own")
    writing.answer_request(TEXT)
    result = panel(writing).result
    writing.settle(lambda: result.trust.text() == "Medium confidence")
    assert writing.composer.body.suggestion == ""
    assert writing.composer.body.text == "My own"
    writing.click("Show in the text", inside=result)
    writing.click("Take all", inside=result)
    assert writing.composer.body.text == f"My own\n\n{TEXT}"


def test_it_may_be_wanted_differently(writing: Writing) -> None:
    suggested(writing)
    assert panel(writing).hint.isVisible()
    panel(writing).hint.setFocus()
    writing.type("say no")
    writing.press(Qt.Key.Key_Return)
    writing.settle(lambda: len(writing.requests) == 2)
    assert writing.requests[1].hint == "say no"
    writing.answer_request("Hello Ann,\n\nno.")
    writing.settle(lambda: "no." in writing.composer.body.suggestion)
    assert "Thank you" not in writing.composer.body.suggestion


def test_no_draft_says_why(writing: Writing) -> None:
    asked(writing)
    writing.answer_request("", Confidence.LOW)
    result = panel(writing).result
    writing.settle(lambda: result.trust.text() == "No draft")
    assert result.reason.text() == "As you write."
    shown = [one.text() for one in result.findChildren(QPushButton) if one.isVisible()]
    assert shown == []


def test_waiting_ends(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(writing)
    monkeypatch.setattr(draft_panel, "PATIENCE", -1.0)
    writing.settle(lambda: not panel(writing).waits)
    assert panel(writing).result.reason.text() == draft_panel.LATE


def test_it_can_be_stopped(writing: Writing) -> None:
    asked(writing)
    writing.click("Stop", inside=panel(writing))
    writing.answer_request(TEXT)
    writing.settle()
    assert not panel(writing).result.isVisible()
    assert writing.composer.body.suggestion == ""


def test_ctrl_enter_in_the_panel_asks_and_does_not_send(writing: Writing) -> None:
    writing.write("reply")
    for place in (panel(writing).points, panel(writing).purpose):
        before = len(writing.requests)
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        writing.settle(lambda before=before: len(writing.requests) == before + 1)  # type: ignore[misc]
    assert writing.dock.writes
    assert writing.store.one("SELECT count(*) FROM outbox") == (0,)


def test_a_new_message_asks_for_its_recipient(writing: Writing) -> None:
    writing.write("compose")
    writing.type("cleo@firm.example,")
    writing.run("suggest", lambda: bool(writing.requests))
    assert (writing.requests[0].thread_id, writing.requests[0].recipient) == (None, "cleo@firm.example")


def test_nobody_to_write_to_is_said_in_words(writing: Writing) -> None:
    writing.write("compose")
    writing.run("suggest", lambda: any("Say what the draft is about" in text for text, _ in writing.said))
    assert not panel(writing).waits


def test_a_hidden_panel_stays_hidden(writing: Writing) -> None:
    writing.write("reply")
    writing.click("Hide", inside=panel(writing))
    assert not panel(writing).isVisible()
    assert writing.composer.suggest_button.isVisible()
    writing.run("escape")
    writing.write("forward")
    assert not panel(writing).isVisible()


def test_in_a_small_window_panel_and_text_take_turns(writing: Writing) -> None:
    writing.desk.window.resize(640, 400)
    writing.write("reply")
    assert (writing.composer.isVisible(), panel(writing).isVisible()) == (True, False)
    writing.click("Suggest", inside=writing.composer)
    assert (writing.composer.isVisible(), panel(writing).isVisible()) == (False, True)
    writing.click("Suggest", inside=panel(writing))
    writing.settle(lambda: bool(writing.requests))
    writing.answer_request(TEXT)
    writing.settle(lambda: bool(writing.composer.body.suggestion))
    assert (writing.composer.isVisible(), panel(writing).isVisible()) == (True, False)


def test_another_conversation_begins_anew(writing: Writing) -> None:
    suggested(writing)
    panel(writing).purpose.setText("decline")
    writing.run("escape")
    writing.desk.window.show_thread(2)  # type: ignore[arg-type]
    writing.settle(lambda: writing.dock.reader.current_message() == writing.other)
    writing.run("reply", lambda: writing.composer.unsent_id is not None)
    assert panel(writing).purpose.text() == ""
    assert not panel(writing).result.isVisible()
