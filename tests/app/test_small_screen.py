"""A small window: one pane at a time, nothing wider than the screen."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QScrollArea

from app.widgets.key_overlay import KeyOverlay
from fluffy_core import ThreadId, reader
from tests.app.driver import Opened


def shrink(opened: Opened) -> None:
    opened.window.resize(640, 400)
    opened.bot.waitUntil(lambda: opened.window.width() == 640)


def test_list_and_reader_take_turns(opened: Opened) -> None:
    page = opened.window.inbox
    shrink(opened)
    assert (page.list.isVisible(), page.reader.isVisible(), page.side.isVisible()) == (True, False, False)
    opened.press("O")
    assert (page.list.isVisible(), page.reader.isVisible()) == (False, True)
    opened.press("U")
    assert (page.list.isVisible(), page.reader.isVisible()) == (True, False)
    opened.window.resize(1280, 800)
    opened.bot.waitUntil(page.reader.isVisible)
    assert page.list.isVisible()
    opened.bot.waitUntil(page.side.isVisible)


def test_opening_a_conversation_from_elsewhere_shows_it(opened: Opened) -> None:
    shrink(opened)
    opened.window.show_thread(ThreadId(12))
    opened.settle(lambda: opened.window.inbox.reader.thread_id == 12)
    assert opened.window.inbox.reader.isVisible()


def test_a_title_of_one_long_word_makes_nothing_wider(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(opened)
    detail = opened.mail.open_thread(opened.mail, ThreadId(6))
    sender = replace(detail.messages[0].sender, name="Maximiliane-" * 20, mine=False)
    messages = tuple(replace(one, sender=sender) for one in detail.messages)
    long = replace(detail, row=replace(detail.row, subject="x" * 300), messages=messages)
    monkeypatch.setattr(reader, "open_thread", lambda _store, _thread: long)
    opened.window.show_thread(ThreadId(6))
    page = opened.window.inbox.reader
    opened.settle(lambda: page.page is not None and page.page.detail.row.subject == "x" * 300)
    assert page.page is not None
    opened.bot.waitUntil(lambda: page.page is not None and 0 < page.page.width() <= page.width())


def test_every_view_fits_into_a_small_window(opened: Opened) -> None:
    shrink(opened)
    for key in ("1", "2", "3", "4", "5", "7", "8", "9", "0"):
        opened.press(key)
        opened.settle()
        assert (opened.window.width(), opened.window.height()) == (640, 400)
    opened.press("?")
    overlay = opened.window.findChildren(KeyOverlay)[0]
    area = overlay.findChildren(QScrollArea)[0]
    opened.bot.waitUntil(area.isVisible)
    assert area.horizontalScrollBar().maximum() == 0
    assert overlay.panel.height() <= 400
    assert overlay.findChildren(QLabel)
