"""The accounts that mail can go out by."""

from dataclasses import dataclass

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.message import Address
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.store import accounts, messages, sources
from fluffy_core.store.database import Database


@dataclass(frozen=True, slots=True)
class Sender:
    """An account that mail can be sent by. `trouble` says why that did not work last, else ""."""

    id: AccountId
    address: Address
    trouble: str = ""


def senders(store: Database) -> tuple[Sender, ...]:
    """The accounts that can send, the oldest first."""
    found = []
    for one in sources.accounts(store):
        settings = accounts.get(store, one.id)
        if settings is not None and _sends(settings):
            address = Address(one.name, messages.latest_name(store, one.name))
            found.append(Sender(one.id, address, accounts.cannot_send(store, one.id)))
    return tuple(found)


def _sends(settings: AccountSettings) -> bool:
    if Service.MAIL not in settings.services:
        return False
    return settings.kind is not AccountKind.IMAP or settings.smtp is not None


def sender(store: Database, word: str = "") -> Sender:
    """The account that an id or address names, or the only one that can send. Raises UsageError."""
    found = senders(store)
    if word:
        account = accounts_service.find(store, word)
        chosen = [one for one in found if one.id == account.id]
        if not chosen:
            raise UsageError(f"{account.name} cannot send: add it again with its server for sending.")
        return chosen[0]
    if len(found) != 1:
        names = ", ".join(one.address.email for one in found)
        raise UsageError(f"Say which account sends: {names}." if names else "No account can send.")
    return found[0]
