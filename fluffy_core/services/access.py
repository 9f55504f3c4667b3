"""Whether an account may be asked now, and what its server says: it refuses us, or wants a pause."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import SignInError, TransientError
from fluffy_core.services import local_time, network
from fluffy_core.store import accounts
from fluffy_core.store.database import Database, Transaction

OFFLINE = "Not asked: every connection is switched off"


def refusal(store: Database | Transaction, account_id: AccountId, *, now: float | None = None) -> str:
    """Why an account is not to be asked now, as a job answers; "" when it may be. `now` is Unix seconds."""
    if network.is_offline(store):
        return OFFLINE
    until = throttled_until(store, account_id, now=now)
    return throttled(store, until) if until else ""


def throttled_until(
    store: Database | Transaction, account_id: AccountId, *, now: float | None = None
) -> float:
    """Until when (Unix seconds) an account's server wants to be left alone; 0 when it does not any more."""
    until = accounts.throttled_until(store, account_id)
    return until if until > (time.time() if now is None else now) else 0.0


def throttled(store: Database | Transaction, until: float) -> str:
    """The words for a pause that a server wants, on the user's clock; with the day when it is not today's."""
    zone = local_time.zone(store)
    when = datetime.fromtimestamp(until, zone)
    today = datetime.now(zone).date() == when.date()
    return f"Throttled until {when:%H:%M}" if today else f"Throttled until {when:%A %H:%M}"


@contextmanager
def asking(store: Database, account_id: AccountId) -> Iterator[None]:
    """Whatever asks an account does it in here: what its server says about that is remembered.

    That it refuses us or wants a pause is forgotten again as soon as it answers.
    """
    try:
        yield
    except SignInError as error:
        _note(store, account_id, refused=str(error))
        raise
    except TransientError as error:
        if error.retry_after is not None:
            _note(store, account_id, until=time.time() + error.retry_after)
        raise
    _note(store, account_id, refused="", until=0.0)


def _note(
    store: Database, account_id: AccountId, *, refused: str | None = None, until: float | None = None
) -> None:
    refused_news = refused is not None and refused != accounts.refused(store, account_id)
    until_news = until is not None and until != accounts.throttled_until(store, account_id)
    if not (refused_news or until_news):
        return
    with store.transaction() as tx:
        if refused is not None:
            accounts.set_refused(tx, account_id, refused)
        if until is not None:
            accounts.set_throttled(tx, account_id, until)
