"""The reader: folding, quotes, jumping to evidence, attachments, long and hostile messages."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.actions import attachments, links
from app.views.reader.message_card import MessageCard
from app.views.reader.thread_page import ThreadPage, meta_line
from app.widgets.dates import exact
from fluffy_core import MessageId, ThreadId
from tests.app.driver import Open, Opened
from tests.app.fakes import PDF, FakeMail


def show(opened: Opened, thread: int) -> ThreadPage:
    reader = opened.window.inbox.reader
    opened.window.inbox.open_thread(ThreadId(thread))
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == thread)
    assert reader.page is not None
    return reader.page


def cards(page: ThreadPage) -> list[MessageCard]:
    return page.findChildren(MessageCard)


def press(page: ThreadPage | MessageCard, words: str) -> None:
    next(one for one in page.findChildren(QPushButton) if one.text() == words).click()


def test_only_the_newest_message_is_made_and_open(opened: Opened) -> None:
    page = show(opened, 6)
    assert [(card.message.id, card.is_open) for card in cards(page)] == [(605, True)]


def test_the_date_stands_at_the_right_also_without_a_name(opened: Opened) -> None:
    named = opened.mail.open_thread(opened.mail, ThreadId(1)).messages[0]
    for name in ("Hanna Lindqvist", ""):
        sender = replace(named.sender, name=name, mine=False)
        card = MessageCard(opened.desk.context, replace(named, sender=sender), number=1)
        opened.bot.addWidget(card)
        card.set_open(True)
        card.resize(700, 300)
        card.show()
        date = next(
            one for one in card.findChildren(QLabel) if one.toolTip() == f"<span>{exact(named.date)}</span>"
        )
        assert date.mapTo(card, date.rect().topRight()).x() >= card.width() - 4


def test_earlier_messages_unfold_in_order(opened: Opened) -> None:
    page = show(opened, 6)
    press(page, "5 earlier messages")
    opened.bot.wait(50)
    made = sorted(cards(page), key=lambda card: card.mapTo(page, card.rect().topLeft()).y())
    assert [card.message.id for card in made] == [600, 601, 602, 603, 604, 605]
    assert [card.is_open for card in made] == [False] * 5 + [True]


def test_quotes_are_folded_and_signatures_stay(opened: Opened) -> None:
    page = show(opened, 1)
    card = cards(page)[0]
    assert card.body is not None
    assert "Shall I prepare" not in card.body.toPlainText()
    assert "Head of Purchasing" in card.body.toPlainText()
    press(card, "Show quoted text")
    assert "Shall I prepare" in card.body.toPlainText()
    press(card, "Hide quoted text")
    assert "Shall I prepare" not in card.body.toPlainText()


def test_hard_line_breaks_are_undone(opened: Opened) -> None:
    body = cards(show(opened, 1))[0].body
    assert body is not None
    assert "the revised quote for 40 seats by Thursday? Finance" in body.toPlainText()
    assert "Best regards\nHanna" in body.toPlainText()


def test_a_summary_sentence_jumps_to_its_words_and_marks_them_for_a_moment(opened: Opened) -> None:
    page = show(opened, 6)
    opened.window.inbox.reader.jump(MessageId(600), "we decided to go with the annual plan.")
    opened.bot.waitUntil(lambda: any(one.message.id == 600 for one in cards(page)))
    card = next(one for one in cards(page) if one.message.id == 600)
    opened.bot.waitUntil(lambda: card.body is not None and bool(card.body.marked))
    assert card.body is not None
    assert card.body.marked == "we decided to go with the annual plan."
    assert len(card.body.extraSelections()) == 1
    opened.bot.waitUntil(lambda: card.body is not None and not card.body.marked, timeout=4000)
    assert not card.body.extraSelections()


def test_evidence_in_a_quote_is_unfolded(opened: Opened) -> None:
    card = cards(show(opened, 1))[0]
    assert card.flash("Shall I prepare a quote?") is not None
    assert card.flash("words that nobody wrote") is None


def test_text_is_never_wider_than_its_measure(opened: Opened) -> None:
    opened.window.resize(1920, 1080)
    body = cards(show(opened, 1))[0].body
    assert body is not None
    assert body.width() <= body.fontMetrics().averageCharWidth() * 76


def test_mail_cannot_put_markup_into_the_window(open_window: Open) -> None:
    mail = FakeMail()
    mail.text = "<img src='file:///etc/passwd'><b>bold</b> & <script>alert(1)</script>"
    opened = open_window(mail)
    body = cards(show(opened, 1))[0].body
    assert body is not None
    assert body.toPlainText() == mail.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\0\0",
        "x" * 1_000_000,
        "> " * 200_000,
        "\n" * 300_000,
        "http://" * 100_000,
        "\u202egnp.exe" * 1000,
    ],
    ids=["empty", "nul", "one word", "quotes", "blank lines", "links", "overrides"],
)
def test_hostile_text_opens(open_window: Open, text: str) -> None:
    mail = FakeMail(3, needs_reply=1, waiting=0)
    mail.text = text
    opened = open_window(mail)
    page = show(opened, 1)
    body = cards(page)[0].body
    assert body is not None
    shown = body.toPlainText()
    assert len(shown) <= 60_001
    assert not any(one in shown for one in "\0\u202e")


def test_a_long_message_shows_the_rest_when_asked(open_window: Open) -> None:
    mail = FakeMail(3, needs_reply=1, waiting=0)
    mail.text = "A line of text that is here.\n" * 4000
    opened = open_window(mail)
    card = cards(show(opened, 1))[0]
    assert card.body is not None
    assert len(card.body.toPlainText()) < 61_000
    press(card, "Show the rest of this long message")
    assert len(card.body.toPlainText()) > 100_000


def test_a_change_of_the_summary_does_not_move_the_text(opened: Opened) -> None:
    page = show(opened, 6)
    body = cards(page)[0].body
    from fluffy_core import Changed

    opened.mail.core.bus.changed(Changed.SUMMARIES)
    opened.bot.wait(400)
    opened.settle()
    assert opened.window.inbox.reader.page is page
    assert cards(page)[0].body is body


def test_meta_line_names_people_and_time(opened: Opened) -> None:
    said = meta_line(show(opened, 6).detail)
    assert said.startswith("Maximiliane von Hohenstein-Wittelsbach")
    assert "you · 6 messages since" in said


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Quote.pdf", "Quote.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\x.exe", "C__Windows_x.exe"),
        ("con.txt", "_con.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\0", "attachment"),
        ("...", "attachment"),
        ("a" * 4000, "a" * 150),
    ],
)
def test_attachment_names_name_one_file_in_one_folder(name: str, safe: str) -> None:
    assert attachments.fit_name(name) == safe


def test_saving_an_attachment_writes_its_bytes(opened: Opened, tmp_path: Path) -> None:
    target = tmp_path / "quote.pdf"
    attachments.save_to(opened.desk.context, opened.window, PDF, target=target)
    opened.settle(target.exists)
    assert target.read_bytes() == b"%PDF"
    assert list(tmp_path.iterdir()) == [target]


def test_saving_where_nothing_can_be_written_says_so(opened: Opened, tmp_path: Path) -> None:
    said: list[object] = []
    opened.desk.context.notices.done.connect(lambda text, _undoable: said.append(text))
    attachments.save_to(opened.desk.context, opened.window, PDF, target=tmp_path / "no" / "quote.pdf")
    opened.settle(lambda: bool(said))
    assert said == ["quote.pdf cannot be saved there: No such file or directory."]


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.com/a?b=1", True),
        ("HTTP://example.com", True),
        ("mailto:ann@example.com", True),
        ("mailto:", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https://exa mple.com", False),
        ("http://[::1", False),
        ("ftp://example.com", False),
        ("\thttps://example.com", False),
    ],
)
def test_only_web_and_mail_addresses_may_be_opened(address: str, safe: bool) -> None:
    assert links.is_safe(address) is safe
