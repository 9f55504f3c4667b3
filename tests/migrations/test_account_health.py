"""account_health: a row for each account that was looked at, in new homes and in upgraded ones."""

from pathlib import Path

import pytest

from fluffy_core.domain.health import Finding, HealthState
from fluffy_core.store import health, migrations, sources
from tests.fakes import stored

BEFORE = [step.__name__ for step in migrations.STEPS].index("account_health")


def test_account_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:BEFORE])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "/mail", now=0)
    assert migrations.migrate(store) == len(migrations.STEPS) - BEFORE
    assert health.listed(store) == ()
    with store.transaction() as tx:
        health.put(tx, account, Finding(HealthState.WELL, "Fine."), now=1.0)
    assert [one.account_id for one in health.listed(store)] == [account]
    store.close()
