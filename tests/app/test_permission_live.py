"""The window, a browser and a provider on loopback: the permission is given, used, refused, given again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.theme import Theme
from app.views.accounts.card import AccountCard
from app.views.connecting.dialog import ConnectDialog
from app.views.connecting.step import Step
from fluffy_core import AccountKind, accounts
from fluffy_core.core import Core
from fluffy_core.store import accounts as rows
from tests.app.driver import Opened
from tests.app.fakes import FakeMail
from tests.fakes.browser import Visits, browsing
from tests.fakes.oauth_server import OAuthServer, running
from tests.fakes.provider_accounts import SWITCHED_OFF, Provider, core_of, provider
from tests.fakes.web_server import WebServer

__all__ = ["provider"]

ADA = "ada@gmail.com"


@pytest.fixture
def server() -> Iterator[tuple[OAuthServer, WebServer]]:
    with running() as (server, web):
        server.address = ADA
        yield server, web


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    with browsing() as found:
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.open(url.toString()))
        yield found


@pytest.fixture
def opened(
    server: tuple[OAuthServer, WebServer],
    browser: Visits,
    provider: Provider,
    tmp_path: Path,
    qtbot: QtBot,
    theme: Theme,
) -> Iterator[Opened]:
    """A window over a new home whose providers are all on loopback."""
    assert browser is not None
    assert provider is not None
    with core_of(tmp_path / "home", server[1].url) as core:
        desk = Desk(core, theme)
        desk.window.resize(1280, 800)
        desk.window.start()
        desk.window.show()
        made = Opened(desk, FakeMail(0), qtbot)
        made.settle()
        yield made
        desk.close()


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def step(dialog: ConnectDialog) -> Step:
    return dialog.step


def ask(opened: Opened) -> ConnectDialog:
    """The wizard, with the browser opened for Google."""
    opened.press("Ctrl+Shift+O")
    (dialog,) = opened.window.findChildren(ConnectDialog)
    dialog.address.field.line.setText(ADA)
    dialog.address.go.click()
    opened.settle(lambda: step(dialog) is dialog.permission)
    dialog.permission.go.click()
    return dialog


def core(opened: Opened) -> Core:
    return opened.desk.context.core


def test_a_google_account_is_connected(opened: Opened, server: tuple[OAuthServer, WebServer]) -> None:
    dialog = ask(opened)
    opened.settle(lambda: step(dialog) is dialog.choose)
    assert accounts.listed(core(opened).store) == ()
    dialog.choose.go.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert "meetings and contacts to fetch." in words(dialog)
    (row,) = accounts.listed(core(opened).store)
    assert (row.kind, row.address) == (AccountKind.GOOGLE, ADA)
    assert len(server[0].refresh) == 1
    opened.press("8")
    opened.settle(lambda: bool(opened.window.page.findChildren(AccountCard)))
    assert ADA in words(opened.window.page)


def test_what_is_left_half_way_is_not_kept(opened: Opened, server: tuple[OAuthServer, WebServer]) -> None:
    dialog = ask(opened)
    opened.settle(lambda: step(dialog) is dialog.choose)
    dialog.close()
    opened.settle()
    assert accounts.listed(core(opened).store) == ()
    assert server[0].access


def test_who_says_no_is_told_so(opened: Opened, server: tuple[OAuthServer, WebServer]) -> None:
    server[0].denies = "access_denied"
    dialog = ask(opened)
    opened.settle(dialog.permission.problem.isVisible)
    assert dialog.permission.go.isEnabled()
    server[0].denies = ""
    dialog.permission.go.click()
    opened.settle(lambda: step(dialog) is dialog.choose)


def test_somebody_elses_permission_is_not_taken(
    opened: Opened, server: tuple[OAuthServer, WebServer]
) -> None:
    server[0].address = "eve@gmail.com"
    dialog = ask(opened)
    opened.settle(lambda: "You signed in as eve@gmail.com" in words(dialog))
    assert step(dialog) is dialog.permission


def test_mail_that_is_switched_off_leaves_the_rest(opened: Opened, provider: Provider) -> None:
    provider.broken["contacts"] = SWITCHED_OFF
    dialog = ask(opened)
    opened.settle(lambda: step(dialog) is dialog.choose)
    dialog.choose.go.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    assert "meetings to fetch." in words(dialog)
    assert "Contacts: 127.0.0.1 refuses the request" in words(dialog)


def test_signing_in_again_asks_the_browser_and_keeps_the_choice(opened: Opened) -> None:
    dialog = ask(opened)
    opened.settle(lambda: step(dialog) is dialog.choose)
    dialog.choose.choice.back.choose(12)
    dialog.choose.go.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    dialog.close()
    (row,) = accounts.listed(core(opened).store)
    before = rows.get(core(opened).store, row.id)
    with core(opened).store.transaction() as tx:
        rows.set_refused(tx, row.id, "Google ended the permission.")
    opened.press("8")
    opened.settle(lambda: "Google ended the permission." in words(opened.window.page))
    (card,) = opened.window.page.findChildren(AccountCard)
    card.sign_in.click()
    (again,) = [one for one in opened.window.findChildren(ConnectDialog) if one.isVisible()]
    assert step(again) is again.permission
    again.permission.go.click()
    opened.settle(lambda: step(again) is again.choose)
    again.choose.go.click()
    opened.settle(lambda: step(again) is again.finish)
    assert rows.get(core(opened).store, row.id) == before
    assert rows.refused(core(opened).store, row.id) == ""


def test_removing_an_account_takes_its_permission_back(
    opened: Opened, server: tuple[OAuthServer, WebServer]
) -> None:
    dialog = ask(opened)
    opened.settle(lambda: step(dialog) is dialog.choose)
    dialog.choose.go.click()
    opened.settle(lambda: step(dialog) is dialog.finish)
    dialog.close()
    opened.press("8")
    opened.settle(lambda: bool(opened.window.page.findChildren(AccountCard)))
    (card,) = opened.window.page.findChildren(AccountCard)
    card.remove.click()
    (box,) = opened.window.findChildren(QMessageBox)
    next(one for one in box.findChildren(QPushButton) if one.text() == "Remove").click()
    opened.settle(lambda: accounts.listed(core(opened).store) == ())
    assert len(server[0].revoked) == 1
    opened.settle(lambda: "was told to end the permission" in opened.window.toast.accessibleName())
