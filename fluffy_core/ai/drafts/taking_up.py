"""One line of a reply for one thing that was asked, made of the words of the question and nothing else."""

import re
from collections.abc import Iterable, Sequence

from fluffy_core.ai.commitments import promises
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.sentences import speech_acts
from fluffy_core.ai.sentences.asks import Ask
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain import excerpts
from fluffy_core.domain.intelligence import SpeechAct

_UNSAFE = re.compile(r"://|www\.|@|\d[\d ./-]{7,}\d")
"""What is not to be repeated in a draft, not even as a quote: links, addresses, numbers of accounts."""
LONGEST_QUOTE, SHORT_QUOTE, _LONGEST_TOPIC = 240, 60, 70
_MOST_TIMES = 3
_MOST_WORDS = 14
"""A longer sentence names so much that the first of it need not be what is asked about."""
_CLAUSE = re.compile(r"[,;–—]\s|\s-+\s")
_SHORT_ASK = 5
"""Words of an ask from which on it says itself what it is about."""
_SHORT_CLAUSE = 4
"""Words of the shortest clause that may ask; fewer are "Hi Ann,"."""
_LETTER = re.compile(r"[^\W\d_]")
_QUOTATION = '"“„«'
_OF_TIMES = frozenset({"choice", "answer", "request", "date"})
"""What a question may want that proposes times."""
_CHOICES = frozenset({"choice", "document"})
_LEADING = frozenset({"date", "time", "place", "name"})
_LEAD = 8
"""Characters of a clause that may stand before an asking "when"; further in it tells of a circumstance."""
_NEAR = 16
"""Characters behind "tell" in which the word stands for what is to be told: "me exactly what"."""
_THINGS = frozenset({"phone", "link"})
"""Placeholders of what is asked for by its name; the others stand for words as "when"."""


def line(ask: Ask, words: Vocabulary, *, before: Sequence[str] = (), longest: int = LONGEST_QUOTE) -> str:
    """What is to be filled in, behind the matter or the time that was asked about; else below the question.

    "" for what is not to be repeated: nobody should answer before they looked at it. `before` are the
    sentences just before: the times that "Which suits you?" is about, the matter of "Please let me know.".
    A question is quoted with `longest` characters.
    "About the contract: [date]", "Thursday at 3 pm [works / does not work] for me.".
    """
    text, mark = ask.sentence.text, asked_for(ask, words)
    if _UNSAFE.search(text) or not _LETTER.search(text):
        return ""
    if _kind(ask, words) in _OF_TIMES and (meeting := _meeting(text, before, words)):
        return meeting
    if before and _says_nothing_itself(text, words) and not _UNSAFE.search(before[-1]):
        text = f"{before[-1]} {text}"
    if len(text.split()) <= _MOST_WORDS and (topic := _topic(text, words)):
        return words.line("about").format(topic=topic, mark=mark)
    return f"> {excerpts.excerpt(text, longest)}\n{mark}"


def proposal(told: Iterable[str], words: Vocabulary) -> str:
    """A line for the times that sentences propose ("I could do Tuesday."), "" where they propose none."""
    proposing = [each for each in told if words.asks["proposes"].search(each)]
    return _slots([one for each in proposing for one in _times(each, words)], words)


def is_idle(ask: Ask) -> bool:
    """Whether a sentence is only worded like an ask: help in case of need, where to look, others' words."""
    text = ask.sentence.text
    if text[0] in _QUOTATION:
        return True
    if speech_acts.is_question(text):
        return False
    if len(text.split()) < _SHORT_CLAUSE and speech_acts.speech_act(text) is SpeechAct.ANSWER:
        return True
    points_on = text[-1] == ":" and not promises.is_errand(text, least_words=1)
    return points_on or wordings()["idle"].matches(text)


def is_firm(ask: Ask, words: Vocabulary) -> bool:
    """Whether a sentence certainly wants an answer, and is no piece of instructions."""
    text = ask.sentence.text
    if speech_acts.is_question(text) or promises.is_errand(text, least_words=1):
        return True
    return bool(words.asks["checks"].search(text) or words.asks["opinions"].search(text))


def asked_for(ask: Ask, words: Vocabulary) -> str:
    """The placeholder for what an ask wants: "[date]"."""
    return words.placeholders[_kind(ask, words)]


