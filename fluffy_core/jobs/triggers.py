"""Domain events to jobs, in the transaction that makes the event true."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fluffy_core.domain.accounts import Service
from fluffy_core.domain.documents import is_contract_like
from fluffy_core.domain.events import (
    AccountConnected,
    ContactActivity,
    ContactsCreated,
    CorrectionMade,
    DealActivity,
    DomainEvent,
    DraftWanted,
    MeetingSoon,
    MessagesSorted,
    MessagesStored,
    NetworkBack,
    OwnAddressesChanged,
    SyncFinished,
    ThreadOpened,
)
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC
from fluffy_core.jobs.registry import INTERACTIVE, LOW, Args, Registry
from fluffy_core.jobs.tasks.intelligence import LOOKBACK
from fluffy_core.jobs.timetable import EVIDENCE, QUARTER
from fluffy_core.services.accounts import network
from fluffy_core.services.home import local_time
from fluffy_core.services.writing import drafting
from fluffy_core.store import (
    accounts,
    contact_activity,
    documents,
    ledger,
    messages,
    settings,
    sources,
    summaries,
    threads,
)
from fluffy_core.store.database import Transaction
from fluffy_core.store.ledger import NewJob

BATCH = 500
"""Messages for each extract-contacts or categorize-emails job, contacts for each score-leads job."""
DEBOUNCE = 2.0
"""Seconds that a changed thread waits for more of the same before it is summarised."""
SCORE_AFTER = 5.0
"""Seconds that activity with a contact waits for more before the lead is scored, once a day."""
LATER = 600.0
"""Seconds between two looks for unanswered mail while a first sync brings page after page."""
ENOUGH = 10
"""New messages with a contact after which the relationship is looked at anew."""
FLAPPING = 900.0
"""Seconds within which a network that comes and goes is back once."""
AHEAD = 3600
"""Seconds before a meeting at which it is prepared."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that follows from an event: its arguments, and how it is to be asked for."""

    args: Args
    delay: float = 0.0
    priority: int | None = None
    afresh: bool = False
    """Forget that the same was done before; what still runs or waits stays as it is."""
    instead_of: str = ""
    """Waiting jobs of this name whose keys begin so are replaced, at the time they were to run."""


class Triggers:
    """The trigger that the store calls for every domain event.

    A job that this version cannot do yet is not asked for, nor is anything looked up for it.
    """

    def __init__(self, registry: Registry, *, clock: Callable[[], float] = time.time) -> None:
        self._registry = registry
        self._clock = clock
        self._rules: defaultdict[type, list[tuple[str, Rule]]] = defaultdict(list)
        for event, name, rule in TABLE:
            kind = registry.find(name)
            if kind is not None and kind.handler is not None:
                self._rules[event].append((name, rule))

    def __call__(self, tx: Transaction, event: DomainEvent) -> None:
        """Enqueue what follows from `event`."""
        now = self._clock()
        for name, rule in self._rules.get(type(event), ()):
            self._enqueue(tx, name, rule(tx, event, now), now=now)

    def _enqueue(self, tx: Transaction, name: str, wanted: Iterable[Wanted], *, now: float) -> None:
        replacing: dict[str, NewJob] = {}
        for one in wanted:
            job = self._registry.new_job(name, one.args, run_after=now + one.delay, priority=one.priority)
            if one.afresh:
                ledger.forget_finished(tx, job.name, job.key)
            if one.instead_of:
                replacing[one.instead_of] = job
            else:
                ledger.enqueue(tx, job, now=now)
        ledger.enqueue_instead(tx, replacing, now=now)


def _first_sync(tx: Transaction, event: AccountConnected, _now: float) -> Iterator[Wanted]:
    if accounts.fetches(tx, event.account_id, Service.MAIL):
        yield Wanted({"account_id": event.account_id, "start_date": ""}, afresh=event.afresh)


def _calendar(tx: Transaction, event: AccountConnected, _now: float) -> Iterator[Wanted]:
    if any(accounts.fetches(tx, event.account_id, one) for one in (Service.CALENDAR, Service.CONTACTS)):
        yield Wanted({"account_id": event.account_id, "sync_token": ""}, afresh=event.afresh)


def _new_mail(_tx: Transaction, event: MessagesStored, _now: float) -> Iterator[Wanted]:
    for part in batches(event.message_ids):
        yield Wanted({"message_ids": part, "force": 0})


