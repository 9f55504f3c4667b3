"""Which jobs follow from which event, under which key, how soon."""

import re
from pathlib import Path
from typing import get_args

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.events import (
    AccountConnected,
    ContactActivity,
    ContactsCreated,
    CorrectionMade,
    DealActivity,
    DomainEvent,
    MeetingSoon,
    MessagesSorted,
    MessagesStored,
    NetworkBack,
    OwnAddressesChanged,
    SyncFinished,
    ThreadOpened,
)
from fluffy_core.domain.ids import AccountId, ContactId, MessageId, ThreadId
from fluffy_core.domain.jobs import Job, JobState, Queue
from fluffy_core.jobs import catalogue
from fluffy_core.jobs.registry import INTERACTIVE, LOW, Registry
from fluffy_core.jobs.timetable import SCHEDULES
from fluffy_core.jobs.triggers import BATCH, DEBOUNCE, FLAPPING, LATER, SCORE_AFTER, TABLE, Triggers, batches
from fluffy_core.services.accounts import network
from fluffy_core.services.imports import imports
from fluffy_core.services.people import contacts as extraction
from fluffy_core.store import accounts, ledger, settings, sources
from fluffy_core.store import people as people_store
from fluffy_core.store.database import Database
from tests.fakes import kinds, stored
from tests.fakes.jobs import NO_PIM, NOW, Clock, all_jobs, nowhere, paths
from tests.fakes.models import NoModels
from tests.fakes.stored import Letter


@pytest.fixture
def box(store: Database, clock: Clock) -> Database:
    """Three letters in two threads, with the triggers of today's jobs."""
    today = catalogue.kinds(paths(store.path.parent), NoModels(), connect=nowhere, pim=NO_PIM)
    stored.keep(
        store, [Letter("One", id="a"), Letter("Two", id="b", day=1), Letter("Re: One", answers="a", day=2)]
    )
    store.add_trigger(Triggers(Registry(today), clock=clock))
    return store


def emit(store: Database, *events: DomainEvent) -> list[Job]:
    before = {job.id for job in all_jobs(store)}
    with store.transaction() as tx:
        for event in events:
            tx.emit(event)
    return [job for job in all_jobs(store) if job.id not in before]


def ids(*numbers: int) -> tuple[MessageId, ...]:
    return tuple(MessageId(one) for one in numbers)


def test_stored_messages_are_understood_sorted_checked_and_summarised(box: Database) -> None:
    jobs = emit(box, MessagesStored(ids(1, 2, 3)))
    names = ["extract-contacts", "categorize-emails", "check-follow-ups"]
    assert [job.name for job in jobs] == names + ["summarize-email-thread"] * 2
    contacts, categories, follow_ups, first, second = jobs
    assert contacts.args == {"message_ids": [1, 2, 3], "force": 0}
    assert categories.args == {"message_ids": [1, 2, 3], "force": 0, "closer": 0}
    assert follow_ups.args == {"lookback_days": 3, "as_of": "message 3"}
    assert [job.args["thread_id"] for job in (first, second)] == [1, 2]
    assert first.args["last_message_id"] == 3
    assert [job.run_after - NOW for job in jobs] == [0, 0, 1, DEBOUNCE, DEBOUNCE]
    assert (contacts.queue, first.queue, first.priority) == (Queue.FAST, Queue.NORMAL, LOW)


def test_sorted_mail_is_looked_at_closer_when_nothing_else_is_to_do(box: Database) -> None:
    (job,) = emit(box, MessagesSorted(ids(1, 3)))
    assert (job.name, job.priority) == ("categorize-emails", LOW)
    assert job.args == {"message_ids": [1, 3], "force": 0, "closer": 1}
    assert emit(box, MessagesSorted(ids(1, 3))) == []
    (again,) = emit(box, MessagesSorted(ids(1, 3), 7))
    assert again.args == {"message_ids": [1, 3], "force": 7, "closer": 1}


