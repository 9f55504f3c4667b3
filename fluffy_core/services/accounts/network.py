"""The one gateway of a home: what it may reach, and its log; what the user is told of both."""

import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Traffic
from fluffy_core.domain.accounts import Roots, Service
from fluffy_core.domain.events import NetworkBack
from fluffy_core.errors import UnreachableError
from fluffy_core.events import Changed
from fluffy_core.store import accounts, ledger, settings, sources, traffic
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.sources import Account
from fluffy_core.store.traffic import Connection

_OFFLINE = "offline"
_HTTPS = 443
_NAMED = 2
"""Hosts that the line about today names."""


def gateway(
    store: Database,
    roots: Roots | None = None,
    *,
    reached: Callable[[Endpoint, bool], None] = lambda endpoint, there: None,
) -> Gateway:
    """A gateway to the hosts of the accounts that a home has at that moment, unless it is offline.

    `reached` is told of every try to reach a server, and whether it is there.
    """
    where = roots or Roots()
    rules = Rules(
        owns=lambda host: any(host in one.hosts | where.hosts(one.kind) for one in accounts.listed(store)),
        offline=lambda: is_offline(store),
        pinned=lambda host, port: _pinned(store, host, port),
        reached=reached,
    )
    return Gateway(rules, log(store), where)


def log(store: Database) -> Callable[[Traffic], None]:
    """Writes connections down."""

    def note(one: Traffic) -> None:
        row = Connection(
            one.opened.timestamp(), one.host, one.port, one.reason, one.received, one.sent, one.refused
        )
        with store.transaction() as tx:
            traffic.note(tx, row)
            tx.changed(Changed.TRAFFIC)

    return note


def _pinned(store: Database, host: str, port: int) -> str:
    for one in accounts.listed(store):
        servers = [(at.host.lower(), at.port) for at in (one.imap, one.smtp) if at is not None]
        if (host.lower(), port) in (*servers, *_address(one.dav)):
            return one.certificate
    return ""


def _address(url: str) -> list[tuple[str, int]]:
    """(host, port) of a server of calendars, none without one."""
    parts = urlsplit(url if "://" in url else f"https://{url}") if url else urlsplit("")
    try:
        port = parts.port
    except ValueError:
        return []
    return [(parts.hostname.lower(), port or _HTTPS)] if parts.hostname else []


def is_offline(store: Database | Transaction) -> bool:
    """Whether the user switched every connection off."""
    return settings.get(store, _OFFLINE, False) is True


def worth_asking(store: Database | Transaction, service: Service = Service.MAIL) -> list[Account]:
    """Accounts that the clock may ask for this: none while offline, nor those that do not want us."""
    if is_offline(store):
        return []
    unwilling = accounts.unwilling(store, now=time.time())
    there = [one for one in sources.accounts(store) if one.kind != "files" and one.id not in unwilling]
    return [one for one in there if accounts.fetches(store, one.id, service)]


def set_offline(store: Database, offline: bool) -> None:
    """Switch every connection off, or on again; then what waited for that goes on."""
    with store.transaction(durable=True) as tx:
        back = is_offline(tx) and not offline
        settings.put(tx, _OFFLINE, offline)
        tx.changed(Changed.SETTINGS, Changed.TRAFFIC)
        if back:
            note_back(tx, now=time.time())


def note_back(tx: Transaction, *, now: float) -> None:
    """There is a way to the servers again: jobs that waited for one go on, and others follow from it."""
    ledger.wake(tx, UnreachableError.__name__, now=now)
    tx.emit(NetworkBack())


def connections(store: Database, *, limit: int = 200) -> tuple[Connection, ...]:
    """What was reached or refused, the newest first."""
    return traffic.listed(store, limit=limit)


def today(store: Database, *, now: float | None = None) -> str:
    """One line: which hosts were reached since midnight."""
    if is_offline(store):
        return "Offline: every connection is switched off"
    moment = datetime.fromtimestamp(time.time() if now is None else now).astimezone()
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    hosts = traffic.hosts_since(store, midnight)
    if not hosts:
        return "Private: no connections today"
    more = f" and {len(hosts) - _NAMED:,} more" if len(hosts) > _NAMED else ""
    return f"Private: today only {', '.join(hosts[:_NAMED])}{more}"
