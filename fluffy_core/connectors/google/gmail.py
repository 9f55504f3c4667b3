"""Gmail: an account whose labels are folders, and "All Mail" the one that is fetched."""

import binascii
import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.google import gmail_labels, gmail_saving, gmail_units
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.google.gmail_gets import Gets
from fluffy_core.connectors.google.gmail_mailbox import PAGE, Mailbox
from fluffy_core.connectors.google.gmail_push import Push
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.sync import Fetched, Folder, Listing, MessageRef, RemoteChanges
from fluffy_core.errors import CursorExpiredError, KnownError, TransientError

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_Raw = tuple[dict[str, Any], bytes]


class GmailAccount:
    """A `MailAccount`. Ids are Gmail's, which never change; a cursor is a history id.

    `subscription` tells of new mail. `backoff` is in seconds: the first pause before failed parts of a batch
    are asked for again. `pace` counts Gmail's quota units.
    """

    def __init__(
        self,
        gateway: Gateway,
        root: str,
        token: Token,
        *,
        subscription: str = "",
        backoff: float = 1.0,
        pace: Pace | None = None,
    ) -> None:
        self._api = GoogleApi(gateway, root, "gmail", reason="Gmail", token=token, pace=pace)
        self._api.cost = gmail_units.units
        self._gets = Gets(self._api, pause=self._pause, backoff=backoff)
        self._mailbox = Mailbox(self._api, self._gets)
        self._push = (
            Push(gateway, self._api, subscription=subscription, token=token) if subscription else None
        )
        self._seen = 0
        self._closed = threading.Event()

    @property
    def units(self) -> int:
        """Quota units that were used until now."""
        return gmail_units.units(self._api.calls)

    def folders(self) -> tuple[Folder, ...]:
        """As `MailAccount.folders`: "All Mail" and the labels."""
        with self._api.understood():
            return self._mailbox.ask_labels().folders()

    def cursor(self, folder: Folder) -> str:
        """As `MailAccount.cursor`: the history id of the whole mailbox."""
        with self._api.understood():
            self._mailbox.check(folder)
            self._seen = int(self._mailbox.profile()["historyId"])
        return str(self._seen)

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        """As `MailAccount.list`. Flags, labels and sizes are not told here: they come with the bytes."""
        with self._api.understood():
            self._mailbox.check(folder)
            total = None if token else self._mailbox.total(folder, since)
            refs: list[MessageRef] = []
            while True:
                most = min(limit - len(refs), PAGE)
                found, token = self._mailbox.page(folder, since, token=token, limit=most)
                refs += found
                if not token or len(refs) >= limit:
                    return Listing(tuple(refs), token, total)

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """As `MailAccount.changes`. Where Gmail has forgotten the cursor, all is compared with `known`.

        Its ids never mean other messages, so that nothing needs to be fetched again. Raises
        CursorExpiredError for a cursor that is none of Gmail's.
        """
        if not (cursor.isascii() and cursor.isdecimal()):
            raise CursorExpiredError("Gmail does not know this cursor.")
        with self._api.understood():
            self._mailbox.check(folder)
            found = self._mailbox.changes(folder, cursor, known)
        self._seen = int(found.cursor)
        return found

    def present(self, folder: Folder) -> frozenset[str]:
        """As `MailAccount.present`."""
        with self._api.understood():
            self._mailbox.check(folder)
            return frozenset(ref.id for ref in self._mailbox.everything(folder))

    def message_ids(self, folder: Folder) -> dict[str, str]:
        """As `MailAccount.message_ids`."""
        ids = sorted(self.present(folder))
        options = {"format": "metadata", "metadataHeaders": ["Message-ID"]}
        found = self._gets.each(ids, gmail_saving.message_id_in, **options)
        return {key: one for key, one in found if isinstance(one, str)}

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """As `MailAccount.fetch`. What comes tells of flags, labels and size too."""
        wanted: dict[str, list[MessageRef]] = {}
        for ref in refs:
            wanted.setdefault(ref.id, []).append(ref)
        for message_id, found in self._gets.each(list(wanted), _raw, format="raw"):
            for ref in wanted[message_id]:
                yield self._fetched(ref, found)

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """As `MailAccount.send`. Gmail itself holds the sender to the account's own addresses."""
        del sender
        gmail_saving.send(self._api, message, recipients)

    def keep_sent(self, message: bytes) -> None:
        """As `MailAccount.keep_sent`: Gmail keeps what it sends."""

    def was_sent(self, message_id: str) -> bool:
        """As `MailAccount.was_sent`."""
        with self._api.understood():
            return gmail_saving.was_sent(self._api, message_id)

    def save_draft(self, message: bytes) -> MessageRef:
        """As `MailAccount.save_draft`."""
        with self._api.understood():
            found = gmail_saving.put_draft(self._api, message)
            told = {"labelIds": ["DRAFT"], **found}
            return self._mailbox.labels.of(told, "DRAFT", size=len(message))

    def wait(self, folder: Folder, seconds: float) -> bool:
        """As `MailAccount.wait`: with a subscription of the user's; else False at once."""
        del folder
        if self._push is None or self._closed.is_set():
            return False
        try:
            with self._api.understood():
                return self._push.wait(self._seen, seconds, self._pause)
        except TransientError:
            if self._closed.is_set():
                return False
            raise

    def close(self) -> None:
        """End the connections; also from another thread, whose `wait` then ends."""
        if not self._closed.is_set() and self._api.calls:
            logging.getLogger(__name__).info("Gmail: %s", gmail_units.sentence(self._api.calls))
        self._closed.set()
        self._api.close()
        if self._push is not None:
            self._push.close()

    def _pause(self, seconds: float) -> None:
        if self._closed.wait(seconds):
            raise TransientError("The account was closed.")

    def _fetched(self, ref: MessageRef, found: _Raw | KnownError | None) -> Fetched:
        if isinstance(found, KnownError):
            return Fetched(ref, problem=str(found))
        if found is None or not gmail_labels.is_in(ref.folder_id, found[0].get("labelIds", ())):
            return Fetched(ref, gone=True)
        message, content = found
        return Fetched(self._mailbox.labels.of(message, ref.folder_id, size=len(content)), content)


def _raw(message: dict[str, Any]) -> _Raw:
    """A message with its bytes. Raises ValueError when they are not whole."""
    raw = message.pop("raw").encode("ascii").translate(_TO_STANDARD).rstrip(b"=")
    return message, binascii.a2b_base64(raw + b"=" * (-len(raw) % 4), strict_mode=True)
