"""server_labels: what lies on a server has no labels until the server says so."""

from pathlib import Path

import pytest

from fluffy_core.store import migrations
from tests.fakes import stored
from tests.fakes.stored import Letter


def test_server_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.server_labels)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("a"), Letter("b")])
    old = store.all("SELECT source_id, position, message_id, locator, flags FROM locations")
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    now = store.all("SELECT source_id, position, message_id, locator, flags, labels FROM locations")
    assert now == [(*row, "") for row in old] != []
    store.close()
