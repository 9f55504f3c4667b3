"""Protocols that every connector satisfies, and that tests/contracts holds them to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from fluffy_core.domain.source import RawItem
from fluffy_core.domain.sync import (
    CardPage,
    EventPage,
    Fetched,
    Folder,
    Listing,
    MessageRef,
    RemoteCalendar,
    RemoteChanges,
)

Known = Callable[[], Mapping[str, tuple[str, ...]]]
"""Flags of every message that is stored of a folder, by id. Asked for only where it is needed."""


class MailSource(Protocol):
    """Delivers the raw items of one folder, mbox, archive member, … in a fixed order.

    Positions rise strictly and belong to the item, not to the run: reading again, or going on after
    a position, meets the same items under the same positions and locators.
    """

    def read(self, *, after: int = -1) -> Iterator[RawItem]:
        """Yield the items with a position above `after`, lowest first.

        An item that is damaged comes with its `problem`, an item that is no mail with `skip`; both
        count. Raises UnreadableError when the source fails, after all items before the failure.
        """
        ...

    def count(self) -> int:
        """The exact number of items that `read()` yields from the start."""
        ...


class MailAccount(Protocol):
    """One mail account on a server. One thread uses it at a time; `close` ends its connections.

    Every call may raise TransientError (network, limits; with `retry_after` where the server names it),
    SignInError (the server refuses who we are), UntrustedServerError (its certificate) or BlockedError
    (offline). After a TransientError the next call starts on a fresh connection. What is asked about a
    folder that is not there any more raises FolderGoneError.
    """

    def folders(self) -> tuple[Folder, ...]:
        """The folders that can hold messages, in a fixed order."""
        ...

    def cursor(self, folder: Folder) -> str:
        """From where changes count. Taken before a listing, so that nothing falls between the two."""
        ...

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        """A page of at most `limit` messages that arrived on `since` or later, newest first.

        Raises CursorExpiredError when `token` is of a listing that the server has forgotten: begin again.
        """
        ...

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """What happened after `cursor`. Raises CursorExpiredError when the server has forgotten that.

        Servers that do not remember what changed are compared with `known`. Then `gone` is exact; else it
        may name messages that were never known.
        """
        ...

    def present(self, folder: Folder) -> frozenset[str]:
        """The ids of all messages in a folder: what is left after a cursor expired."""
        ...

    def message_ids(self, folder: Folder) -> Mapping[str, str]:
        """The Message-ID ("<…>", "" without one) of every message in a folder, by id, without their bytes.

        After a cursor expired it tells which of the stored messages the ids now mean.
        """
        ...

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """The bytes of each of `refs`, exactly once, in any order. One that fails holds up none.

        Raises CursorExpiredError when the ids do not mean these messages any more.
        """
        ...

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """Hand a message over for delivery to all of `recipients` or, on any error but one, to none.

        Bcc lines are taken out. Raises RejectedError when the server refuses it for good, and
        UncertainError when the connection broke so late that it may have been sent.
        """
        ...

    def keep_sent(self, message: bytes) -> None:
        """Put a message that was sent among the sent ones, unless it is there or the server does that."""
        ...

    def was_sent(self, message_id: str) -> bool:
        """Whether a message with this Message-ID lies among the sent ones."""
        ...

    def save_draft(self, message: bytes) -> MessageRef:
        """Put a message among the drafts; one with the same Message-ID is replaced."""
        ...

    def wait(self, folder: Folder, seconds: float) -> bool:
        """Wait until the server says that something changed since the last `cursor` or `changes`.

        False after `seconds`, at once without push, and when another thread calls `close`.
        """
        ...

    def close(self) -> None:
        """End the connections; safe to call twice."""
        ...


class CalendarAccount(Protocol):
    """The calendars of one account on a server, read only. One thread uses it at a time.

    Errors are those of MailAccount.
    """

    def calendars(self) -> tuple[RemoteCalendar, ...]:
        """The calendars that the account shows, in a fixed order, with those that others share."""
        ...

    def events(
        self, calendar: RemoteCalendar, *, cursor: str = "", token: str = "", start: date, end: date
    ) -> EventPage:
        """What happened after `cursor`, or ("") everything with a part in [`start`, `end`).

        After a cursor what changed comes wherever it lies, also outside [`start`, `end`). Series come as
        they repeat, not as single days; their exceptions are in the same entry or in entries of their own.
        A day that was called off is an exclusion of the series, or an exception that is cancelled. `token`
        is the `next` of the page before; another client may ask with it. Raises CursorExpiredError when the
        server has forgotten the cursor or the token, and FolderGoneError when the calendar is not there any
        more.
        """
        ...

    def close(self) -> None:
        """End the connections; safe to call twice."""
        ...


class ContactSource(Protocol):
    """The address books of one account on a server, read only. Errors are those of MailAccount."""

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        """What happened after `cursor`, or ("") everybody; `token` is the `next` of the page before.

        Raises CursorExpiredError when the server has forgotten the cursor or the token.
        """
        ...

    def close(self) -> None:
        """End the connections; safe to call twice."""
        ...
