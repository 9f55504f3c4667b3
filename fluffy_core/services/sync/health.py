"""`check-sync-health`: is every place that mail comes from still in order, and what to do when one is not."""

from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from fluffy_core.connectors.files import disk
from fluffy_core.domain.accounts import AccountKind, Service
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.health import AccountHealth, Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import JobState
from fluffy_core.errors import BlockedError, CursorExpiredError, KnownError, SignInError, TransientError
from fluffy_core.services.accounts import access, permissions
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.imports import imports
from fluffy_core.services.sync.calendars import PimConnectors
from fluffy_core.store import alerts, health, ledger, remote, remote_cards, remote_events, sources
from fluffy_core.store.accounts import fetches
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.sources import Account

_WAITS = (JobState.QUEUED, JobState.RUNNING, JobState.WAITING_RETRY)
SHOWN = 3


class HealthCheck(Protocol):
    """Looks after the accounts of one kind: a connector brings one.

    It may take its time (it is called outside any transaction) and refresh what it needs to. It answers
    with what it found, or raises TransientError when it should be tried again soon, or another
    KnownError whose sentence is what is wrong.
    """

    def __call__(self, store: Database, account: Account, /) -> Finding:
        """How the account is doing now."""
        ...


def check_files(store: Database, account: Account) -> Finding:
    """An import of files: did it end, was everything read, are the files still there."""
    gone = [
        f"{Path(one).name} ({why})" for one in account.name.split("\n") if (why := disk.why_unreadable(one))
    ]
    key = imports.sync_key(account.id)
    state = ledger.state_of(store, "sync-emails-initial", key)
    ended = state is JobState.SUCCEEDED or (state is None and _is_settled(store, account.id))
    if state is JobState.DEAD:
        words = f"The last import gave up. {ledger.error_of(store, 'sync-emails-initial', key)}"
        return Finding(HealthState.FAILING, words, "Mend the cause, then try it again from Activity.")
    if state in _WAITS and not gone:
        return Finding(HealthState.WELL, "Its mail is being read.")
    if not ended and gone:
        words = f"The import cannot go on: {_few(gone)}."
        return Finding(HealthState.FAILING, words, "Put the files back, then import them again.")
    if not ended:
        words = "The last import was stopped before its end."
        return Finding(
            HealthState.ATTENTION, words, "Import the same files again; it goes on where it stopped."
        )
    return _ended(store, account.id, gone)


def _is_settled(store: Database, account_id: AccountId) -> bool:
    with store.transaction() as tx:
        return sources.is_settled(tx, account_id)


def _ended(store: Database, account_id: AccountId, gone: list[str]) -> Finding:
    states = sources.of_account(store, account_id)
    broken = [f"{Path(one.file.path).name}: {one.problem}" for one in states if one.problem]
    unread = sum(one.count.unread for one in states)
    if broken:
        share = f"{len(broken):,} of {number_of(len(states), 'file')}"
        words = f"{share} {'was' if len(broken) == 1 else 'were'} not read to the end. {_few(broken)}"
        return Finding(HealthState.ATTENTION, words, "Check the files, then import them again.")
    if unread:
        words = (
            f"{number_of(unread, 'message')} could not be understood and "
            f"{'is kept as it is' if unread == 1 else 'are kept as they are'}."
        )
        return Finding(HealthState.ATTENTION, words, "Nothing is lost; a later version may read them.")
    if gone:
        words = f"Everything was read and is kept. No longer there: {_few(gone)}."
        return Finding(HealthState.WELL, words)
    messages = sum(one.count.messages for one in states)
    read = "The only message was" if messages == 1 else f"All {messages:,} messages were"
    return Finding(HealthState.WELL, f"{read} read.")


def _few(some: list[str]) -> str:
    more = len(some) - SHOWN
    return "; ".join(some[:SHOWN]) + (f"; and {more:,} more" if more > 0 else "")


