"""A mail account on an IMAP server, with SMTP for the way out (RFC 3501, 2177, 4315, 5161, 6154, 7162)."""

import bisect
import operator
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from imapclient.exceptions import IMAPClientError

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.imap import answers as imap_answers
from fluffy_core.connectors.imap import changes as imap_changes
from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.connectors.imap import fetch as imap_fetch
from fluffy_core.connectors.imap import folders as imap_folders
from fluffy_core.connectors.imap import session as imap_session
from fluffy_core.connectors.imap import smtp
from fluffy_core.connectors.imap.answers import Told
from fluffy_core.connectors.imap.cursor import Cursor
from fluffy_core.connectors.imap.saving import Saved
from fluffy_core.connectors.imap.session import Client, Session, said
from fluffy_core.connectors.network.gateway import READ_SECONDS, Endpoint, Gateway
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.sync import Fetched, Folder, FolderRole, Listing, MessageRef, RemoteChanges
from fluffy_core.errors import TransientError

IDLE_SECONDS = 28 * 60.0
"""Servers may end an IDLE after 30 minutes, and home routers forget quiet connections."""
_IDLE_LINE = 64 << 10
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEWS = (b" EXISTS", b" EXPUNGE", b" FETCH", b"VANISHED")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where an account is. Without `submission` it cannot send."""

    imap: Endpoint
    login: Login
    submission: Endpoint | None = None
    files_sent: bool = False
    """Whether the server puts what it sends among the sent messages by itself, as Gmail does."""
    submission_login: Login | None = None
    """Where it differs from `login`."""
    patience: float = READ_SECONDS
    """Seconds that the server may be silent before the connection counts as broken."""


@dataclass(slots=True)
class _Page:
    """The UIDs of a listing that is under way, so that the server searches once for all pages."""

    key: tuple[str, int, date | None]
    uids: list[int] = field(repr=False)


class ImapAccount:
    """A `MailAccount`. Ids are "UIDVALIDITY.UID"; a cursor is the state of a folder as JSON."""

    def __init__(self, gateway: Gateway, settings: ImapSettings) -> None:
        self._gateway = gateway
        self._settings = settings
        self._session = Session(gateway, settings.imap, settings.login, patience=settings.patience)
        self._page: _Page | None = None
        self._last: dict[str, Cursor] = {}
        self._saved = Saved(self._session)

    def folders(self) -> tuple[Folder, ...]:
        """As `MailAccount.folders`."""
        with self._answered(), self._session.talk("reading mail") as client:
            found = [
                imap_folders.Listed(attributes, delimiter, _name(name))
                for attributes, delimiter, name in client.list_folders()
            ]
            prefixes: list[bytes] = []
            if client.has_capability("NAMESPACE"):
                prefixes = [_name(prefix) for prefix, _ in client.namespace().personal or ()]
        folders = imap_folders.folders(found, prefixes)
        self._saved.know(folders, prefixes)
        return folders

    def cursor(self, folder: Folder) -> str:
        """As `MailAccount.cursor`."""
        with self._answered(), self._session.talk("reading mail") as client:
            now = imap_cursor.cursor_of(self._session.select(client, folder.id))
        self._last[folder.id] = now
        return now.text()

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        """As `MailAccount.list`. Raises CursorExpiredError when the numbering changed between two pages."""
        with self._answered(), self._session.talk("reading mail") as client:
            selected = self._session.select(client, folder.id, fresh=not token)
            below = imap_cursor.uid_in(token, selected.uidvalidity) if token else imap_answers.TOP + 1
            uids = self._found(client, (folder.id, selected.uidvalidity, since), fresh=not token)
            start = bisect.bisect_right(uids, -below, key=operator.neg)
            page = uids[start : start + limit]
            told: dict[int, Told] = {}
            if page:
                words = (imap_answers.uid_set(page), "(UID FLAGS RFC822.SIZE)")
                told = imap_answers.told(client.command("UID", "FETCH", *words, answer="FETCH"))
        # One that the search found and the server then keeps quiet about: fetching it will tell.
        refs = [
            imap_fetch.ref_of(folder.id, selected.uidvalidity, told.get(uid) or Told(uid)) for uid in page
        ]
        more = bool(page) and page[-1] != uids[-1]
        token = imap_cursor.message(selected.uidvalidity, page[-1]) if more else ""
        return Listing(tuple(refs), token, len(uids))

    def _found(self, client: Client, key: tuple[str, int, date | None], *, fresh: bool) -> Sequence[int]:
        """UIDs of a whole listing, newest first."""
        if fresh or self._page is None or self._page.key != key:
            since = key[2]
            criteria = (
                ("SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}") if since else ("ALL",)
            )
            self._page = _Page(key, client.uids(*criteria)[::-1])
        return self._page.uids

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """As `MailAccount.changes`."""
        before = imap_cursor.parse(cursor)
        with self._answered(), self._session.talk("looking for new mail") as client:
            selected = self._session.select(client, folder.id)
            found = imap_changes.changes(client, selected, before, known=known)
        self._last[folder.id] = imap_cursor.cursor_of(selected)
        return found

    def present(self, folder: Folder) -> frozenset[str]:
        """As `MailAccount.present`."""
        with self._answered(), self._session.talk("reading mail") as client:
            validity = self._session.select(client, folder.id).uidvalidity
            return frozenset(imap_cursor.message(validity, uid) for uid in client.uids("ALL"))

    def message_ids(self, folder: Folder) -> dict[str, str]:
        """As `MailAccount.message_ids`."""
        with self._answered():
            return imap_fetch.message_ids(self._session, folder.id)

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """As `MailAccount.fetch`."""
        yield from imap_fetch.fetch(self._session, refs)

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """As `MailAccount.send`."""
        login = self._settings.submission_login or self._settings.login
        letter = smtp.Letter(message, sender, tuple(recipients))
        smtp.send(self._gateway, self._settings.submission, login, letter=letter)

    def keep_sent(self, message: bytes) -> None:
        """As `MailAccount.keep_sent`."""
        if not self._settings.files_sent:
            with self._saving():
                self._saved.keep_sent(smtp.without_bcc(message))

    def was_sent(self, message_id: str) -> bool:
        """As `MailAccount.was_sent`."""
        with self._saving():
            return self._saved.holds(FolderRole.SENT, message_id)

    def save_draft(self, message: bytes) -> MessageRef:
        """As `MailAccount.save_draft`."""
        with self._saving():
            return self._saved.save_draft(message)

    def wait(self, folder: Folder, seconds: float) -> bool:
        """As `MailAccount.wait`: by IDLE. Something that happened since `cursor` or `changes` counts too."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._session.closed:
            try:
                with self._answered(), self._session.talk("waiting for new mail") as client:
                    if not client.has_capability("IDLE"):
                        return False
                    now = imap_cursor.cursor_of(self._session.select(client, folder.id))
                    if self._last.setdefault(folder.id, now) != now or _idle(client, min(left, IDLE_SECONDS)):
                        return True
            except TransientError:
                if not self._session.closed:
                    raise
        return False

    def close(self) -> None:
        """End the connections; also from another thread, whose `wait` then ends."""
        self._session.close()

    @contextmanager
    def _saving(self) -> Iterator[None]:
        """Knows where drafts and sent mail belong."""
        if not self._saved.ready:
            self.folders()
        with self._answered():
            yield

    @contextmanager
    def _answered(self) -> Iterator[None]:
        """A refusal that nobody expected is worth another try."""
        try:
            yield
        except IMAPClientError as error:
            raise TransientError(f"The mail server refuses: {said(error)}") from error


def _idle(client: Client, seconds: float) -> bool:
    """One IDLE of at most `seconds`: whether the server told news."""
    wire, stream = client._imap, client.connection
    stream.allow(seconds + imap_session.COMMAND_SECONDS)
    tag = wire._command("IDLE")
    while wire._get_response() is not None:  # the news before it begins
        if wire.tagged_commands[tag] is not None:
            raise wire.abort("IDLE was refused")
    end = time.monotonic() + seconds
    news = False
    while not news and (left := end - time.monotonic()) > 0 and stream.wait(left):
        line = stream.reader.readline(_IDLE_LINE)
        if not line:
            raise wire.abort("the end while waiting")
        news = any(word in line for word in _NEWS)
    stream.sendall(b"DONE\r\n")
    wire._command_complete("IDLE", tag)
    wire.untagged_responses.clear()
    return news


def _name(name: Any) -> bytes:
    """A name from IMAPClient, which takes digits for a number."""
    return name if isinstance(name, bytes) else str(name).encode("latin-1")