def _closer(_tx: Transaction, event: MessagesSorted, _now: float) -> Iterator[Wanted]:
    """When there is nothing more urgent: an import does not wait for it."""
    for part in batches(event.message_ids):
        yield Wanted({"message_ids": part, "force": event.generation, "closer": 1}, priority=LOW)


def _unanswered(tx: Transaction, event: MessagesStored, _now: float) -> Iterator[Wanted]:
    """Once for all pages that come in a row; those of a first sync are many and take long."""
    if event.message_ids:
        yield _follow_ups(f"{max(event.message_ids)}", LATER if _first_syncs(tx) else 1.0)


def _after_first_sync(tx: Transaction, _event: SyncFinished, _now: float) -> Iterator[Wanted]:
    newest = messages.next_id(tx) - 1
    if newest:
        yield _follow_ups(f"{newest} of a first sync", 1.0)  # what waits for its last page comes sooner


def _follow_ups(message: str, delay: float) -> Wanted:
    args = {"lookback_days": LOOKBACK, "as_of": f"message {message}"}
    return Wanted(args, delay, instead_of=f"{LOOKBACK}/message ")


def _first_syncs(tx: Transaction) -> bool:
    """Whether an account on a server is listed for the first time."""
    return any(
        ledger.open_of_account(tx, one.id, FIRST_SYNC) for one in sources.accounts(tx) if one.kind != "files"
    )


def _grown_threads(tx: Transaction, event: MessagesStored, _now: float) -> Iterator[Wanted]:
    changed = threads.of_messages(tx, event.message_ids)
    yield from _summaries(
        tx, threads.newest_first(tx, changed) if changed else (), delay=DEBOUNCE, priority=LOW
    )


def _contracts(tx: Transaction, event: MessagesStored, _now: float) -> Iterator[Wanted]:
    for attachment_id, sha256, name, subject in documents.of_messages(tx, event.message_ids):
        if is_contract_like(name, subject):
            yield Wanted({"attachment_id": attachment_id, "sha256": sha256})


def _opened_thread(tx: Transaction, event: ThreadOpened, _now: float) -> Iterator[Wanted]:
    yield from _summaries(tx, (event.thread_id,), priority=INTERACTIVE)


def _summaries(
    tx: Transaction, thread_ids: Sequence[int], *, delay: float = 0.0, priority: int | None = None
) -> Iterator[Wanted]:
    last = summaries.last_messages(tx, thread_ids)
    for thread_id in thread_ids:
        args = {"thread_id": thread_id, "last_message_id": last.get(thread_id, 0), "model": "fast"}
        yield Wanted(args, delay, priority, instead_of=f"{thread_id}/")


def _style(tx: Transaction, event: SyncFinished | OwnAddressesChanged, now: float) -> Iterator[Wanted]:
    """Anew when it turns out which mail is mine."""
    args = {"sample_size": 100, "month": local_time.day(tx, now)[:7]}
    yield Wanted(args, afresh=isinstance(event, OwnAddressesChanged))


def _all_mail(tx: Transaction, event: OwnAddressesChanged, _now: float) -> Iterator[Wanted]:
    for part in batches(messages.all_ids(tx)):
        yield Wanted({"message_ids": part, "force": event.generation})


def _all_unanswered(_tx: Transaction, event: OwnAddressesChanged, _now: float) -> Iterator[Wanted]:
    yield Wanted({"lookback_days": LOOKBACK, "as_of": f"addresses {event.generation}"}, 1.0)


def _own_evidence(tx: Transaction, event: ContactsCreated, now: float) -> Iterator[Wanted]:
    day = local_time.day(tx, now)
    for contact_id in contact_activity.standing(tx, event.contact_ids):
        yield Wanted({"contact_id": contact_id, "sources": EVIDENCE, "day": day})


def _relationships(tx: Transaction, event: ContactActivity, now: float) -> Iterator[Wanted]:
    day = local_time.day(tx, now)
    for contact_id in contact_activity.count(tx, event.messages, enough=ENOUGH):
        yield Wanted({"contact_id": contact_id, "timeframe": QUARTER, "day": day})


