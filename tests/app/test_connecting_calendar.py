"""Connecting calendars by the address of their server: what is asked, refused, trusted, and kept."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from app.views.connecting.calendar import wrong_url
from app.views.connecting.dialog import ConnectDialog
from app.views.connecting.step import Step
from fluffy_core import AccountKind, Service, TransientError, UntrustedServerError, UsageError
from tests.app.driver import Opened
from tests.app.fake_accounts import PASSWORD

URL = "https://cloud.example.com"


@pytest.fixture
def dialog(opened: Opened) -> ConnectDialog:
    opened.press("Ctrl+Shift+O")
    (made,) = opened.window.findChildren(ConnectDialog)
    made.address.field.line.setText("ben@example.com")
    made.address.calendar.emit()
    return made


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def step(dialog: ConnectDialog) -> Step:
    return dialog.step


def fill(dialog: ConnectDialog, *, url: str = URL, secret: str = PASSWORD) -> None:
    dialog.calendar.url.line.setText(url)
    dialog.calendar.secret.line.setText(secret)
    QTest.keyClick(dialog.calendar.secret.line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://cloud.example.com/dav", ""),
        ("http://localhost:5232", ""),
        ("http://127.0.0.1:5232/ben/", ""),
        ("http://cloud.example.com", "not encrypted"),
        ("ftp://cloud.example.com", "Type the address"),
        ("https://", "Type the address"),
        ("https://cloud example.com", "Type the address"),
        ("https://[cloud", "Type the address"),
        ("https://cloud.example.com:99999", "Type the address"),
        ("https://ben:secret@cloud.example.com", "Leave name and password out"),
    ],
)
def test_addresses_of_servers(url: str, said: str) -> None:
    assert said in wrong_url(url)
    assert bool(wrong_url(url)) is bool(said)


def test_a_calendar_is_connected(dialog: ConnectDialog, opened: Opened) -> None:
    assert step(dialog) is dialog.calendar
    assert dialog.calendar.address.text == "ben@example.com"
    fill(dialog, url="cloud.example.com")
    opened.settle(lambda: step(dialog) is dialog.finish)
    ((address, settings, password),) = opened.mail.accounts.added
    assert (address, password) == ("ben@example.com", PASSWORD)
    assert (settings.kind, settings.dav, settings.user) == (AccountKind.DAV, URL, "ben@example.com")
    assert settings.services == (Service.CALENDAR, Service.CONTACTS)
    assert PASSWORD not in [one.text() for one in dialog.findChildren(QLineEdit)]


def test_another_user_name_is_used(dialog: ConnectDialog, opened: Opened) -> None:
    dialog.calendar.user.line.setText("ben")
    fill(dialog)
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert opened.mail.accounts.added[0][1].user == "ben"


def test_what_is_missing_is_said_where_it_is_missing(dialog: ConnectDialog, opened: Opened) -> None:
    fill(dialog, url="")
    assert "Type the address of the server" in words(dialog)
    assert dialog.focusWidget() is dialog.calendar.url.line
    dialog.calendar.address.line.setText("ben")
    fill(dialog)
    assert "Type your whole email address." in words(dialog)
    dialog.calendar.address.line.setText("ben@example.com")
    fill(dialog, secret="")
    assert "Type the password first." in words(dialog)
    assert dialog.focusWidget() is dialog.calendar.secret.line
    assert opened.mail.accounts.added == []


def test_a_wrong_password_is_typed_again(dialog: ConnectDialog, opened: Opened) -> None:
    fill(dialog, secret="wrong")
    opened.settle(lambda: "refuses the user name or password" in words(dialog))
    assert dialog.calendar.go.isEnabled()
    assert dialog.calendar.secret.line.text() == ""
    fill(dialog)
    opened.settle(lambda: step(dialog) is dialog.finish)


def test_a_server_that_is_silent_is_tried_again(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.fault = TransientError("cloud.example.com does not answer.")
    fill(dialog)
    opened.settle(lambda: "does not answer" in words(dialog))
    opened.mail.accounts.fault = None
    dialog.calendar.problem.retry.click()
    opened.settle(lambda: step(dialog) is dialog.finish)


def test_a_certificate_is_trusted_knowingly(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.fault = UntrustedServerError("Signed by itself.", fingerprint="cd" * 32)
    opened.mail.accounts.trusted = "cd" * 32
    fill(dialog)
    opened.settle(dialog.calendar.problem.trust.isVisible)
    (same,) = dialog.calendar.problem.findChildren(QCheckBox)
    same.click()
    dialog.calendar.problem.trust.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert opened.mail.accounts.added[0][1].certificate == "cd" * 32


def test_a_server_without_calendars_is_said(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.fault = UsageError("This account has no address books.")
    fill(dialog)
    opened.settle(lambda: "This account has no address books." in words(dialog))
    assert opened.mail.accounts.added == []


def test_escape_leads_back_and_forgets_the_password(dialog: ConnectDialog) -> None:
    dialog.calendar.secret.line.setText(PASSWORD)
    QTest.keyClick(dialog.calendar.secret.line, Qt.Key.Key_Escape)
    assert step(dialog) is dialog.address
    assert dialog.calendar.secret.line.text() == ""
