"""How likely a sentence wants something of its reader or promises something: a logistic model over words.

The weights in `resources/ai/intent.json` were fitted by `benchmarks/train_speech_acts.py`; English only.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fluffy_core.ai import speech_acts
from fluffy_core.ai.phrases import said, wordings
from fluffy_core.config import resources_folder

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[?!$]|\d+")
_MAX_TOKENS = 80
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
    "footer",
)
_KNOWN_SHARE = 0.6
"""A sentence with fewer known words is not English, or not about anything the model has seen."""
_UNLIKELY = 0.2
_YOU = frozenset({"you", "your", "u"})


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: a bias and a weight for each feature."""

    bias: float
    weights: Mapping[str, float]

    def logit(self, features: Mapping[str, float]) -> float:
        """Log odds; features without a weight do not count."""
        weights = self.weights
        return self.bias + sum(weights[name] * value for name, value in features.items() if name in weights)


def probability(sentence: str) -> float:
    """0 to 1: that the sentence carries a request, a proposal, a commitment or a meeting."""
    logit = _shipped().logit(features(sentence))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def is_unlikely(sentence: str) -> bool:
    """Whether an English sentence that is worded like a request is none, as far as the model can tell.

    A question to "you" is taken at its word.
    """
    tokens = _tokens(sentence)
    if not tokens or (tokens[-1] == "?" and not _YOU.isdisjoint(tokens)):
        return False
    known = _shipped().weights
    english = sum(each in known for each in tokens) >= _KNOWN_SHARE * len(tokens)
    return english and probability(sentence) < _UNLIKELY


def features(sentence: str) -> dict[str, float]:
    """What the model sees: the words, which of them stand first and last, and what the rules say."""
    tokens = _tokens(sentence)
    normal = speech_acts.normal(sentence)
    places = [f"^{each}" for each in _tokens(normal)[:1]] + [f"{each}$" for each in tokens[-1:]]
    names = dict.fromkeys(tokens + places + [f"^^{each}" for each in tokens[:1]])
    scale = 1 / math.sqrt(len(names) or 1)
    found = dict.fromkeys(names, scale)
    heard, known = said(normal), wordings()
    found.update({f"@{name}": 1.0 for name in _SECTIONS if known[name].fits(heard)})
    found["@length"] = math.log1p(len(tokens)) / 2
    return found


def _tokens(text: str) -> list[str]:
    found = _TOKEN.findall(text[:2000].replace("’", "'").lower())
    return ["0" if each[0].isdigit() else each for each in found[:_MAX_TOKENS]]


@cache
def _shipped() -> Model:
    path = resources_folder() / "ai" / "intent.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    return Model(float(stored["bias"]), {name: float(weight) for name, weight in stored["weights"].items()})
