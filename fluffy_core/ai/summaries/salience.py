"""How much each sentence of a thread tells of it: place, speech act, topic, and who writes."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from fluffy_core.ai.sentences import asks, speech_acts
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.ai.sentences.sentences import Sentence
from fluffy_core.domain.intelligence import SpeechAct, ThreadMessage
from fluffy_core.domain.message import BulkKind

MAX_CANDIDATES = 300
"""Of a longer thread the opening, the newest and the best of the others are weighed."""
MAX_READ = 1_000_000
"""Characters of a thread that are read: of each message an equal part, its first."""
_OPENING, _NEWEST = 20, 80
_LEAST_READ = 400
_MIN_WORDS, _OVERLONG = 4, 45
_WORD = re.compile(r"\w{3,}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}")
_FIELD = re.compile(r"(?:subject|re|from|to|cc|sent|url|betreff)\s?:|[\w ]{2,40} : ", re.IGNORECASE)
_ENDS = '.?!…。？！"”)'
_HEADING = 8
_TELLING = frozenset(SpeechAct) - {SpeechAct.STATEMENT, SpeechAct.COURTESY}
_FEW_WORDS = 3
"""Added to the words of a sentence before shares are taken, so that a sentence of one word tells little."""
_OF_OPENING = 0.5
"""The topic share of the opening mail's own sentences, all of whose words are in it."""

WEIGHTS: Mapping[str, float] = {
    "place": 1.0,
    "opening": 1.3,
    "newest": 0.35,
    "acts": 0.55,
    "opener": 0.25,
    "topic": 0.7,
    "recurring": 1.05,
    "overlong": -0.4,
}
"""Found by benchmarks/fit_salience.py on annotated threads, rounded; docs/quality.md tells how well weights
found so do on other threads."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may stand in a summary: of which message of the thread, what it does, its merit."""

    sentence: Sentence
    message: int
    act: SpeechAct
    merit: float = 0.0
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Features:
    """What the merit of a sentence is made of; each 0 to 1."""

    place: float
    """One divided by its place in its mail."""
    opening: float
    """`place` in the mail that opened the thread."""
    newest: float
    acts: float
    """Whether it asks, promises, proposes, decides or answers, though not its mail's first sentence."""
    opener: float
    """Whether who opened the thread writes."""
    topic: float
    """Share of its words that the opening mail and the subject use."""
    recurring: float
    """Share of its words that several mails use."""
    overlong: float
    """Whether it takes the room of several sentences."""


def candidates(thread: Sequence[ThreadMessage], weights: Mapping[str, float] = WEIGHTS) -> list[Candidate]:
    """The sentences of a thread (oldest message first) that may stand in its summary, as they were written.

    Mail that no person wrote, courtesies, headings and sentences of less than four words are left out.
    """
    found = list(_told(thread))
    bags = [frozenset(_WORD.findall(each.sentence.text.lower())) for each in found]
    facts = _features(thread, found, bags)
    weighed = [
        Candidate(each.sentence, each.message, each.act, merit(facts[at], weights), bags[at])
        for at, each in enumerate(found)
    ]
    return weighed if len(weighed) <= MAX_CANDIDATES else _folded(weighed)


def merit(features: Features, weights: Mapping[str, float]) -> float:
    """The weighed sum."""
    return sum(weight * float(getattr(features, name)) for name, weight in weights.items())


def _told(thread: Sequence[ThreadMessage]) -> Iterator[Candidate]:
    most = max(_LEAST_READ, MAX_READ // max(1, len(thread)))
    newest = len(thread) - 1
    for index, message in enumerate(thread):
        if message.bulk in {BulkKind.AUTO_REPLY, BulkKind.AUTO_GENERATED}:
            continue
        body = message.body if index in {0, newest} else message.body[:most]
        found = said(body[: asks.MAX_CHARS + 1])
        for sentence, act in found if len(body) == len(message.body) else found[:-1]:  # the last is cut off
            yield Candidate(sentence, index, act)


@lru_cache(maxsize=2048)
def said(body: str) -> tuple[tuple[Sentence, SpeechAct], ...]:
    """The sentences of a body that say something, and what each does; kept, for threads grow by one mail."""
    found = []
    for each in asks.told(body):
        if each.text[-1] == ":" or len(each.text.split()) < _MIN_WORDS:
            continue
        act = speech_acts.speech_act(each.text)
        if act is not SpeechAct.COURTESY:
            found.append((each, act))
    return tuple(one for one in found if _tells(one[0].text)) or tuple(found)


def _tells(text: str) -> bool:
    """Whether a sentence says something: no shouted heading, address, field of a form, or way to get help."""
    words = _ADDRESS.sub("", text).split()
    if len(words) < _MIN_WORDS - 1 or _FIELD.match(text) or wordings()["aside"].matches(text):
        return False
    return len(words) > _HEADING or text[-1] in _ENDS or not text.isupper()


def _features(
    thread: Sequence[ThreadMessage], found: Sequence[Candidate], bags: Sequence[frozenset[str]]
) -> list[Features]:
    in_mails = Counter(word for mail in _by_mail(found, bags).values() for word in mail)
    opening = set(_WORD.findall(thread[0].subject.lower())) if thread else set()
    opening.update(*(bag for each, bag in zip(found, bags, strict=True) if each.message == 0))
    places: Counter[int] = Counter()
    facts = []
    for each, bag in zip(found, bags, strict=True):
        places[each.message] += 1
        place, words = 1 / places[each.message], len(bag) + _FEW_WORDS
        first = each.message == 0
        facts.append(
            Features(
                place=place,
                opening=place * first,
                newest=place * (each.message == len(thread) - 1),
                acts=float(place < 1 and each.act in _TELLING),
                opener=float(thread[each.message].from_email == thread[0].from_email),
                topic=_OF_OPENING if first else len(bag & opening) / words,
                recurring=sum(in_mails[word] > 1 for word in bag) / words,
                overlong=float(len(each.sentence.text.split()) > _OVERLONG),
            )
        )
    return facts


def _by_mail(found: Sequence[Candidate], bags: Sequence[frozenset[str]]) -> dict[int, set[str]]:
    mails: dict[int, set[str]] = {}
    for each, bag in zip(found, bags, strict=True):
        mails.setdefault(each.message, set()).update(bag)
    return mails


def _folded(weighed: list[Candidate]) -> list[Candidate]:
    """The opening and the newest sentences, and of those between them the best."""
    between = weighed[_OPENING:-_NEWEST]
    best = sorted(range(len(between)), key=lambda at: -between[at].merit)
    kept = sorted(islice(best, MAX_CANDIDATES - _OPENING - _NEWEST))
    return weighed[:_OPENING] + [between[at] for at in kept] + weighed[-_NEWEST:]