def _kind(ask: Ask, words: Vocabulary) -> str:
    text = ask.sentence.text
    clauses = [speech_acts.normal(one) for one in _CLAUSE.split(text)]
    is_choice = words.asks["open"].search(text) is None or any(
        words.questions["choice"].match(one) for one in (speech_acts.normal(text), *clauses)
    )
    asks_what = speech_acts.is_question(text) and (not is_choice or _is_to_be_told_what(text, words))
    if words.asks["offers"].search(text) or words.asks["checks"].search(text):
        return "choice"
    for name, pattern in words.questions.items():
        found = pattern.search(text) if name not in _CHOICES else None
        if found is None:
            continue
        starts = [match.start() for one in clauses if (match := pattern.search(one))]
        leads = name not in _LEADING or min(starts, default=_LEAD) < _LEAD
        is_thing = name in _THINGS and speech_acts.is_question(text)
        if is_thing or (asks_what and leads) or words.asks["tells"].search(text[: found.start()]):
            return name
    if words.questions["document"].search(text):
        return "document"
    if speech_acts.is_question(text):
        return "answer" if asks_what and ask.act in (SpeechAct.QUESTION, SpeechAct.REQUEST) else "choice"
    is_errand = ask.act is SpeechAct.REQUEST and words.asks["opinions"].search(text) is None
    return "request" if is_errand else "answer"


def _is_to_be_told_what(text: str, words: Vocabulary) -> bool:
    """Whether a question asks to be told something: "Could you tell me what it costs?"."""
    told = words.asks["tells"].search(text)
    return told is not None and words.asks["open"].search(text, told.end(), told.end() + _NEAR) is not None


def is_settled_by_yes(ask: Ask, words: Vocabulary) -> bool:
    """Whether a yes or a no is an answer to it."""
    return _kind(ask, words) in ("choice", "request", "document")


def occasion(text: str, words: Vocabulary) -> str:
    """What a text gives reason to thank for, by the name of the line that does: "invited"; "" for none."""
    return next((line for sign, line in _OCCASIONS if words.asks[sign].search(text)), "")


_OCCASIONS = (("invites", "invited"), ("wishes", "wished"), ("hands_over", "received"))


def _meeting(text: str, before: Sequence[str], words: Vocabulary) -> str:
    """A line for a question whether a time suits, "" for any other question."""
    if not speech_acts.is_question(text) or not words.asks["meets"].search(text):
        return ""
    if words.questions["document"].search(text):
        return ""
    return _slots(_times(text, words), words) or proposal(before, words)


def _times(text: str, words: Vocabulary) -> list[str]:
    """The days in a text, as they are written, without those until which something is to be done."""
    found = words.asks["when"].finditer(text)
    days = dict.fromkeys(each[0].strip(" ,.") for each in found if not _is_limit(text[: each.start()], words))
    return list(days)


def _is_limit(before: str, words: Vocabulary) -> bool:
    ending = before.rstrip()
    return any(each.end() == len(ending) for each in words.asks["until"].finditer(ending))


def _slots(days: Iterable[str], words: Vocabulary) -> str:
    times = list(dict.fromkeys(days))[:_MOST_TIMES]
    if not times:
        return ""
    told = words.line("slot" if len(times) == 1 else "slots").format(when=" / ".join(times))
    at = 1 if told.startswith("[") else 0
    return told[:at] + told[at : at + 1].upper() + told[at + 1 :]


def _topic(text: str, words: Vocabulary) -> str:
    """The matter that the first clause of a sentence names, "" when it names none."""
    head = _CLAUSE.split(text, maxsplit=1)[0]
    clause = head if len(head.split()) >= _SHORT_CLAUSE else text
    for match in words.asks["topic"].finditer(clause):
        parts = match.groupdict()
        last = parts["noun"].split()[-1].casefold()
        if last in words.vague:
            continue
        more = parts.get("more") or ""
        if not more and _is_predicated(clause, match):
            continue
        topic = parts.get("topic") or parts["noun"] + ("" if _is_vague(more, words) else more)
        topic = (
            topic if words.language == "de" else topic[:1].lower() + topic[1:] if "topic" in parts else topic
        )
        if words.language == "en":
            topic = f"the {topic}"
        if len(topic) <= _LONGEST_TOPIC:
            return " ".join(topic.split())
    return ""


def _says_nothing_itself(text: str, words: Vocabulary) -> bool:
    short = len(text.split()) < _SHORT_ASK and not speech_acts.is_question(text)
    return short and words.asks["opinions"].search(text) is not None


def _is_predicated(clause: str, found: re.Match[str]) -> bool:
    """Whether what looks like a matter of several words is all of a question: "Is the deposit paid?"."""
    leads = len(clause[: found.start()].split()) <= 1
    return leads and " " in found["noun"] and not _LETTER.search(clause[found.end() :])


def _is_vague(more: str, words: Vocabulary) -> bool:
    return bool(more) and more.rsplit(maxsplit=1)[-1].casefold() in words.vague
