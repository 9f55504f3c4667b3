"""The fitted model: what it sees, what it says, and that its file holds nothing but single words."""

import json
import re

import pytest

from fluffy_core.ai.intent import Model, features, is_unlikely, probability
from fluffy_core.config import resources_folder


def test_requests_are_likelier_than_statements() -> None:
    assert probability("Could you please send me the report by Friday?") > 0.9
    assert probability("The weather was good last summer.") < 0.3


def test_an_empty_sentence_has_a_probability() -> None:
    assert 0 < probability("") < 1


def test_features_mark_first_and_last_words_and_numbers() -> None:
    found = features("Send 12 files?")
    assert {"send", "0", "files", "?", "^send", "^^send", "?$", "@request_head"} <= found.keys()
    assert "12" not in found


def test_the_logit_sums_weights_of_known_features() -> None:
    model = Model(1.0, {"a": 2.0, "b": -1.0})
    assert model.logit({"a": 0.5, "b": 2.0, "c": 9.0}) == pytest.approx(0.0)


def test_only_english_is_vetoed() -> None:
    assert is_unlikely("If you'd prefer not to receive such notes from us, follow this link:")
    assert not is_unlikely("Could you send me the report?")
    assert not is_unlikely("Überweisen Sie den Rechnungsbetrag fristgerecht.")


def test_the_file_holds_small_numbers_for_single_words() -> None:
    path = resources_folder() / "ai" / "intent.json"
    weights = json.loads(path.read_text(encoding="utf-8"))["weights"]
    assert path.stat().st_size < 300_000
    words = [name for name in weights if not name.startswith("@")]
    assert all(re.fullmatch(r"\^{0,2}([^\W\d_]+('[^\W\d_]+)?|[?!$0])\$?", name) for name in words)
    assert all(name == name.lower() for name in words)
    assert all(abs(weight) < 20 for weight in weights.values())
