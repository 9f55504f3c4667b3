"""Importing: choosing, dropping, watching, confirming whose mailbox it is, and what goes wrong."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QProgressBar, QPushButton

import fluffy_core
from app.views.importing.dialog import ImportDialog
from app.views.welcome.page import WelcomePage
from fluffy_core import Changed, JobState, NotMailError, Progress
from tests.app.driver import Open, Opened
from tests.app.fake_jobs import job
from tests.app.fakes import FakeMail


@pytest.fixture
def dialog(opened: Opened) -> ImportDialog:
    opened.press("Ctrl+O")
    return opened.window.findChildren(ImportDialog)[0]


def words(dialog: ImportDialog) -> str:
    return " | ".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())


def press(dialog: ImportDialog, said: str) -> None:
    next(one for one in dialog.findChildren(QPushButton) if one.text() == said).click()


def test_nothing_chosen_cannot_be_imported(dialog: ImportDialog) -> None:
    assert not dialog.choose.go.isEnabled()
    assert "nothing leaves this computer" in words(dialog)


def test_the_plan_is_shown_before_anything_is_read(dialog: ImportDialog, opened: Opened) -> None:
    dialog.look_at([Path("a.mbox")])
    opened.settle(dialog.choose.go.isEnabled)
    assert "1 file, 24 MB | Mailbox files (mbox)" in words(dialog)
    assert not hasattr(opened.mail, "started")


def test_what_is_not_mail_is_said_in_words(
    dialog: ImportDialog, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_paths: object) -> None:
        raise NotMailError("holiday.jpg is a picture, not mail.")

    monkeypatch.setattr(fluffy_core.imports, "look", refuse)
    dialog.look_at([Path("holiday.jpg")])
    opened.settle(lambda: "holiday.jpg is a picture, not mail." in words(dialog))
    assert not dialog.choose.go.isEnabled()


def test_an_import_is_watched_to_its_end_and_the_owner_confirmed(
    dialog: ImportDialog, opened: Opened
) -> None:
    dialog.look_at([Path("a.mbox")])
    opened.settle(dialog.choose.go.isEnabled)
    dialog.choose.go.click()
    opened.settle(lambda: dialog.steps.currentWidget() is dialog.running)
    assert opened.mail.started == [Path("a.mbox")]
    told = Progress(1, "sync-emails-initial", 3210, 10000, "3,210 of 10,000 messages", 95.0)  # type: ignore[arg-type]
    opened.mail.core.bus.publish(told)
    opened.bot.waitUntil(lambda: "32 % · about 2 min left" in words(dialog))
    assert any(one.value() == 321 for one in dialog.findChildren(QProgressBar))
    opened.mail.job_rows = (job(1, "sync-emails-initial", JobState.SUCCEEDED),)
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.settle(lambda: "Is this you?" in words(dialog))
    assert "393 of 394 messages read, 1 kept but not readable" in words(dialog)
    boxes = dialog.findChildren(QCheckBox)
    assert [one.text() for one in boxes] == ["robin@vale-studio.example"]
    press(dialog, "Yes, go on")
    opened.settle(lambda: opened.mail.confirmed == ["robin@vale-studio.example"])
    assert not dialog.isVisible()


def test_a_failed_import_says_why_and_what_is_kept(dialog: ImportDialog, opened: Opened) -> None:
    dialog.look_at([Path("a.mbox")])
    opened.settle(dialog.choose.go.isEnabled)
    opened.mail.failed = "There is no room left on the disk."
    opened.mail.job_rows = ()
    dialog.choose.go.click()
    opened.settle(lambda: "no room left on the disk. What was read until then is kept." in words(dialog))


def test_stop_cancels_the_job(dialog: ImportDialog, opened: Opened) -> None:
    dialog.look_at([Path("a.mbox")])
    opened.settle(dialog.choose.go.isEnabled)
    dialog.choose.go.click()
    opened.settle(lambda: dialog.steps.currentWidget() is dialog.running)
    opened.mail.core.bus.publish(Progress(1, "sync-emails-initial", 1, 10, "1 of 10", None))  # type: ignore[arg-type]
    opened.bot.waitUntil(lambda: "1 of 10" in words(dialog))
    press(dialog, "Stop")
    opened.settle(lambda: opened.mail.core.jobs.asked == [("cancel", 1)])
    assert not dialog.isVisible()


def test_files_dropped_on_the_window_are_looked_at(opened: Opened, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.mbox"))])
    actions, buttons, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter = QDragEnterEvent(QPointF(100, 100), actions, data, buttons, none)
    opened.window.dragEnterEvent(enter)
    assert enter.isAccepted()
    opened.window.dropEvent(QDropEvent(QPointF(100, 100), actions, data, buttons, none))
    dialog = opened.window.findChildren(ImportDialog)[0]
    opened.settle(dialog.choose.go.isEnabled)


def test_text_dropped_on_the_window_is_not_taken(opened: Opened) -> None:
    data = QMimeData()
    data.setText("hello")
    enter = QDragEnterEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    opened.window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_welcome_offers_three_plain_choices(open_window: Open) -> None:
    opened = open_window(FakeMail(0, needs_reply=0, waiting=0))
    opened.settle(lambda: isinstance(opened.window.page, WelcomePage))
    page = opened.window.page
    assert isinstance(page, WelcomePage)
    choices = [one.accessibleName() for one in page.findChildren(QPushButton)]
    assert choices == ["Look around with the demo", "Import files", "Connect an account"]
    page.files.click()
    assert len(opened.window.findChildren(ImportDialog)) == 1
    page.demo.click()
    opened.settle(lambda: opened.mail.demo_started)
    assert not page.demo.isEnabled()
