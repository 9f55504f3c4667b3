"""How each account was found when it was last looked at, and whether the user was told."""

from fluffy_core.domain.health import AccountHealth, Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

_ROWS = (
    "SELECT h.account_id, a.name, h.state, h.words, h.cure, h.checked_at, h.since, h.alerted_at "
    "FROM account_health h JOIN accounts a ON a.id = h.account_id "
)


def put(tx: Transaction, account_id: AccountId, finding: Finding, *, now: float) -> bool:
    """Note what was found; True when it is a failure that the user was not told of yet.

    While a failure lasts it stays told; once the account is well again the next one is news.
    """
    before = get(tx, account_id)
    failing = finding.state is HealthState.FAILING
    told = before.alerted_at if before is not None and failing else None
    since = before.since if before is not None and before.finding.state is finding.state else now
    tx.execute(
        "INSERT INTO account_health (account_id, state, words, cure, checked_at, since, alerted_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, "
        "words = excluded.words, cure = excluded.cure, checked_at = excluded.checked_at, "
        "since = excluded.since, alerted_at = excluded.alerted_at",
        (
            account_id,
            finding.state,
            finding.words,
            finding.cure,
            now,
            since,
            (now if told is None else told) if failing else None,
        ),
    )
    if before is None or before.finding != finding:
        tx.changed(Changed.ACCOUNTS)
    return failing and told is None


def get(store: Database | Transaction, account_id: AccountId) -> AccountHealth | None:
    """What was found last of an account; None before the first look."""
    row = store.one(f"{_ROWS}WHERE h.account_id = ?", (account_id,))
    return None if row is None else _health(row)


def listed(store: Database | Transaction) -> tuple[AccountHealth, ...]:
    """Every account that was looked at, by its id."""
    return tuple(_health(row) for row in store.all(f"{_ROWS}ORDER BY h.account_id"))


def _health(row: tuple[object, ...]) -> AccountHealth:
    account_id, name, state, words, cure, checked_at, since, alerted_at = row
    return AccountHealth(
        AccountId(int(str(account_id))),
        str(name),
        Finding(HealthState(str(state)), str(words), str(cure)),
        float(str(checked_at)),
        float(str(since)),
        None if alerted_at is None else float(str(alerted_at)),
    )
