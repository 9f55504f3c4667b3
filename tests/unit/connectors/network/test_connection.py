"""A connection's stream: buffered reading, waiting without losing a byte, limits, the turn to TLS."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.network.connection import Connection


def never(raw: socket.socket) -> ssl.SSLSocket:
    raise AssertionError("nobody asked for TLS")


@pytest.fixture
def ends() -> Iterator[tuple[Connection, socket.socket]]:
    here, there = socket.socketpair()
    here.settimeout(10)
    connection = Connection(here, never, closed=lambda one: None)
    yield connection, there
    connection.close()
    there.close()


def test_lines_and_blocks(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    there.sendall(b"one\r\ntwo\r\n" + b"x" * 100_000 + b"\r\n")
    assert connection.reader.readline() == b"one\r\n"
    assert connection.makefile("rb") is connection.reader
    assert connection.reader.readline(3) == b"two"
    assert connection.reader.readline() == b"\r\n"
    assert connection.reader.read(100_002) == b"x" * 100_000 + b"\r\n"
    assert connection.received == 100_012


def test_waiting_loses_nothing(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    assert connection.wait(0) is False
    there.sendall(b"a\r\nb\r\n")
    assert connection.wait(5) is True
    assert connection.reader.readline() == b"a\r\n"
    assert connection.wait(0) is True, "the second line lies in the buffer"
    assert connection.reader.readline() == b"b\r\n"
    assert connection.wait(0.01) is False


def test_waiting_ends_when_something_comes(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    timer = threading.Timer(0.1, there.sendall, (b"news\r\n",))
    timer.start()
    assert connection.wait(30) is True
    assert connection.reader.readline() == b"news\r\n"
    timer.join()


def test_waiting_meets_the_end(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    there.close()
    assert connection.wait(30) is True
    assert connection.reader.readline() == b""


def test_interrupting_from_another_thread(ends: tuple[Connection, socket.socket]) -> None:
    connection, _ = ends
    timer = threading.Timer(0.1, connection.interrupt)
    timer.start()
    assert connection.wait(30) is True
    assert connection.reader.readline() == b""
    timer.join()
    connection.close()
    connection.interrupt()


def test_one_read_does_not_wait_for_ever(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    connection.settimeout(0.05)
    connection.settimeout(None)
    with pytest.raises(TimeoutError):
        connection.reader.readline()
    there.sendall(b"late\r\n")
    assert connection.reader.readline() == b"late\r\n"


def test_a_trickle_ends_when_its_time_is_over(
    ends: tuple[Connection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, there = ends
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    connection.allow(60)
    for _ in range(6):
        there.sendall(b"x")
        assert connection.reader.read(1) == b"x"
        now[0] += 10
    there.sendall(b"x")
    now[0] += 1
    with pytest.raises(TimeoutError, match="too long"):
        connection.reader.read(1)
    connection.allow(60)
    assert connection.reader.read(1) == b"x"


def test_bytes_before_tls_are_refused(ends: tuple[Connection, socket.socket]) -> None:
    connection, there = ends
    there.sendall(b"a OK begin TLS\r\n* CAPABILITY evil\r\n")
    assert connection.reader.readline() == b"a OK begin TLS\r\n"
    with pytest.raises(ConnectionAbortedError, match="slipped in"):
        connection.start_tls()


def test_closing_tells_once_and_also_through_the_reader() -> None:
    told: list[Connection] = []
    here, there = socket.socketpair()
    connection = Connection(here, never, closed=told.append)
    connection.reader.close()
    connection.close()
    assert told == [connection]
    assert connection.fileno() == -1
    assert there.recv(1) == b""
    there.close()
