"""The inbox: sections, keys, undo, search, and a place that is kept when mail comes in."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.itemmodels.rows import Role
from app.widgets.buttons import ElidedButton
from fluffy_core import Changed, ThreadId
from tests.app.driver import Open, Opened
from tests.app.fakes import FakeMail


def titles(opened: Opened) -> list[tuple[str, int | None]]:
    return [(one.title, one.total) for one in opened.window.inbox.list.model.sections]


def test_sections_say_how_many(opened: Opened) -> None:
    assert titles(opened) == [("Needs reply", 5), ("Waiting for others", 3), ("Everything", 30)]
    model = opened.window.inbox.list.model
    assert model.rowCount() == 3 + 30  # a thread stands in one section only
    assert model.headers == [0, 6, 10]


def test_the_first_thread_is_shown_but_not_seen(opened: Opened) -> None:
    assert opened.window.inbox.list.view.current_id() == 1
    opened.bot.wait(900)
    assert ThreadId(1) in opened.mail.unread  # nobody looked at it yet


def test_reading_marks_as_seen(opened: Opened) -> None:
    opened.press("J")
    opened.settle(lambda: ThreadId(2) not in opened.mail.unread)
    assert opened.mail.unread == {1, 10}


def test_nothing_of_the_core_runs_on_the_main_thread(opened: Opened) -> None:
    for key in ("J", "K", "E", "Z", "2", "3", "1", "O"):
        opened.press(key)
        opened.settle()
    assert opened.mail.callers
    assert not [name for name in opened.mail.callers if not name.startswith(("query", "change"))]


def test_j_and_k_skip_headers(opened: Opened) -> None:
    view = opened.window.inbox.list.view
    for _ in range(5):
        opened.press("J")
    assert (view.current_id(), view.currentIndex().row()) == (6, 7)
    opened.press("K")
    assert view.current_id() == 5
    for _ in range(9):
        opened.press("K")
    assert view.current_id() == 1


def test_done_goes_on_to_the_next_and_z_takes_it_back(opened: Opened) -> None:
    opened.press("E")
    opened.settle(lambda: titles(opened)[0] == ("Needs reply", 4))
    assert opened.mail.done == {1}
    assert opened.window.inbox.list.view.current_id() == 2
    assert opened.window.toast.isVisible()
    opened.press("Z")
    opened.settle(lambda: titles(opened)[0] == ("Needs reply", 5))
    assert opened.mail.done == set()
    assert opened.window.inbox.list.view.current_id() == 2


def test_unread_and_read_again(opened: Opened) -> None:
    opened.press("J")
    opened.settle(lambda: ThreadId(2) not in opened.mail.unread)
    opened.press("Shift+U")
    opened.settle(lambda: ThreadId(2) in opened.mail.unread)
    opened.press("Shift+I")
    opened.settle(lambda: ThreadId(2) not in opened.mail.unread)


def test_search_asks_the_core_and_escape_clears(opened: Opened) -> None:
    box = opened.window.inbox.list.search
    opened.press("/")
    QTest.keyClicks(box.line, "faktura")
    opened.settle(lambda: titles(opened) == [("Results", 4)])
    assert opened.mail.queries[-1] == "faktura"
    opened.press("Esc")
    opened.settle(lambda: len(titles(opened)) == 3)
    assert box.text == ""


def test_single_keys_stay_letters_in_the_search_box(opened: Opened) -> None:
    box = opened.window.inbox.list.search
    opened.window.activateWindow()
    opened.press("/")
    QTest.keyClicks(box.line, "jekyll")
    assert box.text == "jekyll"
    assert opened.mail.done == set()


def test_nothing_found_says_what_to_do(opened: Opened) -> None:
    opened.window.inbox.list.search.ask("no such words")
    opened.settle(lambda: not opened.window.inbox.list.model.rowCount())
    assert "Fewer words" in opened.window.inbox.list.empty.accessibleName()


def test_place_is_kept_when_mail_comes_in(open_window: Open) -> None:
    opened = open_window(FakeMail(2000))
    view = opened.window.inbox.list.view
    opened.settle(lambda: view.current_id() is not None)
    view.choose(ThreadId(600))
    opened.settle(lambda: view.currentIndex().data(Role.ROW) is not None)
    before = view.visualRect(view.currentIndex()).top()
    opened.mail.sections = {one: [ThreadId(1900), *ids] for one, ids in opened.mail.sections.items()}
    opened.mail.core.bus.changed(Changed.THREADS)
    opened.settle(lambda: titles(opened)[0][1] == 6)
    opened.settle()
    assert view.current_id() == 600
    assert abs(view.visualRect(view.currentIndex()).top() - before) <= 18  # a third line may have come
    assert opened.window.inbox.reader.thread_id == 600


def test_many_events_are_told_once(opened: Opened) -> None:
    told: list[object] = []
    opened.desk.context.bridge.changed.connect(told.append)
    for _ in range(500):
        opened.mail.core.bus.changed(Changed.THREADS)
        opened.mail.core.bus.changed(Changed.MESSAGES)
    opened.bot.wait(400)
    assert told == [frozenset({Changed.THREADS, Changed.MESSAGES})]


def test_side_panel_follows_and_hides(opened: Opened) -> None:
    side = opened.window.inbox.side
    opened.settle(side.isVisible)
    opened.press("I")
    assert not side.isVisible()
    opened.press("J")
    opened.settle()
    assert not side.isVisible()
    opened.press("I")
    assert side.isVisible()


def test_empty_home_begins_with_the_welcome_page(open_window: Open) -> None:
    opened = open_window(FakeMail(0, needs_reply=0, waiting=0))
    opened.settle(lambda: opened.window.page is not opened.window.inbox)
    assert type(opened.window.page).__name__ == "WelcomePage"
    opened.mail.threads = 3
    opened.mail.core.bus.changed(Changed.THREADS)
    opened.settle(lambda: opened.window.page is opened.window.inbox)


def test_screen_readers_hear_whole_sentences(opened: Opened) -> None:
    model = opened.window.inbox.list.model
    opened.settle(lambda: model.index(1).data(Role.ROW) is not None)
    said = model.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Unread, Hanna Lindqvist, Revised quote, 40 seats, asks: quote by Thu, ")
    assert model.index(0).data(Qt.ItemDataRole.DisplayRole) == "Needs reply"


def test_every_shortcut_belongs_to_one_command(opened: Opened) -> None:
    keys = [key.toString() for action in opened.window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_the_list_has_the_focus_from_the_start(opened: Opened) -> None:
    view = opened.window.inbox.list.view
    opened.window.activateWindow()
    opened.bot.waitUntil(view.hasFocus)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_id() == 2


def test_somebody_who_types_keeps_the_focus(open_window: Open) -> None:
    opened = open_window(FakeMail())
    opened.window.activateWindow()
    line = opened.window.inbox.list.search.line
    opened.press("/")
    opened.settle(lambda: opened.window.inbox.list.model.rowCount() > 0)
    opened.bot.waitUntil(line.hasFocus)


def test_another_question_begins_at_the_top(open_window: Open) -> None:
    opened = open_window(FakeMail(2000))
    page = opened.window.inbox
    opened.settle(lambda: page.list.view.current_id() is not None)
    page.open_thread(ThreadId(1500))
    opened.settle()
    bar = page.list.view.verticalScrollBar()
    assert bar.value() > 0
    page.list.search.ask("e")
    opened.settle(lambda: titles(opened)[0][0] == "Results")
    assert (bar.value(), page.list.view.current_id()) == (0, None)
    page.list.search.left.emit()
    assert page.list.view.current_id() is not None


def test_who_is_current_stays_in_view_when_rows_above_turn_out_taller(open_window: Open) -> None:
    opened = open_window(FakeMail(300, needs_reply=60))
    view = opened.window.inbox.list.view
    opened.settle(lambda: view.current_id() is not None)
    view.choose(ThreadId(40))
    opened.settle(lambda: view.currentIndex().data(Role.ROW) is not None)
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_recent_conversations_are_others_than_the_one_that_is_open(opened: Opened) -> None:
    side, reader = opened.window.inbox.side, opened.window.inbox.reader
    side.thread_opened.disconnect()
    told: list[ThreadId] = []
    side.thread_opened.connect(told.append)

    def recent() -> set[ThreadId]:
        told.clear()
        for one in side.findChildren(ElidedButton):
            one.click()
        return set(told)

    opened.settle(lambda: 8 in recent() and 1 not in recent())
    opened.window.show_thread(ThreadId(8))
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == 8)
    opened.settle(lambda: 1 in recent() and 8 not in recent())