def test_the_same_event_twice_asks_for_nothing_more(box: Database) -> None:
    event = MessagesStored(ids(1, 2, 3))
    assert len(emit(box, event)) == 5
    assert emit(box, event, event) == []


def test_no_messages_ask_for_nothing(box: Database) -> None:
    assert emit(box, MessagesStored(())) == []


def summarised(jobs: list[Job]) -> list[Job]:
    return [job for job in jobs if job.name == "summarize-email-thread"]


def test_many_messages_of_a_thread_are_one_summary(box: Database, clock: Clock) -> None:
    (first,) = summarised(emit(box, *[MessagesStored(ids(1)), MessagesStored(ids(3))] * 25))
    assert (first.args["thread_id"], first.run_after) == (1, NOW + DEBOUNCE)
    clock.now += 1
    (other,) = summarised(emit(box, MessagesStored(ids(1, 2))))
    assert other.args["thread_id"] == 2


def test_a_thread_that_grows_while_its_summary_waits_needs_one_summary(box: Database, clock: Clock) -> None:
    emit(box, MessagesStored(ids(1)))
    with box.transaction() as tx:
        tx.execute("UPDATE threads SET last_message_id = 2 WHERE id = 1")
    clock.now += 1
    emit(box, MessagesStored(ids(1)))
    waits = waiting(box, "summarize-email-thread")
    assert [(job.args["last_message_id"], job.run_after) for job in waits] == [(2, NOW + DEBOUNCE)]


def test_a_thread_that_is_gone_is_summarised_up_to_nothing(box: Database) -> None:
    (job,) = emit(box, ThreadOpened(ThreadId(99)))
    assert job.args == {"thread_id": 99, "last_message_id": 0, "model": "fast"}


def test_the_thread_with_the_newest_mail_is_summarised_first(box: Database) -> None:
    stored.keep(box, [Letter("Three", day=1.5)], name="more")
    jobs = summarised(emit(box, MessagesStored(ids(2, 4, 3, 1))))
    assert [job.args["thread_id"] for job in jobs] == [1, 3, 2]


def test_an_opened_thread_is_wanted_first(box: Database) -> None:
    (job,) = emit(box, ThreadOpened(ThreadId(2)))
    assert (job.priority, job.run_after) == (INTERACTIVE, NOW)


def test_opening_hastens_the_summary_that_waits(box: Database) -> None:
    (first,) = summarised(emit(box, MessagesStored(ids(2))))
    assert emit(box, ThreadOpened(ThreadId(2))) == []
    job = ledger.get(box, first.id)
    assert job is not None
    assert (job.priority, job.run_after) == (INTERACTIVE, NOW)


def waiting(store: Database, name: str) -> list[Job]:
    return [job for job in all_jobs(store) if job.name == name and job.state is JobState.QUEUED]


def test_pages_in_a_row_are_checked_for_answers_once(box: Database) -> None:
    emit(box, MessagesStored(ids(1)), MessagesStored(ids(2)))
    emit(box, MessagesStored(ids(3)))
    (job,) = waiting(box, "check-follow-ups")
    assert (job.args["as_of"], job.run_after) == ("message 3", NOW + 1)


def test_the_pages_of_a_first_sync_are_checked_when_it_is_done(box: Database) -> None:
    with box.transaction() as tx:
        account = sources.open_account(tx, "imap", "me@example.com", now=NOW)
    emit(box, AccountConnected(account))
    emit(box, MessagesStored(ids(1)))
    emit(box, MessagesStored(ids(2)))
    emit(box, MessagesStored(ids(3)))
    (job,) = waiting(box, "check-follow-ups")
    assert job.run_after == NOW + LATER
    emit(box, SyncFinished(account))
    (job,) = waiting(box, "check-follow-ups")
    assert (job.args["as_of"], job.run_after) == ("message 3 of a first sync", NOW + 1)


