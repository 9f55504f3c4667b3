"""writing_styles: mail that is there is learned from, and drafts can be kept."""

from pathlib import Path

import pytest

from fluffy_core.domain.drafting import Confidence, DraftRequest, Suggestion
from fluffy_core.services.writing import styles
from fluffy_core.store import migrations, suggestions
from tests.fakes import stored
from tests.fakes.stored import ANN, ME, Letter


def test_writing_styles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = migrations.STEPS.index(migrations.writing_styles)
    with monkeypatch.context() as before:
        before.setattr(migrations, "STEPS", migrations.STEPS[:place])
        store = stored.empty(tmp_path)
    stored.keep(
        store, [Letter("x", "Hello Ann,\n\nit is here and it is good.\n\nRegards,\nMax", sender=ME, to=ANN)]
    )
    assert migrations.migrate(store) == len(migrations.STEPS) - place
    found = styles.learn(store)
    with store.transaction() as tx:
        styles.write(tx, found)
        made = Suggestion("r", "Hello", Confidence.LOW, "why", "fast", "en")
        suggestions.put(tx, DraftRequest("r"), made, recipient="ann@firm.example", now=1.0)
    assert [one.letters for one in found] == [1]
    assert styles.kept(store) == found
    assert suggestions.get(store, "r") == made
    store.close()
