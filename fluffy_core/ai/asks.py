"""The sentences of a message that ask its reader for something, the strongest first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fluffy_core.ai import due_dates, sentences, speech_acts
from fluffy_core.ai.sentences import Sentence, SentenceKind
from fluffy_core.domain.intelligence import SpeechAct

MAX_SENTENCES = 150
"""Only the first sentences of a message are read for what they ask."""

_WEIGHTS = {SpeechAct.REQUEST: 3, SpeechAct.QUESTION: 2, SpeechAct.MEETING: 2, SpeechAct.PROPOSAL: 1}
_SELF_ANSWER = re.compile(
    r"(?:because|well|simple|simply|easy|the answer|here's why|weil|ganz einfach|die antwort)\b", re.I
)
_DEAD = re.compile(
    r"\b(?:unsubscribe|opt[ -]out|click (?:here|below|on)|view (?:this|in)|abbestellen|abmelden|hier klicken|"
    r"(?:do not|don't) reply|nicht (?:auf diese .{0,20})?antworten|privacy|intended recipient|delete (?:this|the) (?:e-?mail|"
    r"message)|consider the environment|address book|spam)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One sentence that wants something of the reader; `due` an ISO date or ""."""

    sentence: Sentence
    act: SpeechAct
    due: str = ""

    @property
    def weight(self) -> int:
        """How strongly an answer is wanted: a direct request with a date most of all."""
        question = self.sentence.text.endswith("?")
        return _WEIGHTS[self.act] + 2 * bool(self.due) + question


def find(body: str, sent: int) -> list[Ask]:
    """What a message of the Unix time `sent` asks for, in the order written; polite formulas are not asks."""
    found = sentences.split(body)[:MAX_SENTENCES]
    day = day_of(sent)
    return [Ask(each, act, due_dates.iso(each.text, day)) for each, act in _candidates(found)]


def strongest(asks: list[Ask]) -> Ask | None:
    """The ask to show: the greatest weight, the first of equals."""
    return max(asks, key=lambda each: each.weight, default=None)


def day_of(seconds: int) -> date:
    """The UTC day of a Unix time."""
    return datetime.fromtimestamp(seconds, UTC).date()


def _candidates(found: list[Sentence]) -> Iterator[tuple[Sentence, SpeechAct]]:
    for index, each in enumerate(found):
        if each.kind is not SentenceKind.TEXT:
            continue
        act = speech_acts.speech_act(each.text)
        question = each.text.endswith(("?", "？", "؟"))
        if act not in _WEIGHTS or (act in {SpeechAct.MEETING, SpeechAct.PROPOSAL} and not question):
            continue
        if _DEAD.search(each.text):
            continue
        following = found[index + 1].text if index + 1 < len(found) else ""
        if act is SpeechAct.QUESTION and _SELF_ANSWER.match(following):
            continue
        yield each, act