def test_a_connected_account_is_read_once(box: Database) -> None:
    (job,) = emit(box, AccountConnected(AccountId(1)))
    assert (job.name, job.queue, job.args["account_id"]) == ("sync-emails-initial", Queue.SLOW, 1)
    assert emit(box, AccountConnected(AccountId(1))) == []


def test_new_own_addresses_decide_everything_anew_each_time(box: Database) -> None:
    first, second = emit(box, OwnAddressesChanged(1)), emit(box, OwnAddressesChanged(2))
    assert [job.name for job in first] == [
        "extract-contacts",
        "categorize-emails",
        "check-follow-ups",
        "analyze-writing-style",
    ]
    assert [job.args.get("force") for job in first + second] == [1, 1, None, None, 2, 2, None]
    assert first[0].args["message_ids"] == [1, 2, 3]


def test_large_imports_are_cut_into_batches() -> None:
    cut = list(batches(range(2 * BATCH + 1)))
    assert [len(part) for part in cut] == [BATCH, BATCH, 1]
    assert [one for part in cut for one in part] == list(range(2 * BATCH + 1))
    assert list(batches([])) == []


PDF = ("Rahmenvertrag 2025.pdf", b"%PDF-1.7 first")
CARDS = [
    Letter("Offer", files=(PDF, ("logo.png", b"png"))),
    Letter("Again", day=1, files=(("copy-of-contract.pdf", PDF[1]), ("menu.pdf", b"%PDF-1.7 lunch"))),
    Letter("The signed NDA", day=2, files=(("scan.pdf", b"%PDF-1.7 scan"), ("notes.txt", b"text"))),
]


@pytest.fixture
def whole(store: Database, clock: Clock) -> Database:
    """A store whose every kind of job can run; times are told in UTC."""
    with store.transaction() as tx:
        settings.put(tx, "time-zone", "UTC")
    store.add_trigger(Triggers(kinds.everything(), clock=clock))
    return store


def asked(jobs: list[Job], name: str) -> list[dict[str, object]]:
    return [dict(job.args) for job in jobs if job.name == name]


def people(store: Database, *names: str) -> list[ContactId]:
    with store.transaction() as tx:
        return [people_store.create_contact(tx, name, [], now=NOW) for name in names]


@pytest.mark.realdata
def test_the_table_names_only_jobs_of_the_specification(realdata: Path) -> None:
    spec = (realdata.parent / "spec" / "async-tasks.md").read_text("utf-8")
    known = set(re.findall(r"\*\*Job Name:\*\* `([a-z-]+)`", spec))
    assert len(known) == 20
    assert {name for _, name, _ in TABLE} <= known
    assert set(SCHEDULES) <= known


def test_every_event_has_its_rows() -> None:
    assert {event for event, _, _ in TABLE} == set(get_args(DomainEvent))
    pairs = [(event, name) for event, name, _ in TABLE]
    assert len(pairs) == len(set(pairs))


def test_what_cannot_be_done_yet_is_not_asked_for(box: Database) -> None:
    contacts = tuple(people(box, "Ann"))
    not_yet = (
        ContactsCreated(contacts),
        ContactActivity(tuple((one, 50) for one in contacts)),
        DealActivity(1, "email", 1),
        MeetingSoon(1, int(NOW) + 60),
    )
    assert emit(box, *not_yet) == []
    assert box.one("SELECT count(*) FROM contact_activity") == (0,)


def test_contract_like_files_are_analysed_once_for_each_content(whole: Database) -> None:
    stored_ids = stored.keep(whole, CARDS)
    jobs = emit(whole, MessagesStored(tuple(stored_ids)))
    found = asked(jobs, "analyze-contract")
    names = {row[0]: row[1] for row in whole.all("SELECT id, name FROM attachments")}
    assert [names[int(str(one["attachment_id"]))] for one in found] == ["Rahmenvertrag 2025.pdf", "scan.pdf"]
    assert all(len(str(one["sha256"])) == 64 for one in found)


