"""The frame: theme, contrast, errors, background operations, overlays, palette, status line."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app import errors, immortal
from app.background import Background, ChangeOp, QueryOp
from app.theme import STYLES, Style, Theme, load_tokens
from app.widgets.key_overlay import KeyOverlay
from app.widgets.labels import ElidedLabel, label, tip
from app.widgets.palette import Palette
from app.window import Window
from fluffy_core import BugError, Changed, JobState, KnownError, Progress
from tests.app.conftest import RESOURCES
from tests.app.driver import Opened
from tests.app.fake_jobs import job

PAIRS = [
    (ink, ground)
    for ground in ("paper", "canvas", "hover", "accent_soft")
    for ink in ("ink", "ink2", "accent", "warn")
] + [
    ("on_accent", "accent"),
    ("on_accent", "accent_strong"),
    ("warn", "warn_soft"),
    ("bad", "bad_soft"),
    ("bad", "paper"),
    ("good", "good_soft"),
    ("good", "paper"),
    ("paper", "ink"),
]


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: str, ink: str, ground: str) -> float:
    """The ratio of two colours of a style, 1 to 21."""
    colors = load_tokens(RESOURCES)[style]
    high, low = sorted((luminance(str(colors[ink])), luminance(str(colors[ground]))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(style: str, ink: str, ground: str) -> None:
    assert contrast(style, ink, ground) >= (7 if "contrast" in style else 4.5)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("ground", ["paper", "canvas", "hover"])
def test_the_focus_can_be_seen(style: str, ground: str) -> None:
    assert contrast(style, "accent", ground) >= 3
    assert contrast(style, "accent", "hairline") > 1.5  # where a border is there before


@pytest.mark.parametrize("style", [one for one in STYLES if "contrast" in one])
@pytest.mark.parametrize("ground", ["paper", "canvas"])
def test_high_contrast_shows_its_lines(style: str, ground: str) -> None:
    assert contrast(style, "hairline", ground) >= 3


def test_tokens_name_the_same_colours_in_every_style() -> None:
    tokens = load_tokens(RESOURCES)
    assert all(set(tokens[one]) == set(tokens["light"]) for one in STYLES)


def test_high_contrast_follows_the_system(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = QApplication.styleHints().accessibility()
    with monkeypatch.context() as asked:
        asked.setattr(Theme, "stark", True)
        with qtbot.waitSignal(theme.changed):
            hints.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
        assert theme.style.name == "light-contrast"
        assert QApplication.palette().windowText().color() == theme.style.color("ink")
        theme.choose("dark")
        assert theme.style.name == "dark-contrast"
    theme.choose("light")
    assert theme.style.name == "light"


@pytest.mark.parametrize("name", STYLES)
def test_every_token_of_the_sheet_is_filled(name: str) -> None:
    style = Style(name, load_tokens(RESOURCES), "Inter")
    sheet = style.sheet((RESOURCES / "style" / "fluffy.qss").read_text(encoding="utf-8"))
    assert "$" not in sheet
    with pytest.raises(KeyError):
        style.sheet("$no_such_token")


def test_no_colour_or_size_is_written_into_a_widget() -> None:
    app = Path(sys.modules["app"].__file__ or "").parent
    for path in app.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "setStyleSheet(" not in source or path.name == "theme.py", path
        assert not [line for line in source.splitlines() if "QColor(" in line and '"#' in line], path


def test_dark_follows_the_choice(qtbot: QtBot, theme: Theme) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose("dark")
    assert theme.style.name == "dark"
    assert QApplication.palette().window().color() == theme.style.color("canvas")
    theme.choose("light")
    assert theme.style.name == "light"


def test_none_stays_alive_under_qt(qtbot: QtBot) -> None:
    """PySide6 6.12 loses one reference to None for each call that returns nothing."""
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal")
    shown = QLabel("")
    qtbot.addWidget(shown)
    for _ in range(30_000):
        shown.setText("")
    assert sys.getrefcount(None) > immortal.ENOUGH


def test_operations_run_elsewhere_and_answer_here(qtbot: QtBot) -> None:
    background = Background()
    told: list[tuple[str, threading.Thread]] = []
    receiver = QObject()
    work = lambda: threading.current_thread().name  # noqa: E731
    QueryOp(background, receiver, work).success(
        lambda name: told.append((name, threading.current_thread()))
    ).run()
    qtbot.waitUntil(lambda: len(told) == 1)
    name, here = told[0]
    assert name.startswith("query")
    assert here is threading.main_thread()
    background.close()


def test_writes_keep_their_order(qtbot: QtBot) -> None:
    background = Background()
    done: list[int] = []
    receiver = QObject()
    for at in range(50):
        ChangeOp(background, receiver, lambda at=at: done.append(at)).run()  # type: ignore[misc]
    qtbot.waitUntil(lambda: background.idle)
    assert done == list(range(50))
    background.close()


def test_nothing_is_told_to_a_receiver_that_is_gone(qtbot: QtBot) -> None:
    background = Background()
    told: list[object] = []
    receiver = QObject()
    hold = threading.Event()
    QueryOp(background, receiver, lambda: hold.wait(5)).success(told.append).run()
    delete(receiver)
    hold.set()
    qtbot.waitUntil(lambda: background.idle)
    assert told == []
    background.close()


def test_a_cancelled_question_is_not_answered(qtbot: QtBot) -> None:
    background = Background()
    told: list[object] = []
    receiver = QObject()
    hold = threading.Event()
    running = QueryOp(background, receiver, lambda: hold.wait(5)).success(told.append).run()
    running.cancel()
    hold.set()
    qtbot.waitUntil(lambda: background.idle)
    assert told == []
    background.close()


def test_an_error_nobody_took_care_of_is_told(qtbot: QtBot) -> None:
    background = Background()
    receiver = QObject()

    def fail() -> None:
        raise KnownError("The disk is full.")

    with qtbot.waitSignal(background.failed) as told:
        QueryOp(background, receiver, fail).run()
    assert str(told.args[0]) == "The disk is full."
    background.close()


def test_known_errors_speak_for_themselves() -> None:
    assert errors.words(KnownError("The disk is full.")) == errors.Words("The disk is full.", "")


def test_bugs_come_with_a_report_and_without_jargon() -> None:
    said = errors.words(BugError("impossible"))
    assert said.happened == "Something in FluffyMail went wrong."
    assert "impossible" in said.details
    assert "impossible" not in said.happened + said.safe


@pytest.mark.logged("impossible")
def test_a_bug_is_shown_once(opened: Opened) -> None:
    for _ in range(3):
        opened.desk.presenter.show(BugError("impossible"))
    boxes = opened.window.findChildren(QMessageBox)
    assert len(boxes) == 1
    boxes[0].close()


def test_known_errors_are_said_in_the_window(opened: Opened) -> None:
    opened.desk.context.background.failed.emit(KnownError("The disk is full."))
    assert opened.window.toast.isVisible()
    assert opened.window.toast.accessibleName() == "The disk is full."


def test_all_keys_are_listed_and_go_away(opened: Opened) -> None:
    opened.press("?")
    overlay = opened.window.findChildren(KeyOverlay)[0]
    said = " ".join(one.text() for one in overlay.findChildren(QLabel))
    for words in ("Next in the list", "Mark as unread", "Undo the last change", "Ctrl", "Esc"):
        assert words in said
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    opened.bot.waitUntil(lambda: not opened.window.findChildren(KeyOverlay))


def test_the_palette_finds_and_runs(opened: Opened) -> None:
    opened.press("Ctrl+K")
    palette = opened.window.findChildren(Palette)[0]
    assert palette.list.count() > 10
    QTest.keyClicks(palette.line, "activ")
    assert palette.list.count() == 1
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    opened.bot.waitUntil(lambda: opened.window.page is not opened.window.inbox)
    assert type(opened.window.page).__name__ == "ActivityPage"


def test_digits_and_two_key_sequences_go_to_pages(opened: Opened) -> None:
    pages = []
    for key in ("2", "G, A", "G, I", "3", "1", "G, P"):
        opened.press(key)
        pages.append(type(opened.window.page).__name__)
    assert pages == ["PeoplePage", "ActivityPage", "InboxPage", "ActivityPage", "InboxPage", "PeoplePage"]


def test_the_health_line_pauses_and_leads_to_activity(opened: Opened) -> None:
    status = opened.window.status
    opened.settle(lambda: status.words == "1 failed · 1 running")
    line = next(one for one in status.findChildren(QPushButton) if one.text() == status.words)
    assert line.property("level") == "failing"
    assert line.accessibleName() == "1 failed · 1 running. Opens Activity"
    opened.mail.job_rows = (job(9, "x", JobState.RUNNING),)
    opened.mail.core.bus.publish(Progress(9, "x", 10, 100, "10 of 100", 200.0))  # type: ignore[arg-type]
    opened.settle(lambda: status.words == "1 running")
    pause = next(one for one in status.findChildren(QPushButton) if one.text() == "Pause")
    pause.click()
    opened.settle(lambda: opened.mail.core.jobs.paused and pause.text() == "Resume")
    opened.mail.job_rows = (job(9, "x", JobState.SUCCEEDED),)
    pause.click()
    opened.settle(lambda: status.words == "All quiet" and pause.isHidden())
    line.click()
    assert type(opened.window.page).__name__ == "ActivityPage"


def test_the_health_line_names_another_owner_and_looks_again(opened: Opened) -> None:
    status = opened.window.status
    opened.mail.core.owned_elsewhere = True
    status.refresh()
    opened.settle(lambda: status.words.startswith("Another window of FluffyMail does the work · "))
    assert status._poll.isActive()


def test_the_health_line_is_read_anew_when_the_outbox_changed(opened: Opened) -> None:
    status = opened.window.status
    opened.mail.job_rows = (job(9, "x", JobState.SUCCEEDED),)
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.settle(lambda: status.words == "All quiet" and not status._poll.isActive())
    opened.mail.job_rows = (job(9, "x", JobState.RUNNING),)
    opened.mail.core.bus.changed(Changed.OUTBOX)
    opened.settle(lambda: status.words == "1 running")


def test_the_line_says_which_servers_were_reached_today(opened: Opened) -> None:
    privacy = opened.window.status.privacy
    opened.settle(lambda: privacy.words == "Private: no connections today")
    opened.mail.ledger.reached = "Private: today only mail.example"
    opened.mail.core.bus.changed(Changed.TRAFFIC)
    opened.settle(lambda: privacy.words == "Private: today only mail.example")


def test_a_health_line_that_cannot_be_read_says_so(opened: Opened) -> None:
    opened.desk.window.status._fail(KnownError("The disk does not answer."))
    assert opened.window.status.words == "Background work cannot be looked at"


def test_labels_never_interpret(qtbot: QtBot) -> None:
    made = label("<b>bold</b>\0")
    elided = ElidedLabel("<img src=x>")
    qtbot.addWidget(made)
    qtbot.addWidget(elided)
    tip(made, "<b>")
    assert made.text() == "<b>bold</b>"
    assert made.textFormat() == elided.textFormat() == Qt.TextFormat.PlainText
    assert made.toolTip() == "<span>&lt;b&gt;</span>"


def named(widget: object) -> bool:
    return bool(getattr(widget, "accessibleName", str)() or getattr(widget, "text", str)())


def test_everything_that_takes_the_focus_has_a_name(opened: Opened) -> None:
    window: Window = opened.window
    for key in ("1", "2", "3"):
        opened.press(key)
        opened.settle()
        nameless = [
            one
            for one in window.page.findChildren(QPushButton)
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and not named(one)
        ]
        assert not nameless


def test_a_list_that_is_late_does_not_begin_the_work_again(opened: Opened) -> None:
    desk = opened.desk
    opened.bot.waitUntil(lambda: not desk._beginning.isActive())
    desk._listed()
    assert not desk._beginning.isActive()
