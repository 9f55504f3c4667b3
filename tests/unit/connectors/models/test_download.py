"""Fetching a large file: resumed, verified by range, from nobody who was not named, stopped at once."""

import errno
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fluffy_core.connectors.models import download as module
from fluffy_core.connectors.models.download import Download, Halt, Wanted
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Traffic
from fluffy_core.errors import AnswerError, BlockedError, DiskFullError, TransientError, UnreadableError
from tests.fakes.file_server import WEIGHTS, Hub, running
from tests.fakes.web_server import Asked, Reply, WebServer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SIZE = len(WEIGHTS)
PATH = "/owner/repo/resolve/f6d5376/model.gguf"


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def web(hub: Hub) -> Iterator[WebServer]:
    with running(hub) as server:
        yield server


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def gateway(log: list[Traffic]) -> Gateway:
    """Of a home without accounts: nothing may be reached but what is being fetched."""
    return Gateway(Rules(lambda host: False), log.append)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf.part"


def making(gateway: Gateway, web: WebServer, part: Path, *, path: str = PATH, size: int = SIZE) -> Download:
    wanted = Wanted(web.url + path, size, "fetching the model Tiny")
    return Download(gateway, wanted, part, pauses=(0.0, 0.0))


def ranges(web: WebServer) -> list[str]:
    return [one.headers.get("range", "") for one in web.asked]


def test_a_whole_file(gateway: Gateway, web: WebServer, part: Path, log: list[Traffic]) -> None:
    told: list[int] = []
    one = making(gateway, web, part)
    one.told = told.append
    one.run()
    assert part.read_bytes() == WEIGHTS
    assert told[-1] == SIZE
    assert told == sorted(told)
    assert [(one.host, one.reason, one.refused) for one in log] == [
        ("127.0.0.1", "fetching the model Tiny", "")
    ]
    assert log[0].received > SIZE
    assert gateway.reaching(()) is not gateway  # and afterwards the host is a stranger again
    with pytest.raises(BlockedError):
        gateway.knock(Endpoint("127.0.0.1", 1), reason="trying")


def test_a_broken_connection_is_taken_up_where_it_broke(gateway: Gateway, web: WebServer, part: Path) -> None:
    web.faults.append(Reply(content=WEIGHTS, headers={"ETag": '"first"'}, drop_at=100_000))
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert ranges(web) == ["", "bytes=100000-"]
    assert web.asked[1].headers["if-range"] == '"first"'


def test_a_later_run_goes_on_too(gateway: Gateway, web: WebServer, part: Path) -> None:
    part.write_bytes(WEIGHTS[:70_000])
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert ranges(web) == ["bytes=70000-"]


def test_another_version_is_never_joined(gateway: Gateway, web: WebServer, part: Path, hub: Hub) -> None:
    web.faults.append(Reply(content=WEIGHTS, headers={"ETag": '"first"'}, drop_at=100_000))
    hub.content, hub.etag = WEIGHTS[::-1], '"second"'
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS[::-1]


def test_a_server_without_ranges_begins_anew(gateway: Gateway, web: WebServer, part: Path, hub: Hub) -> None:
    hub.ranges = False
    part.write_bytes(b"x" * 5_000)
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    "said",
    ["", "bytes 0-9/10", f"bytes 9-{SIZE}/{SIZE}", f"bytes 5000-9999/{SIZE + 1}", "bytes 5000-x/y", "5000"],
)
def test_a_range_that_was_not_asked_for_is_not_taken(
    gateway: Gateway, web: WebServer, part: Path, said: str
) -> None:
    part.write_bytes(WEIGHTS[:5_000])
    web.faults.append(Reply(206, b"y" * 5_000, {"Content-Range": said}))
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert ranges(web) == ["bytes=5000-", ""]


def test_what_is_longer_than_the_file_is_none_of_it(gateway: Gateway, web: WebServer, part: Path) -> None:
    part.write_bytes(bytes(SIZE + 1))
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS


def test_a_file_of_another_size_is_refused(gateway: Gateway, web: WebServer, part: Path) -> None:
    with pytest.raises(AnswerError, match="has another file in this place"):
        making(gateway, web, part, size=SIZE + 7).run()
    with pytest.raises(AnswerError, match="has another file in this place"):
        making(gateway, web, part, size=SIZE - 7).run()
    assert not part.exists()


def test_a_file_that_never_ends_is_cut_off(gateway: Gateway, web: WebServer, part: Path) -> None:
    endless = Reply(206, bytes(SIZE * 4), {"Content-Range": f"bytes 10-{SIZE - 1}/{SIZE}"})
    part.write_bytes(bytes(10))
    web.faults.append(endless)
    making(gateway, web, part).run()
    assert part.stat().st_size == SIZE


