"""The Accounts page: how each stands in words, what is asked of the user, and every action on it."""

import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QMessageBox, QProgressBar, QPushButton, QWidget

from app.views.accounts.card import AccountCard
from app.views.accounts.change import ChangeDialog
from app.views.accounts.page import AccountsPage
from app.views.accounts.sign_in import SignInDialog
from app.views.accounts.words import state_words, synced_words
from app.views.connecting.dialog import ConnectDialog
from app.widgets import dates
from app.widgets.flow_row import FlowRow
from fluffy_core import (
    ALL,
    AccountKind,
    AccountState,
    AccountView,
    BlockedError,
    Changed,
    FolderState,
    KnownError,
    Service,
    SyncEntry,
    TransientError,
)
from tests.app.driver import Open, Opened
from tests.app.fake_accounts import NOW, PASSWORD, state
from tests.app.fakes import FakeMail


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def press(inside: QWidget, said: str) -> None:
    next(one for one in inside.findChildren(QPushButton) if one.text() == said and one.isVisible()).click()


def show(opened: Opened, *states: AccountView) -> AccountsPage:
    """The page with these accounts on it."""
    opened.mail.accounts.states = states
    opened.press("8")
    page = opened.window.page
    assert isinstance(page, AccountsPage)
    opened.settle(lambda: page.shown == states)
    return page


def card(page: AccountsPage) -> AccountCard:
    found = next(iter(page.cards.shown.values()))
    assert isinstance(found, AccountCard)
    return found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Up to date"),
        ({"state": AccountState.REFUSED}, "Sign in again"),
        ({"state": AccountState.OFFLINE}, "Offline: every connection is switched off"),
        ({"state": AccountState.UNREACHABLE}, "Cannot be reached"),
        ({"state": AccountState.THROTTLED}, "Throttled until 14:05"),
        ({"state": AccountState.FIRST_SYNC}, "First sync is about to start"),
        (
            {"state": AccountState.FIRST_SYNC, "done": 1200, "total": 12_400, "eta_at": NOW + 240.0},
            "First sync: 1,200 of 12,400, about 4 min left",
        ),
        ({"state": AccountState.FETCHING}, "Fetching new mail"),
        ({"state": AccountState.FETCHING, "done": 3, "total": 7}, "Fetching new mail: 3 of 7"),
        (
            {"state": AccountState.FETCHING, "done": 3, "total": 7, "eta_at": NOW - 5.0},
            "Fetching new mail: 3 of 7, a few seconds left",
        ),
    ],
)
def test_states_are_words(more: dict[str, Any], said: str) -> None:
    assert state_words(state(1, **more).overview, now=NOW) == said


def test_what_is_here_and_since_when() -> None:
    said = synced_words(state(), now=NOW).replace(dates.HOLD, " ")
    assert said == "Last synced 2 min ago · 15,504 messages in 2 folders"
    never = synced_words(state(last_sync=None, folders=()), now=NOW)
    assert never.startswith("Never synced to the end · 0 messages")


def test_without_accounts_the_page_leads_to_the_wizard(opened: Opened) -> None:
    page = show(opened)
    assert "No account is connected" in words(page)
    press(page, "Connect an account")
    assert opened.window.findChildren(ConnectDialog)


def test_a_card_tells_what_there_is_to_know(opened: Opened) -> None:
    page = show(opened, state())
    said = words(page).replace(dates.HOLD, " ")
    for part in ("ben@example.com", "IMAP · imap.example.com", "Up to date", "15,504 messages in 2 folders"):
        assert part in said
    assert not card(page).details.isVisible()
    assert card(page).accessibleName().startswith("ben@example.com: Up to date.")


