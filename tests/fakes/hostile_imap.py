"""A scripted IMAP server on loopback that does what no server should, exactly when a test says so."""

import base64
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fluffy_core.connectors.network.gateway import Endpoint, Security

USER, PASSWORD, TOKEN = "ann@example.com", "open sesame", "ya29.token"


class Drop(Exception):
    """Close the connection after sending some bytes."""

    def __init__(self, after: bytes = b"") -> None:
        super().__init__()
        self.after = after


class Stall(Exception):
    """Send some bytes, then nothing more until the other side gives up."""

    def __init__(self, after: bytes = b"") -> None:
        super().__init__()
        self.after = after


Fault = Callable[[bytes, bytes], bytes]
"""Makes the answer to a command from its tag and the right answer; may raise Drop or Stall."""


@dataclass(slots=True)
class Message:
    """One message of the mailbox."""

    body: bytes
    flags: str = ""


@dataclass(slots=True)
class Hostile:
    """The server's mailbox and its mischief; tests change both while it runs."""

    messages: dict[int, Message] = field(default_factory=dict)
    uidvalidity: int | None = 7
    uidnext: int | None = None
    """None tells the right one, 0 tells none."""
    modseq: int = 0
    vanished: str = ""
    capabilities: str = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 UIDPLUS IDLE"
    greeting: bytes = b"* OK ready\r\n"
    faults: list[tuple[str, Fault | bytes | Exception, bool]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    """Every command that came, without its tag."""
    connections: int = 0
    idling: threading.Event = field(default_factory=threading.Event)
    news: bytes = b""
    """Said at once in IDLE."""
    endpoint: Endpoint = field(default_factory=lambda: Endpoint("", 0))

    def fault(self, command: str, fault: Fault | bytes | Exception, *, always: bool = False) -> None:
        """Answer the next command that matches the pattern (or all of them) in another way.

        In bytes, TAG stands for the tag of the command.
        """
        self.faults.append((command, fault, always))

    def fault_for(self, command: str) -> Fault | bytes | Exception | None:
        """The fault that is due now."""
        for at, (pattern, fault, always) in enumerate(self.faults):
            if re.match(pattern, command):
                if not always:
                    del self.faults[at]
                return fault
        return None

    def heal(self) -> None:
        """Behave from now on."""
        self.faults.clear()

    def count(self, pattern: str) -> int:
        """How many commands came that match."""
        return sum(1 for command in self.commands if re.match(pattern, command))


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"
    timeout = 30

    def handle(self) -> None:
        state = self.server.state
        state.connections += 1
        try:
            self._say(state.greeting)
            while line := self.rfile.readline():
                tag, _, command = line.strip().partition(b" ")
                self._command(tag, command.decode("latin-1"))
        except Drop as drop:
            self._say(drop.after)
        except Stall as stall:
            self._say(stall.after)
            self.rfile.read()
        except OSError:
            pass  # the other side had enough

    def _say(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _command(self, tag: bytes, command: str) -> None:
        state = self.server.state
        state.commands.append(command)
        fault = state.fault_for(command)
        if isinstance(fault, Exception):
            raise fault
        if isinstance(fault, bytes):
            answer = fault.replace(b"TAG", tag)
        else:
            answer = Answers(state, tag, self._ask).to(command)
            answer = answer if fault is None else fault(tag, answer)
        self._say(answer)
        if command == "LOGOUT":
            raise Drop

    def _ask(self, words: bytes, size: int = 0) -> bytes:
        """A continuation request, and the line or the bytes that answer it."""
        self._say(words)
        return self.rfile.read(size) if size else self.rfile.readline().strip()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, state: Hostile) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), _Handler)


