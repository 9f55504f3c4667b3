"""The sentences of a message that ask its reader for something, and which of them asks most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType

from fluffy_core.ai.sentences import due_dates, intent, sentences, speech_acts
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.ai.sentences.sentences import Sentence, SentenceKind
from fluffy_core.domain.intelligence import SpeechAct

MAX_CHARS = 5_000
"""Only so much of a message is read for what it asks or promises: who writes more, asks at the top."""
_TELLING_WORDS = 5
_WEIGHTS = {SpeechAct.REQUEST: 3, SpeechAct.QUESTION: 2, SpeechAct.MEETING: 2, SpeechAct.PROPOSAL: 1}
_ONLY_AS_QUESTION = frozenset({SpeechAct.MEETING, SpeechAct.PROPOSAL})
Meant = Mapping[str, float]
"""How likely sentences ask for something by their meaning (0 to 1), of those that were embedded."""
NONE_MEANT: Meant = MappingProxyType({})
CONFIRMED, ADDED = 0.3, 0.8
"""A request in doubt is one from here on, by its meaning, and a sentence that is not worded as an ask."""
_DOUBTFUL = 0.5
"""Requests below it by their words are in doubt, and other sentences from it on. Chosen, as the two above, by
cross-validation and by what was added and taken away in real mail (docs/quality.md)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One sentence that wants something of the reader; `due` an ISO date or ""."""

    sentence: Sentence
    act: SpeechAct
    due: str = ""

    @property
    def weight(self) -> int:
        """How strongly an answer is wanted: most by a dated request, least by "Let me know."."""
        text = self.sentence.text
        says_what = len(text.split()) >= _TELLING_WORDS
        return _WEIGHTS[self.act] + 2 * bool(self.due) + speech_acts.is_question(text) + 2 * says_what


def find(body: str, sent: int, meant: Meant = NONE_MEANT) -> list[Ask]:
    """What a message of the Unix time `sent` asks for, in the order written; polite formulas are not asks.

    Sentences in `meant` are judged by their meaning, the others by their words.
    """
    day = day_of(sent)
    return [Ask(each, act, due_dates.iso(each.text, day)) for each, act in _candidates(told(body), meant)]


def in_doubt(body: str, *, known: bool) -> list[str]:
    """The sentences of a message whose words do not tell well enough whether they ask for something.

    Those that are not worded as an ask count when the writer is `known`: others' mail is full of offers.
    """
    found = told(body)
    return [
        each.text
        for index, each in enumerate(found)
        if _is_doubtful(each.text, _worded(found, index), known=known)
    ]


def strongest(asks: Sequence[Ask]) -> Ask | None:
    """The ask to show: the greatest weight, the first of equals."""
    return max(asks, key=lambda each: each.weight, default=None)


def told(body: str) -> list[Sentence]:
    """The sentences at the head of a body, without greeting, sign-off and what the limit cut off."""
    found = sentences.split(body[:MAX_CHARS])
    if len(body) > MAX_CHARS:
        found = found[:-1]
    return [each for each in found if each.kind is SentenceKind.TEXT]


def day_of(seconds: int, zone: tzinfo = UTC) -> date:
    """The day of a Unix time in a zone."""
    return datetime.fromtimestamp(seconds, zone).date()


def _candidates(found: Sequence[Sentence], meant: Meant) -> Iterator[tuple[Sentence, SpeechAct]]:
    for index, each in enumerate(found):
        act, likely = _worded(found, index), meant.get(each.text)
        if likely is None:
            if act is not None and not intent.is_unlikely(each.text):
                yield each, act
        elif likely >= (ADDED if act is None else CONFIRMED):
            yield each, act or SpeechAct.REQUEST


def _worded(found: Sequence[Sentence], index: int) -> SpeechAct | None:
    """What the sentence at `index` asks for by its wording; None when that is nothing."""
    text = found[index].text
    act = None if text.istitle() else speech_acts.asking(text)  # a heading asks nothing
    if act is None or (act in _ONLY_AS_QUESTION and not speech_acts.is_question(text)):
        return None
    return None if act is SpeechAct.QUESTION and _answers_itself(found, index) else act


def _is_doubtful(text: str, worded: SpeechAct | None, *, known: bool) -> bool:
    """A question is taken at its word, and so is a wording that says something else than asking."""
    if speech_acts.is_question(text) or text.istitle() or not intent.is_english(text):
        return False
    if worded is SpeechAct.REQUEST:
        return intent.probability(text) < _DOUBTFUL
    may_ask = known and worded is None and speech_acts.speech_act(text) is SpeechAct.STATEMENT
    return may_ask and intent.probability(text) >= _DOUBTFUL


def _answers_itself(found: Sequence[Sentence], index: int) -> bool:
    """Whether the writer answers the question at `index` in the next sentence."""
    return index + 1 < len(found) and wordings()["self_answer"].matches(found[index + 1].text)
