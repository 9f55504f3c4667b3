"""newest_mail: the newest mail of a person is found by an index, in old homes too."""

from pathlib import Path

import pytest

from fluffy_core.store import insight, migrations
from tests.fakes import stored
from tests.fakes.stored import Letter

LIST = {"List-Id": "<news.example>"}


def test_newest_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.newest_mail)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(store, [Letter("a"), Letter("b", day=1), Letter("News", day=2, headers=LIST)])
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    assert insight.newest_date(store) == stored.date_of(Letter("", day=1))
    plan = store.all(
        "EXPLAIN QUERY PLAN SELECT date FROM messages WHERE bulk = '' ORDER BY date DESC LIMIT 1"
    )
    assert "messages_of_people" in str(plan)
    store.close()
