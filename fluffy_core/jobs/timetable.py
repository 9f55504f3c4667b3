"""When the clock asks for what: one table for the kinds whose declaration does not say so itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from fluffy_core.domain.accounts import Service
from fluffy_core.domain.events import MeetingSoon
from fluffy_core.jobs.registry import Args, Cron, JobKind, Registry
from fluffy_core.jobs.schedule import Look
from fluffy_core.services.accounts import network
from fluffy_core.services.people import meetings
from fluffy_core.store import counts, people_rows
from fluffy_core.store.database import Database, Transaction

EVIDENCE = ["evidence"]
"""The sources of enrich-contact that need nobody's permission: what the user's own mail says."""
SOON = 3600 + 300
"""Seconds before a meeting at which it is noticed: an hour, and until the next look."""
BATCH = 500
"""Contacts for each score-leads job."""
QUARTER = "90d"
"""The timeframe that relationships are judged by."""


def name_of(slot: datetime) -> str:
    """A slot in a key: its date and time where it is one of many a day."""
    text = slot.replace(tzinfo=None).isoformat(timespec="minutes")
    return f"{text}Z" if slot.tzinfo is UTC else text


def week_of(slot: datetime) -> str:
    """The ISO week of a slot, "2026-W10"."""
    year, week, _ = slot.isocalendar()
    return f"{year}-W{week:02}"


def daily(hour: str, **more: object) -> Cron:
    """Once for each date on which there is mail, with the date and `more` as arguments."""
    return Cron({"hour": hour, "minute": "0"}, _dated(**more))


def _dated(**more: object) -> Callable[[Database, datetime], Iterable[Args]]:
    def ask(store: Database, slot: datetime) -> Iterator[Args]:
        if counts.any_mail(store):
            yield {"day": slot.date().isoformat(), **more}

    return ask


def _incremental(store: Database, slot: datetime) -> Iterator[Args]:
    """The job reads its cursor when it runs; here it names the slot, or a quiet mailbox blocked the next."""
    for one in network.worth_asking(store):
        yield {"account_id": one.id, "cursor": name_of(slot)}


def _calendars(store: Database, slot: datetime) -> Iterator[Args]:
    """The token, too, is read when the job runs."""
    services = (Service.CALENDAR, Service.CONTACTS)
    for account_id in sorted({one.id for what in services for one in network.worth_asking(store, what)}):
        yield {"account_id": account_id, "sync_token": slot.date().isoformat()}


def _enrichment(store: Database, slot: datetime) -> Iterator[Args]:
    for contact_id in people_rows.ids(store):
        yield {"contact_id": contact_id, "sources": EVIDENCE, "day": slot.date().isoformat()}


def _style(store: Database, slot: datetime) -> Iterator[Args]:
    if counts.any_mail(store):
        yield {"sample_size": 100, "month": f"{slot:%Y-%m}"}


def _leads(store: Database, slot: datetime) -> Iterator[Args]:
    contact_ids = people_rows.ids(store)
    for start in range(0, len(contact_ids), BATCH):
        yield {"contact_ids": list(contact_ids[start : start + BATCH]), "day": slot.date().isoformat()}


def _dormant(store: Database, slot: datetime) -> Iterator[Args]:
    if counts.any_mail(store):
        yield {"inactive_days": 90, "min_score": 0, "week": week_of(slot)}


SCHEDULES: Mapping[str, Cron] = {
    "sync-emails-incremental": Cron({"minute": "*/15"}, _incremental),
    "sync-calendar-events": Cron({"hour": "5", "minute": "0"}, _calendars),
    "enrich-contact": Cron({"day_of_week": "sun", "hour": "4", "minute": "0"}, _enrichment),
    "analyze-relationships": daily("4", contact_id=0, timeframe=QUARTER),
    "analyze-writing-style": Cron({"day": "1", "hour": "4", "minute": "30"}, _style),
    "score-leads": Cron({"day_of_week": "mon", "hour": "6", "minute": "0"}, _leads),
    "find-dormant-relationships": Cron({"day_of_week": "mon", "hour": "8", "minute": "0"}, _dormant),
    "monitor-competitors": daily("5"),
}
"""By the kind's name: it takes effect as soon as the kind has a handler."""


def looks(registry: Registry) -> tuple[Look, ...]:
    """What the clock looks after beside the kinds: meetings that start within the hour."""
    kind = registry.find("prepare-meeting")
    if kind is None or kind.handler is None:
        return ()
    return (Look("meetings-soon", {"minute": "*/5"}, _meetings),)


def _meetings(tx: Transaction, now: float) -> None:
    """Those of the next look as well, so that each is prepared on the minute."""
    for event_id, starts_at in meetings.starting(tx, int(now), int(now) + SOON):
        tx.emit(MeetingSoon(event_id, starts_at))


def scheduled(kinds: Iterable[JobKind]) -> tuple[JobKind, ...]:
    """The kinds with their schedules: their own, or the one this table gives them."""
    return tuple(
        replace(kind, schedule=SCHEDULES.get(kind.name)) if kind.schedule is None else kind for kind in kinds
    )
