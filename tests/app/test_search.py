"""Results say why they were found and lead to the passage; questions are answered above them."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from app.itemmodels.rows import Role
from app.views.inbox.answer_panel import AnswerPanel
from app.views.inbox.thread_list import BY_WORDS
from app.views.inbox.words import passage_line, row_text
from app.views.reader.message_card import MessageCard
from app.widgets.inline_text import InlineText
from app.widgets.search_box import is_question
from fluffy_core import Answer, Match, MessageId, ThreadId, TransientError
from tests.app.driver import Opened
from tests.app.fake_search import citation
from tests.fakes.models import Scripted

PASSAGE = "could you send me the revised quote for 40 seats by Thursday?"
QUESTION = "When is the quote due?"


def found(opened: Opened, query: str = "plan") -> None:
    """Search, and wait until the first result is on screen."""
    opened.window.inbox.list.search.ask(query)
    model = opened.window.inbox.list.model
    opened.settle(
        lambda: bool(model.sections) and model.sections[0].title == "Results" and bool(model.known())
    )


def first_result(opened: Opened) -> ThreadId:
    """Search for what every subject has; the thread of the first result."""
    opened.mail.finds.matches = {
        ThreadId(n): Match(MessageId(n * 100), PASSAGE, (), "close in meaning") for n in range(1, 31)
    }
    found(opened, "e")
    thread = ThreadId(opened.window.inbox.list.model.sections[0].ids[0])
    opened.settle(
        lambda: opened.window.inbox.list.match(thread) is not None
    )  # the row at rest stays till then
    return thread


def marked(opened: Opened) -> str:
    page = opened.window.inbox.reader.page
    cards = page.findChildren(MessageCard) if page is not None else []
    return next((one.body.marked for one in cards if one.body is not None and one.body.marked), "")


def told(panel: AnswerPanel) -> list[str]:
    """What the panel says, in the order it was put there."""
    texts = [one.text() for one in panel.findChildren(QLabel) if not one.isHidden()]
    return texts + [one.accessibleName() for one in panel.findChildren(InlineText) if not one.isHidden()]


def ask(opened: Opened, question: str = QUESTION) -> AnswerPanel:
    box = opened.window.inbox.list.search
    box.focus()
    QTest.keyClicks(box.line, question)
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    opened.settle()
    return opened.window.inbox.list.answer


def test_a_result_shows_the_passage_that_matched_and_why(opened: Opened) -> None:
    thread = first_result(opened)
    listed = opened.window.inbox.list.model.known()[thread]
    text = row_text(listed)
    assert text.note == f"close in meaning · {PASSAGE}"
    assert (text.detail, text.marks) == ("", ())
    view = opened.window.inbox.list.view
    index = view.items.index(view.items.row_of(thread))
    opened.settle(lambda: view.visualRect(index).height() > 60)
    assert "found close in meaning: could you send" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_words_that_were_looked_for_carry_weight_and_are_in_view() -> None:
    text = "We met on Monday about many other things, then the revised quote came up"
    at = text.index("quote")
    line, marks = passage_line(Match(MessageId(1), text, ((at, at + 5),), "words"))
    assert [line[start:stop] for start, stop in marks] == ["quote"]
    assert line.startswith("… ")
    assert marks[0][0] < 40
    short, places = passage_line(Match(MessageId(1), "The quote", ((4, 9),), "words"))
    assert (short, places) == ("The quote", ((4, 9),))
    assert passage_line(Match(MessageId(1), "", (), "loosely related"))[0] == "loosely related"
    assert passage_line(Match(MessageId(1), "הצעה של quote", ((8, 13),), "words"))[1] == ()


def test_choosing_a_result_opens_it_at_the_passage_and_flashes_it(opened: Opened) -> None:
    thread = first_result(opened)
    opened.window.inbox.list.enter()
    opened.window.inbox.list.view.choose(thread)
    reader = opened.window.inbox.reader
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == thread)
    opened.bot.waitUntil(lambda: marked(opened).startswith("could you send"))


def test_at_rest_rows_are_as_ever(opened: Opened) -> None:
    first_result(opened)
    opened.press("Esc")
    opened.settle(lambda: len(opened.window.inbox.list.model.sections) == 3)
    index = opened.window.inbox.list.view.items.index(1)
    opened.settle(lambda: index.data(Role.ROW) is not None and index.data(Role.ROW).match is None)
    assert opened.window.inbox.list.match(ThreadId(1)) is None


def test_what_a_search_could_not_do_is_said(opened: Opened) -> None:
    opened.mail.finds.notes = ["Searched by words only: the model process died."]
    found(opened, "e")
    notes = [one for one in opened.window.inbox.list.findChildren(QLabel) if "words only" in one.text()]
    assert [one.isVisible() for one in notes] == [True]
    opened.mail.finds.notes = []
    opened.window.inbox.list.search.ask("")
    opened.settle(lambda: not notes[0].isVisible())


class Loading:
    """An embedder that answers when `ready` is set, or not at all."""

    def __init__(self, opened: Opened, error: Exception | None = None) -> None:
        self.ready = threading.Event()
        self.asked: list[list[str]] = []
        self._error = error
        opened.mail.core.embed_if_installed = lambda **_limits: self.embed

    def embed(self, texts: list[str]) -> object:
        self.asked.append(texts)
        assert self.ready.wait(20)
        if self._error is not None:
            raise self._error
        return object()


def note(opened: Opened) -> str:
    return next(
        (one.text() for one in opened.window.inbox.list.findChildren(QLabel) if "words" in one.text()), ""
    )


def test_while_the_model_loads_words_are_found_and_meaning_follows(opened: Opened) -> None:
    model = Loading(opened)
    opened.mail.finds.loads = 2
    opened.window.inbox.list.search.ask("e")
    opened.bot.waitUntil(lambda: note(opened) == BY_WORDS)
    opened.window.inbox.list.search.ask("ea")
    opened.bot.waitUntil(lambda: opened.mail.queries[-1] == "ea" and note(opened) == BY_WORDS)
    assert model.asked == [["e"]]  # once, however much is typed
    model.ready.set()
    opened.settle(lambda: not note(opened))
    assert opened.mail.queries[-2:] == ["ea", "ea"]


def test_a_model_that_does_not_come_is_told_and_not_asked_again(opened: Opened) -> None:
    model = Loading(opened, TransientError("it did not answer in time."))
    model.ready.set()
    opened.mail.finds.loads = 9
    opened.window.inbox.list.search.ask("e")
    opened.settle(lambda: note(opened).startswith("Searched by words only"))
    assert model.asked == [["e"]]


@pytest.mark.parametrize(
    ("text", "asks"), [("When?", True), ("いつですか？", True), ("when", False), ("", False)]
)
def test_a_question_ends_as_one(text: str, asks: bool) -> None:
    assert is_question(text) is asks


def test_a_question_is_offered_an_answer_and_enter_asks(opened: Opened) -> None:
    pane = opened.window.inbox.list
    opened.mail.finds.answer = Answer(QUESTION, (citation(3, PASSAGE),), ())
    pane.search.ask(QUESTION)
    offer = next(one for one in pane.findChildren(QPushButton) if one.accessibleName() == "Ask my mail")
    assert offer.isVisible()
    offer.click()
    opened.settle(lambda: "From your mail" in told(pane.answer))
    assert not offer.isVisible()
    assert opened.mail.finds.asked == [QUESTION]
    assert f"“{PASSAGE}”" in told(pane.answer)


def test_an_answer_s_number_leads_to_its_sentence(opened: Opened) -> None:
    opened.mail.finds.answer = Answer(QUESTION, (citation(3, PASSAGE),), ())
    panel = ask(opened)
    opened.settle(lambda: "From your mail" in told(panel))
    mark = next(one for one in panel.findChildren(QPushButton) if one.text() == "1")
    assert mark.accessibleName() == "Source 1: Hanna Lindqvist, Plan"
    mark.click()
    reader = opened.window.inbox.reader
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == 3)
    opened.bot.waitUntil(lambda: marked(opened).startswith("could you send"))


def test_what_is_not_in_the_mail_is_said_with_the_closest(opened: Opened) -> None:
    opened.mail.finds.answer = Answer(QUESTION, (), (citation(3, PASSAGE, likely=0.2),))
    panel = ask(opened)
    opened.settle(lambda: "Not in your mail" in told(panel))
    assert "The closest I found:" in told(panel)
    opened.mail.finds.answer = Answer("Why?", (), ())
    opened.window.inbox.list.search.line.clear()
    panel = ask(opened, "Why?")
    opened.settle(lambda: "Not in your mail" in told(panel))
    assert "The closest I found:" not in told(panel)


def test_a_model_s_wording_comes_above_its_sources(opened: Opened) -> None:
    opened.mail.core.models = Scripted()
    opened.mail.finds.answer = Answer(QUESTION, (citation(3, PASSAGE), citation(4, "The board meets.")), ())
    opened.mail.finds.wording = "By Thursday."
    panel = ask(opened)
    opened.settle(lambda: "By Thursday." in told(panel))
    assert told(panel).index("By Thursday.") < told(panel).index(f"“{PASSAGE}”")
    assert "From your mail" in told(panel)


def test_a_failure_is_said_in_the_panel_and_another_question_ends_it(opened: Opened) -> None:
    opened.mail.finds.fails = TransientError("The model process died.")
    panel = ask(opened)
    opened.settle(lambda: "The question could not be answered" in told(panel))
    opened.window.inbox.list.search.ask("something else")
    assert panel.isHidden()
    assert panel.question == ""


def test_escape_and_close_put_the_answer_away(opened: Opened) -> None:
    opened.mail.finds.answer = Answer(QUESTION, (citation(3, PASSAGE),), ())
    panel = ask(opened)
    opened.settle(lambda: "From your mail" in told(panel))
    next(one for one in panel.findChildren(QPushButton) if one.accessibleName() == "Close the answer").click()
    assert panel.isHidden()
    assert opened.window.inbox.list.search.text == QUESTION
    panel = ask(opened, "")
    opened.settle(lambda: not panel.isHidden())
    opened.press("Esc")
    assert panel.isHidden()


def test_the_command_asks_what_is_in_the_box_or_begins_to(opened: Opened) -> None:
    opened.press("Ctrl+/")
    assert opened.window.focusWidget() is opened.window.inbox.list.search.line
    opened.window.inbox.list.search.ask("billing address")
    opened.press("Ctrl+/")
    opened.settle(lambda: opened.mail.finds.asked == ["billing address"])
