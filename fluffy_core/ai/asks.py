"""The sentences of a message that ask its reader for something, and which of them asks most."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from fluffy_core.ai import due_dates, intent, sentences, speech_acts
from fluffy_core.ai.phrases import wordings
from fluffy_core.ai.sentences import Sentence, SentenceKind
from fluffy_core.domain.intelligence import SpeechAct

MAX_CHARS = 5_000
"""Only so much of a message is read for what it asks or promises: who writes more, asks at the top."""
_TELLING_WORDS = 5
_WEIGHTS = {SpeechAct.REQUEST: 3, SpeechAct.QUESTION: 2, SpeechAct.MEETING: 2, SpeechAct.PROPOSAL: 1}
_ONLY_AS_QUESTION = frozenset({SpeechAct.MEETING, SpeechAct.PROPOSAL})


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


def find(body: str, sent: int) -> list[Ask]:
    """What a message of the Unix time `sent` asks for, in the order written; polite formulas are not asks."""
    day = day_of(sent)
    return [Ask(each, act, due_dates.iso(each.text, day)) for each, act in _candidates(told(body))]


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


def _candidates(found: Sequence[Sentence]) -> Iterator[tuple[Sentence, SpeechAct]]:
    for index, each in enumerate(found):
        act = None if each.text.istitle() else speech_acts.asking(each.text)  # a heading asks nothing
        if act is None or (act in _ONLY_AS_QUESTION and not speech_acts.is_question(each.text)):
            continue
        if act is SpeechAct.QUESTION and _answers_itself(found, index):
            continue
        if not intent.is_unlikely(each.text):
            yield each, act


def _answers_itself(found: Sequence[Sentence], index: int) -> bool:
    """Whether the writer answers the question at `index` in the next sentence."""
    return index + 1 < len(found) and wordings()["self_answer"].matches(found[index + 1].text)
