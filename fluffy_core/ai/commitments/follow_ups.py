"""Mail of mine that asked for something and that nobody has answered."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from fluffy_core.ai.sentences import asks, due_dates
from fluffy_core.ai.sentences.asks import Ask
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain.ids import MessageId
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
_AWAY_UNTIL = re.compile(
    r"\b(?:back|return(?:ing|s)?|until|till|through|to|bis|zurück|wieder|ab)\b.{0,60}",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Clock:
    """The moment of looking, and how many days a mail may wait: at least, at most."""

    now: int
    lookback_days: int
    max_days: int


def find(
    threads: Iterable[Sequence[ThreadMessage]], now: int, *, lookback_days: int = 3, max_days: int = MAX_DAYS
) -> list[FollowUp]:
    """What still waits for an answer at the Unix time `now`, the longest wait first; at most one a thread.

    `lookback_days` is how long an answer may take; an out-of-office reply that names the day of return
    stops the clock until then.
    """
    clock = _Clock(now, lookback_days, max_days)
    found = (_in_thread(thread, clock) for thread in threads)
    return sorted((each for each in found if each), key=lambda each: -each.waiting_days)


def _in_thread(thread: Sequence[ThreadMessage], clock: _Clock) -> FollowUp | None:
    messages = sorted((each for each in thread if each.date <= clock.now), key=lambda each: each.date)
    last_answer = max((index for index, each in enumerate(messages) if _is_answer(each)), default=-1)
    waiting = messages[last_answer + 1 :]
    for message in reversed(waiting):
        if not message.from_me:
            continue
        if wordings()["never_mind"].matches(message.body[:2000]):
            return None
        ask = _ask(message)
        if ask is not None:
            back = _return_date([each for each in waiting if each.date >= message.date])
            return _follow_up(message.id, (ask, message.date, back), clock)
    return None


def _follow_up(message: MessageId, asked: tuple[Ask, int, date | None], clock: _Clock) -> FollowUp | None:
    """The reminder about an ask of the Unix time given; `back` is when the reader said they would return."""
    ask, sent, back = asked
    days = (clock.now - sent) // _DAY
    today = asks.day_of(clock.now)
    if not clock.lookback_days <= days <= clock.max_days or not _workday_passed(asks.day_of(sent), today):
        return None
    if back is not None and today <= back:
        return None
    words = ask.sentence.text
    since = f"{days} day{'s' if days != 1 else ''} without an answer"
    if back is not None:
        since += f", back from absence since {back.isoformat()}"
    return FollowUp(message, words, days, f"{since}; asked: “{words}”")


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


def _return_date(messages: Sequence[ThreadMessage]) -> date | None:
    """The latest day that the out-of-office replies among the messages name for the return."""
    days: list[date] = []
    for message in messages:
        if message.bulk == BulkKind.AUTO_REPLY:
            sent = asks.day_of(message.date)
            day_first = due_dates.comes_day_first(message.language, UTC)
            named = [
                due_dates.find(each[0], sent, day_first=day_first)
                for each in _AWAY_UNTIL.finditer(message.body[:2000])
            ]
            days += [each.day for each in named if each]
    return max(days, default=None)


def _workday_passed(sent: date, today: date) -> bool:
    """Whether a Monday to Friday lies after `sent`, up to today."""
    days = min((today - sent).days, 7)
    return any((sent + timedelta(days=ahead)).weekday() < _WEEKEND for ahead in range(1, days + 1))