def test_a_finished_first_sync_asks_for_the_writing_style_once_a_month(whole: Database, clock: Clock) -> None:
    event = SyncFinished(AccountId(1))
    assert asked(emit(whole, event), "analyze-writing-style") == [{"sample_size": 100, "month": "2025-03"}]
    assert emit(whole, event) == []
    clock.now += 30 * 86400
    assert len(emit(whole, event)) == 1


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ((Service.MAIL,), ["sync-emails-initial"]),
        ((Service.CALENDAR,), ["sync-calendar-events"]),
        ((Service.CONTACTS,), ["sync-calendar-events"]),
        (tuple(Service), ["sync-emails-initial", "sync-calendar-events"]),
    ],
)
def test_a_connected_account_lists_what_is_wanted_of_it(
    whole: Database, services: tuple[Service, ...], expected: list[str]
) -> None:
    with whole.transaction() as tx:
        account = sources.open_account(tx, "dav", "me@example.com", now=NOW)
        accounts.put(tx, account, AccountSettings(services=services), password="")
    assert [job.name for job in emit(whole, AccountConnected(account))] == expected


def test_an_import_of_files_has_no_calendar_to_fetch(whole: Database) -> None:
    assert [job.name for job in emit(whole, AccountConnected(AccountId(1)))] == ["sync-emails-initial"]


def test_an_account_without_mail_has_no_mail_fetched(box: Database) -> None:
    with box.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.DAV, "ada@example.com", now=0.0)
        wanted = AccountSettings(kind=AccountKind.DAV, services=(Service.CALENDAR,))
        accounts.put(tx, account_id, wanted, password="")
    names = [job.name for job in emit(box, AccountConnected(account_id))]
    assert "sync-emails-initial" not in names
    assert network.worth_asking(box) == []
    assert [one.id for one in network.worth_asking(box, Service.CALENDAR)] == [account_id]


def test_a_new_contact_is_enriched_from_own_evidence(whole: Database) -> None:
    ann, bob, gone = people(whole, "Ann", "Bob", "Bob again")
    with whole.transaction() as tx:
        people_store.merge(tx, bob, gone)
    jobs = emit(whole, ContactsCreated((ann, bob, gone)))
    assert [one["contact_id"] for one in asked(jobs, "enrich-contact")] == [ann, bob]
    assert asked(jobs, "enrich-contact")[0] == {
        "contact_id": ann, "sources": ["evidence"], "day": "2025-03-10"
    }  # fmt: skip
    assert emit(whole, ContactsCreated((ann,))) == []


def test_ten_new_messages_with_a_contact_have_the_relationship_looked_at(whole: Database) -> None:
    ann, bob = people(whole, "Ann", "Bob")
    assert asked(emit(whole, ContactActivity(((ann, 9), (bob, 3)))), "analyze-relationships") == []
    (job,) = asked(emit(whole, ContactActivity(((ann, 1), (bob, 3)))), "analyze-relationships")
    assert (job["contact_id"], job["timeframe"], job["day"]) == (ann, "90d", "2025-03-10")
    assert asked(emit(whole, ContactActivity(((ann, 9), (bob, 3)))), "analyze-relationships") == []
    (job,) = asked(emit(whole, ContactActivity(((bob, 1),))), "analyze-relationships")
    assert job["contact_id"] == bob


def test_a_lead_is_scored_once_a_day_however_much_happens(whole: Database, clock: Clock) -> None:
    (ann,) = people(whole, "Ann")
    jobs = [job for _ in range(5) for job in emit(whole, ContactActivity(((ann, 1),)))]
    (job,) = [one for one in jobs if one.name == "score-leads"]
    assert (job.args, job.run_after) == (
        {"contact_ids": [ann], "day": "2025-03-10"},
        clock.now + SCORE_AFTER,
    )
    clock.now += 86400
    assert len(asked(emit(whole, ContactActivity(((ann, 1),))), "score-leads")) == 1