@dataclass(slots=True)
class Answers:
    """The right answers."""

    state: Hostile
    tag: bytes
    ask: Callable[..., bytes]

    def to(self, command: str) -> bytes:
        """The whole answer to one command."""
        words = command.split(" ")
        name = words[1] if words[0] == "UID" else words[0]
        made: Any = getattr(self, f"_{name.lower()}", None)
        if made is None:
            return self.tag + b" BAD unknown\r\n"
        return bytes(made(command))

    def _done(self, untagged: str = "", words: str = "OK done") -> bytes:
        return untagged.encode("latin-1") + self.tag + f" {words}\r\n".encode()

    def _capability(self, command: str) -> bytes:
        return self._done(f"* CAPABILITY {self.state.capabilities}\r\n")

    def _noop(self, command: str) -> bytes:
        return self._done()

    def _logout(self, command: str) -> bytes:
        return self._done("* BYE\r\n")

    def _enable(self, command: str) -> bytes:
        return self._done(f"* ENABLED {command[7:]}\r\n")

    _create = _subscribe = _noop

    def _starttls(self, command: str) -> bytes:
        return self._done()

    def _login(self, command: str) -> bytes:
        fine = command == f'LOGIN {USER} "{PASSWORD}"'
        return self._done("", "OK welcome" if fine else "NO [AUTHENTICATIONFAILED] wrong password")

    def _authenticate(self, command: str) -> bytes:
        said = base64.b64decode(self.ask(b"+ \r\n")).decode()
        right = {f"\0{USER}\0{PASSWORD}", f"user={USER}\1auth=Bearer {TOKEN}\1\1"}
        if said in right:
            return self._done("", "OK welcome")
        if "XOAUTH2" in command:
            self.ask(b"+ " + base64.b64encode(b'{"status":"401"}') + b"\r\n")
        return self._done("", "NO [AUTHENTICATIONFAILED] wrong password")

    def _list(self, command: str) -> bytes:
        return self._done('* LIST () "/" INBOX\r\n* LIST (\\Drafts) "/" Drafts\r\n')

    def _examine(self, command: str) -> bytes:
        state = self.state
        lines = [f"* {len(state.messages)} EXISTS", "* 0 RECENT", "* FLAGS (\\Seen)"]
        if state.uidvalidity is not None:
            lines.append(f"* OK [UIDVALIDITY {state.uidvalidity}] valid")
        uidnext = max(state.messages, default=0) + 1 if state.uidnext is None else state.uidnext
        if uidnext:
            lines.append(f"* OK [UIDNEXT {uidnext}] next")
        if state.modseq:
            lines.append(f"* OK [HIGHESTMODSEQ {state.modseq}] modseq")
        return self._done("".join(f"{line}\r\n" for line in lines))

    _select = _examine

    def _search(self, command: str) -> bytes:
        return self._done("".join(["* SEARCH", *(f" {uid}" for uid in self.state.messages), "\r\n"]))

    def _fetch(self, command: str) -> bytes:
        _, _, wanted, items = command.split(" ", 3)
        answer = f"* VANISHED (EARLIER) {self.state.vanished}\r\n".encode() if self.state.vanished else b""
        for number, (uid, message) in enumerate(list(self.state.messages.items()), 1):
            if _within(uid, wanted):
                answer += fetched(number, uid, message, items)
        return answer + self._done()

    def _store(self, command: str) -> bytes:
        return self._done()

    def _expunge(self, command: str) -> bytes:
        if command.startswith("UID"):
            for uid in [uid for uid in self.state.messages if _within(uid, command.split(" ")[2])]:
                del self.state.messages[uid]
        return self._done()

    def _append(self, command: str) -> bytes:
        size = re.search(r"\{(\d+)\}$", command)
        assert size is not None
        body = self.ask(b"+ go on\r\n", int(size[1]))
        self.ask(b"")
        uid = max(self.state.messages, default=0) + 1
        self.state.messages[uid] = Message(body)
        return self._done("", f"OK [APPENDUID {self.state.uidvalidity} {uid}] done")

    def _idle(self, command: str) -> bytes:
        self.state.idling.set()
        self.ask(b"+ idling\r\n" + self.state.news)
        return self._done()


def _within(uid: int, wanted: str) -> bool:
    for part in wanted.split(","):
        low, _, high = part.partition(":")
        if int(low) <= uid <= (2**32 if high == "*" else int(high or low)):
            return True
    return False


def fetched(number: int, uid: int, message: Message, items: str = "(UID BODY.PEEK[])") -> bytes:
    """One FETCH answer with what was asked for."""
    said = f"* {number} FETCH (UID {uid}"
    if "FLAGS" in items:
        said += f" FLAGS ({message.flags})"
    if "RFC822.SIZE" in items:
        said += f" RFC822.SIZE {len(message.body)}"
    if "BODY.PEEK" not in items:
        return said.encode() + b")\r\n"
    body = message.body
    name = "BODY[]"
    if "HEADER.FIELDS" in items:
        found = re.search(rb"^message-id:.*\r\n", body, re.IGNORECASE | re.MULTILINE)
        body, name = (found[0] if found else b"") + b"\r\n", "BODY[HEADER.FIELDS (MESSAGE-ID)]"
    return f"{said} {name} {{{len(body)}}}\r\n".encode() + body + b")\r\n"


@contextmanager
def serve(state: Hostile) -> Iterator[Hostile]:
    """The server, running; `state.endpoint` is where."""
    with _Server(state) as server:
        host, port = server.server_address[:2]
        state.endpoint = Endpoint(str(host), int(port), Security.INSECURE_LOOPBACK, "imap")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
