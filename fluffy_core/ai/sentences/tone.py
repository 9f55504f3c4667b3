"""Sentiment and urgency of a thread, from plain words only and with the sentence that shows them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from fluffy_core.ai.sentences import asks
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain.intelligence import Sentiment, SummaryPoint, ThreadMessage, Tone, Urgency
from fluffy_core.domain.message import BulkKind

_LOOKED_AT = 3
"""What older mail felt or wanted at once is over."""
_SOON = timedelta(days=2)


def of(thread: Sequence[ThreadMessage]) -> Tone:
    """The tone of a thread, oldest message first; neutral and normal unless its newest mail says otherwise.

    Urgency is that of what was written last by one side without an answer by the other; sentiment is that of
    the others. Sentences of both sentiments together are neutral.
    """
    people = [each for each in thread if each.bulk in {BulkKind.NONE, BulkKind.LIST}]
    urgent = next(_sentences(_unanswered(people), _is_urgent), None)
    soon = None if urgent else _due_soon(_unanswered(people))
    sentiment, shown = _sentiment([each for each in people if not each.from_me][-_LOOKED_AT:])
    urgency = Urgency.URGENT if urgent else Urgency.SOON if soon else Urgency.NORMAL
    return Tone(sentiment, shown, urgency, urgent or soon)


def _unanswered(people: Sequence[ThreadMessage]) -> list[ThreadMessage]:
    """The last messages of one side, the newest first."""
    found: list[ThreadMessage] = []
    for each in reversed(people[-_LOOKED_AT:]):
        if each.from_me is not people[-1].from_me:
            break
        found.append(each)
    return found


def _sentences(messages: Sequence[ThreadMessage], fits: Callable[[str], bool]) -> Iterator[SummaryPoint]:
    for message in messages:
        for each in asks.told(message.body):
            if fits(each.text.replace("’", "'")):
                yield SummaryPoint(each.text, message.id)


def _is_urgent(text: str) -> bool:
    known = wordings("tone")
    return known["urgent"].matches(text) and not known["calm"].matches(text)


def _due_soon(messages: Sequence[ThreadMessage]) -> SummaryPoint | None:
    """An ask that is due within two days of its message."""
    for message in messages:
        latest = asks.day_of(message.date) + _SOON
        for ask in asks.find(message.body, message.date):
            if ask.due and date.fromisoformat(ask.due) <= latest:
                return SummaryPoint(ask.sentence.text, message.id)
    return None


def _sentiment(messages: Sequence[ThreadMessage]) -> tuple[Sentiment, SummaryPoint | None]:
    shown = {
        each: next(_sentences(messages, partial(_feels, name=each)), None)
        for each in (Sentiment.POSITIVE, Sentiment.NEGATIVE)
    }
    told = [(each, point) for each, point in shown.items() if point]
    return told[0] if len(told) == 1 else (Sentiment.NEUTRAL, None)


def _feels(text: str, *, name: str) -> bool:
    known = wordings("tone")
    return known[name].matches(text) and not known["soothed"].matches(text)
