"""What was found of accounts: since when, told once, forgotten with the account."""

from fluffy_core.domain.health import Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.events import Changed
from fluffy_core.store import health, sources
from fluffy_core.store.database import Database

WELL = Finding(HealthState.WELL, "All 3 messages were read.")
BAD = Finding(HealthState.FAILING, "The password is wrong.", "Sign in again.")
WORSE = Finding(HealthState.FAILING, "The server is gone.", "Check its name.")


def account(store: Database, name: str = "me@example.com") -> AccountId:
    with store.transaction() as tx:
        return sources.open_account(tx, "imap", name, now=0)


def put(store: Database, account_id: AccountId, finding: Finding, now: float) -> tuple[bool, set[Changed]]:
    with store.transaction() as tx:
        return health.put(tx, account_id, finding, now=now), tx.changes


def test_a_failure_is_news_once_until_it_is_well_again(store: Database) -> None:
    mine = account(store)
    seen = [
        put(store, mine, finding, now)[0]
        for now, finding in enumerate([WELL, BAD, BAD, WORSE, WELL, WELL, BAD])
    ]
    assert seen == [False, True, False, False, False, False, True]


def test_since_when(store: Database) -> None:
    mine = account(store)
    assert health.get(store, mine) is None
    for now, finding in ((1.0, WELL), (2.0, BAD), (3.0, WORSE)):
        put(store, mine, finding, now)
    found = health.get(store, mine)
    assert found is not None
    assert (found.account, found.finding) == ("me@example.com", WORSE)
    assert (found.checked_at, found.since) == (3.0, 2.0)
    put(store, mine, WELL, 4.0)
    found = health.get(store, mine)
    assert found is not None
    assert found.since == 4.0


def test_views_hear_of_it_when_something_is_new(store: Database) -> None:
    mine = account(store)
    assert put(store, mine, WELL, 1.0)[1] == {Changed.ACCOUNTS}
    assert put(store, mine, WELL, 2.0)[1] == set()
    assert put(store, mine, BAD, 3.0)[1] == {Changed.ACCOUNTS}


def test_accounts_are_listed_and_go_with_their_account(store: Database) -> None:
    first, second = account(store), account(store, "other@example.com")
    put(store, second, BAD, 1.0)
    put(store, first, WELL, 2.0)
    assert [one.account_id for one in health.listed(store)] == [first, second]
    with store.transaction() as tx:
        tx.execute("DELETE FROM accounts WHERE id = ?", (first,))
    assert [one.account_id for one in health.listed(store)] == [second]
