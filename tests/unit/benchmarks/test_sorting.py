"""The row about sorting: every message once, the sentences in doubt counted, nothing written."""

from pathlib import Path

import pytest

from benchmarks import sorting
from benchmarks.results import as_json
from tests.fakes import stored
from tests.fakes.embedders import HashEmbedder
from tests.fakes.stored import Letter


@pytest.mark.parametrize(
    ("installed", "how", "embedded"),
    [(True, "1 sentences embedded", 1), (False, "no search model: by words alone", 0)],
)
def test_a_home_is_sorted_and_left_as_it_is(tmp_path: Path, installed: bool, how: str, embedded: int) -> None:
    store = stored.empty(tmp_path)
    stored.keep(store, [Letter("One", "Keep your head up."), Letter("Two", "It is here.")])
    row = sorting.of_home(store, HashEmbedder(tmp_path).encode if installed else None)
    found = as_json(row)
    assert (row.how, found["details"]) == (how, {"messages": 2, "embedded": embedded})
    assert row.verdict in {"ok", "MISSED"}
    assert store.one("SELECT count(*) FROM categories") == (0,)
    store.close()


def test_the_embedder_is_asked_once_for_each_page(tmp_path: Path) -> None:
    store = stored.empty(tmp_path)
    stored.keep(store, [Letter(f"n{n}", "Keep your head up.") for n in range(3)])
    counted = sorting.Counted(HashEmbedder(tmp_path).encode)
    assert counted(["a", "b"]).shape[0] == 2
    assert counted.texts == 2
    assert sorting.of_home(store, counted).details == {"messages": 3, "embedded": 1}
    store.close()
