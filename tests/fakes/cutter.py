"""A wire to an SMTP server that is cut at a chosen moment."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from fluffy_core.connectors.network.gateway import Endpoint
from tests.fakes import listeners

MOMENTS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "content", "dot", "answer")
"""Before the greeting, before a command, in the message, before its last dot, before the answer to that."""


@dataclass
class Cutter:
    """Cuts the wire at each of `cuts` in turn, one for each connection; then lets everything through."""

    server: Endpoint
    cuts: list[str] = field(default_factory=list)

    @contextmanager
    def wire(self) -> Iterator[Endpoint]:
        """Where to connect instead of to the server."""
        with listeners.listen(self._talk) as port:
            yield Endpoint("127.0.0.1", port, self.server.security, "smtp")

    def _talk(self, client: socket.socket) -> None:
        cut = self.cuts.pop(0) if self.cuts else ""
        if cut == "greeting":
            return
        with socket.create_connection((self.server.host, self.server.port), 10) as server, suppress(OSError):
            near, far = client.makefile("rb"), server.makefile("rb")
            client.sendall(_answer(far))
            while (line := near.readline()) and not line.upper().startswith(cut.encode() or b"\0"):
                server.sendall(line)
                answer = _answer(far)
                client.sendall(answer)
                if answer.startswith(b"354"):
                    if not _pass_content(near, server, cut):
                        return
                    answer = _answer(far)
                    if cut == "answer":
                        return
                    client.sendall(answer)


def _answer(far: BinaryIO) -> bytes:
    lines = [far.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(far.readline())
    return b"".join(lines)


def _pass_content(near: BinaryIO, server: socket.socket, cut: str) -> bool:
    """The lines of a message up to its dot; False when the wire is cut."""
    while line := near.readline():
        if line == b".\r\n" and cut == "dot":
            return False
        server.sendall(line)
        if line == b".\r\n":
            return True
        if cut == "content":
            return False
    return False
