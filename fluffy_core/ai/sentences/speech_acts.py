"""What a sentence of a mail does: ask, promise, propose, decide, answer, or only be polite."""

import re
from collections.abc import Iterator

from fluffy_core.ai.sentences.phrases import Said, said, wordings
from fluffy_core.domain.intelligence import SpeechAct

_MAX_CHARS = 400
"""The speech act of a longer sentence is read from its first 300 and last 100 characters."""
_QUESTION_MARKS = ("?", "？", "؟", "?!")
_LEAD = re.compile(
    r"(?:(?:and|also|so|but|then|again|anyway|ok|well|p\.?s\.?|btw|by the way|in addition|additionally|"
    r"secondly|first|firstly|finally|second|next|lastly|otherwise|und|also|aber|außerdem|dann|noch etwas|"
    r"übrigens|zudem|ansonsten)\b[,:;.]?\s+){1,3}",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"(?:hi|hello|hey|dear|hallo|moin|liebe[rs]?|guten (?:tag|morgen))\b[^,.!?]{0,30}[,.!–-]\s+",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"@?(?!(?:Yes|Yeah|No|Nope|Ok|Okay|Sure|Agreed|Exactly|Right|Correct|True|Fine|Done|Thanks|Please|Great|Ja|Nein|"
    r"Doch|Klar|Genau|Stimmt|Gerne?|Danke|Bitte|Richtig|Erledigt)\b)"
    r"([A-ZÄÖÜ][\w.'-]{1,20})(?: [A-ZÄÖÜ][\w'-]{1,20})?\s?[,:–—-]\s+"
)
_CONDITION = re.compile(
    r"(?:if|when|once|as soon as|before|after|wenn|falls|sobald|bevor)\b"
    r"(?!.{0,40}\b(?:questions?|problems?|trouble|help|assistance|recipient|addressee|error|fragen)\b)[^,]{1,120},\s+",
    re.IGNORECASE,
)
_STATED = (
    ("answer", SpeechAct.ANSWER),
    ("request_head", SpeechAct.REQUEST),
    ("request", SpeechAct.REQUEST),
    ("question_head", SpeechAct.QUESTION),
    ("decision", SpeechAct.DECISION),
    ("commitment", SpeechAct.COMMITMENT),
    ("proposal", SpeechAct.PROPOSAL),
    ("meeting", SpeechAct.MEETING),
)


def speech_act(sentence: str) -> SpeechAct:
    """The first act of one sentence of English or German; other languages are questions or statements."""
    return next(_acts(sentence), SpeechAct.STATEMENT)


def acts(sentence: str) -> tuple[SpeechAct, ...]:
    """Everything that a sentence does, what counts most first; a mere statement does nothing."""
    return tuple(dict.fromkeys(_acts(sentence)))


def asking(sentence: str) -> SpeechAct | None:
    """The act of a sentence if it asks something of its reader, else None; cheaper than `speech_act`."""
    heard = said(normal(sentence))
    known = wordings()
    if is_question(heard.text):
        act = next(_of_question(heard), SpeechAct.STATEMENT)
    elif known["request_head"].fits(heard) or known["request"].fits(heard):
        act = SpeechAct.REQUEST
    elif known["question_head"].fits(heard):
        act = SpeechAct.QUESTION
    else:
        return None
    formula = any(known[name].fits(heard) for name in ("footer", "courtesy_head", "courtesy"))
    return None if formula or act is SpeechAct.STATEMENT else act


def is_question(sentence: str) -> bool:
    """Whether a sentence ends with a question mark of any script."""
    return sentence.endswith(_QUESTION_MARKS)


def addressee(sentence: str) -> str:
    """The name a sentence begins with when it speaks to someone ("Jane, could you …"), else ""."""
    greeted = _GREETED.match(sentence)
    found = _NAMED.match(sentence, greeted.end() if greeted else 0)
    return found[1] if found else ""


def normal(sentence: str) -> str:
    """A sentence without what stands before the verb: "Also, ", "Hi Jane, ", "If you can, "."""
    text = sentence.replace("’", "'").strip(' \t"“”„»«*_')
    if len(text) > _MAX_CHARS:
        text = text[:300] + " " + text[-100:]
    for lead in (_GREETED, _LEAD, _NAMED, _LEAD, _CONDITION):
        found = lead.match(text)
        if found and found.end() < len(text):
            text = text[found.end() :]
    return text


def _acts(sentence: str) -> Iterator[SpeechAct]:
    heard = said(normal(sentence))
    known = wordings()
    if known["footer"].fits(heard):
        return
    if known["courtesy_head"].fits(heard) or known["courtesy"].fits(heard):
        yield SpeechAct.COURTESY
    elif is_question(heard.text):
        yield from _of_question(heard)
    else:
        yield from (act for name, act in _STATED if known[name].fits(heard))
    if known["meeting_talk"].fits(heard):
        yield SpeechAct.MEETING


def _of_question(heard: Said) -> Iterator[SpeechAct]:
    known = wordings()
    if known["rhetorical"].fits(heard):
        return
    if known["meeting"].fits(heard):
        yield SpeechAct.MEETING
    if known["request_head"].fits(heard) or known["request"].fits(heard):
        yield SpeechAct.REQUEST
    if known["proposal"].fits(heard):
        yield SpeechAct.PROPOSAL
    yield SpeechAct.QUESTION
