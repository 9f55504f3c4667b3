"""The Privacy page: every connection with its reason, sums by host, the offline switch."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.views.privacy.figures import by_host, since
from app.views.privacy.hosts import MOST
from app.views.privacy.log import row_text, sections, spoken
from app.views.privacy.page import PrivacyPage
from fluffy_core import Changed, Connection, KnownError, network
from tests.app.driver import Open, Opened
from tests.app.fake_accounts import connection
from tests.app.fakes import FakeMail

DAY = 86_400.0
REFUSED = connection(
    60, "tracker.example", received=0, sent=0, refused="tracker.example belongs to none of the accounts."
)


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def show(opened: Opened, *found: Connection) -> PrivacyPage:
    """The page with these connections on it."""
    opened.mail.accounts.connections = found
    opened.press("9")
    page = opened.window.page
    assert isinstance(page, PrivacyPage)
    opened.settle(lambda: page.shown is not None and page.shown.connections == found)
    return page


def listed(page: PrivacyPage) -> list[str]:
    model = page.log.model
    return [model.index(row).data(Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())]


def bars(page: PrivacyPage) -> list[str]:
    return [one.accessibleName() for one in page.hosts.bars]


def test_connections_of_a_host_are_added_up() -> None:
    found = by_host([connection(5), connection(9, received=1), connection(2, "smtp.example.com"), REFUSED])
    assert [(one.host, one.times, one.received, one.sent, one.refused) for one in found] == [
        ("imap.example.com", 2, 48_001, 6_000, 0),
        ("smtp.example.com", 1, 48_000, 3_000, 0),
        ("tracker.example", 0, 0, 0, 1),
    ]


def test_a_day_begins_at_midnight() -> None:
    now = time.time()
    assert now - DAY < since(0, now=now) <= now
    assert since(0, now=now) - since(6, now=now) == pytest.approx(6 * DAY, abs=3700)


def test_a_row_says_why_and_how_much() -> None:
    one = connection(5, reason="reading mail", received=1_300_000, sent=812)
    text = row_text(one)
    assert (text.title, text.line) == ("imap.example.com", "Reading mail · 1.3 MB in, 812 bytes out")
    assert text.note == ""
    assert "imap.example.com, " in spoken(one)


def test_a_refused_row_says_who_refused_it() -> None:
    text = row_text(REFUSED)
    assert text.note == "Refused: tracker.example belongs to none of the accounts."
    assert text.tone == "bad"
    assert "in," not in text.line
    assert "Refused" in spoken(REFUSED)


def test_days_have_their_sections() -> None:
    now = time.time()
    noon = since(0, now=now) + DAY / 2
    found = {number: connection(now - (noon - number * DAY)) for number in (0, 1, 2)}
    made = sections(found, noon)
    assert [one.title for one in made][:2] == ["Today", "Yesterday"]
    assert [one.total for one in made] == [1, 1, 1]


def test_it_says_what_is_promised_and_what_was_reached(opened: Opened) -> None:
    page = show(opened, connection(5), connection(60, "smtp.example.com", received=100, sent=9_000), REFUSED)
    said = words(page)
    assert "read and understood on this computer" in said
    assert bars(page) == [
        "imap.example.com: 1 time, 51 KB. Shows its connections alone",
        "smtp.example.com: 1 time, 9 KB. Shows its connections alone",
        "tracker.example: 1 refused. Shows its connections alone",
    ]
    opened.settle(lambda: any("Refused" in one for one in listed(page)))
    assert len(listed(page)) == 4


def test_nothing_reached_is_said_in_words(opened: Opened) -> None:
    page = show(opened)
    assert "No host was reached in this time." in words(page)
    assert "Nothing was reached" in words(page)


def test_one_host_alone(opened: Opened) -> None:
    page = show(opened, connection(5), connection(60, "smtp.example.com"))
    page.hosts.bars[1].click()
    opened.settle(lambda: len(listed(page)) == 2)
    assert "smtp.example.com" in words(page._side)
    assert page.hosts.bars[1].accessibleName().endswith("Shows all hosts again")
    page.hosts.bars[1].click()
    assert len(listed(page)) == 3
    page.choose("smtp.example.com")
    opened.press("Esc")
    assert len(listed(page)) == 3
    page.choose("smtp.example.com")
    page.all_hosts.click()
    assert len(listed(page)) == 3


def test_the_time_that_is_shown_can_be_longer(opened: Opened) -> None:
    page = show(
        opened, connection(5), connection(3 * DAY, "old.example"), connection(60 * DAY, "older.example")
    )
    assert len(page.hosts.bars) == 1
    page.span.choose(6)
    assert len(page.hosts.bars) == 2
    page.span.choose(90)
    assert len(page.hosts.bars) == 3
    page.choose("older.example")
    page.span.choose(0)
    assert len(listed(page)) == 2


def test_news_arrive_and_the_place_stays(opened: Opened) -> None:
    first = (connection(5), connection(60))
    page = show(opened, *first)
    page.log.list.setFocus()
    page.log.list.step(1)
    chosen = page.log.list.current_id()
    opened.mail.accounts.connections = (connection(1), *first)
    opened.mail.core.bus.changed(Changed.TRAFFIC)
    opened.settle(lambda: len(listed(page)) == 4)
    assert page.log.list.current_id() == chosen


def test_working_offline_says_what_follows(opened: Opened) -> None:
    page = show(opened, connection(5))
    assert "New mail is fetched by itself." in words(page)
    page.offline.click()
    opened.settle(lambda: opened.mail.accounts.offline)
    opened.settle(lambda: "no mail arrives and nothing is sent" in words(page))
    assert page.offline.isChecked()
    page.offline.click()
    opened.settle(lambda: not opened.mail.accounts.offline)


def test_a_command_switches_it_too(opened: Opened) -> None:
    page = show(opened)
    opened.window.run("offline")
    opened.settle(lambda: opened.mail.accounts.offline and page.offline.isChecked())
    opened.window.run("offline")
    opened.settle(lambda: not opened.mail.accounts.offline and not page.offline.isChecked())


def test_the_status_bar_leads_here(opened: Opened) -> None:
    opened.settle(lambda: bool(opened.window.status.privacy.words))
    assert opened.window.status.privacy.accessibleName().endswith("Opens Privacy")
    opened.window.status.privacy.click()
    assert isinstance(opened.window.page, PrivacyPage)


def test_what_cannot_be_read_is_said(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show(opened, connection(5))

    def fail(_store: object, *, limit: int) -> None:
        assert limit
        raise KnownError("The disk does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(network, "connections", fail)
        page.refresh()
        opened.settle(lambda: "This may be out of date. The disk does not answer." in words(page))
        assert len(page.hosts.bars) == 1
        page.shown = None
        page.refresh()
        opened.settle(lambda: "This cannot be shown" in words(page))
    next(one for one in page.findChildren(QPushButton) if one.text() == "Try again").click()
    opened.settle(lambda: page.shown is not None)


def test_many_hosts_are_eight_bars(opened: Opened) -> None:
    page = show(opened, *(connection(at, f"host{at}.example") for at in range(1, 20)))
    assert len(page.hosts.bars) == MOST


def test_bars_are_drawn_for_light_and_dark(opened: Opened) -> None:
    page = show(opened, connection(5), connection(5, "smtp.example.com", received=10, sent=10))
    first = page.hosts.bars[0].grab().toImage()
    assert first != page.hosts.bars[1].grab().toImage()
    opened.desk.context.theme.choose("dark")
    try:
        assert page.hosts.bars[0].grab().toImage() != first
    finally:
        opened.desk.context.theme.choose("light")


def test_the_focus_stays_on_a_bar_while_news_arrive(opened: Opened) -> None:
    page = show(opened, connection(5), connection(60, "smtp.example.com", received=1, sent=1))
    page.hosts.bars[1].setFocus()
    opened.mail.accounts.connections = (connection(1), *opened.mail.accounts.connections)
    opened.mail.core.bus.changed(Changed.TRAFFIC)
    opened.settle(lambda: "2 times" in bars(page)[0])
    assert opened.window.focusWidget() is page.hosts.bars[1]


def test_list_and_sums_take_turns_in_a_small_window(open_window: Open) -> None:
    opened = open_window(FakeMail())
    opened.window.resize(640, 400)
    page = show(opened, connection(5), REFUSED)
    opened.bot.waitUntil(lambda: opened.window.width() == 640)
    assert (page._scroll.isVisible(), page._side.isVisible()) == (True, False)
    assert page._scroll.horizontalScrollBar().maximum() == 0
    opened.press("O")
    assert (page._scroll.isVisible(), page._side.isVisible()) == (False, True)
    assert page.log.list.current_id() is not None
    opened.press("J")
    opened.press("Esc")
    assert page._scroll.isVisible()
    opened.press("J")
