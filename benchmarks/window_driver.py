"""Opens the real window offscreen and prints what was measured as one line of JSON; started by `window`."""

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

from app.application import Desk, make_application
from app.theme import Theme
from fluffy_core import Core, imports, load_settings
from fluffy_core.domain.accounts import ALL, AccountSettings, Server
from fluffy_core.domain.jobs import FIRST_SYNC
from fluffy_core.services.accounts import accounts
from fluffy_core.store import ledger

BEAT_MS = 5
STEP_MS = 200
REST_SECONDS = 3.0
PATIENCE_SECONDS = 240.0


class FirstPaint(QObject):
    """Ends `loop` once the list was painted with rows in it."""

    def __init__(self, desk: Desk, loop: QEventLoop) -> None:
        super().__init__()
        self._list = desk.window.inbox.list
        self._loop = loop
        self.at = 0.0
        self._list.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at each paint event; the painting itself is over when the timer fires."""
        if event.type() == QEvent.Type.Paint and self._list.model.known() and not self.at:
            QTimer.singleShot(0, self._painted)
        return super().eventFilter(watched, event)

    def _painted(self) -> None:
        self.at = self.at or time.monotonic()
        self._loop.quit()


class Heartbeat(QObject):
    """A timer in the main thread that notes how late it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now

    def taken(self) -> list[float]:
        """The gaps (ms) since the last time, and begin anew."""
        gaps, self.gaps = self.gaps, []
        self._last = time.perf_counter()
        return gaps


def start(home: Path, since: float) -> dict[str, float]:
    """Seconds from `since` (monotonic clock) until the window is shown and its inbox painted."""
    app = make_application(sys.argv[:1])
    settings = load_settings(home)
    style = Theme(app, settings.paths.resources)
    with Core.open(settings) as core:
        desk = Desk(core, style)
        loop = QEventLoop()
        paint = FirstPaint(desk, loop)
        desk.start()
        shown = time.monotonic()
        QTimer.singleShot(int(PATIENCE_SECONDS * 1000), loop.quit)
        loop.exec()
        painted = paint.at or float("inf")
        desk.close()
    return {"shown": round(shown - since, 4), "painted": round(painted - since, 4)}


Work = Callable[[Core, threading.Event], None]
"""Does something with a core and sets the event when it is done."""


def stall(home: Path, work: Work) -> dict[str, float]:
    """The longest gaps of the main thread, at rest and while this process does some work."""
    app = make_application(sys.argv[:1])
    settings = load_settings(home)
    style = Theme(app, settings.paths.resources)
    with Core.open(settings) as core:
        desk = Desk(core, style)
        desk.start()
        _wait(REST_SECONDS)
        heart = Heartbeat()
        _wait(REST_SECONDS)
        rest = heart.taken()
        over = threading.Event()
        begun = time.monotonic()
        threading.Thread(target=work, args=(core, over), daemon=True).start()
        walk = QTimer(desk, interval=STEP_MS)
        walk.timeout.connect(lambda: desk.window.run("next"))  # somebody reads meanwhile
        walk.start()
        while not over.is_set() and time.monotonic() - begun < PATIENCE_SECONDS:
            _wait(0.25)
        walk.stop()
        gaps, seconds = heart.taken(), time.monotonic() - begun
        desk.close()
    return {
        "seconds": round(seconds, 2),
        "finished": over.is_set(),
        "worst_ms": round(max(gaps), 1),
        "over_50": sum(one > 50 for one in gaps),
        "rest_ms": round(max(rest), 1),
        "beats": len(gaps),
    }


def importing(mail: Path) -> Work:
    """Imports files."""

    def work(core: Core, over: threading.Event) -> None:
        account = imports.start(core.store, [mail])
        while not imports.is_read(core.store, account):
            time.sleep(0.2)
        over.set()

    return work


def syncing(port: int, user: str) -> Work:
    """Fetches a whole mailbox from a server on this computer."""

    def work(core: Core, over: threading.Event) -> None:
        settings = AccountSettings(Server("127.0.0.1", port, "insecure-loopback"), user, since=ALL)
        password = os.environ["FLUFFY_BENCH_PASSWORD"]
        added = accounts.add(core.store, core.gateway, user, settings=settings, password=password)
        while ledger.open_of_account(core.store, added.id, FIRST_SYNC):
            time.sleep(0.2)
        over.set()

    return work


def _wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def main() -> int:
    """Measure one thing and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("start", "stall", "sync-stall"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--since", type=float, default=time.monotonic())
    parser.add_argument("--mail", type=Path, default=Path())
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="")
    options = parser.parse_args()
    if options.what == "start":
        print(json.dumps(start(options.home, options.since)))
    elif options.what == "stall":
        print(json.dumps(stall(options.home, importing(options.mail))))
    else:
        print(json.dumps(stall(options.home, syncing(options.port, options.user))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
