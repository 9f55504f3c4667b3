"""Putting messages into an IMAP account: drafts, which replace their earlier version, and sent mail."""

import re
from collections.abc import Sequence

from imapclient.exceptions import IMAPClientError

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.imap import answers as imap_answers
from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.connectors.imap.session import Client, Session, code_of, said
from fluffy_core.domain.sync import Folder, FolderRole, MessageRef
from fluffy_core.errors import RejectedError, TransientError

_FIELD = re.compile(rb"^message-id:(?:[^\n]|\n[ \t])*", re.IGNORECASE | re.MULTILINE)
_CREATED = {FolderRole.DRAFTS: b"Drafts", FolderRole.SENT: b"Sent"}
_FULL = ("OVERQUOTA", "TOOBIG", "NOPERM", "CANNOT")
_SPECIALS = re.compile(r'["\\\x00-\x1f\x7f-\U0010ffff]')


class Saved:
    """The folders of drafts and sent mail of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folders: dict[FolderRole, str] = {}
        self._prefix = b""

    def know(self, folders: Sequence[Folder], prefixes: Sequence[bytes]) -> None:
        """Learn from a listing of the account's folders where drafts and sent mail belong."""
        self._folders = {folder.role: folder.id for folder in folders}
        self._prefix = prefixes[0] if prefixes else b""

    @property
    def ready(self) -> bool:
        """Whether the account's folders were listed."""
        return bool(self._folders)

    def holds(self, role: FolderRole, message_id: str) -> bool:
        """Whether the folder of that role has a message with this Message-ID."""
        if role not in self._folders:
            return False
        with self._session.talk("keeping sent mail") as client:
            self._session.select(client, self._folders[role])
            return bool(_with_id(client, message_id))

    def keep_sent(self, message: bytes) -> None:
        """Put a message among the sent ones, unless one with its Message-ID is there."""
        if not self.holds(FolderRole.SENT, id_of(message)):
            with self._session.talk("keeping sent mail") as client:
                self._append(client, FolderRole.SENT, message, flags=rb"(\Seen)")

    def save_draft(self, message: bytes) -> MessageRef:
        """Put a message among the drafts; then take away those with the same Message-ID that were there."""
        wanted = id_of(message)
        with self._session.talk("keeping a draft") as client:
            folder_id = self._folder(client, FolderRole.DRAFTS)
            opened = self._session.open_for_writing(client, folder_id)
            before = _with_id(client, wanted)
            place = self._append(client, FolderRole.DRAFTS, message, flags=rb"(\Seen \Draft)")
            if place is None or place[0] != opened.uidvalidity:
                client.noop()
                new = [uid for uid in _with_id(client, wanted) if uid not in before]
                if not new:
                    raise TransientError("The server took the draft, but does not show it.")
                place = (opened.uidvalidity, new[-1])
            _remove(client, before)
        ref_id = imap_cursor.message(*place)
        return MessageRef(ref_id, folder_id, ("draft", "seen"), len(headers.crlf(message)))

    def _append(
        self, client: Client, role: FolderRole, message: bytes, *, flags: bytes
    ) -> tuple[int, int] | None:
        """APPEND; (UIDVALIDITY, UID) where the server tells it."""
        folder = client._normalise_folder(self._folder(client, role))
        client._imap.literal = headers.crlf(message)
        try:
            kind, data = client._imap._simple_command("APPEND", folder, flags)
            client._checkok("append", kind, data)
        except IMAPClientError as error:
            if code_of(error) in _FULL:
                raise RejectedError(f"The mail server does not keep it: {said(error)}") from error
            raise
        return imap_answers.appended(data[0] or b"")

    def _folder(self, client: Client, role: FolderRole) -> str:
        """The folder of that role, made where there is none."""
        if role not in self._folders:
            name = self._prefix + _CREATED[role]
            client.create_folder(name)
            client.subscribe_folder(name)
            self._folders[role] = name.decode("latin-1")
        return self._folders[role]


def _with_id(client: Client, message_id: str) -> list[int]:
    """UIDs in the open folder with this Message-ID, looked at one by one: not every search is exact."""
    if not message_id or _SPECIALS.search(message_id):
        return []
    uids = client.uids("HEADER", "Message-ID", f'"{message_id}"')
    if not uids:
        return []
    words = (imap_answers.uid_set(uids), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    told = imap_answers.told(client.command("UID", "FETCH", *words, answer="FETCH"))
    return [
        uid for uid in uids if uid in told and imap_answers.message_id(told[uid].body or b"") == message_id
    ]


def _remove(client: Client, uids: Sequence[int]) -> None:
    """Take messages away for good, and no others: without UIDPLUS they may only be marked."""
    if not uids:
        return
    wanted = imap_answers.uid_set(uids)
    client.command("UID", "STORE", wanted, "+FLAGS.SILENT", rb"(\Deleted)", answer="FETCH")
    if client.has_capability("UIDPLUS"):
        client.command("UID", "EXPUNGE", wanted, answer="EXPUNGE")
    elif set(client.uids("DELETED")) <= set(uids):
        client.command("EXPUNGE", answer="EXPUNGE")


def id_of(message: bytes) -> str:
    """The Message-ID of a message, "" without one."""
    match = _FIELD.search(headers.head(message))
    return imap_answers.message_id(match[0]) if match else ""
