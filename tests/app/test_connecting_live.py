"""The window and a real Dovecot: connected by hand as a user does, with every mistake."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.theme import Theme
from app.views.accounts.page import AccountsPage
from app.views.connecting.dialog import ConnectDialog
from app.views.connecting.step import Step
from app.views.privacy.page import PrivacyPage
from fluffy_core import AccountState, Core, account_states, accounts, inbox, load_settings
from tests.app.driver import Opened
from tests.app.fakes import FakeMail
from tests.fakes import certificates, dovecot
from tests.fakes.certificates import Certificate
from tests.fakes.dovecot import PASSWORD, Dovecot

USER = "ben@example.com"
LETTER = (
    b"From: Ann Berg <ann@nordlicht.example>\r\nTo: ben@example.com\r\nSubject: Quote %d\r\n"
    b"Message-ID: <%d@nordlicht.example>\r\nDate: Mon, 3 Mar 2025 10:%02d:00 +0000\r\n\r\n"
    b"Hello Ben,\r\n\r\ncould you send the quote?\r\n\r\nAnn\r\n"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificates.make(tmp_path_factory.mktemp("signed"), self_signed=True)


@pytest.fixture(scope="module")
def server(certificate: Certificate) -> Iterator[Dovecot]:
    """A server of one's own: its certificate is signed by itself."""
    if why := dovecot.missing():
        pytest.skip(why)
    started = dovecot.start(certificate)
    with started.other_client(USER) as client:
        for at in range(12):
            client.append("INBOX", LETTER % (at, at, at))
    yield started
    started.stop()


@pytest.fixture
def empty(tmp_path: Path, qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """A window over a new home."""
    monkeypatch.setenv("FLUFFY_KEY_FILE", str(tmp_path / "key"))
    with Core.open(load_settings(tmp_path / "home")) as core:
        desk = Desk(core, theme)
        made = Opened(desk, FakeMail(0), qtbot)
        desk.window.resize(1280, 800)
        desk.start()
        made.settle(lambda: made.window.page is not made.window.inbox)
        yield made
        desk.close()


def words(inside: QWidget) -> str:
    return " | ".join(one.text() for one in inside.findChildren(QLabel) if one.isVisible())


def step(dialog: ConnectDialog) -> Step:
    return dialog.step


def typed(dialog: ConnectDialog, text: str) -> None:
    focus = dialog.focusWidget()
    assert isinstance(focus, QLineEdit)
    QTest.keyClicks(focus, text)
    QTest.keyClick(focus, Qt.Key.Key_Return)


def by_hand(empty: Opened, server: Dovecot) -> ConnectDialog:
    """The wizard at its password, with the server named by hand."""
    empty.press("Ctrl+Shift+O")
    (dialog,) = empty.window.findChildren(ConnectDialog)
    dialog.address.by_hand.emit()
    dialog.servers.address.line.setText(USER)
    dialog.servers.incoming.host.line.setText("localhost")
    dialog.servers.incoming.port.line.setText(str(server.tls_port))
    dialog.servers.go.click()
    assert step(dialog) is dialog.password
    return dialog


def trust(dialog: ConnectDialog, empty: Opened) -> None:
    empty.settle(dialog.password.problem.trust.isVisible)
    dialog.password.problem._same.click()
    dialog.password.problem.trust.click()


def test_a_server_of_ones_own_is_connected_and_read(
    empty: Opened, server: Dovecot, certificate: Certificate
) -> None:
    core = empty.desk.context.core
    dialog = by_hand(empty, server)
    typed(dialog, "wrong")
    empty.settle(dialog.password.problem.trust.isVisible)
    assert "The certificate of localhost is signed by itself." in words(dialog)
    shown = words(dialog).replace("\n", ":").replace(":", "").lower()
    assert certificate.fingerprint in shown
    trust(dialog, empty)
    empty.settle(lambda: "refuses the user name or password" in words(dialog))
    assert accounts.listed(core.store) == ()
    typed(dialog, PASSWORD)
    empty.settle(lambda: step(dialog) is dialog.choose)
    assert dialog.password.checks.words[-1] == "Done: 5 folders"
    dialog.choose.go.click()
    empty.settle(lambda: step(dialog) is dialog.finish)
    empty.bot.waitUntil(lambda: "12 messages are here" in words(dialog), timeout=60_000)
    dialog.finish.go.click()
    empty.bot.waitUntil(lambda: inbox.counts(core.store).everything == 12, timeout=20_000)
    empty.press("8")
    page = empty.window.page
    assert isinstance(page, AccountsPage)
    empty.settle(lambda: "12 messages in 3 folders" in words(page))
    assert "Up to date" in words(page)
    empty.press("9")
    privacy = empty.window.page
    assert isinstance(privacy, PrivacyPage)
    empty.settle(lambda: bool(privacy.hosts.bars))
    assert privacy.hosts.bars[0].accessibleName().startswith("localhost: ")


def test_what_is_left_half_way_leaves_nothing(empty: Opened, server: Dovecot, tmp_path: Path) -> None:
    core = empty.desk.context.core
    dialog = by_hand(empty, server)
    typed(dialog, PASSWORD)
    trust(dialog, empty)
    empty.settle(lambda: step(dialog) is dialog.choose)
    dialog.close()
    empty.settle(lambda: not empty.window.findChildren(ConnectDialog))
    assert account_states.states(core.store, now=1.0) == ()
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), os.fspath(path)


def test_offline_nothing_is_reached_and_the_switch_is_offered(empty: Opened, server: Dovecot) -> None:
    core = empty.desk.context.core
    empty.window.run("offline")
    empty.settle(lambda: empty.window.status.privacy.words.startswith("Offline"))
    dialog = by_hand(empty, server)
    typed(dialog, PASSWORD)
    empty.settle(lambda: "every connection is switched off" in words(dialog))
    dialog.password.problem.go_online.click()
    trust(dialog, empty)
    empty.settle(lambda: step(dialog) is dialog.choose)
    dialog.choose.go.click()
    empty.settle(lambda: step(dialog) is dialog.finish)
    dialog.finish.go.click()
    empty.bot.waitUntil(
        lambda: account_states.states(core.store, now=1.0)[0].overview.state is AccountState.UP_TO_DATE,
        timeout=60_000,
    )


def test_a_port_where_nobody_listens_is_said(empty: Opened, server: Dovecot) -> None:
    dialog = by_hand(empty, server)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert step(dialog) is dialog.servers
    dialog.servers.incoming.port.line.setText("1")
    dialog.servers.go.click()
    typed(dialog, PASSWORD)
    empty.settle(lambda: "localhost refuses connections. Check the port." in words(dialog))
    assert dialog.password.problem.retry.isVisible()
