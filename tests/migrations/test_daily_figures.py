"""daily_figures: mail counted by day; an upgraded home counts what it holds at the next run."""

from pathlib import Path

import pytest

from fluffy_core.services.insight import analytics
from fluffy_core.store import analytics as kept
from fluffy_core.store import migrations
from tests.fakes import stored
from tests.fakes.stored import Letter

BEFORE = [step.__name__ for step in migrations.STEPS].index("daily_figures")


def test_daily_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:BEFORE])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("One"), Letter("Two", day=5)])
    assert migrations.migrate(store) == len(migrations.STEPS) - BEFORE
    assert kept.counted(store) == 0
    assert analytics.refresh(store) == "Counted the mail of 2 days"
    assert kept.counted(store) == kept.countable(store) == 2
    store.close()