def check_server(connect: Connect, pim: PimConnectors) -> HealthCheck:
    """Looks after an account on a server: sign in, list what it has, tell what could not be fetched."""

    def look(store: Database, account: Account) -> Finding:
        if access.throttled_until(store, account.id):
            return Finding(HealthState.ATTENTION, access.refusal(store, account.id), "It goes on by itself.")
        try:
            with access.asking(store, account.id):
                what = _has(store, account.id, connect, pim=pim)
        except SignInError as error:
            return Finding(
                HealthState.FAILING,
                str(error),
                permissions.sign_in_again(AccountKind(account.kind), account.name),
            )
        except BlockedError as error:
            return Finding(HealthState.ATTENTION, str(error), "`fluffy privacy --offline off` goes online.")
        waiting = remote.aside_reasons(store, account.id)
        if waiting:
            where = f"{waiting[0][0]}: {waiting[0][1]}"
            count = "One message" if len(waiting) == 1 else f"{len(waiting):,} messages"
            words = f"{count} could not be fetched yet. {where}"
            return Finding(HealthState.ATTENTION, words, "They are tried again with every sync.")
        unread = remote_events.problems(store, account.id)
        if unread:
            calendar, problem = unread[0]
            count = "One entry" if len(unread) == 1 else f"{len(unread):,} entries"
            words = f"{count} of a calendar could not be read whole. {calendar}: {problem}"
            return Finding(HealthState.ATTENTION, words, "Everything else is there.")
        return Finding(HealthState.WELL, f"It lets us in and has {what}.")

    return look


def _has(store: Database, account_id: AccountId, connect: Connect, *, pim: PimConnectors) -> str:
    """Ask for each service what is there; "12 folders, 3 calendars"."""
    found = []
    if fetches(store, account_id, Service.MAIL):
        with closing(connect(account_id)) as server:
            found.append(number_of(len(server.folders()), "folder"))
    if fetches(store, account_id, Service.CALENDAR):
        with closing(pim.calendar(account_id)) as calendars:
            found.append(number_of(len(calendars.calendars()), "calendar"))
    if fetches(store, account_id, Service.CONTACTS):
        state = remote_cards.state(store, account_id)
        with closing(pim.contacts(account_id)) as books, suppress(CursorExpiredError):
            books.cards(cursor=state.cursor, token=state.token)
        found.append("address books")
    return ", ".join(found)


CHECKS: Mapping[str, HealthCheck] = {"files": check_files}
"""By the kind of account."""


def check(
    store: Database, account_id: AccountId, *, checks: Mapping[str, HealthCheck] = CHECKS
) -> Finding | None:
    """Look after one account; None when it is gone. Raises TransientError; writes nothing itself."""
    account = sources.account(store, account_id)
    if account is None:
        return None
    looks_after = checks.get(account.kind)
    if looks_after is None:
        return Finding(
            HealthState.ATTENTION, f"This version cannot look after an account of kind {account.kind}."
        )
    try:
        return looks_after(store, account)
    except TransientError:
        raise
    except KnownError as error:
        return Finding(HealthState.FAILING, str(error), "Mend the cause; it is looked at again by itself.")


def write(tx: Transaction, account_id: AccountId, finding: Finding, *, now: float) -> str:
    """Note what was found, in the words of a job's result.

    An account that begins to fail is an alert, unless a job told it already; it goes away when nothing is
    wrong any more.
    """
    about = alerts.about_account(account_id)
    begins = health.put(tx, account_id, finding, now=now)
    if begins and not alerts.is_told(tx, about):
        alerts.note(tx, about, text=finding.words, cure=finding.cure, now=now)
    elif finding.state is not HealthState.FAILING:
        alerts.settle(tx, about)
    return f"{finding.words} {finding.cure}".strip()


def accounts(store: Database) -> tuple[AccountHealth, ...]:
    """How every account was found when it was last looked at."""
    return health.listed(store)
