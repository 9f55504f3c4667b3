"""Domain events: facts told inside the transaction that makes them true, so that jobs follow from them."""

from dataclasses import dataclass

from fluffy_core.domain.ids import AccountId, MessageId, ThreadId


@dataclass(frozen=True, slots=True)
class MessagesStored:
    """New messages are in the store and their threads are settled."""

    message_ids: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class ThreadsChanged:
    """Threads gained or lost messages and their derived data is stale."""

    thread_ids: tuple[ThreadId, ...]


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
class OwnAddressesChanged:
    """The user said which addresses are theirs: who is a contact has to be decided anew."""


DomainEvent = MessagesStored | ThreadsChanged | ThreadOpened | AccountConnected | OwnAddressesChanged
