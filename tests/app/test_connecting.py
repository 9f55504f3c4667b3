"""Connecting an account by keyboard: found servers, checks, plain errors, what is kept and what never is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QWidget

from app.actions.accounts import Proof
from app.views.connecting.dialog import ConnectDialog
from app.views.connecting.problem import spelled
from app.views.connecting.step import Step
from fluffy_core import (
    ALL,
    AccountState,
    BlockedError,
    Server,
    TransientError,
    UntrustedServerError,
    UsageError,
)
from tests.app.driver import Open, Opened
from tests.app.fake_accounts import DISCOVERED, PASSWORD, state
from tests.app.fakes import FakeMail

PRINT = "ab" * 32


@pytest.fixture
def dialog(opened: Opened) -> ConnectDialog:
    opened.press("Ctrl+Shift+O")
    (made,) = opened.window.findChildren(ConnectDialog)
    opened.bot.waitUntil(made.isVisible)
    return made


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def step(dialog: ConnectDialog) -> Step:
    """What is in view, asked anew each time."""
    return dialog.step


def key(dialog: ConnectDialog, pressed: Qt.Key) -> None:
    QTest.keyClick(dialog.focusWidget(), pressed)


def typed(dialog: ConnectDialog, text: str) -> None:
    """Type into what has the focus, then press Enter."""
    focus = dialog.focusWidget()
    assert isinstance(focus, QLineEdit)
    focus.setText(text)
    key(dialog, Qt.Key.Key_Return)


def to_password(dialog: ConnectDialog, opened: Opened) -> None:
    typed(dialog, "ben@example.com")
    opened.settle(lambda: step(dialog) is dialog.password)


def to_choice(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    typed(dialog, PASSWORD)
    opened.settle(lambda: step(dialog) is dialog.choose)


def refuse(opened: Opened, error: Exception) -> None:
    opened.mail.accounts.fault = error


def test_the_whole_way_needs_an_address_a_password_and_enter(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    assert dialog.password.checks.words == ["Done: Found imap.example.com"]
    typed(dialog, PASSWORD)
    opened.settle(lambda: step(dialog) is dialog.choose)
    assert dialog.password.checks.words == [
        "Done: Found imap.example.com",
        "Done: The server answers",
        "Done: Encrypted",
        "Done: Signed in",
        "Done: 4 folders",
    ]
    assert opened.mail.accounts.added == []
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    ((address, settings, password),) = opened.mail.accounts.added
    assert (address, password) == ("ben@example.com", PASSWORD)
    assert settings.imap == Server("imap.example.com", 993)
    assert settings.smtp == Server("smtp.example.com", 465)
    assert settings.folders == ()
    assert settings.since == QDate.currentDate().addMonths(-24).toString("yyyy-MM-dd")
    opened.settle(lambda: "First sync is about to start" in words(dialog))
    key(dialog, Qt.Key.Key_Return)
    opened.bot.waitUntil(lambda: not opened.window.findChildren(ConnectDialog))


def test_what_is_no_address_is_said_at_once(dialog: ConnectDialog, opened: Opened) -> None:
    for wrong in ("", "ben", "@example.com", "ben@", "ben smith@example.com"):
        typed(dialog, wrong)
        assert "Type the whole address" in words(dialog)
    assert step(dialog) is dialog.address
    assert dialog.focusWidget() is dialog.address.field.line
    assert opened.desk.context.background.idle


def test_servers_that_nobody_names_are_set_up_by_hand(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.discovered = UsageError("Name its server with --host.")
    typed(dialog, "ben@own.example")
    opened.settle(lambda: "Nobody says where the mail of own.example is." in words(dialog))
    assert "--host" not in words(dialog)
    dialog.address.by_hand.emit()
    assert step(dialog) is dialog.servers
    assert dialog.servers.address.text == "ben@own.example"
    typed(dialog, "mail.own.example")
    assert step(dialog) is dialog.password
    typed(dialog, PASSWORD)
    opened.settle(lambda: step(dialog) is dialog.choose)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    ((_, settings, _),) = opened.mail.accounts.added
    assert (settings.imap, settings.smtp) == (Server("mail.own.example", 993), None)
    assert settings.user == "ben@own.example"


def test_while_servers_are_looked_for_nothing_else_can_be_asked(
    dialog: ConnectDialog, opened: Opened
) -> None:
    opened.mail.accounts.held.clear()
    typed(dialog, "ben@example.com")
    assert dialog.address.checks.words == ["Under way: Looking for the servers of example.com …"]
    assert not dialog.address.go.isEnabled()
    key(dialog, Qt.Key.Key_Escape)
    opened.mail.accounts.held.set()
    opened.settle(lambda: not opened.window.findChildren(ConnectDialog))


def test_ports_follow_the_encryption(dialog: ConnectDialog) -> None:
    dialog.address.by_hand.emit()
    incoming, outgoing = dialog.servers.incoming, dialog.servers.outgoing
    assert (incoming.port.text, outgoing.port.text) == ("993", "465")
    incoming.security.choose("starttls")
    outgoing.security.choose("starttls")
    assert (incoming.port.text, outgoing.port.text) == ("143", "587")
    incoming.host.line.setText("mail.own.example")
    assert incoming.server == Server("mail.own.example", 143, "starttls")
    assert outgoing.server is None


def test_by_hand_nothing_goes_on_without_address_and_server(dialog: ConnectDialog) -> None:
    dialog.address.by_hand.emit()
    key(dialog, Qt.Key.Key_Return)
    assert "Type the whole address" in words(dialog)
    dialog.servers.address.line.setText("ben@own.example")
    key(dialog, Qt.Key.Key_Return)
    assert "The incoming server needs its name and port." in words(dialog)
    assert dialog.focusWidget() is dialog.servers.incoming.host.line


def test_what_was_found_is_filled_in_by_hand(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    dialog.password.by_hand.emit()
    assert dialog.servers.incoming.server == Server("imap.example.com", 993)
    assert dialog.servers.outgoing.server == Server("smtp.example.com", 465)
    assert dialog.servers.user.text == ""


def test_a_hint_of_the_provider_is_shown(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.discovered = replace(DISCOVERED, hint="Make an app password first.")
    to_password(dialog, opened)
    assert "Make an app password first." in words(dialog)


def test_a_wrong_password_is_said_and_typed_again(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    typed(dialog, "wrong")
    opened.settle(lambda: "refuses the user name or password" in words(dialog))
    assert "Failed: Signing in" in dialog.password.checks.words
    assert "Done: Encrypted" in dialog.password.checks.words
    assert dialog.focusWidget() is dialog.password.field.line
    assert dialog.password.field.line.text() == ""
    typed(dialog, PASSWORD)
    opened.settle(lambda: step(dialog) is dialog.choose)


def test_an_empty_password_is_not_sent(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    assert "Type the password first." in words(dialog)
    assert opened.desk.context.background.idle


def test_a_certificate_is_trusted_only_knowingly(dialog: ConnectDialog, opened: Opened) -> None:
    why = "The certificate of imap.example.com is signed by itself."
    refuse(opened, UntrustedServerError(f"{why} More.", fingerprint=PRINT, why=why))
    opened.mail.accounts.trusted = PRINT
    to_password(dialog, opened)
    typed(dialog, PASSWORD)
    opened.settle(lambda: why in words(dialog))
    assert spelled(PRINT) in words(dialog)
    problem = dialog.password.problem
    assert not problem.trust.isEnabled()
    (same,) = problem.findChildren(QCheckBox)
    same.click()
    assert problem.trust.isEnabled()
    problem.trust.click()
    opened.settle(lambda: step(dialog) is dialog.choose)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert opened.mail.accounts.added[0][1].certificate == PRINT


def test_a_certificate_without_a_fingerprint_cannot_be_trusted(dialog: ConnectDialog, opened: Opened) -> None:
    refuse(opened, UntrustedServerError("imap.example.com only offers unsafe encryption."))
    to_password(dialog, opened)
    typed(dialog, PASSWORD)
    opened.settle(lambda: "unsafe encryption" in words(dialog))
    assert not dialog.password.problem.trust.isVisible()


def test_a_server_that_does_not_answer_is_tried_again_with_the_same_password(
    dialog: ConnectDialog, opened: Opened
) -> None:
    refuse(opened, TransientError("imap.example.com cannot be found. Check the name and the network."))
    to_password(dialog, opened)
    typed(dialog, PASSWORD)
    opened.settle(lambda: "cannot be found" in words(dialog))
    assert "Failed: Reaching the server" in dialog.password.checks.words
    opened.mail.accounts.fault = None
    dialog.password.problem.retry.click()
    opened.settle(lambda: step(dialog) is dialog.choose)


def test_offline_leads_to_the_switch(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.offline = True
    refuse(opened, BlockedError("Working offline."))
    to_password(dialog, opened)
    typed(dialog, PASSWORD)
    opened.settle(lambda: "every connection is switched off" in words(dialog))
    opened.mail.accounts.fault = None
    dialog.password.problem.go_online.click()
    opened.settle(lambda: step(dialog) is dialog.choose)
    assert not opened.mail.accounts.offline


def test_while_offline_unknown_servers_are_no_fault_of_the_domain(
    dialog: ConnectDialog, opened: Opened
) -> None:
    opened.mail.accounts.offline = True
    opened.mail.accounts.discovered = UsageError("Nobody says.")
    typed(dialog, "ben@own.example")
    opened.settle(lambda: "every connection is switched off" in words(dialog))
    assert "Nobody says" not in words(dialog)
    opened.mail.accounts.discovered = DISCOVERED
    dialog.address.problem.go_online.click()
    opened.settle(lambda: step(dialog) is dialog.password)


def test_escape_goes_back_step_by_step_and_forgets_the_password(
    dialog: ConnectDialog, opened: Opened
) -> None:
    to_choice(dialog, opened)
    assert dialog._proof.password == PASSWORD
    key(dialog, Qt.Key.Key_Escape)
    assert step(dialog) is dialog.password
    assert dialog._proof == Proof()
    assert dialog.password.field.line.text() == ""
    key(dialog, Qt.Key.Key_Escape)
    assert step(dialog) is dialog.address
    assert dialog.address.address == "ben@example.com"
    key(dialog, Qt.Key.Key_Escape)
    opened.bot.waitUntil(lambda: not opened.window.findChildren(ConnectDialog))
    assert opened.mail.accounts.added == []


def test_leaving_while_the_server_is_silent_keeps_nothing(dialog: ConnectDialog, opened: Opened) -> None:
    to_password(dialog, opened)
    opened.mail.accounts.held.clear()
    typed(dialog, PASSWORD)
    assert "Under way: Reaching the server …" in dialog.password.checks.words
    assert dialog.password.field.line.text() == ""
    dialog.close()
    assert dialog._proof == Proof()
    opened.mail.accounts.held.set()
    opened.settle()
    assert opened.mail.accounts.added == []


def test_going_back_while_the_server_is_silent_shows_no_late_answer(
    dialog: ConnectDialog, opened: Opened
) -> None:
    to_password(dialog, opened)
    opened.mail.accounts.held.clear()
    typed(dialog, PASSWORD)
    key(dialog, Qt.Key.Key_Escape)
    opened.mail.accounts.held.set()
    opened.settle()
    assert step(dialog) is dialog.address


def test_a_password_is_in_no_widget_after_it_was_used(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert dialog._proof == Proof()
    assert PASSWORD not in [one.text() for one in dialog.findChildren(QLineEdit)]
    assert not any(PASSWORD in one.text() for one in dialog.findChildren(QLabel))


def test_folders_and_days_are_chosen(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    boxes = {one.text(): one for one in dialog.choose.findChildren(QCheckBox)}
    assert [name for name, one in boxes.items() if one.isChecked()] == ["Inbox", "Sent", "Archive/2019"]
    boxes["Archive/2019"].click()
    dialog.choose.choice.back.choose(12)
    dialog.choose.go.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    settings = opened.mail.accounts.added[0][1]
    assert settings.folders == ("Inbox", "Sent")
    assert len(settings.since) == len("2025-11-26")
    assert "2 folders to fetch" in words(dialog)


def test_what_it_would_bring_is_said_before_anything_is_kept(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    opened.settle(lambda: "Would bring 12,431 messages, 1.4 GB, about 9 min" in words(dialog))
    dialog.choose.choice.back.choose(0)
    opened.bot.waitUntil(lambda: len(opened.mail.accounts.previewed) > 1, timeout=5000)
    opened.settle()
    assert opened.mail.accounts.previewed[-1].since == ALL
    assert opened.mail.accounts.added == []
    for one in dialog.choose.findChildren(QCheckBox):
        one.setChecked(False)
    opened.bot.waitUntil(lambda: "Would bring" not in words(dialog), timeout=5000)


def test_a_guess_that_fails_is_left_out(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    opened.settle(lambda: "Would bring" in words(dialog))
    refuse(opened, TransientError("imap.example.com does not answer."))
    dialog.choose.choice.back.choose(3)
    opened.bot.waitUntil(lambda: len(opened.mail.accounts.previewed) > 1, timeout=5000)
    opened.settle(lambda: "Would bring" not in words(dialog))
    assert "does not answer" not in words(dialog)


def test_no_folder_at_all_is_not_connected(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    for one in dialog.choose.findChildren(QCheckBox):
        one.setChecked(False)
    dialog.choose.go.click()
    assert "Choose at least one folder." in words(dialog)
    assert dialog.choose.go.isEnabled()


def test_a_failure_at_the_last_step_is_said_there(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    refuse(opened, TransientError("imap.example.com does not answer."))
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: "does not answer" in words(dialog))
    assert step(dialog) is dialog.choose
    opened.mail.accounts.fault = None
    dialog.choose.problem.retry.click()
    opened.settle(lambda: step(dialog) is dialog.finish)


def test_the_last_step_follows_the_first_sync(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    opened.mail.accounts.states = (state(state=AccountState.FIRST_SYNC, done=1200, total=12_400),)
    opened.bot.waitUntil(lambda: "First sync: 1,200 of 12,400" in words(dialog), timeout=5000)
    opened.mail.accounts.states = (state(),)
    opened.bot.waitUntil(lambda: "15,504 messages are here" in words(dialog), timeout=5000)


def test_an_account_that_cannot_send_says_so_at_once(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.cannot_send = "smtp.example.com does not answer."
    to_choice(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert "No mail can be sent by it: smtp.example.com does not answer." in words(dialog)


def test_another_account_begins_with_an_empty_address(dialog: ConnectDialog, opened: Opened) -> None:
    to_choice(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    dialog.finish.another.emit()
    assert step(dialog) is dialog.address
    assert dialog.address.address == ""
    assert dialog.address.back.text() == "Cancel"


def test_microsoft_asks_for_a_permission_and_takes_no_password(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.discovered = replace(DISCOVERED, oauth="microsoft")
    typed(dialog, "ben@outlook.com")
    opened.settle(lambda: step(dialog) is dialog.permission)
    assert "Sign in with Microsoft" in words(dialog)
    assert not dialog.permission.instead.isVisible()


def test_google_takes_an_app_password_too(dialog: ConnectDialog, opened: Opened) -> None:
    opened.mail.accounts.discovered = replace(DISCOVERED, oauth="google", hint="Make an app password.")
    typed(dialog, "ben@gmail.com")
    opened.settle(lambda: step(dialog) is dialog.permission)
    dialog.permission.instead.click()
    assert step(dialog) is dialog.password
    assert "Make an app password." in words(dialog)


def test_every_step_can_be_heard(dialog: ConnectDialog) -> None:
    for one in (dialog.address, dialog.servers, dialog.password, dialog.permission, dialog.choose):
        for kind in (QLineEdit, QPushButton):
            assert all(part.accessibleName() for part in one.findChildren(kind)), one


def test_every_step_fits_into_a_small_window(open_window: Open) -> None:
    opened = open_window(FakeMail())
    opened.window.resize(640, 400)
    opened.press("Ctrl+Shift+O")
    (dialog,) = opened.window.findChildren(ConnectDialog)
    assert dialog.height() <= 400
    for one in (dialog.address, dialog.servers, dialog.password, dialog.permission, dialog.choose):
        dialog._stack.setCurrentWidget(one)
        assert one.area.horizontalScrollBar().maximum() == 0
        assert one.minimumSizeHint().height() <= 400


def test_first_run_leads_through_the_wizard_to_the_accounts(open_window: Open) -> None:
    opened = open_window(FakeMail(threads=0, needs_reply=0, waiting=0))
    opened.settle(lambda: opened.window.page is not opened.window.inbox)
    choices = {one.accessibleName(): one for one in opened.window.page.findChildren(QPushButton)}
    choices["Connect an account"].click()
    (dialog,) = opened.window.findChildren(ConnectDialog)
    to_choice(dialog, opened)
    key(dialog, Qt.Key.Key_Return)
    opened.settle(lambda: step(dialog) is dialog.finish)
    dialog.finish.go.click()
    opened.settle(lambda: opened.window.page is opened.window._pages.get("accounts"))