def test_folders_and_history_unfold(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Folders and history")
    said = words(card(page).details)
    assert "FOLDERS | Inbox | 12,400 | Sent | 3,104" in said
    assert "0 new messages (4 times)" in said
    assert said.index("does not answer.") < said.index("Reading mail: 15,504 new messages")
    press(page, "Hide folders and history")
    assert not card(page).details.isVisible()


def test_what_unfolded_stays_so_while_news_arrive(opened: Opened) -> None:
    page = show(opened, state())
    before = card(page)
    before.fold.setFocus()
    before.toggle()
    news = state(history=(SyncEntry(NOW, "3 new messages"),))
    opened.mail.accounts.states = (news,)
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.settle(lambda: "3 new messages" in words(card(page).details))
    assert card(page) is before
    assert opened.window.focusWidget() is before.fold
    assert "does not answer" not in words(before.details)


def test_a_first_sync_has_a_bar(opened: Opened) -> None:
    ends = time.time() + 240.0
    page = show(opened, state(state=AccountState.FIRST_SYNC, done=1200, total=12_400, eta_at=ends))
    assert "First sync: 1,200 of 12,400, about 4 min left" in words(page)
    (bar,) = [one for one in page.findChildren(QProgressBar) if one.isVisible()]
    assert bar.value() == 96
    assert not card(page).sync.isEnabled()


def test_it_looks_again_by_itself_while_something_moves(opened: Opened) -> None:
    page = show(opened, state(state=AccountState.FIRST_SYNC, done=1, total=10))
    opened.mail.accounts.states = (state(state=AccountState.FIRST_SYNC, done=9, total=10),)
    opened.bot.waitUntil(lambda: "First sync: 9 of 10" in words(page), timeout=5000)
    opened.press("1")
    opened.bot.waitUntil(lambda: not page._poll.isActive(), timeout=5000)


def test_a_refused_password_is_what_the_card_is_about(opened: Opened) -> None:
    why = "The server refuses the password of ben@example.com."
    page = show(opened, state(state=AccountState.REFUSED, refused=why))
    assert why in words(page)
    assert card(page).sign_in.property("kind") == "primary"
    assert card(page).property("kind") == "card-bad"
    opened.mail.accounts.states = (state(),)
    opened.mail.core.bus.changed(Changed.ACCOUNTS)
    opened.settle(lambda: card(page).property("kind") == "card")
    assert why not in words(page)


def test_signing_in_again(opened: Opened) -> None:
    page = show(opened, state(state=AccountState.REFUSED, refused="Refused."))
    press(page, "Sign in again")
    (dialog,) = opened.window.findChildren(SignInDialog)
    dialog.field.line.setText("wrong")
    QTest.keyClick(dialog.field.line, Qt.Key.Key_Return)
    opened.settle(lambda: "refuses the user name or password" in words(dialog))
    assert dialog.field.line.text() == ""
    dialog.go.click()
    assert "Type the password first." in words(dialog)
    dialog.field.line.setText(PASSWORD)
    dialog.go.click()
    opened.settle(lambda: ("sign in", 1) in opened.mail.accounts.asked)
    opened.settle(lambda: not opened.window.findChildren(SignInDialog))


def test_signing_in_again_while_offline(opened: Opened) -> None:
    page = show(opened, state(state=AccountState.REFUSED))
    opened.mail.accounts.offline = True
    opened.mail.accounts.fault = BlockedError("Working offline.")
    press(page, "Sign in again")
    (dialog,) = opened.window.findChildren(SignInDialog)
    dialog.field.line.setText(PASSWORD)
    dialog.go.click()
    opened.settle(lambda: "switched off" in words(dialog))
    dialog.problem.go_online.click()
    opened.settle(lambda: not opened.mail.accounts.offline)
    assert "switched off" not in words(dialog)


def test_syncing_now(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Sync now")
    opened.settle(lambda: opened.mail.accounts.asked == [("sync", 1)])


def test_a_key_syncs_every_account(opened: Opened) -> None:
    show(opened, state(1), state(2))
    opened.press("F5")
    opened.settle(lambda: opened.mail.accounts.asked == [("sync", 1), ("sync", 2)])
    opened.settle(lambda: "Fetching new mail of 2 accounts" in opened.window.toast.accessibleName())


def test_offline_nothing_is_asked_and_that_is_said(opened: Opened) -> None:
    page = show(opened, state(state=AccountState.OFFLINE))
    opened.mail.accounts.offline = True
    opened.press("F5")
    opened.settle(lambda: "You work offline" in opened.window.toast.accessibleName())
    assert opened.mail.accounts.asked == []
    assert not card(page).sync.isEnabled()


def test_without_accounts_there_is_nothing_to_sync(opened: Opened) -> None:
    opened.press("F5")
    opened.settle(lambda: "There are no accounts yet" in opened.window.toast.accessibleName())


def asked(opened: Opened) -> QMessageBox:
    (box,) = opened.window.findChildren(QMessageBox)
    return box


def test_fetching_everything_anew_says_what_stays(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Fetch everything anew")
    box = asked(opened)
    assert "notes, tags, tasks and corrections stay" in box.informativeText()
    press(box, "Fetch anew")
    opened.settle(lambda: opened.mail.accounts.asked == [("whole", 1)])


def test_removing_says_what_happens_to_the_mail(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Remove")
    box = asked(opened)
    assert "Its 15,504 messages stay here" in box.informativeText()
    press(box, "Remove")
    opened.settle(lambda: opened.mail.accounts.asked == [("remove", 1)])
    opened.settle(lambda: "ben@example.com is forgotten" in opened.window.toast.accessibleName())


def test_a_single_message_stays(opened: Opened) -> None:
    press(show(opened, state(messages=1)), "Remove")
    assert "Its 1 message stays here" in asked(opened).informativeText()


@pytest.mark.parametrize("action", ["Remove", "Fetch everything anew"])
def test_enter_and_escape_do_nothing_that_hurts(opened: Opened, action: str) -> None:
    page = show(opened, state())
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        press(page, action)
        box = asked(opened)
        QTest.keyClick(box, key)
        opened.bot.waitUntil(lambda: not opened.window.findChildren(QMessageBox))
    opened.settle()
    assert opened.mail.accounts.asked == []


def test_changing_what_is_fetched(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Change what is fetched")
    (dialog,) = opened.window.findChildren(ChangeDialog)
    opened.settle(dialog.go.isEnabled)
    boxes = {one.text(): one for one in dialog.findChildren(QCheckBox)}
    assert [name for name, one in boxes.items() if one.isChecked() and one.isVisible()] == [
        "Inbox", "Sent", "Archive/2019",
    ]  # fmt: skip
    boxes["Sent"].click()
    dialog.choice.back.choose(24)
    dialog.go.click()
    opened.settle(lambda: bool(opened.mail.accounts.asked))
    (told,) = opened.mail.accounts.asked
    assert told[:3] == ("change", 1, ("Inbox", "Archive/2019"))
    assert str(told[3])[4:5] == "-"


def test_the_usual_folders_are_kept_without_names(opened: Opened) -> None:
    page = show(opened, state())
    press(page, "Change what is fetched")
    (dialog,) = opened.window.findChildren(ChangeDialog)
    opened.settle(dialog.go.isEnabled)
    dialog.confirm()
    opened.settle(lambda: bool(opened.mail.accounts.asked))
    ((what, account, folders, since),) = opened.mail.accounts.asked
    assert (what, account, folders, since) == ("change", 1, (), ALL)


def test_a_change_needs_the_server_and_a_folder(opened: Opened) -> None:
    page = show(opened, state())
    opened.mail.accounts.fault = TransientError("imap.example.com does not answer.")
    press(page, "Change what is fetched")
    (dialog,) = opened.window.findChildren(ChangeDialog)
    opened.settle(lambda: "does not answer" in words(dialog))
    assert not dialog.go.isEnabled()
    dialog.confirm()
    opened.mail.accounts.fault = None
    dialog.problem.retry.click()
    opened.settle(dialog.go.isEnabled)
    for one in dialog.findChildren(QCheckBox):
        one.setChecked(False)
    dialog.go.click()
    assert "Choose at least one folder." in words(dialog)
    assert opened.mail.accounts.asked == []


@pytest.mark.parametrize(("answer", "keep"), [("Keep", True), ("Let go", False)])
def test_very_many_messages_that_went_are_asked_about(opened: Opened, answer: str, keep: bool) -> None:
    page = show(opened, state(folders=(FolderState("3", "Archive", 500, gone=412),)))
    assert "412 of 500 messages went from Archive at once" in words(page)
    press(page, answer)
    opened.settle(lambda: opened.mail.accounts.asked == [("gone", 1, "3", keep)])
    opened.mail.accounts.states = (state(),)
    opened.mail.core.bus.changed(Changed.ACCOUNTS)
    opened.settle(lambda: "at once" not in words(page))


def test_calendars_have_no_folders_to_choose(opened: Opened) -> None:
    page = show(
        opened,
        state(
            kind=AccountKind.DAV,
            services=(Service.CALENDAR, Service.CONTACTS),
            host="cloud.example.com",
            folders=(),
        ),
    )
    assert "Calendar · cloud.example.com" in words(page)
    assert "meetings and contacts" in words(page)
    shown = card(page)
    assert not shown.change.isVisible()
    assert not shown.whole.isVisible()
    assert shown.remove.x() < 250


def test_messages_that_wait_are_told(opened: Opened) -> None:
    page = show(opened, state(waiting=2))
    assert "2 messages could not be fetched yet; tried again each time." in words(page)


def test_what_cannot_send_says_why(opened: Opened) -> None:
    page = show(opened, state(cannot_send="smtp.example.com refuses the password."))
    assert "No mail can be sent by it: smtp.example.com refuses the password." in words(page)


def test_what_cannot_be_read_is_said_and_tried_again(opened: Opened) -> None:
    opened.mail.accounts.broken = KnownError("The disk does not answer.")
    opened.press("8")
    page = opened.window.page
    opened.settle(lambda: "The accounts cannot be shown" in words(page))
    opened.mail.accounts.broken = None
    opened.mail.accounts.states = (state(),)
    press(page, "Try again")
    opened.settle(lambda: "Up to date" in words(page))
    opened.mail.accounts.broken = KnownError("The disk does not answer.")
    opened.mail.core.bus.changed(Changed.ACCOUNTS)
    opened.settle(lambda: "This may be out of date. The disk does not answer." in words(page))
    assert "Up to date" in words(page)


def test_everything_can_be_heard_and_reached_with_tab(opened: Opened) -> None:
    gone = (FolderState("3", "Archive", 500, gone=412),)
    page = show(opened, state(1, folders=gone), state(2))
    stops = [one for one in page.findChildren(QPushButton) if one.isVisible()]
    assert all(one.accessibleName() for one in stops)
    names = [one.accessibleName() for one in stops]
    assert len(names) == len(set(names))
    page.connect_button.setFocus()
    reached = []
    for _ in range(len(stops)):
        focus = opened.window.focusWidget()
        reached.append(focus)
        page.focusNextPrevChild(True)
    assert set(reached) >= set(stops)


def test_cards_fit_into_a_small_window(open_window: Open) -> None:
    opened = open_window(FakeMail())
    opened.window.resize(640, 400)
    long = "maximiliane.von.hohenstein-wittelsbach@bundesverwaltung.example.com"
    page = show(opened, state(address=long, folders=(FolderState("3", "Archive", 500, gone=412),)))
    opened.bot.waitUntil(lambda: opened.window.width() == 640)
    assert page._scroll.horizontalScrollBar().maximum() == 0
    shown = card(page)
    buttons = (shown.sync, shown.sign_in, shown.change, shown.whole, shown.remove)
    opened.bot.waitUntil(lambda: len({one.y() for one in buttons}) > 1)
    (row,) = shown.findChildren(FlowRow)
    for one in buttons:
        assert row.rect().contains(one.geometry())


def test_the_status_bar_tells_a_first_sync_and_leads_to_it(opened: Opened) -> None:
    status = opened.window.status
    opened.mail.accounts.states = (state(), state(2, state=AccountState.FIRST_SYNC, done=1200, total=12_400))
    opened.mail.core.bus.changed(Changed.JOBS)
    opened.settle(lambda: status.sync.words == "ben2@example.com · First sync: 1,200 of 12,400")
    assert status.sync.accessibleName().endswith("Opens Accounts")
    status.sync.click()
    assert isinstance(opened.window.page, AccountsPage)
    opened.mail.accounts.states = (state(),)
    opened.mail.core.bus.changed(Changed.ACCOUNTS)
    opened.settle(lambda: not status.sync.isVisible())


def test_a_refused_account_comes_first_in_the_status_bar(opened: Opened) -> None:
    status = opened.window.status
    opened.mail.accounts.states = (state(state=AccountState.FIRST_SYNC), state(2, state=AccountState.REFUSED))
    opened.mail.core.bus.changed(Changed.ACCOUNTS)
    opened.settle(lambda: status.sync.words == "ben2@example.com · Sign in again")
    assert status.sync.property("level") == "failing"
