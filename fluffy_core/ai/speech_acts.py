"""What a sentence of a mail does: ask, promise, propose, decide, answer, or only be polite."""

import re
from collections.abc import Iterable

from fluffy_core.ai import phrases
from fluffy_core.domain.intelligence import SpeechAct

_MAX_CHARS = 400
"""The speech act of a longer sentence is read from its first 300 and last 100 characters."""


def _anywhere(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in patterns), re.IGNORECASE)


_LEAD = re.compile(
    r"(?:(?:and|also|so|but|then|again|anyway|ok|well|p\.?s\.?|btw|by the way|in addition|additionally|secondly|first|"
    r"firstly|finally|second|next|lastly|otherwise|und|also|aber|außerdem|dann|noch etwas|übrigens|zudem|ansonsten)"
    r"\b[,:;.]?\s+){1,3}",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"@?([A-ZÄÖÜ][\w.'-]{1,20})(?: [A-ZÄÖÜ][\w'-]{1,20})?\s?[,:–—-]\s+")
_IF = re.compile(
    r"(?:if|when|once|as soon as|before|after|wenn|falls|sobald|bevor)\b[^,]{1,120},\s+", re.IGNORECASE
)

_COURTESY_HEAD = _anywhere(phrases.COURTESY_HEAD)
_COURTESY = _anywhere(phrases.COURTESY)
_RHETORICAL = _anywhere(phrases.RHETORICAL)
_REQUEST_HEAD = _anywhere(phrases.REQUEST_HEAD)
_ANSWER = _anywhere(phrases.ANSWER)
_ANYWHERE = tuple(
    (act, _anywhere(patterns))
    for act, patterns in (
        (SpeechAct.REQUEST, phrases.REQUEST),
        (SpeechAct.DECISION, phrases.DECISION),
        (SpeechAct.COMMITMENT, phrases.COMMITMENT),
        (SpeechAct.PROPOSAL, phrases.PROPOSAL),
        (SpeechAct.MEETING, phrases.MEETING),
    )
)
_PROPOSAL = _anywhere(phrases.PROPOSAL)
_MEETING = _anywhere(phrases.MEETING)
_REQUEST = _anywhere(phrases.REQUEST)


def speech_act(sentence: str) -> SpeechAct:
    """The act of one sentence of English or German; other languages are questions or statements."""
    text = _normal(sentence)
    if _COURTESY_HEAD.match(text) or _COURTESY.search(text):
        return SpeechAct.COURTESY
    if text.endswith(("?", "？", "؟", "?!")):
        return _of_question(text)
    if _ANSWER.match(text):
        return SpeechAct.ANSWER
    if _REQUEST_HEAD.match(text):
        return SpeechAct.REQUEST
    return next((act for act, pattern in _ANYWHERE if pattern.search(text)), SpeechAct.STATEMENT)


def addressee(sentence: str) -> str:
    """The name a sentence begins with when it speaks to someone ("Jane, could you …"), else ""."""
    found = _ADDRESSED.match(sentence)
    return found[1] if found else ""


def _of_question(text: str) -> SpeechAct:
    if _RHETORICAL.match(text):
        return SpeechAct.STATEMENT
    if _MEETING.search(text):
        return SpeechAct.MEETING
    if _REQUEST_HEAD.match(text) or _REQUEST.search(text):
        return SpeechAct.REQUEST
    return SpeechAct.PROPOSAL if _PROPOSAL.search(text) else SpeechAct.QUESTION


def _normal(sentence: str) -> str:
    """Without what stands before the verb: "Also, ", "Jane, ", "If you can, "; straight apostrophes."""
    text = sentence.replace("’", "'").strip(' \t"“”„»«*_')
    if len(text) > _MAX_CHARS:
        text = text[:300] + " " + text[-100:]
    for lead in (_LEAD, _ADDRESSED, _LEAD, _IF):
        found = lead.match(text)
        if found and found.end() < len(text):
            text = text[found.end() :]
    return text
