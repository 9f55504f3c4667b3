"""unsent: what is being written outlives its message, and goes with its row in the outbox."""

from pathlib import Path

import pytest

from fluffy_core.domain.outgoing import Unsent, WritingKind, Written
from fluffy_core.store import migrations, unsent
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_unsent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.unsent)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    (message_id,) = stored.keep(store, [Letter("Plan")])
    written = Written(to=("ann@x.example",), subject="Re: Plan", text="Grüße")
    with store.transaction() as tx:
        new = Unsent(0, WritingKind.ANSWER, Written(), ("one@x",), message_id=message_id)
        unsent_id = unsent.add(tx, new, now=1.0)
        unsent.write(tx, unsent_id, written, now=2.0)
        tx.execute(
            "INSERT INTO outbox (id, draft, state, message_id, sender, recipients, subject, data, "
            "created_at, not_before) VALUES (7, 0, 'waiting', 'm', 's', '[]', '', x'', 1, 1)"
        )
    found = unsent.get(store, unsent_id)
    assert found is not None
    assert (found.written, found.message_id, found.references) == (written, message_id, ("one@x",))
    assert found.thread_id is not None
    with store.transaction() as tx:
        tx.execute("UPDATE unsent SET message_id = NULL")
        unsent.hand_over(tx, unsent_id, 7)
        tx.execute("DELETE FROM outbox WHERE id = 7")
    assert unsent.get(store, unsent_id) is None
    store.close()