def test_the_leads_of_an_import_are_scored_together(whole: Database) -> None:
    many = tuple((one, 1) for one in people(whole, *(f"P {n}" for n in range(BATCH + 1))))
    jobs = asked(emit(whole, ContactActivity(many)), "score-leads")
    assert [len(list(str(one["contact_ids"]).split(","))) for one in jobs] == [BATCH, 1]


def test_activity_on_a_deal_is_one_job_each(whole: Database) -> None:
    jobs = emit(
        whole, DealActivity(3, "email", 7), DealActivity(3, "email", 7), DealActivity(3, "meeting", 7)
    )
    assert asked(jobs, "update-deal-pipeline") == [
        {"deal_id": 3, "activity_type": "email", "activity_id": 7},
        {"deal_id": 3, "activity_type": "meeting", "activity_id": 7},
    ]


@pytest.mark.parametrize(("minutes", "delay"), [(62, 120), (60, 0), (5, 0)])
def test_a_meeting_is_prepared_an_hour_before_it(whole: Database, minutes: int, delay: int) -> None:
    starts_at = int(NOW) + minutes * 60
    (job,) = emit(whole, MeetingSoon(4, starts_at))
    assert (job.name, job.args, job.run_after - NOW) == (
        "prepare-meeting", {"meeting_id": 4, "starts_at": starts_at}, delay
    )  # fmt: skip
    assert emit(whole, MeetingSoon(4, starts_at)) == []
    assert len(emit(whole, MeetingSoon(4, starts_at + 900))) == 1


def test_a_network_that_comes_and_goes_is_back_once(whole: Database, clock: Clock) -> None:
    with whole.transaction() as tx:
        sources.open_account(tx, "files", "/mail", now=NOW)
        account = sources.open_account(tx, "imap", "me@example.com", now=NOW)
    clock.now = FLAPPING * (NOW // FLAPPING)
    jobs = emit(whole, NetworkBack(), NetworkBack())
    assert [job.name for job in jobs] == ["sync-emails-incremental", "check-sync-health"]
    assert {job.args["account_id"] for job in jobs} == {account}
    clock.now += FLAPPING
    assert [job.name for job in emit(whole, NetworkBack())] == ["check-sync-health"], "the sync still waits"
    with whole.transaction() as tx:
        tx.execute("UPDATE jobs SET state = 'succeeded'")
    clock.now += FLAPPING
    assert len(emit(whole, NetworkBack())) == 2


def test_each_correction_with_more_mail_than_was_reached_has_a_job(box: Database) -> None:
    first, second = emit(box, CorrectionMade(1)), emit(box, CorrectionMade(2))
    generation = emit(box, OwnAddressesChanged(1))
    assert [job.name for job in first + second] == ["categorize-emails"] * 2
    assert [job.args["message_ids"] for job in first + second] == [[], []], "they are looked up by the job"
    forces = [job.args["force"] for job in (*first, *second, *generation) if job.name == "categorize-emails"]
    assert len(set(forces)) == 3


def test_stored_contacts_and_imports_tell_their_events(store: Database, clock: Clock) -> None:
    """What the services emit: new contacts, how much was written with them, the end of a first sync."""
    told: list[DomainEvent] = []
    kept = stored.keep(store, [Letter("One"), Letter("Two", sender="Bob <bob@x.example>"), Letter("Three")])
    store.add_trigger(lambda _tx, event: told.append(event))
    with store.transaction() as tx:
        extraction.extract(tx, kept)
    created, active = told
    assert isinstance(created, ContactsCreated)
    assert isinstance(active, ContactActivity)
    assert len(created.contact_ids) == 2
    assert dict(active.messages) == {created.contact_ids[0]: 2, created.contact_ids[1]: 1}
    told.clear()
    with store.transaction() as tx:
        extraction.extract(tx, kept, generation=1)
    assert not [one for one in told if isinstance(one, ContactActivity)]
    with store.transaction() as tx:
        imports.settle(tx, AccountId(1))
    assert told[-1] == SyncFinished(AccountId(1))
    del clock
