"""Plain HTTPS requests through the gateway."""

import socket

import pytest

from fluffy_core.connectors.network import web
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.errors import BlockedError, TransientError
from tests.fakes import listeners
from tests.fakes.certificates import Certificate


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def gateway(log: list[Traffic]) -> Gateway:
    return Gateway(Rules(lambda host: host in ("127.0.0.1", "localhost")), log.append)


class Page:
    """Answers one request with fixed bytes and keeps what was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked = b""

    def __call__(self, sock: socket.socket) -> None:
        while b"\r\n\r\n" not in self.asked:
            self.asked += sock.recv(4096)
        sock.sendall(self.answer)


def test_a_page_over_https(
    gateway: Gateway, log: list[Traffic], certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    page = Page(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    with listeners.listen(page, certificate) as port:
        assert web.get(gateway, f"https://localhost:{port}/a/b?c=d", reason="trying") == b"hello"
    assert page.asked.startswith(b"GET /a/b?c=d HTTP/1.1\r\n")
    assert b"FluffyMail" in page.asked
    assert [(one.reason, one.sent, one.refused) for one in log] == [("trying", len(page.asked), "")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", None),
        (b"HTTP/1.1 302 Found\r\nLocation: https://tracker.example/\r\nContent-Length: 0\r\n\r\n", None),
    ],
)
def test_answers(gateway: Gateway, log: list[Traffic], answer: bytes, expected: bytes | None) -> None:
    with listeners.listen(Page(answer)) as port:
        assert web.get(gateway, f"http://127.0.0.1:{port}", reason="trying") == expected
    assert len(log) == 1, "redirections are not followed"


def test_no_more_than_the_limit_is_read(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LIMIT", 10)
    with listeners.listen(Page(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000)) as port:
        assert web.get(gateway, f"http://127.0.0.1:{port}/", reason="trying") == b"x" * 10


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_answers_that_make_no_sense(gateway: Gateway, log: list[Traffic], answer: bytes) -> None:
    with listeners.listen(Page(answer)) as port, pytest.raises(TransientError):
        web.get(gateway, f"http://127.0.0.1:{port}/", reason="trying")
    assert len(log) == 1


def test_other_hosts_are_refused(gateway: Gateway) -> None:
    with pytest.raises(BlockedError):
        web.get(gateway, "https://tracker.example/pixel.gif", reason="trying")
