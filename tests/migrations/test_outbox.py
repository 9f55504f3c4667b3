"""outbox: accounts that are there may send; removing one keeps what was written."""

from pathlib import Path

import pytest

from fluffy_core.domain.accounts import AccountKind
from fluffy_core.store import accounts, migrations, outbox, sources
from fluffy_core.store.outbox import NewItem
from tests.fakes import stored


def test_outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.outbox)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "me@example.com", now=0.0)
        tx.execute(
            "INSERT INTO account_settings (account_id, settings, password) VALUES (?, '{}', 'secret')",
            (account_id,),
        )
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert accounts.cannot_send(store, account_id) == ""
    item = NewItem(account_id, False, "1@example.com", "me@example.com", ("a@example.com",), "Hello", b"x")
    with store.transaction() as tx:
        row_id = outbox.add(tx, item, now=1.0, not_before=2.0)
        accounts.remove(tx, account_id)
    row = outbox.get(store, row_id)
    assert row is not None
    assert (row.account_id, row.recipients, outbox.data(store, row_id)) == (None, ("a@example.com",), b"x")
    store.close()
