"""The program is killed while it fetches a model: what is here stays, and the next run goes on there."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from fluffy_core.ai.models import fetch
from fluffy_core.ai.models.catalog import Entry, load
from fluffy_core.domain.accounts import Roots
from fluffy_core.domain.models import ModelStatus
from fluffy_core.services.models.downloads import carrier
from tests.fakes import models_home
from tests.fakes.jobs import wait
from tests.fakes.models_home import SMALL, ModelsHome
from tests.fakes.web_server import Asked, Reply, WebServer, serve

VICTIM = """
import sys
from pathlib import Path
from fluffy_core.ai.models.catalog import Entry, load
from fluffy_core.domain.accounts import Roots
from fluffy_core.services.models.downloads import carrier
catalog, models, hub, name = sys.argv[1:]
carrier(None, Roots(hub=hub)).pull(load(Path(catalog)).get(name), Path(models))
"""
PIECE = 7_000


class Slow:
    """Gives a piece of the file for each request, and holds the rest back until the gate opens."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.gate = threading.Event()

    def __call__(self, asked: Asked) -> Reply:
        start = int(asked.headers.get("range", "bytes=0-")[6:-1])
        size = len(self.content)
        said = {"ETag": '"v"', "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        cut = None if self.gate.is_set() else PIECE
        return Reply(206 if start else 200, self.content[start:], said, drop_at=cut)


@pytest.fixture
def home(tmp_path: Path) -> ModelsHome:
    return models_home.make(tmp_path)


@pytest.fixture
def slow(home: ModelsHome) -> Slow:
    return Slow(home.contents[SMALL])


@pytest.fixture
def web(slow: Slow) -> Iterator[WebServer]:
    with serve(slow) as server:
        yield server
        slow.gate.set()


def start(home: ModelsHome, web: WebServer) -> "subprocess.Popen[bytes]":
    arguments = [str(home.paths.catalog), str(home.paths.models), web.url, SMALL]
    return subprocess.Popen([sys.executable, "-c", VICTIM, *arguments], env=dict(os.environ))


def grown(entry: Entry, folder: Path, before: int) -> bool:
    return fetch.partial_bytes(entry.files, folder) > before


def test_no_byte_that_was_fetched_is_fetched_again(home: ModelsHome, slow: Slow, web: WebServer) -> None:
    entry = load(home.paths.catalog).get(SMALL)
    folder = home.paths.models / SMALL
    there = 0
    for _ in range(3):
        victim = start(home, web)
        try:
            wait(partial(grown, entry, folder, there))
        finally:
            victim.send_signal(signal.SIGKILL)
            victim.wait()
        now = fetch.partial_bytes(entry.files, folder)
        assert now > there
        assert fetch.status(entry, home.paths.models) is ModelStatus.PARTIAL
        there = now
    slow.gate.set()
    carrier(None, Roots(hub=web.url)).pull(entry, home.paths.models)
    assert fetch.status(entry, home.paths.models, thorough=True) is ModelStatus.READY
    assert web.asked[-1].headers["range"] == f"bytes={there}-"
    starts = [int(one.headers.get("range", "bytes=0-")[6:-1]) for one in web.asked]
    assert starts == sorted(starts)
