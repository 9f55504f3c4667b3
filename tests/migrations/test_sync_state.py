"""sync_state: when accounts were fetched last is taken from the jobs that are still known."""

from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountKind
from fluffy_core.store import accounts, migrations, sources
from tests.fakes import stored

JOB = (
    "INSERT INTO jobs (name, key, args, queue, priority, state, run_after, created_at, finished_at) "
    "VALUES (?, ?, ?, 'normal', 30, ?, 0, 0, ?)"
)
SETTINGS = "INSERT INTO account_settings (account_id, settings, password) VALUES (?, '{}', 'secret')"


def test_sync_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.sync_state)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        one, two = (sources.open_account(tx, AccountKind.IMAP, name, now=0.0) for name in ("a", "b"))
        for account_id in (one, two):
            tx.execute(SETTINGS, (account_id,))
        mine, later = f'{{"account_id": {one}}}', "sync-emails-incremental"
        tx.execute(JOB, (later, "1", mine, "succeeded", 50.0))
        tx.execute(JOB, (later, "2", mine, "dead", 90.0))
        tx.execute(JOB, ("check-sync-health", "3", mine, "succeeded", 80.0))
        tx.execute(JOB, (later, "4", "no json", "succeeded", 70.0))
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert [accounts.synced_at(store, one), accounts.synced_at(store, two)] == [50.0, 0.0]
    assert store.all("SELECT DISTINCT pauses FROM jobs") == [(0,)]
    store.close()
