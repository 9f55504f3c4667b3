"""Notices outside the window: told once, led to their page; the tray, its states, and its settings."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app import notifications, tray
from app.application import Desk
from app.context import Context
from app.notifications import Notifier
from app.theme import Theme
from app.tray import Tray
from app.views.notices.dialog import NoticeDialog
from fluffy_core import Changed, Health, JobState, Notice, NoticeSettings, notices
from tests.app.driver import Opened
from tests.app.fakes import FakeMail, job

FAILED = Notice("Reading mail failed: no disk.", "Make room.", "activity", urgent=True)
UNANSWERED = Notice("A mail of yours has no answer", "Quote", "inbox")


class FakeDesktop(QObject):
    """Shows notices by keeping them, or hands them back."""

    acted = Signal(str)
    refused = Signal(object)

    def __init__(self, *, able: bool = True) -> None:
        super().__init__()
        self.able = able
        self.shown: list[Notice] = []
        self.closed = False

    def show(self, notice: Notice) -> None:
        if self.able:
            self.shown.append(notice)
        else:
            self.refused.emit(notice)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def context(opened: Opened) -> Context:
    return opened.desk.context


def told(*some: Notice, wait: float | None = None) -> notices.Told:
    return notices.Told(some, wait)


def test_what_is_new_is_shown_once_on_news(opened: Opened, context: Context) -> None:
    desktop = FakeDesktop()
    notifier = Notifier(context, desktop, None)
    opened.mail.ledger.told = [told(FAILED), told(UNANSWERED)]
    notifier.start()
    opened.settle(lambda: desktop.shown == [FAILED])
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.mail.core.bus.changed(Changed.FOLLOW_UPS)
    opened.settle(lambda: desktop.shown == [FAILED, UNANSWERED])
    notifier.close()
    assert desktop.closed


def test_a_desktop_that_cannot_hands_over_to_the_tray(opened: Opened, context: Context) -> None:
    desktop, other = FakeDesktop(able=False), FakeDesktop()
    notifier = Notifier(context, desktop, other)
    opened.mail.ledger.told = [told(FAILED)]
    notifier.take()
    opened.settle(lambda: other.shown == [FAILED])


def test_without_any_way_to_show_it_nothing_counts_as_told(opened: Opened, context: Context) -> None:
    notifier = Notifier(context, None, None)
    opened.mail.ledger.told = [told(FAILED)]
    notifier.start()
    opened.mail.core.bus.changed(Changed.ALERTS)
    opened.settle()
    assert opened.mail.ledger.told == [told(FAILED)]


def test_after_the_quiet_hours_it_asks_again(opened: Opened, context: Context) -> None:
    desktop = FakeDesktop()
    notifier = Notifier(context, desktop, None)
    opened.mail.ledger.told = [told(wait=600.0), told(FAILED)]
    notifier.take()
    opened.settle(notifier._later.isActive)
    assert notifier._later.interval() == 601_000
    notifier._later.timeout.emit()
    opened.settle(lambda: desktop.shown == [FAILED])


def test_quiet_hours_that_are_switched_off_end_at_once(opened: Opened, context: Context) -> None:
    desktop = FakeDesktop()
    notifier = Notifier(context, desktop, None)
    opened.mail.ledger.told = [told(wait=600.0), told(FAILED)]
    notifier.take()
    opened.settle(notifier._later.isActive)
    opened.mail.core.bus.changed(Changed.SETTINGS)
    opened.settle(lambda: desktop.shown == [FAILED])


@pytest.mark.parametrize(("page", "shown"), [("activity", "ActivityPage"), ("inbox", "InboxPage")])
def test_a_notice_leads_to_its_page(opened: Opened, page: str, shown: str) -> None:
    opened.window.run("people")
    opened.window.hide()
    opened.desk.notifier.opened.emit(page)
    assert opened.window.isVisible()
    assert type(opened.window.page).__name__ == shown


def test_only_linux_has_the_desktops_own_service(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert notifications.desktop() is None


# The tray


@pytest.fixture
def in_tray(open_window: object, theme: Theme, opened: Opened) -> Iterator[tuple[Desk, FakeMail]]:
    """A second window over the same mailbox, with a tray."""
    desk = Desk(opened.mail.core, theme, tray=Tray(theme))  # type: ignore[arg-type]
    desk.start()
    yield desk, opened.mail
    desk.close()


@pytest.mark.parametrize(
    ("level", "paused", "state"),
    [
        ("quiet", False, "quiet"),
        ("working", False, "working"),
        ("working", True, "paused"),
        ("waiting", True, "paused"),
        ("waiting", False, "quiet"),
        ("failing", True, "failing"),
    ],
)
def test_the_icon_shows_how_the_work_stands(level: str, paused: bool, state: str) -> None:
    assert tray.state_of(Health("x", level), paused=paused) == state


def image(state: str, theme: Theme, size: int = 32) -> QImage:
    return tray.draw(state, theme.style).pixmap(size, size).toImage()


def test_states_look_different_at_every_size(theme: Theme) -> None:
    for size in (16, 22, 32):
        images = [image(state, theme, size) for state in ("quiet", "working", "paused", "failing")]
        assert all(a != b for at, a in enumerate(images) for b in images[:at])


def test_the_menu_says_how_it_stands_and_pauses(in_tray: tuple[Desk, FakeMail], qtbot: QtBot) -> None:
    desk, mail = in_tray
    made = desk.tray
    assert made is not None
    qtbot.waitUntil(lambda: made.line.text() == "1 failed · 1 running")
    assert made.state == "failing"
    assert [one.text() for one in made.menu.actions() if one.text()] == [
        "1 failed · 1 running",
        "Open FluffyMail",
        "Pause background work",
        "Quit",
    ]
    made.pause.trigger()
    qtbot.waitUntil(lambda: made.pause.text() == "Resume background work")
    assert mail.core.jobs.paused
    mail.job_rows = (job(1, "x", JobState.SUCCEEDED),)
    mail.core.bus.changed(Changed.JOBS)
    qtbot.waitUntil(lambda: made.state == "paused")


def test_closing_keeps_it_in_the_tray_only_when_that_is_wanted(
    in_tray: tuple[Desk, FakeMail], qtbot: QtBot
) -> None:
    desk, mail = in_tray
    left: list[bool] = []
    desk.window.left.connect(lambda: left.append(True))
    mail.ledger.write(None, NoticeSettings(keep_in_tray=True))
    qtbot.waitUntil(lambda: desk.notice_settings.keep_in_tray)
    desk.window.close()
    assert not desk.window.isVisible()
    assert left == []
    assert desk.tray is not None
    desk.tray.opened.emit()
    assert desk.window.isVisible()
    desk.tray.left.emit()
    assert left == [True]


def test_closing_ends_the_program_otherwise(in_tray: tuple[Desk, FakeMail]) -> None:
    desk, _mail = in_tray
    left: list[bool] = []
    desk.window.left.connect(lambda: left.append(True))
    desk.window.close()
    assert left == [True]


def test_without_a_tray_closing_always_ends_it(opened: Opened) -> None:
    left: list[bool] = []
    opened.window.left.connect(lambda: left.append(True))
    opened.desk.notice_settings = NoticeSettings(keep_in_tray=True)
    opened.window.close()
    assert left == [True]


def test_a_tray_is_made_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch, theme: Theme) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    assert tray.make(theme) is None
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    assert isinstance(tray.make(theme), Tray)


def test_a_notice_through_the_tray_leads_to_its_page(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Tray(theme)
    said: list[tuple[object, ...]] = []
    pages: list[str] = []
    made.acted.connect(pages.append)
    monkeypatch.setattr(made.icon, "supportsMessages", lambda: True)
    monkeypatch.setattr(made.icon, "showMessage", lambda *words: said.append(words))
    made.show(Notice("ti\x00tle", "one\ntwo", "inbox"))
    assert said[0][:2] == ("ti tle", "one\ntwo")
    made.icon.messageClicked.emit()
    assert pages == ["inbox"]


def test_a_tray_without_messages_hands_the_notice_back(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Tray(theme)
    back: list[Notice] = []
    made.refused.connect(back.append)
    monkeypatch.setattr(made.icon, "supportsMessages", lambda: False)
    made.show(FAILED)
    assert back == [FAILED]


# The settings


def dialog(opened: Opened, *, has_tray: bool = True) -> NoticeDialog:
    made = NoticeDialog(opened.desk.context, opened.window, has_tray=has_tray)
    made.show()
    opened.bot.waitUntil(made.isEnabled)
    return made


def test_every_choice_is_kept_at_once(opened: Opened) -> None:
    made = dialog(opened)
    assert not made.start.isEnabled()
    made.quiet.click()
    assert made.start.isEnabled()
    made.start.setTime(made.start.time().addSecs(-3600))
    made.tray.click()
    opened.settle(
        lambda: opened.mail.ledger.chosen == NoticeSettings(True, True, "21:00", "07:00", keep_in_tray=True)
    )
    made.enabled.click()
    opened.settle(lambda: not opened.mail.ledger.chosen.enabled)
    assert not made.quiet.isEnabled()
    made.close()


def test_no_tray_no_word_of_it(opened: Opened) -> None:
    made = dialog(opened, has_tray=False)
    shown = [one.text() for one in made.findChildren(QCheckBox) if one.isVisible()]
    assert not any("tray" in one for one in shown)
    made.close()


def test_the_palette_leads_to_the_settings(opened: Opened) -> None:
    opened.window.run("notices")
    (made,) = opened.window.findChildren(NoticeDialog)
    opened.bot.waitUntil(made.isEnabled)
    made.close()


def test_the_window_takes_over_when_the_other_one_is_closed(opened: Opened) -> None:
    opened.desk._started(False)
    assert opened.desk._takeover.isActive()
    opened.desk._takeover.timeout.emit()
    opened.settle(lambda: not opened.desk._takeover.isActive())
