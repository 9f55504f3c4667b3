"""The way to a language model server: on this computer, and nowhere else."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.models.server import ModelServer
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.errors import ModelError, TransientError
from tests.fakes import listeners
from tests.fakes.model_server import MODEL, parrots
from tests.fakes.web_server import Reply, WebServer

REQUEST = json.dumps(
    {
        "model": MODEL,
        "messages": [{"role": "system", "content": ""}, {"role": "user", "content": "one two"}],
        "max_tokens": 9,
        "stream": True,
    }
).encode()


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def gateway(log: list[Traffic]) -> Gateway:
    return Gateway(Rules(lambda host: False), log.append)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with parrots() as server:
        yield server


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:8080",
        "http://192.168.1.7:8080",
        "http://models.example:8080",
        "http://localhost.example:8080",
        "http://127.0.0.1.example",
        "http://127.0.0.1@models.example",
        "http://me:secret@127.0.0.1",
        "http://0.0.0.0:8080",
        "http://127.0.0.1:notaport",
        "http://127.0.0.1:99999",
        "http://[::ffff:8.8.8.8]",
        "http://2130706433",
        "127.0.0.1:8080",
        "file:///etc/hosts",
        "",
    ],
)
def test_an_address_elsewhere_is_refused_before_anything_is_opened(
    gateway: Gateway, log: list[Traffic], url: str
) -> None:
    with pytest.raises(ModelError, match="has to be on this computer"):
        ModelServer(gateway, url)
    assert log == []


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("http://localhost:11434/v1/", "http://127.0.0.1:11434"),
        ("http://127.9.9.9", "http://127.9.9.9:80"),
        ("http://[::1]:8080/llama/v1", "http://[::1]:8080/llama"),
    ],
)
def test_addresses_of_this_computer(gateway: Gateway, url: str, root: str) -> None:
    assert ModelServer(gateway, url).root == root


def test_lines_of_an_answer_and_what_was_reached(
    gateway: Gateway, log: list[Traffic], web: WebServer
) -> None:
    server = ModelServer(gateway, web.url)
    assert server.first_model() == MODEL
    lines = [line for line in server.post(REQUEST) if line.strip()]
    assert lines[-1] == b"data: [DONE]\n"
    assert b'"one "' in lines[1]
    assert {one.host for one in log} == {"127.0.0.1"}
    assert {one.reason for one in log} == {"language model on this computer"}
    assert [one.path for one in web.asked] == ["/v1/models", "/v1/chat/completions"]


def test_redirections_are_not_followed(gateway: Gateway, log: list[Traffic], web: WebServer) -> None:
    away = {"Location": "http://models.example/v1/chat/completions"}
    web.faults.append(Reply(307, headers=away))
    with pytest.raises(ModelError, match=r"refuses the request \(307\)"):
        list(ModelServer(gateway, web.url).post(REQUEST))
    web.faults.append(Reply(302, headers=away))
    with pytest.raises(ModelError, match="offers no language model"):
        ModelServer(gateway, web.url).first_model()
    assert {one.host for one in log} == {"127.0.0.1"}


@pytest.mark.parametrize("page", [b"", b"{}", b'{"data": []}', b"[1]", b"<html>", b'{"data": [7]}', b"\xff"])
def test_a_server_that_offers_nothing(gateway: Gateway, web: WebServer, page: bytes) -> None:
    web.faults.append(Reply(content=page))
    with pytest.raises(ModelError, match="offers no language model"):
        ModelServer(gateway, web.url).first_model()


def test_its_reasons_to_refuse_are_told(gateway: Gateway, web: WebServer) -> None:
    web.faults.append(Reply(400, b'{"error":   {"message": "the context is too small"}}'))
    with pytest.raises(ModelError, match=r"\(400\).*the context is too small"):
        list(ModelServer(gateway, web.url).post(REQUEST))
    web.faults.append(Reply(503, b"loading"))
    with pytest.raises(TransientError, match="still loading"):
        list(ModelServer(gateway, web.url).post(REQUEST))


def test_nobody_there_may_change(gateway: Gateway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ModelServer(gateway, f"http://127.0.0.1:{port}")
    with pytest.raises(TransientError, match="refuses connections"):
        list(server.post(REQUEST))
    with pytest.raises(TransientError, match="refuses connections"):
        server.first_model()


def test_the_switch_for_every_connection_holds_here_too(web: WebServer) -> None:
    """A server on this computer may pass on what it is told."""
    offline = Gateway(Rules(lambda host: True, offline=lambda: True), lambda one: None)
    for ask in (
        lambda: list(ModelServer(offline, web.url).post(REQUEST)),
        ModelServer(offline, web.url).first_model,
    ):
        with pytest.raises(ModelError, match="Working offline"):
            ask()
    assert web.asked == []


def test_while_it_says_nothing_come_empty_lines_and_leaving_ends_the_connection(gateway: Gateway) -> None:
    left = threading.Event()

    def silent(sock: socket.socket) -> None:
        while sock.recv(4096):
            pass
        left.set()

    with listeners.listen(silent) as port:
        lines = ModelServer(gateway, f"http://127.0.0.1:{port}").post(REQUEST)
        assert next(lines) == b""
        lines.close()  # type: ignore[attr-defined]
        assert left.wait(10)


def test_what_breaks_off_is_worth_another_try(gateway: Gateway, web: WebServer) -> None:
    web.faults.append(Reply(content=b"data: {}\n\n" * 100, drop_at=200))
    with pytest.raises(TransientError):
        list(ModelServer(gateway, web.url).post(REQUEST))
