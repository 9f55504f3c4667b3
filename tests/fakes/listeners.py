"""Loopback listeners for tests of what connects: one function that speaks to each connection."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.fakes.certificates import Certificate

Talk = Callable[[socket.socket], None]


@contextmanager
def listen(talk: Talk, certificate: Certificate | None = None) -> Iterator[int]:
    """A port on 127.0.0.1 where `talk` is called with each connection, inside TLS with a certificate."""
    context = None
    if certificate is not None:
        context = tls(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                with contextlib.suppress(OSError):
                    raw, _ = server.accept()
                    with raw:
                        raw.settimeout(10)
                        if context is None:
                            talk(raw)
                        else:
                            with context.wrap_socket(raw, server_side=True) as sock:
                                talk(sock)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stopped.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def tls(certificate: Certificate) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context


def says(*parts: bytes) -> Talk:
    """Sends some bytes at once and closes when the other side has read them."""

    def talk(sock: socket.socket) -> None:
        for part in parts:
            sock.sendall(part)
        sock.recv(1)

    return talk


def echo(sock: socket.socket) -> None:
    """Sends back whatever comes."""
    while data := sock.recv(4096):
        sock.sendall(data)


def silent(sock: socket.socket) -> None:
    """Says nothing until the other side gives up."""
    while sock.recv(4096):
        pass
