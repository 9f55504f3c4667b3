"""commitments: an upgraded home gets an empty ledger that follows its messages."""

from pathlib import Path

import pytest

from fluffy_core.services.insight import commitments as service
from fluffy_core.store import commitments, migrations
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_commitments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.commitments)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("Offer", "I'll send you the offer by Friday.\n")])
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert commitments.everything(store) == []
    with store.transaction() as tx:
        assert service.write(tx, service.find(store, [1])) == 1
    assert [row.commitment.due for row in commitments.everything(store)] == ["2025-03-14"]
    assert store.one("PRAGMA foreign_key_check") is None
    with store.transaction() as tx:
        tx.execute("DELETE FROM message_texts")
        tx.execute("DELETE FROM messages")
    assert commitments.everything(store) == []
    store.close()
