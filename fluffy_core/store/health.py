"""How each account was found when it was last looked at."""

from fluffy_core.domain.health import AccountHealth, Finding, HealthState
from fluffy_core.domain.ids import AccountId
from fluffy_core.events import Changed
from fluffy_core.store.database import Database, Transaction

_ROWS = (
    "SELECT h.account_id, a.name, h.state, h.words, h.cure, h.checked_at, h.since "
    "FROM account_health h JOIN accounts a ON a.id = h.account_id "
)


def put(tx: Transaction, account_id: AccountId, finding: Finding, *, now: float) -> bool:
    """Note what was found; True when it is a failure and the account did not fail before."""
    before = get(tx, account_id)
    same_state = before is not None and before.finding.state is finding.state
    tx.execute(
        "INSERT INTO account_health (account_id, state, words, cure, checked_at, since) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, "
        "words = excluded.words, cure = excluded.cure, checked_at = excluded.checked_at, "
        "since = excluded.since",
        (
            account_id,
            finding.state,
            finding.words,
            finding.cure,
            now,
            before.since if before is not None and same_state else now,
        ),
    )
    if before is None or before.finding != finding:
        tx.changed(Changed.ACCOUNTS)
    return finding.state is HealthState.FAILING and not same_state


def get(store: Database | Transaction, account_id: AccountId) -> AccountHealth | None:
    """What was found last of an account; None before the first look."""
    row = store.one(f"{_ROWS}WHERE h.account_id = ?", (account_id,))
    return None if row is None else _health(row)


def listed(store: Database | Transaction) -> tuple[AccountHealth, ...]:
    """Every account that was looked at, by its id."""
    return tuple(_health(row) for row in store.all(f"{_ROWS}ORDER BY h.account_id"))


def _health(row: tuple[object, ...]) -> AccountHealth:
    account_id, name, state, words, cure, checked_at, since = row
    return AccountHealth(
        AccountId(int(str(account_id))),
        str(name),
        Finding(HealthState(str(state)), str(words), str(cure)),
        float(str(checked_at)),
        float(str(since)),
    )
