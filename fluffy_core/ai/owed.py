"""Who owes whom what: open requests and promises at the end of a thread, word for word."""

from collections.abc import Sequence

from fluffy_core.ai import asks, due_dates, speech_acts
from fluffy_core.ai.phrases import wordings
from fluffy_core.domain.intelligence import Owed, SpeechAct, ThreadMessage
from fluffy_core.domain.message import BulkKind

MAX_OWED = 6
_A_MESSAGE = 2
"""So many requests and so many promises of one message are told."""
_OPEN_MESSAGES = 6
"""Older messages of a thread are over: what they asked was answered, dropped or asked again."""


def find(messages: Sequence[ThreadMessage]) -> tuple[Owed, ...]:
    """What is still open in a thread, the newest last; `text` is one sentence of its message.

    A request is open while the side it was put to has not written since; a promise while neither side
    has spoken of it as done.
    """
    thread = sorted((each for each in messages if _by_a_person(each)), key=lambda each: each.date)
    found: list[Owed] = []
    for index in range(max(0, len(thread) - _OPEN_MESSAGES), len(thread)):
        found.extend(_in_message(thread[index], thread[index + 1 :]))
    newest = {each.text: each for each in found}
    return tuple(newest.values())[-MAX_OWED:]


def _by_a_person(message: ThreadMessage) -> bool:
    return message.bulk in {BulkKind.NONE, BulkKind.LIST}


def _in_message(message: ThreadMessage, later: Sequence[ThreadMessage]) -> list[Owed]:
    found: list[Owed] = []
    answered = any(each.from_me is not message.from_me for each in later)
    if not answered and (message.from_me or message.to_me):
        other = "them" if message.from_me else "me"
        strong = [
            each for each in asks.find(message.body, message.date) if each.act is not SpeechAct.PROPOSAL
        ]
        strong = sorted(strong, key=lambda each: -each.weight)[:_A_MESSAGE]
        strong.sort(key=lambda each: each.sentence.start)
        found += [Owed(other, each.sentence.text, message.id, each.due) for each in strong]
    if not _settled(message, later):
        writer = "me" if message.from_me else "them"
        found += [Owed(writer, text, message.id, due) for text, due in _promises(message)[:_A_MESSAGE]]
    return found


def _promises(message: ThreadMessage) -> list[tuple[str, str]]:
    day = asks.day_of(message.date)
    return [
        (each.text, due_dates.iso(each.text, day))
        for each in asks.told(message.body)
        if speech_acts.speech_act(each.text) is SpeechAct.COMMITMENT
    ]


def _settled(message: ThreadMessage, later: Sequence[ThreadMessage]) -> bool:
    """Whether a later message delivers what was promised, or thanks for it."""
    known = wordings()
    return any(
        known["delivered" if each.from_me is message.from_me else "received"].matches(each.body[:2000])
        for each in later
    )
