"""Domain events: facts told inside the transaction that makes them true, so that jobs follow from them."""

from dataclasses import dataclass

from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.domain.ids import AccountId, ContactId, MessageId, ThreadId


@dataclass(frozen=True, slots=True)
class MessagesStored:
    """New messages are in the store and their threads are settled.

    Nothing tells of the opposite: mail that goes from a server, or whose account is removed, stays stored.
    """

    message_ids: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class MessagesSorted:
    """Personal mail was sorted by its words; where they leave something open, meaning may decide.

    `generation` is that of `OwnAddressesChanged` which had it sorted anew, 0 for new mail.
    """

    message_ids: tuple[MessageId, ...]
    generation: int = 0


@dataclass(frozen=True, slots=True)
class ThreadOpened:
    """The user looks at a thread now: its derived data is wanted first."""

    thread_id: ThreadId


@dataclass(frozen=True, slots=True)
class AccountConnected:
    """An account or a file import is ready for its first full listing."""

    account_id: AccountId
    afresh: bool = False
    """List it though that was done, failed or was cancelled before."""


@dataclass(frozen=True, slots=True)
class SyncFinished:
    """An account was listed to its end for the first time, or anew."""

    account_id: AccountId


@dataclass(frozen=True, slots=True)
class OwnAddressesChanged:
    """The user said which addresses are theirs: who is a contact has to be decided anew.

    `generation` counts how often that happened in this home.
    """

    generation: int


@dataclass(frozen=True, slots=True)
class ContactsCreated:
    """Somebody became a contact."""

    contact_ids: tuple[ContactId, ...]


@dataclass(frozen=True, slots=True)
class ContactActivity:
    """New personal mail was exchanged with contacts: (contact, messages) for each."""

    messages: tuple[tuple[ContactId, int], ...]


@dataclass(frozen=True, slots=True)
class DealActivity:
    """Something happened that belongs to a deal; `activity_type` is "email", "meeting" or "signature"."""

    deal_id: int
    activity_type: str
    activity_id: int


@dataclass(frozen=True, slots=True)
class MeetingSoon:
    """A meeting starts within about an hour, at `starts_at` in Unix seconds."""

    event_id: int
    starts_at: int


@dataclass(frozen=True, slots=True)
class NetworkBack:
    """The computer is online again."""


@dataclass(frozen=True, slots=True)
class CorrectionMade:
    """The user said that the machine was wrong about something that more mail is like than was reached.

    By its number the rest is found.
    """

    number: int


@dataclass(frozen=True, slots=True)
class DraftWanted:
    """The user waits for a draft."""

    request: DraftRequest


DomainEvent = (
    MessagesStored
    | MessagesSorted
    | ThreadOpened
    | AccountConnected
    | SyncFinished
    | OwnAddressesChanged
    | ContactsCreated
    | ContactActivity
    | DealActivity
    | MeetingSoon
    | NetworkBack
    | CorrectionMade
    | DraftWanted
)
