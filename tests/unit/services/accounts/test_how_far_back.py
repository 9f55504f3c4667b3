"""How far back mail is fetched: everything unless said otherwise, and wider later."""

from datetime import date

import pytest

from fluffy_core.domain.accounts import ALL, AccountKind, AccountSettings, Server
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import how_far_back
from fluffy_core.store import accounts, remote, sources
from fluffy_core.store.database import Database
from tests.fakes.synced import ADDRESS, Synced


def given(since: str) -> AccountSettings:
    return AccountSettings(Server("h", 1), ADDRESS, since=since)


def add(store: Database, since: str) -> str:
    """Add the account as `accounts.add` does; the day that holds."""
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, ADDRESS, now=0.0)
        found = how_far_back.settled(tx, account_id, given(since))
        accounts.put(tx, account_id, found, password="")
    return found.since


def test_what_nobody_chose_is_everything_and_then_what_it_was(store: Database) -> None:
    assert add(store, "") == ALL
    assert add(store, "2020-01-01") == "2020-01-01"
    assert add(store, "") == "2020-01-01"
    assert add(store, ALL) == ALL
    assert add(store, "") == ALL


def test_an_account_of_an_older_version_fetches_everything_as_before(store: Database) -> None:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, ADDRESS, now=0.0)
        accounts.put(tx, account_id, given(""), password="")
    assert add(store, "") == ALL


def test_the_first_day() -> None:
    assert [given(one).first_day for one in ("", ALL)] == [None, None]
    assert given("2026-01-10").first_day == date(2026, 1, 10)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "ALL"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(UsageError, match="is no day"):
        how_far_back.checked(text)


@pytest.mark.parametrize(
    ("before", "after", "listed"),
    [
        ("2024-01-01", "2023-01-01", False),
        ("2024-01-01", ALL, False),
        ("2024-01-01", "2025-01-01", True),
        (ALL, "2025-01-01", True),
        ("2024-01-01", "2024-01-01", True),
    ],
)
def test_folders_are_listed_once_more_only_for_older_mail(
    store: Database, before: str, after: str, listed: bool
) -> None:
    synced = Synced(store)
    synced.run()
    with store.transaction() as tx:
        how_far_back.list_older(tx, synced.id, given(after), known=given(before))
    assert {one.listed for one in remote.folders(store, synced.id).values()} == {listed}
