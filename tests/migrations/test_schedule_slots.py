"""schedule_slots: what the clock asked for last, and how much was written with whom since."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from fluffy_core.store import contact_activity, migrations, people, slots
from tests.fakes import stored

BEFORE = [step.__name__ for step in migrations.STEPS].index("schedule_slots")


def test_schedule_slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:BEFORE])
        store = stored.empty(tmp_path)
    assert migrations.migrate(store) == len(migrations.STEPS) - BEFORE
    assert slots.asked(store) == {}
    with store.transaction() as tx:
        slots.note(tx, [("a", "2026-03-02T09:00"), ("b", "2026-03-02T09:15Z")], now=1.0)
        slots.note(tx, [("a", "2026-03-03T09:00")], now=2.0)
    assert slots.asked(store) == {"a": "2026-03-03T09:00", "b": "2026-03-02T09:15Z"}
    store.close()


def test_activity_belongs_to_a_contact_and_goes_with_it(tmp_path: Path) -> None:
    store = stored.empty(tmp_path)
    with store.transaction() as tx:
        ann = people.create_contact(tx, "Ann", [], now=0)
        assert contact_activity.count(tx, [(ann, 4)], enough=5) == []
        assert contact_activity.count(tx, [(ann, 1)], enough=5) == [ann]
        assert contact_activity.count(tx, [(ann, 4)], enough=5) == []
        people.remove(tx, ann)
    assert store.all("SELECT * FROM contact_activity") == []
    with pytest.raises(sqlcipher.IntegrityError), store.transaction() as tx:
        contact_activity.count(tx, [(99, 1)], enough=5)
    store.close()
