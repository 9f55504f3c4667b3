"""`python -m benchmarks intent`: train and test apart, baselines in the same run, the same each time."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import baselines, bc3_acts, eval_intent, labelled, sorted_asks, train_speech_acts
from benchmarks.train_speech_acts import Rows, Table
from fluffy_core.ai.sentences import intent

_DONE, _THINGS = ("The {} went well.", "We had a good {}."), ("visit", "trial", "review", "launch", "talk")
_ASKED = ("Could you send me the {}?", "Please check the {}.")


def lines(start: int, count: int) -> str:
    rows = []
    for number in range(start, start + count):
        thing = f"{_THINGS[number % 5]} of part {number}"
        rows.append(f"Yes\t{_ASKED[number % 2].format(thing)}")
        rows.append(f"No\t{_DONE[number % 2].format(thing)}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.tsv"
    path.write_text(lines(0, 40), encoding="utf-8")
    return path


@pytest.fixture
def test(tmp_path: Path) -> Path:
    path = tmp_path / "test.tsv"
    path.write_text(lines(40, 15), encoding="utf-8")
    return path


def vectors_of(texts: Sequence[str], _model: Path | None = None) -> Table:
    """Two directions: what is asked, and what is told."""
    found = np.zeros((len(texts), 384), np.float32)
    found[np.arange(len(texts)), [int(text.startswith(("Could", "Please"))) for text in texts]] = 1.0
    return found


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert eval_intent.main([str(word) for word in words] + ["--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_trains_on_one_file_and_tests_on_the_other(
    train: Path, test: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(eval_intent, "embedded", vectors_of)
    found = ran(capsys, "--train", train, "--test", test)
    assert found["ours"]["f1"] > 0.95
    assert found["ours"]["auc"] > 0.99
    assert found["baselines"].keys() == {"tf-idf", "minilm", "both", "rules", "ours by words alone"}
    assert found == ran(capsys, "--train", train, "--test", test)


def test_what_sorting_makes_of_the_sentences(
    train: Path, test: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(eval_intent, "embedded", vectors_of)
    found = ran(capsys, "--train", train, "--test", test, "--sorting")["baselines"]
    named = {name: scores["f1"] for name, scores in found.items() if name.startswith("sorting")}
    assert named == {"sorting by words": 1.0, "sorting, strangers": 1.0, "sorting, people known": 1.0}


def test_sorting_is_judged_by_the_weights_of_the_fold() -> None:
    """Taught that "Keep …" never asks and "It would …" does, it takes the one away and adds the other."""
    rows = [(False, f"Keep part {n} of the visit.") for n in range(20)]
    rows += [(True, f"It would be good to visit part {n}.") for n in range(20)]
    tested = [(False, "Keep part 30 of the visit."), (True, "It would be good to visit part 30.")]
    vectors = np.zeros((len(rows) + 2, 384), np.float32)
    vectors[np.arange(len(rows) + 2), [int(label) for label, _ in [*rows, *tested]]] = 1.0
    _, known = sorted_asks.from_known(rows, tested, vectors)
    _, strangers = sorted_asks.from_strangers(rows, tested, vectors)
    assert (known.tolist(), strangers.tolist()) == ([False, True], [False, False])
    shipped = intent.probability("Keep part 30 of the visit.")
    with sorted_asks.weighed(train_speech_acts.train(rows, None)):
        assert intent.probability("Keep part 30 of the visit.") < min(0.2, shipped)
    assert intent.probability("Keep part 30 of the visit.") == shipped


def test_sorting_with_meaning_needs_vectors() -> None:
    with pytest.raises(ValueError, match="vectors"):
        sorted_asks.from_known([(True, "a")], [(True, "a")], None)


def test_without_a_model_it_says_so_and_goes_on(
    train: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert eval_intent.main(["--train", str(train), "--model", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "not installed" in told.err
    assert "ours " in told.out
    assert "minilm" not in told.out


def test_cross_validation_never_tests_what_it_trained_on(train: Path) -> None:
    rows = labelled.sentences(train)
    seen: list[int] = []

    def judge(known: Rows, asked: Rows, _vectors: Table | None) -> baselines.Judged:
        assert not {text for _, text in known} & {text for _, text in asked}
        seen.append(len(asked))
        return np.zeros(len(asked)), np.ones(len(asked), np.bool_)

    figures = eval_intent.crossed(judge, rows, None, seed=1)
    assert sum(seen) == len(rows)
    assert figures["recall"] == 1.0
    assert figures["auc"] == 0.5


def test_baselines_learn_what_is_plain(train: Path) -> None:
    rows = labelled.sentences(train)
    known, asked = rows[:60], rows[60:]
    wanted = np.array([label for label, _ in asked])
    vectors = vectors_of([text for _, text in rows])
    for judge in (baselines.tf_idf, baselines.minilm, baselines.both):
        told, said = judge(known, asked, vectors)
        assert np.array_equal(said, wanted), judge
        assert told[wanted].min() > told[~wanted].max()


def test_a_baseline_without_vectors_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="vectors"):
        baselines.minilm([(True, "a")], [(True, "a")], None)


def test_trained_weights_name_nobody(train: Path) -> None:
    rows = [(label, text.replace("the", "the Gerlinde")) for label, text in _rows(train)]
    trained = train_speech_acts.train(rows, None)
    assert all("gerlinde" not in name for name in trained.model.weights)
    assert any(name.startswith("the") for name in trained.model.weights)


def test_no_centre_is_a_single_sentence() -> None:
    random = np.random.default_rng(2)
    vectors = random.normal(size=(200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [(bool(at % 2), f"Sentence number {at} of a few.") for at in range(200)]
    trained = train_speech_acts.train(rows, vectors)
    assert trained.centres is not None
    assert 2 <= len(trained.centres) <= 50
    likest = (trained.centres / intent.CENTRE_SCALE) @ vectors.T
    assert likest.max() < 0.95
    assert trained.told([text for _, text in rows], vectors).shape == (200,)


def test_bc3_figures_are_per_act_with_peoples_own(tmp_path: Path) -> None:
    (tmp_path / "corpus.xml").write_text(
        "<root><thread><name>One</name><listno>1</listno><DOC><Subject>Offer</Subject><From>a</From><Text>"
        '<Sent id="1.1">Could you send me the offer?</Sent><Sent id="1.2">It rained today.</Sent>'
        "</Text></DOC></thread></root>",
        encoding="utf-8",
    )
    note = '<annotation><summary/><sentences/><labels><req id="1.1"/></labels></annotation>'
    (tmp_path / "annotation.xml").write_text(
        f"<root><thread><listno>1</listno>{note * 3}</thread></root>", encoding="utf-8"
    )
    found = bc3_acts.measured(tmp_path)
    request = {name.removeprefix("bc3 req "): value for name, value in found.items() if " req " in name}
    assert request == {"sentences": 1.0, "precision": 1.0, "recall": 1.0, "f1": 1.0, "human_f1": 1.0}
    assert found["bc3 cmt sentences"] == 0.0


def _rows(path: Path) -> Rows:
    return labelled.sentences(path)
