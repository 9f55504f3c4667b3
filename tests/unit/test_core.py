"""The composition root: opens once, refuses in words, closes twice, gives one home one owner."""

from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server, Service
from fluffy_core.domain.events import OwnAddressesChanged
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC
from fluffy_core.errors import NewerStoreError, StoreError, VaultKeyError
from fluffy_core.events import Changed, Changes, Event
from fluffy_core.services.home import activity
from fluffy_core.services.sync import calendars
from fluffy_core.store import accounts, ledger, sources
from tests.unit.services.homes import letter, opened, read_letters, settings


def test_a_home_is_made_on_first_use_and_found_again(tmp_path: Path) -> None:
    home = tmp_path / "some" / "home"
    home.parent.mkdir()
    with opened(home) as core:
        read_letters(core, letter())
    assert (home.stat().st_mode & 0o777) == 0o700
    with opened(home) as core:
        assert core.store.one("SELECT count(*) FROM messages") == (1,)


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        core.close()


def test_one_process_runs_a_home_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as one, opened(tmp_path / "home") as other:
        assert one.start_workers()
        assert one.start_workers()
        assert not other.start_workers()
        one.close()
        assert other.start_workers()


def test_commits_are_told_on_the_bus(tmp_path: Path) -> None:
    heard: list[Event] = []
    with opened(tmp_path / "home") as core:
        core.bus.subscribe(heard.append)
        read_letters(core, letter())
    kinds = {kind for one in heard if isinstance(one, Changes) for kind in one.kinds}
    assert kinds >= {Changed.MESSAGES, Changed.THREADS, Changed.CONTACTS, Changed.JOBS}


def test_without_a_model_there_is_no_embedder(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        assert core.embed_if_installed(interactive=True) is None


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be made"):
        Core.open(settings(tmp_path / "file"))
    with opened(tmp_path / "home"):
        pass
    (tmp_path / "wrong.key").write_text("cd" * 32, "ascii")
    with pytest.raises(VaultKeyError):
        Core.open(settings(tmp_path / "home", key_file=tmp_path / "wrong.key"))


def test_a_newer_home_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        core.store.one("PRAGMA user_version = 9999")
    with pytest.raises(NewerStoreError, match="newer"):
        Core.open(settings(tmp_path / "home"))


def account(core: Core) -> AccountId:
    """An account that was fetched long ago."""
    with core.store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        accounts.put(tx, account_id, AccountSettings(Server("h", 1), "me"), password="x")
        accounts.set_synced(tx, account_id, 1.0)
    return account_id


def test_mail_is_asked_for_by_the_first_sync_where_that_is_not_done(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        account_id = account(core)
        later = core.fetch(account_id)
        assert len(later) == 1
        assert core.fetch(account_id) != later, "asked for twice is fetched twice"
        first = core.jobs.enqueue(FIRST_SYNC, {"account_id": account_id, "start_date": ""})
        assert core.fetch(account_id) == [first]


def test_meetings_and_people_are_asked_for_with_the_mail(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        account_id = account(core)
        everything = AccountSettings(Server("h", 1), "me", services=tuple(Service))
        with core.store.transaction() as tx:
            accounts.put(tx, account_id, everything, password="x")
        asked = [ledger.get(core.store, one) for one in core.fetch(account_id)]
        assert [one.name for one in asked if one] == [LATER_SYNC, calendars.JOB]
        again = core.fetch(account_id)
        assert asked[1] is not None
        assert again[1] == asked[1].id, "it waits already"


def test_coming_back_to_the_window_asks_once_and_soon(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        account(core)
        assert [core.fetch_stale(), core.fetch_stale()] == [1, 1]
        (job,) = activity.jobs(core.store, names=(LATER_SYNC,))
        assert job.run_after == pytest.approx(job.created_at + 1.5)
        with core.store.transaction() as tx:
            ledger.claim(tx, job.id, lease="mine", now=job.run_after)
        core.fetch_stale()
        assert len(activity.jobs(core.store, names=(LATER_SYNC,))) == 2, "what runs may have looked already"


def test_closing_stops_downloads_where_they_are(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        core.close()
        core.downloads.start("qwen3.5-2b")
        assert core.downloads.views() == {}


def test_reading_loads_no_jobs_and_writing_tells_them(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        assert core.store.one("SELECT count(*) FROM messages") == (0,)
        assert core.__dict__.get("_works") is None
        with core.store.transaction() as tx:
            tx.emit(OwnAddressesChanged(1))
        assert core.__dict__["_works"] is not None
        assert [job.name for job in activity.jobs(core.store)]


def test_what_is_written_while_it_closes_holds_nothing_up(tmp_path: Path) -> None:
    class Late:
        def start(self) -> None: ...

        def stop(self, timeout: float) -> bool:
            with core.store.transaction() as tx:
                tx.changed(Changed.SETTINGS)
            return timeout > 0

    with opened(tmp_path / "home") as core:
        core.jobs.beside = (Late(),)
        assert core.start_workers()
