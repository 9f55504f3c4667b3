"""The window and a real Radicale: calendars are connected by their address, and shown for what they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.theme import Theme
from app.views.accounts.card import AccountCard
from app.views.connecting.dialog import ConnectDialog
from app.views.connecting.step import Step
from fluffy_core import AccountKind, AccountState, Core, accounts, accounts_overview, load_settings
from tests.app.driver import Opened
from tests.app.fakes import FakeMail
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.radicale_servers import radicale_server

__all__ = ["radicale_server"]

USER = "window"
ADDRESS = "ben@example.com"
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//\r\nBEGIN:VEVENT\r\nUID:one@example.com\r\n"
    "DTSTAMP:20250301T100000Z\r\nDTSTART:20250303T100000Z\r\nDTEND:20250303T110000Z\r\nSUMMARY:Kick-off\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def opened(tmp_path: Path, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """A window over a new home."""
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "key"))
    with Core.open(load_settings(tmp_path / "home")) as core:
        desk = Desk(core, theme)
        made = Opened(desk, FakeMail(0), qtbot)
        desk.start()
        made.settle(lambda: made.window.page is not made.window.inbox)
        yield made
        desk.close()


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def step(dialog: ConnectDialog) -> Step:
    return dialog.step


def ask(opened: Opened, url: str, secret: str) -> ConnectDialog:
    opened.press("Ctrl+Shift+O")
    (dialog,) = opened.window.findChildren(ConnectDialog)
    dialog.address.field.line.setText(ADDRESS)
    dialog.address.calendar.emit()
    fill(dialog, url, secret)
    return dialog


def fill(dialog: ConnectDialog, url: str, secret: str) -> None:
    dialog.calendar.url.line.setText(url)
    dialog.calendar.user.line.setText(USER)
    dialog.calendar.secret.line.setText(secret)
    dialog.calendar.go.click()


def test_a_calendar_is_connected_and_read(opened: Opened, radicale_server: Radicale) -> None:
    core = opened.desk.context.core
    radicale_server.add_user(USER)
    radicale_server.make_calendar(f"/{USER}/work/", "Work")
    radicale_server.put(f"/{USER}/work/one.ics", EVENT)
    dialog = ask(opened, radicale_server.url, "wrong")
    opened.settle(dialog.calendar.problem.isVisible)
    assert accounts.listed(core.store) == ()
    fill(dialog, radicale_server.url, PASSWORD)
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert "meetings and contacts to fetch." in words(dialog)
    dialog.finish.go.click()
    (row,) = accounts.listed(core.store)
    assert (row.kind, row.address) == (AccountKind.DAV, ADDRESS)
    opened.bot.waitUntil(
        lambda: accounts_overview.listed(core.store)[0].state is AccountState.UP_TO_DATE, timeout=30_000
    )
    opened.press("8")
    opened.settle(lambda: bool(opened.window.page.findChildren(AccountCard)))
    opened.settle(lambda: "| Calendar |" in words(opened.window.page))
    assert "meetings and contacts" in words(opened.window.page)
    (card,) = opened.window.page.findChildren(AccountCard)
    assert not card.change.isVisible()
    assert "Up to date" in words(card)