def _leads(tx: Transaction, event: ContactActivity, now: float) -> Iterator[Wanted]:
    """One job a contact and day; many at once, as after an import, go together."""
    day = local_time.day(tx, now)
    contact_ids = [contact_id for contact_id, _ in event.messages]
    together = BATCH if len(contact_ids) > BATCH // 10 else 1
    for start in range(0, len(contact_ids), together):
        yield Wanted({"contact_ids": contact_ids[start : start + together], "day": day}, SCORE_AFTER)


def _deal(_tx: Transaction, event: DealActivity, _now: float) -> Iterator[Wanted]:
    yield Wanted(
        {
            "deal_id": event.deal_id,
            "activity_type": event.activity_type,
            "activity_id": event.activity_id,
        }
    )


def _meeting(_tx: Transaction, event: MeetingSoon, now: float) -> Iterator[Wanted]:
    delay = max(0.0, event.starts_at - AHEAD - now)
    yield Wanted({"meeting_id": event.event_id, "starts_at": event.starts_at}, delay)


def _health(tx: Transaction, _event: NetworkBack, now: float) -> Iterator[Wanted]:
    for one in sources.accounts(tx):
        if one.kind != "files":
            yield Wanted({"account_id": one.id, "slot": f"network {now // FLAPPING:.0f}"})


def _catch_up(tx: Transaction, _event: NetworkBack, now: float) -> Iterator[Wanted]:
    """Where no sync waited for this already."""
    for one in network.worth_asking(tx):
        if not any(ledger.open_of_account(tx, one.id, name) for name in (FIRST_SYNC, LATER_SYNC)):
            yield Wanted({"account_id": one.id, "cursor": f"network {now // FLAPPING:.0f}"})


def _topics(tx: Transaction, _event: SyncFinished, _now: float) -> Iterator[Wanted]:
    """What all the mail is about is looked for when it is there; one message stands for it."""
    newest = messages.next_id(tx) - 1
    if newest:
        yield Wanted({"message_ids": [newest], "force": -settings.next_number(tx, "corrections")})


def _corrected(_tx: Transaction, event: CorrectionMade, _now: float) -> Iterator[Wanted]:
    """Corrections count down, and below 0 only what was learned is applied: to all mail it bears on."""
    yield Wanted({"message_ids": [], "force": -event.number})


def _draft(_tx: Transaction, event: DraftWanted, _now: float) -> Iterator[Wanted]:
    yield Wanted(drafting.arguments(event.request), priority=INTERACTIVE)


Rule = Callable[[Transaction, Any, float], Iterator[Wanted]]
"""What an event wants of a job; the event is of the type that the table names."""

TABLE: Sequence[tuple[type, str, Rule]] = (
    (AccountConnected, "sync-emails-initial", _first_sync),
    (AccountConnected, "sync-calendar-events", _calendar),
    (SyncFinished, "analyze-writing-style", _style),
    (SyncFinished, "check-follow-ups", _after_first_sync),
    (SyncFinished, "categorize-emails", _topics),
    (MessagesStored, "extract-contacts", _new_mail),
    (MessagesStored, "categorize-emails", _new_mail),
    (MessagesSorted, "categorize-emails", _closer),
    (MessagesStored, "check-follow-ups", _unanswered),
    (MessagesStored, "summarize-email-thread", _grown_threads),
    (MessagesStored, "analyze-contract", _contracts),
    (ThreadOpened, "summarize-email-thread", _opened_thread),
    (OwnAddressesChanged, "extract-contacts", _all_mail),
    (OwnAddressesChanged, "categorize-emails", _all_mail),
    (OwnAddressesChanged, "check-follow-ups", _all_unanswered),
    (OwnAddressesChanged, "analyze-writing-style", _style),
    (ContactsCreated, "enrich-contact", _own_evidence),
    (ContactActivity, "analyze-relationships", _relationships),
    (ContactActivity, "score-leads", _leads),
    (DealActivity, "update-deal-pipeline", _deal),
    (MeetingSoon, "prepare-meeting", _meeting),
    (NetworkBack, "sync-emails-incremental", _catch_up),
    (NetworkBack, "check-sync-health", _health),
    (CorrectionMade, "categorize-emails", _corrected),
    (DraftWanted, drafting.JOB, _draft),
)
"""Event, job, and the rule that says with which arguments; in this order within an event."""


def batches(ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut ids into lists of at most BATCH."""
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])
