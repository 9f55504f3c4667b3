"""How likely a sentence wants something of its reader or proposes something: a logistic model.

It sees words and pairs of neighbours, what the rules of `speech_acts` say, signs and pairs of signs
(`resources/ai/cues.toml`), and, where the sentence was embedded, how near its meaning is to each of some
centres (a radial basis function network, Broomhead and Lowe 1988). The weights in `resources/ai/` were fitted
by `benchmarks/train_speech_acts.py`; English only; docs/data-card-intent.md says from what and how well.
"""

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from fluffy_core.ai.sentences import speech_acts
from fluffy_core.ai.sentences.phrases import said, wordings
from fluffy_core.config import resources_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[?!$]|\d+")
_MAX_TOKENS = 80
_MAX_CHARS = 600
_SECTIONS = (
    "courtesy_head",
    "courtesy",
    "rhetorical",
    "request_head",
    "request",
    "decision",
    "commitment",
    "proposal",
    "meeting",
    "answer",
    "question_head",
    "meeting_talk",
    "footer",
)
_WORDS, _SIGN_PAIRS = 2.2, 0.4
"""How strongly words and pairs of signs count before any fitting."""
_SHORT, _LONG, _VERY_LONG, _SHOUTED = 5, 20, 40, 2
_KNOWN_SHARE = 0.6
"""A sentence with fewer known words is not English, or not about anything the model has seen."""
_UNLIKELY = 0.2
CENTRE_SCALE = 127.0
"""Centres are kept as int8, multiplied by this."""
_YOU = frozenset({"you", "your", "u"})
_WIDTH = 0.8
"""Of the bell around each centre: squared distances between unit vectors lie between 0 and 4."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: a bias, a weight for each feature, and one for being near each centre."""

    bias: float
    weights: Mapping[str, float]
    near: Sequence[float] = ()

    def logit(self, features: Mapping[str, float]) -> float:
        """Log odds by words and signs; features without a weight do not count."""
        weights = self.weights
        return self.bias + sum(weights[name] * value for name, value in features.items() if name in weights)


def probability(sentence: str) -> float:
    """0 to 1: that the sentence carries a request, a question, a proposal or a meeting; by words alone."""
    return _sigmoid(_shipped()["words"].logit(features(sentence)))


def probabilities(sentences: Sequence[str], vectors: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """The same with the sentences' vectors, one row each, of all-MiniLM-L6-v2; more often right."""
    import numpy as np

    model = _shipped()["meaning"]
    by_words = np.array([model.logit(features(each)) for each in sentences], np.float64)
    logits = by_words + nearness(vectors, _centres()) @ np.array(model.near)
    told: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return told


def is_unlikely(sentence: str) -> bool:
    """Whether an English sentence that is worded like a request is none, as far as the model can tell.

    A question to "you" is taken at its word.
    """
    tokens = _tokens(sentence)
    if not tokens or (tokens[-1] == "?" and not _YOU.isdisjoint(tokens)):
        return False
    return is_english(sentence) and probability(sentence) < _UNLIKELY


def is_english(sentence: str) -> bool:
    """Whether most words of a sentence are among those that the model knows."""
    known, tokens = _shipped()["words"].weights, _tokens(sentence)
    return bool(tokens) and sum(each in known for each in tokens) >= _KNOWN_SHARE * len(tokens)


def knows(word: str) -> bool:
    """Whether a word is one of those that the model weighs: everyday English, never a name."""
    return word.lower() in _shipped()["words"].weights


def features(sentence: str) -> dict[str, float]:
    """What the model sees of a sentence but its meaning, by name."""
    text = sentence[:_MAX_CHARS]
    tokens = _tokens(text)
    normal = speech_acts.normal(text)
    names = dict.fromkeys(tokens)
    names.update(dict.fromkeys(f"{one} {other}" for one, other in pairwise(["<", *tokens, ">"])))
    names.update(dict.fromkeys(f"^{each}" for each in _tokens(normal)[:1]))
    found = dict.fromkeys(names, _WORDS / math.sqrt(len(names)))
    signs = _signs(text, tokens, normal)
    found.update(dict.fromkeys((f"@{each}" for each in signs), 1.0))
    found.update(dict.fromkeys((f"@{one}&{other}" for one, other in combinations(signs, 2)), _SIGN_PAIRS))
    found["@length"] = math.log1p(len(tokens)) / 2
    return found


def nearness(vectors: "NDArray[np.floating]", centres: "NDArray[np.floating]") -> "NDArray[np.float64]":
    """0 to 1 for each vector (row) and centre (column): 1 where they are the same."""
    import numpy as np

    rows, columns = np.asarray(vectors, np.float64), np.asarray(centres, np.float64)
    squared = (rows**2).sum(axis=1)[:, np.newaxis] + (columns**2).sum(axis=1) - 2 * rows @ columns.T
    found: NDArray[np.float64] = np.exp(-squared / _WIDTH)
    return found


def _signs(text: str, tokens: Sequence[str], normal: str) -> list[str]:
    """The names of the signs that a sentence bears, in alphabetical order."""
    lower = text.lower().replace("’", "'")
    heard, known = said(normal), wordings()
    found = [name for name, pattern in _cues().items() if pattern.search(lower)]
    found += [name for name in _SECTIONS if known[name].fits(heard)]
    words = text.split()
    shouted = sum(each.isupper() and len(each) > 2 for each in words)  # noqa: PLR2004 - "I", "OK"
    looks = {
        "shouted": shouted >= _SHOUTED,
        "lower_first": text[:1].islower(),
        "short": len(tokens) <= _SHORT,
        "long": len(words) > _LONG,
        "very_long": len(words) > _VERY_LONG,
        "named": bool(speech_acts.addressee(text)),
    }
    return sorted(found + [f"{name}_look" for name, holds in looks.items() if holds])


def _tokens(text: str) -> list[str]:
    found = _TOKEN.findall(text[:2000].replace("’", "'").lower())
    return ["0" if each[0].isdigit() else each for each in found[:_MAX_TOKENS]]


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    path = resources_folder() / "ai" / "cues.toml"
    return {name: re.compile(each) for name, each in tomllib.loads(path.read_text(encoding="utf-8")).items()}


@cache
def _centres() -> "NDArray[np.float64]":
    import numpy as np

    stored = np.load(resources_folder() / "ai" / "intent-centres.npy", allow_pickle=False)
    centres: NDArray[np.float64] = stored / CENTRE_SCALE
    return centres


@cache
def _shipped() -> dict[str, Model]:
    path = resources_folder() / "ai" / "intent.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Model(float(one["bias"]), one["weights"], one.get("near", ()))
        for name, one in stored["models"].items()
    }
