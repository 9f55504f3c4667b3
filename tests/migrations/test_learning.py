"""learning: what the user said before becomes corrections that can still be taken back."""

import json
from pathlib import Path

import pytest

from fluffy_core.domain.intelligence import Importance
from fluffy_core.services.sorting import rules, triage
from fluffy_core.store import learned, migrations
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, Letter

BEFORE = [1, "important", 1, 2, "Ann asks you", "Can you?", "rules 2"]
NOTED = {"messages": [[1]], "rulings": [], "categories": [BEFORE]}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A home of the version before, in which the user corrected two messages."""
    place = migrations.STEPS.index(migrations.learning)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        made = stored.empty(tmp_path)
    stored.keep(
        made, [Letter("Asks", sender=ANN), Letter("News", sender=BOB), Letter("Free", sender=BOB, day=1)]
    )
    said, other = "You said that it needs no reply", "You said that it is important"
    with made.transaction() as tx:
        insert = "INSERT INTO categories VALUES (?, ?, ?, ?, ?, ?, ?)"
        tx.execute(insert, (1, "important", 0, 1, said, "", "you"))
        tx.execute(insert, (2, "important", 0, 1, other, "", "you"))
        tx.execute(insert, (3, "fyi", 0, 0, "Bob asks nothing", "", "rules 2"))
        tx.executemany(
            "INSERT INTO category_rulings VALUES (?, ?, 0, ?)",
            [(1, "important", said), (2, "important", other)],
        )
        tx.execute(
            "INSERT INTO undo_log (at, label, kind, inverse) VALUES (1, 'Needs no reply', 'categories', ?)",
            (json.dumps(NOTED),),
        )
    assert migrations.migrate(made) == len(migrations.STEPS) - place
    return made


def test_learning(store: Database) -> None:
    assert [(one.question, one.answer, one.message_id) for one in learned.corrections(store)] == [
        ("reply", "no", 1),
        ("importance", "important", 2),
    ]
    assert {rule.sentence for rule in rules.listed(store)} == {
        "You said “Needs no reply” of a conversation", "You said “Important” of a conversation",
    }  # fmt: skip
    assert store.one("SELECT name FROM sqlite_schema WHERE name = 'category_rulings'") is None
    assert store.all("SELECT before FROM categories WHERE message_id = 3") == [("",)]
    assert store.one("PRAGMA foreign_key_check") is None
    store.close()


def test_learning_can_be_taken_back(store: Database) -> None:
    assert triage.undo(store) == "Needs no reply"
    kept = learned.before(store, [1, 2])
    assert [kept[1][1].importance, kept[1][1].requires_response, kept[1][1].ask] == [
        Importance.IMPORTANT, True, "Can you?",
    ]  # fmt: skip
    assert kept[2][1].engine == "you"
    rules.remove(store, rules.listed(store)[0].id)
    assert learned.before(store, [2])[2][1].engine == "rules"
    store.close()
