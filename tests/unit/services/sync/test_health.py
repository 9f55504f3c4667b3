"""Is every place that mail comes from in order: imports of files, and whatever a connector looks after."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.connectors.files import disk
from fluffy_core.core import Core
from fluffy_core.domain.health import Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.pim import CalendarEvent, ContactCard
from fluffy_core.errors import BlockedError, CursorExpiredError, SignInError, TransientError, VaultKeyError
from fluffy_core.services.imports import imports
from fluffy_core.services.sync import health as sync_health
from fluffy_core.services.sync.calendars import PimConnectors
from fluffy_core.store import alerts, remote_cards, sources
from fluffy_core.store.accounts import refused, set_refused
from fluffy_core.store.database import Database
from fluffy_core.store.remote_cards import BooksState
from fluffy_core.store.sources import Account
from tests.fakes.calendar_stages import MemoryCalendarStage, MemoryCardStage
from tests.fakes.calendars_synced import SyncedCalendars
from tests.fakes.jobs import NO_PIM, nowhere
from tests.fakes.synced import Synced
from tests.unit.services.homes import letter, mailboxes_of, opened, work_off

ME = ("me@example.org",)


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return mailboxes_of(tmp_path, letter("Roses", mid="a@x"), letter("Tulips", mid="b@x", hour=1))


def begun(core: Core, *paths: Path) -> AccountId:
    return imports.start(core.store, list(paths), me=ME)


def ended(core: Core, *paths: Path) -> AccountId:
    account_id = begun(core, *paths)
    work_off(core)
    return account_id


def found(core: Core, account_id: AccountId) -> Finding:
    finding = sync_health.check(core.store, account_id)
    assert finding is not None
    return finding


def change(core: Core, sql: str) -> None:
    with core.store.transaction() as tx:
        tx.execute(sql)


def test_a_whole_import_is_well(core: Core, box: Path) -> None:
    finding = found(core, ended(core, box))
    assert (finding.state, finding.words) == (HealthState.WELL, "All 2 messages were read.")


def test_a_running_import_is_well(core: Core, box: Path) -> None:
    assert found(core, begun(core, box)) == Finding(HealthState.WELL, "Its mail is being read.")


def test_files_that_went_after_a_whole_import_are_no_failure(core: Core, box: Path) -> None:
    account_id = ended(core, box)
    box.unlink()
    finding = found(core, account_id)
    assert finding.state is HealthState.WELL
    assert "Everything was read and is kept" in finding.words
    assert "Inbox.mbox (it is no longer there)" in finding.words


def test_files_that_went_before_the_end_are_a_failure_with_a_cure(core: Core, box: Path) -> None:
    account_id = begun(core, box)
    box.unlink()
    finding = found(core, account_id)
    assert finding.state is HealthState.FAILING
    assert "Inbox.mbox (it is no longer there)" in finding.words
    assert "Put the files back" in finding.cure


def test_an_import_that_gave_up_says_why(core: Core, box: Path) -> None:
    account_id = begun(core, box)
    change(core, "UPDATE jobs SET state = 'dead', error = 'The disk is full.'")
    finding = found(core, account_id)
    assert (finding.state, "The disk is full." in finding.words) == (HealthState.FAILING, True)
    assert "Activity" in finding.cure


def test_a_cancelled_import_is_worth_knowing(core: Core, box: Path) -> None:
    account_id = begun(core, box)
    change(core, "UPDATE jobs SET state = 'cancelled'")
    finding = found(core, account_id)
    assert (finding.state, "stopped before its end" in finding.words) == (HealthState.ATTENTION, True)


def test_an_old_import_whose_job_was_forgotten_is_well(core: Core, box: Path) -> None:
    account_id = ended(core, box)
    change(core, "DELETE FROM jobs")
    assert found(core, account_id).state is HealthState.WELL


def test_what_was_set_aside_is_worth_knowing(core: Core, box: Path) -> None:
    account_id = ended(core, box)
    change(core, "UPDATE sources SET unread = 3")
    finding = found(core, account_id)
    assert (finding.state, finding.words[:10]) == (HealthState.ATTENTION, "3 messages")


def test_files_that_were_not_read_to_their_end_are_named_at_most_three(core: Core, tmp_path: Path) -> None:
    boxes = [mailboxes_of(tmp_path, letter(f"{n}", mid=f"{n}@x"), name=f"box{n}.mbox") for n in range(5)]
    account_id = ended(core, *boxes)
    change(core, "UPDATE sources SET problem = 'it is cut off'")
    finding = found(core, account_id)
    assert finding.state is HealthState.ATTENTION
    assert finding.words.startswith("5 of 5 files")
    assert finding.words.count("it is cut off") == 3
    assert finding.words.endswith("and 2 more")


def test_a_folder_and_a_pipe_are_told_apart(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert disk.why_unreadable(tmp_path) == ""
    assert disk.why_unreadable(tmp_path / "pipe") != ""
    assert disk.why_unreadable(tmp_path / "none") == "it is no longer there"
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert disk.why_unreadable(tmp_path / "file") == ""
    assert disk.why_unreadable(tmp_path / "file" / "below") == "part of the path is not a folder"


def mailbox(core: Core) -> AccountId:
    with core.store.transaction() as tx:
        return sources.open_account(tx, "imap", "me@example.com", now=0)


def test_a_connector_brings_its_own_check(core: Core) -> None:
    asked: list[Account] = []

    def look(store: Database, account: Account) -> Finding:
        assert store is core.store
        asked.append(account)
        return Finding(HealthState.WELL, "Signed in.")

    account_id = mailbox(core)
    finding = sync_health.check(core.store, account_id, checks={"imap": look})
    assert finding == Finding(HealthState.WELL, "Signed in.")
    assert asked == [Account(account_id, "imap", "me@example.com")]


def test_a_check_that_fails_is_a_failure_and_one_that_may_be_tried_again_is_not(core: Core) -> None:
    def denied(_store: Database, _account: Account) -> Finding:
        raise VaultKeyError("The password was refused.")

    def offline(_store: Database, _account: Account) -> Finding:
        raise TransientError("No network.")

    account_id = mailbox(core)
    finding = sync_health.check(core.store, account_id, checks={"imap": denied})
    assert finding is not None
    assert (finding.state, finding.words) == (HealthState.FAILING, "The password was refused.")
    assert finding.cure
    with pytest.raises(TransientError):
        sync_health.check(core.store, account_id, checks={"imap": offline})


def test_an_account_of_a_kind_that_nobody_knows(core: Core) -> None:
    assert found(core, mailbox(core)).state is HealthState.ATTENTION


def test_an_account_that_is_gone(core: Core) -> None:
    assert sync_health.check(core.store, AccountId(99)) is None


def test_an_account_that_begins_to_fail_is_one_alert_until_it_is_well(core: Core, box: Path) -> None:
    bad, good = mailbox(core), ended(core, box)
    failing, well = (
        Finding(HealthState.FAILING, "Refused.", "Sign in again."),
        Finding(HealthState.WELL, "Fine."),
    )
    for now in (1.0, 2.0, 3.0):  # nothing new: told once, and counted once
        with core.store.transaction() as tx:
            assert sync_health.write(tx, bad, failing, now=now) == "Refused. Sign in again."
            assert sync_health.write(tx, good, well, now=now) == "Fine."
    (alert,) = alerts.listed(core.store)
    assert (alert.about, alert.text, alert.cure) == (f"account {bad}", "Refused.", "Sign in again.")
    assert (alert.times, alert.serious) == (1, False)
    assert len(sync_health.accounts(core.store)) == 2
    with core.store.transaction() as tx:
        sync_health.write(tx, bad, well, now=4.0)
    assert alerts.listed(core.store) == ()


@pytest.fixture
def server(core: Core) -> Synced:
    return Synced(core.store)


def asked(server: Synced) -> Finding:
    checks = {"imap": sync_health.check_server(server.connect, NO_PIM)}
    finding = sync_health.check(server.store, server.id, checks=checks)
    assert finding is not None
    return finding


def test_a_server_that_lets_us_in_is_well_and_may_be_asked_again(server: Synced) -> None:
    with server.store.transaction() as tx:
        set_refused(tx, server.id, "No.")
    assert asked(server) == Finding(HealthState.WELL, "It lets us in and has 5 folders.")
    assert refused(server.store, server.id) == ""


def test_a_server_that_refuses_us_fails_with_what_to_do(server: Synced) -> None:
    server.server.faults.append(SignInError("Refused."))
    finding = asked(server)
    assert (finding.state, finding.words) == (HealthState.FAILING, "Refused.")
    assert "fluffy account add imap --address ben@example.com" in finding.cure


def test_a_server_that_cannot_be_reached_is_looked_at_again(server: Synced) -> None:
    server.server.faults.append(TransientError("No network."))
    with pytest.raises(TransientError):
        asked(server)


def test_being_offline_is_no_failure(server: Synced) -> None:
    server.server.faults.append(BlockedError("Working offline."))
    finding = asked(server)
    assert (finding.state, finding.words) == (HealthState.ATTENTION, "Working offline.")
    assert "--offline off" in finding.cure


def test_messages_that_could_not_be_fetched_are_told(server: Synced) -> None:
    (number,) = server.deliver(1)
    server.server.damaged[number] = "Out of sorts."
    server.run()
    finding = asked(server)
    assert finding.state is HealthState.ATTENTION
    assert finding.words == "One message could not be fetched yet. Inbox: Out of sorts."


def test_a_server_that_wants_a_pause_is_not_asked(server: Synced) -> None:
    server.server.faults.append(TransientError("Slow down.", retry_after=3600))
    with pytest.raises(TransientError):
        asked(server)
    server.server.faults.append(SignInError("It was asked."))
    finding = asked(server)
    assert finding.state is HealthState.ATTENTION
    assert finding.words.startswith("Throttled until ")
    assert len(server.server.faults) == 1


@pytest.fixture
def meetings(core: Core) -> SyncedCalendars:
    return SyncedCalendars(core.store)


def looked_after(meetings: SyncedCalendars, cards: MemoryCardStage | None = None) -> Finding:
    books = cards or MemoryCardStage()
    pim = PimConnectors(meetings.connect, lambda _account_id: books.account())
    finding = sync_health.check(
        meetings.store, meetings.id, checks={"dav": sync_health.check_server(nowhere, pim)}
    )
    assert finding is not None
    return finding


def test_calendars_are_looked_after_without_asking_for_mail(
    meetings: SyncedCalendars,
) -> None:
    meetings.stage.make("Team")
    found = looked_after(meetings)
    assert found == Finding(HealthState.WELL, "It lets us in and has 2 calendars, address books.")


def test_a_calendar_that_refuses_us_or_is_broken(meetings: SyncedCalendars) -> None:
    assert isinstance(meetings.stage, MemoryCalendarStage)
    server = meetings.stage.server
    server.shelf("c1").put("u", (CalendarEvent("u", "U", 1_772_442_000, 1_772_445_600),))
    server.broken["u"] = "The event was left out."
    meetings.run()
    found = looked_after(meetings)
    assert (found.state, found.words) == (
        HealthState.ATTENTION,
        "One entry of a calendar could not be read whole. Ben: The event was left out.",
    )

    def refuse() -> None:
        raise SignInError("Refused.")

    server.fault = refuse
    assert looked_after(meetings).state is HealthState.FAILING


def test_address_books_are_tried_without_losing_the_place(meetings: SyncedCalendars) -> None:
    cards = MemoryCardStage()
    cards.put(ContactCard("Ann", ("ann@firm.example",), uid="a"))
    looked_after(meetings, cards)
    assert remote_cards.state(meetings.store, meetings.id) == BooksState()

    def forget() -> None:
        raise CursorExpiredError("Forgotten.")

    cards.server.fault = forget
    assert looked_after(meetings, cards).state is HealthState.WELL
