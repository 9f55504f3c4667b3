"""gone_messages: a home from before it has none, and its mail asks on."""

from pathlib import Path

import pytest

from fluffy_core.store import gone_messages, migrations
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_gone_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.gone_messages)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    (letter,) = stored.keep(store, [Letter("a")])
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert store.all("SELECT * FROM gone_messages") == []
    with store.transaction() as tx:
        tx.execute("DELETE FROM locations")
        gone_messages.note(tx, [letter])
    assert store.all("SELECT message_id FROM gone_messages") == [(letter,)]
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages")
    assert store.all("SELECT * FROM gone_messages") == []
    store.close()
