"""A signed-in IMAP connection: made when needed, dropped at the first sign of trouble, errors translated."""

import imaplib
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import imapclient
from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError, ProtocolError

from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.gateway import READ_SECONDS, Endpoint, Gateway, Security, unreachable
from fluffy_core.connectors.sign_in.sign_in import Login, refused
from fluffy_core.errors import (
    CursorExpiredError,
    FolderGoneError,
    RejectedError,
    SignInError,
    TransientError,
    UntrustedServerError,
)

COMMAND_SECONDS = 900.0
"""The longest that one command may take, however the answer trickles."""
_GOODBYE_SECONDS = 2.0
LITERAL_LIMIT = 200 << 20
LINE_LIMIT = 32 << 20
"""Bytes: a search that finds four million messages fits into one line."""
_LATER = ("UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "CONTACTADMIN", "THROTTLED", "SYS/TEMP")
_CODE = re.compile(r"\[([A-Z/-]+)[^\]]*\]\s*")
_GARBAGE = (ProtocolError, ValueError, TypeError, LookupError, AttributeError, AssertionError)
"""What imaplib and IMAPClient raise when they stumble over an answer."""


class _Wire(imaplib.IMAP4):
    """imaplib on a connection of the gateway."""

    def __init__(self, connection: Connection, endpoint: Endpoint) -> None:
        self._connection = connection
        super().__init__(endpoint.host, endpoint.port)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = self._connection  # type: ignore[assignment]  # as much of a socket as is used
        self._connection.settimeout(timeout)

    def read(self, size: int) -> bytes:
        if size > LITERAL_LIMIT:
            raise self.abort(f"a literal of {size} bytes")
        data = self._connection.reader.read(size)
        if len(data) < size:
            raise self.abort("the end in the middle of a literal")
        return data

    def readline(self) -> bytes:
        line = self._connection.reader.readline(LINE_LIMIT + 1)
        if len(line) > LINE_LIMIT:
            raise self.abort("a line without end")
        return line

    def send(self, data: Any) -> None:
        self._connection.sendall(data)

    def shutdown(self) -> None:
        self._connection.close()

    def _log(self, line: str) -> None:
        """Keeps no lines: they hold passwords and mail."""

    def starttls(self, ssl_context: Any = None) -> tuple[Any, list[Any]]:
        del ssl_context  # the gateway's
        kind, data = self._simple_command("STARTTLS")
        if kind == "OK":
            self._connection.start_tls()
            self.untagged_responses.clear()  # said by whoever stands between
            self._get_capabilities()
        return kind, data


class Client(imapclient.IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient on a connection of the gateway; folder names are the server's own bytes."""

    def __init__(self, connection: Connection, endpoint: Endpoint, patience: float) -> None:
        self.connection = connection
        self._endpoint = endpoint
        super().__init__(endpoint.host, endpoint.port, ssl=connection.encrypted, timeout=patience)
        self.folder_encode = False
        self.tells_gone = False
        self._imap.debug = 0  # nothing of mail or passwords into logs

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return _Wire(self.connection, self._endpoint)

    def _normalise_folder(self, folder_name: str | bytes) -> bytes:
        raw = folder_name if isinstance(folder_name, bytes) else folder_name.encode("latin-1")
        if any(byte in raw for byte in b"\r\n\0"):
            raise ValueError("a folder name with a line break")
        return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'

    def command(self, *words: str | bytes | None, answer: str) -> list[Any]:
        """Send a command and return its untagged answers of one kind as imaplib groups them."""
        self._imap.untagged_responses.clear()
        kind, data = self._imap._simple_command(*words)
        self._checkok(str(words[0]), kind, data)
        _, found = self._imap._untagged_response(kind, data, answer)
        return [item for item in found if item is not None]

    def uids(self, *criteria: str | bytes) -> list[int]:
        """UIDs that a search finds in the open folder, lowest first, each once."""
        lines = self.command("UID", "SEARCH", *criteria, answer="SEARCH")
        return sorted({int(word) for line in lines for word in line.partition(b"(")[0].split()})

    def count_changes(self) -> None:
        """Ask the server to tell what changed and went (RFC 7162), as far as it can."""
        known = [name for name in ("CONDSTORE", "QRESYNC") if self.has_capability(name)]
        if known and self.has_capability("ENABLE"):
            try:
                self.tells_gone = b"QRESYNC" in self.enable(*known)
            except imaplib.IMAP4.abort:
                raise
            except IMAPClientError as error:
                logging.getLogger(__name__).info("counts no changes: %s", code_of(error))

    def untagged(self, kind: str) -> list[Any]:
        """Answers of another kind that came with the last command."""
        return list(self._imap.untagged_responses.get(kind, []))


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder as it was when it was opened. `modseq` is 0 where the server does not count changes."""

    folder_id: str
    uidvalidity: int
    uidnext: int
    exists: int
    modseq: int = 0


class Session:
    """Holds at most one connection. After any trouble the next command gets a fresh one."""

    def __init__(
        self, gateway: Gateway, endpoint: Endpoint, login: Login, *, patience: float = READ_SECONDS
    ) -> None:
        self.endpoint = endpoint
        self._patience = patience
        self._closed = False
        self._busy = threading.Lock()
        self._gateway = gateway
        self._login = login
        self._client: Client | None = None
        self._selected: Selected | None = None
        self._refused: SignInError | None = None

    @contextmanager
    def talk(self, reason: str = "reading mail") -> Iterator[Client]:
        """The client, signed in. Whatever goes wrong inside comes out as an error of the tree.

        A plain refusal (NO, BAD) keeps the connection and comes out as IMAPClientError for the caller to
        judge.
        """
        with self._busy, self._translated():
            if self._client is None:
                self._client = self._connect(reason)
            if self._closed:
                raise TransientError("The account was closed.")
            self._client.connection.allow(COMMAND_SECONDS)
            yield self._client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.abort, CapabilityError) as error:
            self.drop()
            raise TransientError(f"{self.endpoint.host} ended the connection.") from error
        except OSError as error:
            self.drop()
            raise unreachable(self.endpoint.host, error) from error
        except _GARBAGE as error:
            self.drop()
            raise TransientError(f"The answer of {self.endpoint.host} makes no sense.") from error
        except (IMAPClientError, FolderGoneError, CursorExpiredError, RejectedError):
            raise  # an answer like any other
        except BaseException:
            self.drop()
            raise

    def select(self, client: Client, folder_id: str, *, fresh: bool = True) -> Selected:
        """Open a folder to read it. Raises FolderGoneError when there is none."""
        if not fresh and self._selected is not None and self._selected.folder_id == folder_id:
            return self._selected
        self._selected = None
        self._selected = self._opened(client, folder_id, readonly=True)
        return self._selected

    def open_for_writing(self, client: Client, folder_id: str) -> Selected:
        """Open a folder to change it; the next `select` opens it anew."""
        self._selected = None
        return self._opened(client, folder_id, readonly=False)

    def _opened(self, client: Client, folder_id: str, *, readonly: bool) -> Selected:
        try:
            told = client.select_folder(folder_id, readonly=readonly)
        except IMAPClientError as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            if code_of(error) != "NONEXISTENT" and self._is_listed(client, folder_id):
                raise TransientError(said(error) or "The folder cannot be opened now.") from error
            raise FolderGoneError(f"The server has no folder {folder_id!r} any more.") from error
        uidnext = int(told.get(b"UIDNEXT", 0)) or self._uidnext(client, int(told[b"EXISTS"]))
        return Selected(
            folder_id, int(told[b"UIDVALIDITY"]), uidnext, int(told[b"EXISTS"]), modseq_of(client, told)
        )

    def _is_listed(self, client: Client, folder_id: str) -> bool:
        """A refusal to open a folder may have any reason: whether it is gone, the list of folders tells."""
        names = (name for _, _, name in client.list_folders())
        return any(str(name, "latin-1") == folder_id for name in names if isinstance(name, bytes))

    def _uidnext(self, client: Client, exists: int) -> int:
        """For servers that do not tell it: the highest UID and one."""
        return max(client.uids("UID", "*"), default=0) + 1 if exists else 1

    def _connect(self, reason: str) -> Client:
        if self._refused is not None:
            raise self._refused
        connection = self._gateway.connect(self.endpoint, reason=reason, seconds=self._patience)
        try:
            connection.allow(COMMAND_SECONDS)
            client = self._greeted(connection)
            if self.endpoint.security is Security.STARTTLS:
                self._start_tls(client)
            self._sign_in(client)
            client.count_changes()
        except BaseException:
            connection.close()
            raise
        return client

    def _greeted(self, connection: Connection) -> Client:
        try:
            return Client(connection, self.endpoint, self._patience)
        except imaplib.IMAP4.error as error:
            text = str(error)
            if "HTTP/" in text or "<html" in text.lower():
                words = f"A web page answers in place of {self.endpoint.host}."
                raise TransientError(f"{words} On a guest Wi-Fi, sign in to it first.") from error
            raise TransientError(f"{self.endpoint.host} does not take connections now.") from error

    def _start_tls(self, client: Client) -> None:
        if not client.has_capability("STARTTLS") or client._imap.state != "NONAUTH":
            raise UntrustedServerError(f"{self.endpoint.host} offers no encryption on this port.")
        client.starttls(ssl_context=self._gateway)  # anything: the library's own is not wanted
        client._cached_capabilities = None

    def _sign_in(self, client: Client) -> None:
        """Raises SignInError when the server refuses; then no call tries again."""
        try:
            if self._login.token is not None:
                client.sasl_login("XOAUTH2", self._answer_xoauth2())
            elif client.has_capability("AUTH=PLAIN"):
                client.sasl_login("PLAIN", lambda _: self._login.plain().encode())
            elif client.has_capability("LOGINDISABLED"):
                raise SignInError(f"{self.endpoint.host} takes no passwords here.")
            else:
                client.login(self._login.user, self._login.password)
        except (LoginError, UnicodeError) as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort):
                raise error.__context__ from error  # nobody refused anything: the connection broke
            if code_of(error) in _LATER:
                raise TransientError(said(error) or "Signing in is not possible now.") from error
            self._refused = refused(self._login, said(error))
            raise self._refused from error
        client._cached_capabilities = None

    def _answer_xoauth2(self) -> Any:
        answers = iter([self._login.xoauth2().encode()])
        return lambda _: next(answers, b"")  # a second challenge is the error's text: answered with nothing

    def drop(self) -> None:
        """End the connection without a word."""
        client, self._client, self._selected = self._client, None, None
        if client is not None:
            client.connection.close()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """End the connection for good, with a goodbye; under the hands of another thread, without one."""
        self._closed = True
        client = self._client
        if not self._busy.acquire(blocking=False):
            if client is not None:
                client.connection.interrupt()
            return
        try:
            if client is not None:
                client.connection.settimeout(_GOODBYE_SECONDS)
                client.logout()
        except (OSError, imaplib.IMAP4.error, *_GARBAGE) as error:
            logging.getLogger(__name__).debug("no goodbye: %s", error)
        finally:
            self.drop()
            self._busy.release()


def modseq_of(client: Client, told: dict[bytes, Any]) -> int:
    """HIGHESTMODSEQ of a folder that was opened; 0 without CONDSTORE."""
    counts = client.has_capability("CONDSTORE") or client.has_capability("QRESYNC")
    return int(told.get(b"HIGHESTMODSEQ", 0)) if counts else 0


def code_of(error: Exception) -> str:
    """The response code (RFC 5530) in a refusal, "" without one."""
    match = _CODE.search(str(error))
    return match[1] if match else ""


def said(error: Exception) -> str:
    """The words of a refusal, without the library's and the protocol's parts."""
    text = str(error).partition(": ")[2] or str(error)
    text = _CODE.sub("", text.removeprefix("b").strip("'\""))
    return "".join(c for c in text if c.isprintable())[:200].strip()
