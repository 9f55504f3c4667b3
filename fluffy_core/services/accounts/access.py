"""Whether an account may be asked now, and what its server says: it refuses us, or wants a pause."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import KnownError, SignInError, TransientError
from fluffy_core.services.accounts import network
from fluffy_core.services.home import local_time
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

    That it refused us or wanted a pause is forgotten as soon as it answers; not what it says meanwhile.
    """
    before = _said(store, account_id)
    try:
        yield
    except KnownError as error:
        remember(store, account_id, error)
        raise
    if any(before) and _said(store, account_id) == before:
        with store.transaction() as tx:
            accounts.set_refused(tx, account_id, "")
            accounts.set_throttled(tx, account_id, 0.0)


def remember(store: Database, account_id: AccountId, error: KnownError) -> None:
    """Keep what an error says about asking an account again, if it says anything."""
    if isinstance(error, SignInError) and accounts.refused(store, account_id) != str(error):
        with store.transaction() as tx:
            accounts.set_refused(tx, account_id, str(error))
    if isinstance(error, TransientError) and error.wait is not None:
        with store.transaction() as tx:
            accounts.set_throttled(tx, account_id, time.time() + error.wait)


def _said(store: Database, account_id: AccountId) -> tuple[str, float]:
    return accounts.refused(store, account_id), accounts.throttled_until(store, account_id)
