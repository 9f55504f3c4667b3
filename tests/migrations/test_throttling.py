"""throttling: accounts that are there may be asked."""

from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountKind
from fluffy_core.store import accounts, migrations, sources
from tests.fakes import stored


def test_throttling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.throttling)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        tx.execute("INSERT INTO account_settings VALUES (?, '{}', 'secret', '')", (account_id,))
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert accounts.throttled_until(store, account_id) == 0
    assert accounts.password(store, account_id) == "secret"
    store.close()
