"""The speech acts of the rules against the sentence labels of the BC3 corpus, act by act."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import labelled
from fluffy_core.ai.sentences import speech_acts
from fluffy_core.domain.intelligence import SpeechAct

_MAJORITY = 2
"""Of three annotators."""
_ACTS = {
    "req": {SpeechAct.REQUEST, SpeechAct.QUESTION},
    "cmt": {SpeechAct.COMMITMENT},
    "prop": {SpeechAct.PROPOSAL},
    "meet": {SpeechAct.MEETING},
}
Pair = tuple[bool, bool]


def measured(folder: Path) -> dict[str, float]:
    """For each label that at least two people gave: sentences, precision, recall and F1, as "bc3 req f1".

    "human_f1" is that of each annotator against what either of the other two said: what people reach.
    """
    tally: dict[str, list[Pair]] = {name: [] for name in _ACTS}
    people: dict[str, list[Pair]] = {name: [] for name in _ACTS}
    for thread in labelled.threads(folder):
        for mail in thread.mails:
            for start, end, place in mail.spans:
                said = set(speech_acts.acts(" ".join(mail.body[start:end].split())))
                for name, acts in _ACTS.items():
                    votes = [(name, place) in each.labels for each in thread.annotations]
                    tally[name].append((sum(votes) >= _MAJORITY, not acts.isdisjoint(said)))
                    people[name] += [(sum(votes) - one >= 1, one) for one in votes]
    found: dict[str, float] = {}
    for name, pairs in tally.items():
        figures = _agreement(pairs) | {"human_f1": _agreement(people[name])["f1"]}
        found |= {f"bc3 {name} {key}": value for key, value in figures.items()}
    return found


def _agreement(pairs: Sequence[Pair]) -> dict[str, float]:
    hits = sum(wanted and said for wanted, said in pairs)
    wanted, said = sum(each[0] for each in pairs), sum(each[1] for each in pairs)
    return {
        "sentences": float(wanted),
        "precision": hits / max(1, said),
        "recall": hits / max(1, wanted),
        "f1": 2 * hits / max(1, wanted + said),
    }
