"""The desktop's notification service: what it is sent, its buttons, and what happens without it."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
    pytest.skip("there is no D-Bus here", allow_module_level=True)

from jeepney import HeaderFields, Message, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.threading import DBusConnection, ReceiveStopped, open_dbus_connection

from app import desktop_bus
from app.desktop_bus import ADDRESS, NAME, BusDesktop
from fluffy_core import Notice

NOTICE = Notice("Reading mail failed: <b>no</b> disk", "Make room & try again.\nIt failed.", "activity")


@dataclass
class Service:
    """A notification service that keeps what it is sent; it can be told to answer nothing."""

    address: str
    capabilities: tuple[str, ...] = ("actions", "body", "body-markup")
    deaf: bool = False
    sent: list[tuple[Any, ...]] = field(default_factory=list)
    connection: DBusConnection | None = None

    def start(self) -> None:
        self.connection = open_dbus_connection(self.address)
        self.connection.send(message_bus.RequestName(NAME))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        assert self.connection is not None
        self.connection.interrupt()
        self.thread.join(timeout=10)
        self.connection.close()

    def press(self, number: int, action: str = "open") -> None:
        assert self.connection is not None
        self.connection.send(new_signal(ADDRESS, "ActionInvoked", "us", (number, action)))

    def _serve(self) -> None:
        assert self.connection is not None
        while True:
            try:
                call: Message = self.connection.receive()
            except (OSError, ReceiveStopped):
                return
            member = call.header.fields.get(HeaderFields.member)
            if call.header.message_type is not MessageType.method_call or self.deaf:
                continue
            if member == "GetCapabilities":
                self.connection.send(new_method_return(call, "as", (list(self.capabilities),)))
            elif member == "Notify":
                assert call.header.fields[HeaderFields.signature] == "susssasa{sv}i"
                self.sent.append(call.body)
                self.connection.send(new_method_return(call, "u", (len(self.sent),)))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a session bus of its own."""
    command = ["dbus-daemon", "--session", "--print-address", "--nofork"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@pytest.fixture
def service(bus: str) -> Iterator[Service]:
    made = Service(bus)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def desktop(qtbot: QtBot) -> Iterator[BusDesktop]:
    made = BusDesktop()
    yield made
    made.close()


def test_a_notice_is_sent_with_its_buttons_and_its_markup_escaped(
    service: Service, desktop: BusDesktop, qtbot: QtBot
) -> None:
    desktop.show(NOTICE)
    qtbot.waitUntil(lambda: len(service.sent) == 1)
    name, replaces, _icon, title, body, actions, hints, _timeout = service.sent[0]
    assert (name, replaces) == ("FluffyMail", 0)
    assert title == "Reading mail failed: <b>no</b> disk"  # a title is plain text by the specification
    assert body == "Make room &amp; try again.\nIt failed."
    assert actions == ["default", "Open Activity", "open", "Open Activity"]
    assert hints["urgency"] == ("y", 1)


def test_hostile_names_stay_letters(service: Service, desktop: BusDesktop, qtbot: QtBot) -> None:
    desktop.show(Notice("t\x00i\u202etle", "<a href='x'>Ann</a> <img src=y>", "inbox", urgent=True))
    qtbot.waitUntil(lambda: len(service.sent) == 1)
    assert service.sent[0][3] == "t i tle"
    assert service.sent[0][4] == "&lt;a href='x'&gt;Ann&lt;/a&gt; &lt;img src=y&gt;"
    assert service.sent[0][6]["urgency"] == ("y", 2)


def test_without_the_capability_there_are_no_buttons_and_no_escapes(
    service: Service, desktop: BusDesktop, qtbot: QtBot
) -> None:
    service.capabilities = ("body",)
    desktop.show(NOTICE)
    qtbot.waitUntil(lambda: len(service.sent) == 1)
    assert service.sent[0][5] == []
    assert service.sent[0][4] == NOTICE.text


def test_a_pressed_button_leads_to_the_page_of_its_notice(
    service: Service, desktop: BusDesktop, qtbot: QtBot
) -> None:
    pages: list[str] = []
    desktop.acted.connect(pages.append)
    desktop.show(NOTICE)
    desktop.show(Notice("A mail of yours has no answer", "Quote", "inbox"))
    qtbot.waitUntil(lambda: len(desktop._pages) == 2)
    service.press(99)
    service.press(2, "default")
    service.press(1)
    qtbot.waitUntil(lambda: pages == ["inbox", "activity"])


def test_without_a_bus_the_notice_is_handed_back(
    monkeypatch: pytest.MonkeyPatch, desktop: BusDesktop, qtbot: QtBot
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with qtbot.waitSignal(desktop.refused) as told:
        desktop.show(NOTICE)
    assert told.args == [NOTICE]


@pytest.mark.usefixtures("bus")
def test_without_a_service_the_notice_is_handed_back(desktop: BusDesktop, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desktop.refused) as told:
        desktop.show(NOTICE)
    assert told.args == [NOTICE]


def test_a_service_that_hangs_holds_nobody_up(
    service: Service, desktop: BusDesktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop_bus, "PATIENCE", 0.2)
    service.deaf = True
    with qtbot.waitSignal(desktop.refused):
        desktop.show(NOTICE)
    service.deaf = False
    desktop.show(NOTICE)
    qtbot.waitUntil(lambda: len(service.sent) == 1)


def test_after_closing_nothing_is_shown(service: Service, desktop: BusDesktop, qtbot: QtBot) -> None:
    desktop.show(NOTICE)
    qtbot.waitUntil(lambda: len(desktop._pages) == 1)
    desktop.close()
    desktop.show(NOTICE)
    assert len(service.sent) == 1
    assert desktop._router is None
