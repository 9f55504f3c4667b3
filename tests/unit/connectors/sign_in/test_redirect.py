"""The port for the browser's answer: the one answer counts, whatever else knocks."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.connectors.sign_in.redirect import LARGEST, MOST, Redirect
from fluffy_core.errors import BlockedError, SignInError
from tests.fakes.browser import browsing, visit

STATE = "st4te"


@pytest.fixture
def redirect() -> Iterator[Redirect]:
    with closing(Redirect(Gateway(Rules(lambda host: False), lambda traffic: None))) as found:
        yield found


class Waiting:
    """A wait in another thread."""

    def __init__(self, redirect: Redirect, *, seconds: float = 20.0) -> None:
        self.found: dict[str, str] = {}
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._wait, args=(redirect, seconds))
        self._thread.start()

    def _wait(self, redirect: Redirect, seconds: float) -> None:
        try:
            self.found = dict(redirect.wait(STATE, seconds))
        except SignInError as error:
            self.error = error

    def ended(self) -> dict[str, str]:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.found

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()


def at(redirect: Redirect, rest: str) -> str:
    return f"http://127.0.0.1:{redirect.port}{rest}"


def raw(redirect: Redirect, request: bytes) -> bytes:
    """What comes back for these bytes, "" when the connection is broken off."""
    with socket.create_connection(("127.0.0.1", redirect.port), 10) as sock:
        sock.sendall(request)
        heard = b""
        try:
            while data := sock.recv(4096):
                heard += data
        except ConnectionError:
            pass
        return heard


def test_the_answer_is_handed_over_and_the_user_thanked(redirect: Redirect) -> None:
    waiting = Waiting(redirect)
    status, page = visit(at(redirect, f"/?state={STATE}&code=a%2Fb&scope=x%20y&session_state=z"))
    assert waiting.ended() == {"state": STATE, "code": "a/b"}
    assert status == 200
    assert "You can close this window." in page
    assert "a/b" not in page


def test_a_refusal_is_an_answer_too(redirect: Redirect) -> None:
    waiting = Waiting(redirect)
    _, page = visit(at(redirect, f"/?error=access_denied&state={STATE}&error_description=No+way"))
    assert waiting.ended() == {"state": STATE, "error": "access_denied", "error_description": "No way"}
    assert "No permission was given" in page


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("/favicon.ico", 404),
        ("/", 400),
        ("/?code=c", 400),
        ("/?code=c&state=wrong", 400),
        (f"/?code=c&state={STATE}x", 400),
        (f"/?code=c&state={STATE}&state=other", 400),
        (f"/?code=c&code=d&state={STATE}", 400),
        (f"/?code=c&error=e&state={STATE}", 400),
        (f"/?state={STATE}", 400),
        (f"/other?code=c&state={STATE}", 404),
        ("/?" + "&".join(f"a{n}=1" for n in range(60)), 400),
        ("/?code=c&state=%C3%A9", 400),
    ],
)
def test_what_is_not_the_answer_changes_nothing(redirect: Redirect, rest: str, status: int) -> None:
    waiting = Waiting(redirect)
    assert visit(at(redirect, rest))[0] == status
    assert waiting.goes_on
    visit(at(redirect, f"/?state={STATE}&code=real"))
    assert waiting.ended()["code"] == "real"


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS", "PUT"])
def test_only_get_is_listened_to(redirect: Redirect, method: str) -> None:
    waiting = Waiting(redirect)
    assert visit(at(redirect, f"/?state={STATE}&code=c"), method=method)[0] == 405
    visit(at(redirect, f"/?state={STATE}&code=real"))
    assert waiting.ended()["code"] == "real"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /?" + b"x" * LARGEST + b" HTTP/1.1\r\n\r\n", b""),
        (b"hello\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1 and more\r\n\r\n", b"400"),
        (b"\xff\xfe\x00\r\n\r\n", b"400"),
        (b"GET http://127.0.0.1/?state=st4te&code=c HTTP/1.1\r\n\r\n", b"404"),
    ],
)
def test_what_is_no_request_is_turned_away(redirect: Redirect, request_: bytes, status: bytes) -> None:
    waiting = Waiting(redirect)
    assert status in raw(redirect, request_)[:40]
    visit(at(redirect, f"/?state={STATE}&code=real"))
    assert waiting.ended()["code"] == "real"


def test_silent_connections_hold_up_nobody(redirect: Redirect) -> None:
    waiting = Waiting(redirect)
    silent = [socket.create_connection(("127.0.0.1", redirect.port), 10) for _ in range(MOST + 4)]
    try:
        silent[-1].sendall(b"GET /?sta")
        visit(at(redirect, f"/?state={STATE}&code=real"))
        assert waiting.ended()["code"] == "real"
    finally:
        for one in silent:
            one.close()


def test_an_answer_in_pieces_is_one(redirect: Redirect) -> None:
    waiting = Waiting(redirect)
    with socket.create_connection(("127.0.0.1", redirect.port), 10) as sock:
        for piece in (b"GET /?code=c&st", b"ate=" + STATE.encode() + b" HTTP/1.1\r\nHost: x\r", b"\n\r\n"):
            sock.sendall(piece)
        assert sock.recv(20).startswith(b"HTTP/1.1 200 OK")
    assert waiting.ended()["code"] == "c"


def test_nobody_in_time(redirect: Redirect) -> None:
    with pytest.raises(SignInError, match="in time"):
        redirect.wait(STATE, 0.0)
    waiting = Waiting(redirect, seconds=0.05)
    waiting.ended()
    assert "in time" in str(waiting.error)


def test_a_wait_is_cancelled_from_another_thread(redirect: Redirect) -> None:
    waiting = Waiting(redirect)
    assert visit(at(redirect, "/favicon.ico"))[0] == 404
    redirect.cancel()
    waiting.ended()
    assert "cancelled" in str(waiting.error)


def test_cancelled_before_anybody_waits_nobody_listens(redirect: Redirect) -> None:
    redirect.cancel()
    with pytest.raises(ConnectionRefusedError):
        visit(at(redirect, f"/?state={STATE}&code=c"))
    with pytest.raises(SignInError, match="cancelled"):
        redirect.wait(STATE, 20)
    redirect.cancel()


def test_after_the_end_nobody_listens(redirect: Redirect) -> None:
    with browsing() as browser:
        browser.open(at(redirect, f"/?state={STATE}&code=c"))
        assert redirect.wait(STATE, 20)["code"] == "c"
    redirect.close()
    redirect.close()
    with pytest.raises(ConnectionRefusedError):
        visit(at(redirect, f"/?state={STATE}&code=again"))


def test_it_listens_on_this_computer_alone(redirect: Redirect) -> None:
    assert redirect._listener.getsockname()[0] == "127.0.0.1"


def test_offline_nothing_listens() -> None:
    log: list[Traffic] = []
    with pytest.raises(BlockedError):
        Redirect(Gateway(Rules(lambda host: True, lambda: True), log.append))
    assert [one.refused for one in log] == ["Working offline."]


def test_waiting_costs_next_to_no_time(redirect: Redirect) -> None:
    before = time.process_time()
    with pytest.raises(SignInError):
        redirect.wait(STATE, 0.5)
    assert time.process_time() - before < 0.2
