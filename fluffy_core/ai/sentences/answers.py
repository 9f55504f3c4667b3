"""Which sentences answer a question, and how likely that is: logistic regression over a few signs.

The weights in `resources/ai/answers.json` were fitted by `python -m benchmarks asking --fit` on questions
with and without an answer.
"""

import json
import math
from dataclasses import dataclass
from functools import cache

from fluffy_core.ai.sentences.questions import Asked, Question, all_words, stem, tells
from fluffy_core.config import resources_folder

UNTOLD = 0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, with its surroundings.

    `about` is what its message says of itself: subject and people. The likenesses are cosines to the
    question, of the sentence and of its message's best passage; None where there is no embedder.
    """

    sentence: str
    around: str
    about: str
    likeness: float | None = None
    passage_likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the signs in order, the last for what is always there; from `sure` on a sentence answers."""

    signs: tuple[float, ...]
    sure: float


def signs(question: Question, candidate: Candidate) -> tuple[float, ...]:
    """What speaks for or against a sentence, each about 0 to 1; the last is always 1."""
    here = _stems(candidate.sentence)
    near = _near(candidate)
    told = tells(question.asked, candidate.sentence, question)
    covered = question.share(near)
    return (
        candidate.likeness or 0.0,
        candidate.passage_likeness or 0.0,
        question.share(here),
        covered,
        covered**4,
        float(question.stems <= near),
        float(told is True),
        float(told is False),
        float(told is None),
        float(bool(question.counted) and question.counted not in here),
        float(candidate.sentence.endswith("?")),
        1.0,
    )


def likely(question: Question, candidate: Candidate, weights: Weights | None = None) -> float:
    """How likely a sentence answers a question, 0 to 1; hardly where it lacks what it takes."""
    weights = weights or weights_for(with_meaning=candidate.likeness is not None)
    total = sum(a * b for a, b in zip(weights.signs, signs(question, candidate), strict=True))
    told = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    return told * UNTOLD if lacks(question, candidate) else told


def lacks(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence cannot answer by itself.

    A date, an amount, a number, an address or who somebody is was asked for and it holds none, it does not
    speak of that of which one is to be told, or a name or a figure of the question stands nowhere near it.
    """
    if question.asked is not Asked.WHO and tells(question.asked, candidate.sentence, question) is False:
        return True
    if (
        question.asked is Asked.WHICH
        and question.counted
        and question.counted not in _stems(candidate.sentence)
    ):
        return True
    return not question.names <= _near(candidate)


def _near(candidate: Candidate) -> frozenset[str]:
    return _stems(f"{candidate.sentence} {candidate.around} {candidate.about}")


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, all_words(text)))


@cache
def weights_for(*, with_meaning: bool) -> Weights:
    """The fitted weights, with or without likenesses."""
    told = json.loads((resources_folder() / "ai" / "answers.json").read_text(encoding="utf-8"))
    part = told["meaning" if with_meaning else "words"]
    return Weights(tuple(part["signs"]), part["sure"])
