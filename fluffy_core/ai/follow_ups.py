"""Mail of mine that asked for something and that nobody has answered."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from fluffy_core.ai import asks, due_dates
from fluffy_core.ai.asks import Ask
from fluffy_core.domain.intelligence import FollowUp, SpeechAct, ThreadMessage
from fluffy_core.domain.message import BulkKind

MAX_DAYS = 60
"""An unanswered mail older than this is history."""
_DAY = 86_400
_CROWD = 10
_WEEKEND = 5
_MACHINE = re.compile(
    r"(?:(?:no|do-?not|don-?t)[-_.]?reply|mailer-daemon|postmaster|notifications?|newsletters?|bounces?)\b.*@"
    r"|[-_.](?:list|announce|users|dev|request|subscribe|unsubscribe)@|@(?:lists?|groups?)\.|@(?:google|yahoo)groups\.",
    re.IGNORECASE,
)
_NEVER_MIND = re.compile(
    r"\b(?:never ?mind|no longer (?:need|relevant|necessary)|(?:please )?(?:ignore|disregard) (?:my|this|the|that)|"
    r"(?:i|we)(?:'ve| have)? (?:found|figured|sorted|solved)|(?:is|has been|was|been) (?:resolved|sorted|solved|settled)|"
    r"forget (?:about )?(?:it|that|my)|hat sich (?:schon )?(?:erledigt|geklärt)|nicht mehr (?:nötig|notwendig|nötig)|"
    r"(?:ist|wurde) (?:schon )?(?:erledigt|gelöst)|vergiss (?:es|meine))\b",
    re.IGNORECASE,
)
_AWAY_UNTIL = re.compile(
    r"\b(?:back|return(?:ing|s)?|until|till|through|to|bis|zurück|wieder|ab)\b.{0,60}",
    re.IGNORECASE | re.DOTALL,
)


def find(
    threads: Iterable[Sequence[ThreadMessage]], now: int, *, lookback_days: int = 3, max_days: int = MAX_DAYS
) -> list[FollowUp]:
    """What still waits for an answer at the Unix time `now`, the longest wait first; at most one a thread.

    `lookback_days` is how long an answer may take; an out-of-office reply that names the day of return
    stops the clock until then.
    """
    found = (_in_thread(thread, now, (lookback_days, max_days)) for thread in threads)
    return sorted((each for each in found if each), key=lambda each: -each.waiting_days)


def _in_thread(thread: Sequence[ThreadMessage], now: int, span: tuple[int, int]) -> FollowUp | None:
    messages = sorted((each for each in thread if each.date <= now), key=lambda each: each.date)
    last_answer = max((index for index, each in enumerate(messages) if _is_answer(each)), default=-1)
    waiting = messages[last_answer + 1 :]
    for index in range(len(waiting) - 1, -1, -1):
        message = waiting[index]
        if not message.from_me:
            continue
        if _NEVER_MIND.search(message.body[:2000]):
            return None
        ask = _ask(message)
        if ask is not None:
            return _follow_up(message, ask, waiting[index + 1 :], (now, *span))
    return None


def _follow_up(
    message: ThreadMessage, ask: Ask, later: Sequence[ThreadMessage], clock: tuple[int, int, int]
) -> FollowUp | None:
    now, lookback_days, max_days = clock
    days = (now - message.date) // _DAY
    today = asks.day_of(now)
    if not lookback_days <= days <= max_days or not _workday_passed(asks.day_of(message.date), today):
        return None
    away = [_return_date(each) for each in later if each.bulk == BulkKind.AUTO_REPLY]
    back = max((each for each in away if each), default=None)
    if back is not None and today <= back:
        return None
    words = ask.sentence.text
    since = f"{days} day{'s' if days != 1 else ''} without an answer"
    if back is not None:
        since += f", back from absence since {back.isoformat()}"
    return FollowUp(message.id, words, days, f"{since}; asked: “{words}”")


def _ask(message: ThreadMessage) -> Ask | None:
    """What my mail asked of people; nothing when it went to a list, a machine or a crowd."""
    if message.bulk or len(message.to) > _CROWD:
        return None
    if message.to and all(_MACHINE.search(each.email) for each in message.to):
        return None
    found = [each for each in asks.find(message.body, message.date) if each.act is not SpeechAct.PROPOSAL]
    return asks.strongest(found)


def _is_answer(message: ThreadMessage) -> bool:
    """Whether a person other than me wrote it; a mailing list's copy of a person's reply counts."""
    return not message.from_me and message.bulk in {BulkKind.NONE, BulkKind.LIST}


def _return_date(message: ThreadMessage) -> date | None:
    """The day an out-of-office reply names for the return."""
    sent = asks.day_of(message.date)
    named = (due_dates.find(each[0], sent) for each in _AWAY_UNTIL.finditer(message.body[:2000]))
    return max((each.day for each in named if each), default=None)


def _workday_passed(sent: date, today: date) -> bool:
    """Whether a Monday to Friday lies after `sent`, up to today."""
    days = min((today - sent).days, 7)
    return any((sent + timedelta(days=ahead)).weekday() < _WEEKEND for ahead in range(1, days + 1))