def test_what_is_whole_is_not_asked_for(gateway: Gateway, web: WebServer, part: Path) -> None:
    part.write_bytes(WEIGHTS)
    making(gateway, web, part).run()
    assert web.asked == []


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_refusal_is_final_and_keeps_what_is_there(
    gateway: Gateway, web: WebServer, part: Path, status: int
) -> None:
    part.write_bytes(WEIGHTS[:100])
    web.faults.append(Reply(status, b"no"))
    with pytest.raises(AnswerError, match=f"HTTP {status}"):
        making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS[:100]
    assert len(web.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(gateway: Gateway, web: WebServer, part: Path, status: int) -> None:
    web.faults.append(Reply(status))
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS


def test_a_pause_that_a_server_wants_is_handed_on(gateway: Gateway, web: WebServer, part: Path) -> None:
    web.faults.append(Reply(429, headers={"Retry-After": "30"}))
    with pytest.raises(TransientError, match="is busy") as caught:
        making(gateway, web, part).run()
    assert caught.value.retry_after == 30
    assert len(web.asked) == 1


def test_what_brings_nothing_is_given_up(gateway: Gateway, web: WebServer, part: Path) -> None:
    web.faults.extend(Reply(content=WEIGHTS, drop_at=0) for _ in range(9))
    with pytest.raises(TransientError, match="broke"):
        making(gateway, web, part).run()
    assert len(web.asked) == 3


def test_what_brings_a_little_each_time_is_not(
    gateway: Gateway, web: WebServer, part: Path, hub: Hub
) -> None:
    def trickle(asked: Asked) -> Reply:
        reply = hub(asked)
        return Reply(reply.status, reply.content, reply.headers, drop_at=50_000)

    web.handle = trickle
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert len(web.asked) == -(-SIZE // 50_000)


def test_a_redirection_on_the_same_host_is_followed(
    gateway: Gateway, web: WebServer, part: Path, hub: Hub
) -> None:
    hub.redirect = "/cdn/blob.gguf?signed=1"
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert web.asked[1].target == "/cdn/blob.gguf?signed=1"


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/model.gguf",
        "http://127.0.0.1.evil.example/model.gguf",
        "https://127.0.0.1/model.gguf",
        "ftp://127.0.0.1/model.gguf",
        "file:///etc/passwd",
    ],
)
def test_a_redirection_to_somebody_else_is_refused(
    gateway: Gateway, web: WebServer, part: Path, hub: Hub, target: str
) -> None:
    hub.redirect = target
    with pytest.raises(BlockedError, match="which nobody named"):
        making(gateway, web, part).run()
    assert not part.exists()


def test_the_hub_delivers_from_its_own_hosts_alone(gateway: Gateway, part: Path) -> None:
    one = Download(gateway, Wanted("https://huggingface.co/a/b.gguf", 1, "x"), part)
    for host in ("huggingface.co", "cdn-lfs.huggingface.co", "cas-bridge.xethub.hf.co", "us.aws.cdn.hf.co"):
        assert one._next(one.wanted.url, f"https://{host}/x?y").startswith(f"https://{host}/")
    for host in ("hf.co.evil.example", "evilhf.co", "huggingface.co.evil", "example.com"):
        with pytest.raises(BlockedError):
            one._next(one.wanted.url, f"https://{host}/x")
    with pytest.raises(BlockedError):
        one._next(one.wanted.url, "http://huggingface.co/x")


def test_a_chain_of_redirections_ends(gateway: Gateway, web: WebServer, part: Path, hub: Hub) -> None:
    hub.redirect = "/again"
    with pytest.raises(AnswerError, match="from one place to the next"):
        making(gateway, web, part).run()


def test_offline_nothing_is_asked(web: WebServer, part: Path, log: list[Traffic]) -> None:
    gateway = Gateway(Rules(lambda host: True, offline=lambda: True), log.append)
    with pytest.raises(BlockedError, match="offline"):
        making(gateway, web, part).run()
    assert web.asked == []
    assert log[0].refused == "Working offline."


def test_stopping_ends_it_and_keeps_what_is_there(gateway: Gateway, web: WebServer, part: Path) -> None:
    one = making(gateway, web, part)
    one.told = lambda there: one.halt.stop()
    with pytest.raises(TransientError, match="was stopped"):
        one.run()
    assert 0 < part.stat().st_size < SIZE
    again = making(gateway, web, part)
    again.run()
    assert part.read_bytes() == WEIGHTS


def test_stopping_ends_a_wait_for_the_server(gateway: Gateway, web: WebServer, part: Path) -> None:
    asked = threading.Event()
    answered = threading.Event()

    def stall(_asked: Asked) -> Reply:
        asked.set()
        answered.wait(30)
        return Reply(503)

    web.handle = stall
    one = making(gateway, web, part)
    caught: list[TransientError] = []

    def work() -> None:
        try:
            one.run()
        except TransientError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert asked.wait(10)
        one.halt.stop()
        thread.join(10)
        assert not thread.is_alive()
    finally:
        answered.set()
        thread.join(10)
    assert [str(error) for error in caught] == ["The download was stopped."]


def test_a_halt_before_the_start_reads_nothing(gateway: Gateway, web: WebServer, part: Path) -> None:
    halt = Halt()
    halt.stop()
    one = making(gateway, web, part)
    one.halt = halt
    with pytest.raises(TransientError, match="was stopped"):
        one.run()
    assert not part.exists() or part.stat().st_size == 0


class FullDisk(io.FileIO):
    """Takes a thousand bytes and no more."""

    def write(self, block: "ReadableBuffer") -> int:
        if self.tell() >= 1_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(memoryview(block)[: 1_000 - self.tell()])


def test_a_full_disk_is_none_of_the_networks_faults(
    gateway: Gateway, web: WebServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "FileIO", FullDisk)
        with pytest.raises(DiskFullError, match="What was fetched so far stays"):
            making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS[:1_000]
    assert len(web.asked) == 1
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS


def test_a_place_that_cannot_be_written_is_said(gateway: Gateway, web: WebServer, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"model\.gguf\.part cannot be written"):
        making(gateway, web, tmp_path / "none" / "model.gguf.part").run()


@pytest.mark.parametrize("etag", ['W/"weak"', "", "unquoted", '"gr\u00fc\u00df"'])
def test_only_a_strong_validator_is_sent(gateway: Gateway, web: WebServer, part: Path, etag: str) -> None:
    headers = {"ETag": etag} if etag.isascii() else {"ETag": etag.encode().decode("latin-1")}
    web.faults.append(Reply(content=WEIGHTS, headers=headers, drop_at=60_000))
    making(gateway, web, part).run()
    assert part.read_bytes() == WEIGHTS
    assert "if-range" not in web.asked[1].headers
