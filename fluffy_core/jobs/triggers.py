"""Domain events to jobs, in the transaction that makes the event true."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fluffy_core.domain.events import (
    AccountConnected,
    DomainEvent,
    MessagesStored,
    OwnAddressesChanged,
    ThreadOpened,
    ThreadsChanged,
)
from fluffy_core.jobs.registry import INTERACTIVE, Args, Registry
from fluffy_core.jobs.tasks.intelligence import LOOKBACK
from fluffy_core.store import ledger, messages, settings, threads
from fluffy_core.store.database import Transaction

BATCH = 500
"""Messages for each extract-contacts or categorize-emails job."""
DEBOUNCE = 2.0
"""Seconds that a changed thread waits for more of the same before it is summarised."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that follows from an event."""

    name: str
    args: Args
    delay: float = 0.0
    priority: int | None = None
    afresh: bool = False
    """Forget that the same was done before; what still runs or waits stays as it is."""
    instead_of: str = ""
    """Waiting jobs of this name whose keys begin so are replaced, at the time they were to run."""


class Triggers:
    """The trigger that the store calls for every domain event."""

    def __init__(self, registry: Registry, *, clock: Callable[[], float] = time.time) -> None:
        self._registry = registry
        self._clock = clock

    def __call__(self, tx: Transaction, event: DomainEvent) -> None:
        """Enqueue what follows from `event`."""
        now = self._clock()
        for wanted in _wanted(tx, event):
            job = self._registry.new_job(
                wanted.name, wanted.args, run_after=now + wanted.delay, priority=wanted.priority
            )
            if wanted.afresh:
                ledger.forget_finished(tx, job.name, job.key)
            if wanted.instead_of:
                job = ledger.supersede(tx, job, wanted.instead_of)
            ledger.enqueue(tx, job, now=now)


def _wanted(tx: Transaction, event: DomainEvent) -> Iterator[Wanted]:
    match event:
        case AccountConnected(account_id, afresh):
            yield Wanted("sync-emails-initial", {"account_id": account_id, "start_date": ""}, afresh=afresh)
        case MessagesStored(()):
            pass
        case MessagesStored(message_ids):
            yield from _understand(message_ids, force=0)
            yield Wanted(
                "check-follow-ups", {"lookback_days": LOOKBACK, "as_of": f"message {max(message_ids)}"}, 1.0
            )
            for thread_id in threads.newest_first(tx, threads.of_messages(tx, message_ids)):
                yield _summary(tx, thread_id, delay=DEBOUNCE, priority=None)
        case OwnAddressesChanged():
            everything = messages.all_ids(tx)
            generation = settings.next_number(tx, "people-generation")
            yield from _understand(everything, force=generation)
            yield Wanted(
                "check-follow-ups", {"lookback_days": LOOKBACK, "as_of": f"addresses {generation}"}, 1.0
            )
        case ThreadsChanged(thread_ids):
            for thread_id in thread_ids:
                yield _summary(tx, thread_id, delay=DEBOUNCE, priority=None)
        case ThreadOpened(thread_id):
            yield _summary(tx, thread_id, delay=0.0, priority=INTERACTIVE)


def _understand(message_ids: Sequence[int], *, force: int) -> Iterator[Wanted]:
    for part in batches(message_ids):
        yield Wanted("extract-contacts", {"message_ids": part, "force": force})
        yield Wanted("categorize-emails", {"message_ids": part, "force": force})


def _summary(tx: Transaction, thread_id: int, *, delay: float, priority: int | None) -> Wanted:
    last = messages.last_of_thread(tx, thread_id)
    args = {"thread_id": thread_id, "last_message_id": last, "model": "fast"}
    return Wanted("summarize-email-thread", args, delay, priority, instead_of=f"{thread_id}/")


def batches(ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut ids into lists of at most BATCH."""
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])
