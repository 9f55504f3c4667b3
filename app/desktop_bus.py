"""Notifications through the desktop's own service (freedesktop.org), with buttons where it has them.

Not through QtDBus: the call wants an unsigned number (replaces_id), and PySide6 6.12 has no way to send one.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, message_bus, new_method_call
from jeepney.io.common import RouterClosed
from jeepney.io.threading import DBusRouter, Proxy, open_dbus_connection
from jeepney.wrappers import unwrap_msg
from PySide6.QtCore import QObject, Signal

from app.widgets.text import clean
from fluffy_core import Notice

NAME = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", bus_name=NAME, interface=NAME)
PATIENCE = 3.0
"""Seconds for a service that does not answer."""
KEPT = 50
"""Notices on screen whose buttons still lead somewhere."""
TITLE, TEXT = 120, 600
OPEN = {"activity": "Open Activity", "inbox": "Open inbox"}
BUS_ERRORS = (OSError, KeyError, ValueError, RuntimeError, DBusErrorResponse, RouterClosed)
"""No bus, no service, one that hangs (TimeoutError is an OSError) or says nonsense."""


class BusDesktop(QObject):
    """Shows notices from a thread of its own; the signals arrive on the main thread."""

    acted = Signal(str)
    """The page that a pressed notice leads to."""
    refused = Signal(object)
    """A notice that could not be shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="notify")
        self._router: DBusRouter | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._pages: dict[int, str] = {}
        self._closed = threading.Event()

    def show(self, notice: Notice) -> None:
        """Show one, soon."""
        if not self._closed.is_set():
            self._pool.submit(self._show, notice)

    def close(self) -> None:
        """Show nothing more; what is on screen stays, its buttons lead nowhere."""
        self._closed.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._disconnect()

    def _show(self, notice: Notice) -> None:
        try:
            router = self._router or self._connect()
            call = new_method_call(ADDRESS, "Notify", "susssasa{sv}i", self._arguments(notice))
            (number,) = unwrap_msg(router.send_and_get_reply(call, timeout=PATIENCE))
        except BUS_ERRORS:
            self._disconnect()
            if not self._closed.is_set():
                self.refused.emit(notice)
            return
        self._pages = {**dict(list(self._pages.items())[-KEPT:]), int(number): notice.page}

    def _arguments(self, notice: Notice) -> tuple[Any, ...]:
        text = "\n".join(clean(line, TEXT) for line in notice.text.split("\n"))
        actions = ["default", OPEN[notice.page], "open", OPEN[notice.page]]
        hints = {"urgency": ("y", 2 if notice.urgent else 1), "desktop-entry": ("s", "fluffymail")}
        return (
            "FluffyMail",
            0,
            "mail-message",
            clean(notice.title, TITLE),
            escape(text, quote=False) if "body-markup" in self._capabilities else text,
            actions if "actions" in self._capabilities else [],
            hints,
            -1,
        )

    def _connect(self) -> DBusRouter:
        """Ask what the service can do and listen for its buttons."""
        router = DBusRouter(open_dbus_connection("SESSION"))
        self._router = router
        found = unwrap_msg(
            router.send_and_get_reply(new_method_call(ADDRESS, "GetCapabilities"), timeout=PATIENCE)
        )
        self._capabilities = frozenset(map(str, found[0]))
        pressed = MatchRule(type="signal", interface=NAME, member="ActionInvoked", path=ADDRESS.object_path)
        Proxy(message_bus, router, timeout=PATIENCE).AddMatch(pressed)
        threading.Thread(target=self._listen, args=(router, pressed), name="notified", daemon=True).start()
        return router

    def _listen(self, router: DBusRouter, rule: MatchRule) -> None:
        with router.filter(rule, queue=queue.Queue(KEPT)) as told:
            while not self._closed.is_set() and self._router is router:
                try:
                    message = told.get(timeout=PATIENCE)
                except queue.Empty:
                    continue
                self._act(message.body)

    def _act(self, body: Sequence[Any]) -> None:
        page = self._pages.get(body[0], "") if body else ""
        if page and not self._closed.is_set():
            self.acted.emit(page)

    def _disconnect(self) -> None:
        router, self._router = self._router, None
        if router is not None:
            router.close()
            router.conn.close()
