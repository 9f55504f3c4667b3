"""The fitted model: what it sees, what it says, and that its files hold nothing but words and numbers."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.sentences import intent
from fluffy_core.ai.sentences.intent import (
    Model,
    features,
    is_english,
    is_unlikely,
    nearness,
    probabilities,
    probability,
)
from fluffy_core.config import resources_folder
from tests.fakes.effort import within

AI = resources_folder() / "ai"


@pytest.mark.parametrize(
    "sentence",
    [
        "Could you please send me the report by Friday?",
        "Please call me tomorrow morning about the contract.",
        "Are you available for a call on Tuesday?",
        "Let me know what time works for you.",
    ],
)
def test_requests_are_likely(sentence: str) -> None:
    assert probability(sentence) > 0.9


@pytest.mark.parametrize(
    "sentence",
    [
        "The weather was good last summer.",
        "To unsubscribe from these offers, click the link below.",
        "I went to the office yesterday and saw her there.",
    ],
)
def test_statements_are_not(sentence: str) -> None:
    assert probability(sentence) < 0.3


@given(st.text(max_size=700))
def test_every_text_has_a_probability(text: str) -> None:
    assert 0 < probability(text) < 1


def test_features_are_words_neighbours_signs_and_pairs_of_signs() -> None:
    found = features("Send 12 files?")
    assert {"send", "0", "files", "?", "^send", "< send", "send 0", "? >"} <= found.keys()
    assert {"@request_head", "@question", "@question&@request_head"} & found.keys() == {
        "@request_head",
        "@question",
    }
    assert "@question&question_last" in found
    assert "12" not in found


def test_many_words_count_as_much_as_few() -> None:
    def norm(sentence: str) -> float:
        return sum(value**2 for name, value in features(sentence).items() if not name.startswith("@"))

    assert norm("Send it.") == pytest.approx(norm("They send it to him and her and to all the others."))


def test_the_logit_sums_weights_of_known_features() -> None:
    model = Model(1.0, {"a": 2.0, "b": -1.0})
    assert model.logit({"a": 0.5, "b": 2.0, "c": 9.0}) == pytest.approx(0.0)


def test_only_english_is_vetoed() -> None:
    assert is_unlikely("If you'd prefer not to receive such notes from us, follow this link:")
    assert not is_unlikely("Could you send me the report?")
    assert not is_unlikely("Überweisen Sie den Rechnungsbetrag fristgerecht.")
    assert not is_unlikely("")


def test_english_is_told_by_its_words() -> None:
    assert is_english("Please send it to me by tomorrow.")
    assert not is_english("Bitte schicken Sie mir den unterschriebenen Vertrag.")
    assert not is_english("")


def test_nearness_is_one_at_home_and_falls_with_the_distance() -> None:
    found = nearness(np.eye(3, dtype=np.float32), np.eye(3)[:2])
    assert found.shape == (3, 2)
    assert found[0, 0] == pytest.approx(1.0)
    assert found[0, 1] == found[2, 0] == pytest.approx(np.exp(-2 / 0.8))


def test_with_meaning_there_is_one_probability_for_each_sentence() -> None:
    vectors = np.zeros((2, DIMENSIONS), np.float32)
    vectors[:, 0] = 1.0
    told = probabilities(["Could you send me the report by Friday?", "The weather was good."], vectors)
    assert told.shape == (2,)
    assert told[0] > told[1] + 0.4
    assert 0 < told[1] < told[0] < 1
    assert probabilities([], vectors[:0]).shape == (0,)


def test_a_sentence_takes_less_than_a_millisecond() -> None:
    sentences = [f"Could you send me part {n} of the report by Friday, please?" for n in range(200)]
    probability(sentences[0])
    within(0.2, lambda: [probability(one) for one in sentences])


def test_hostile_text_is_read_at_once() -> None:
    for piece in ("if ", "you? ", "a" * 50_000, "! ", "please " * 9):
        within(0.2, probability, piece * 2_000)


def test_the_files_hold_small_numbers_for_words_and_no_names() -> None:
    stored = json.loads((AI / "intent.json").read_text(encoding="utf-8"))
    assert stored["models"].keys() == {"words", "meaning"}
    for model in stored["models"].values():
        words = [name for name in model["weights"] if not name.startswith("@")]
        token = r"(?:[^\W\d_]+(?:'[^\W\d_]+)?|[?!$0<>])"
        assert all(re.fullmatch(rf"\^?{token}(?: {token})?", name) for name in words)
        assert all(name == name.lower() for name in words)
        assert all(abs(weight) < 20 for weight in [*model["weights"].values(), *model["near"]])
        assert {"john", "mike", "sara", "enron", "houston"}.isdisjoint(
            part for name in words for part in name.strip("^").split()
        )
    assert (AI / "intent.json").stat().st_size < 300_000


def test_each_centre_has_its_weight() -> None:
    centres = np.load(AI / "intent-centres.npy", allow_pickle=False)
    assert centres.dtype == np.int8
    assert centres.shape == (len(intent._shipped()["meaning"].near), DIMENSIONS)
    assert not intent._shipped()["words"].near
