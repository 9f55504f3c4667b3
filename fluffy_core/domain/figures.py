"""Mail counted by day: what a day holds, how days add up, and how this week compares with the ones before."""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from fluffy_core.domain.counting import number_of

WEEK, USUAL_WEEKS = 7, 4
"""A week is compared with the mean of so many before it."""
NOTABLE = 0.10
"""Differences below this share of the usual are called "as usual"."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What counting needs of one message: its date and hour on the user's clock, and from which side it is.

    `personal`: written by a person to a person, as far as the headers tell.
    """

    day: str
    hour: int
    date: int
    mine: bool
    personal: bool


def _hours() -> list[int]:
    return [0] * 24


@dataclass(slots=True)
class Figures:
    """The figures of one day, or of many. Waits are seconds from a message to the answer it got.

    `received` counts everything, `personal` what people wrote. `answered` are personal messages that I
    answered at some time, `got_answer` mine that were answered; `threads` the conversations begun.
    """

    received: int = 0
    personal: int = 0
    sent: int = 0
    threads: int = 0
    answered: int = 0
    got_answer: int = 0
    new_contacts: int = 0
    my_waits: list[int] = field(default_factory=list)
    their_waits: list[int] = field(default_factory=list)
    hours_received: list[int] = field(default_factory=_hours)
    hours_sent: list[int] = field(default_factory=_hours)

    @property
    def my_response(self) -> int | None:
        """The median seconds until I answer; None when I answered nothing."""
        return int(median(self.my_waits)) if self.my_waits else None

    @property
    def their_response(self) -> int | None:
        """The median seconds until others answer me; None when nobody did."""
        return int(median(self.their_waits)) if self.their_waits else None

    def busiest(self, *, sent: bool = False) -> int | None:
        """The hour, 0 to 23, in which most personal mail arrives (or most is sent); None without any."""
        hours = self.hours_sent if sent else self.hours_received
        return hours.index(max(hours)) if any(hours) else None


def count_thread(days: MutableMapping[str, Figures], letters: Sequence[Letter]) -> None:
    """Add the messages of one thread, oldest first, to the days they belong to.

    A wait runs from the last message of the other side to its answer, and counts on the answer's day.
    """
    before: Letter | None = None
    for one in letters:
        today = days.setdefault(one.day, Figures())
        if not one.mine:
            today.received += 1
        if not one.mine and not one.personal:
            continue
        if before is None:
            today.threads += 1
        _count(today, one, before)
        before = one
    _count_answered(days, letters)


def _count(today: Figures, one: Letter, before: Letter | None) -> None:
    wait = one.date - before.date if before is not None and before.mine != one.mine else None
    if one.mine:
        today.sent += 1
        today.hours_sent[one.hour] += 1
        today.my_waits += [] if wait is None else [wait]
    else:
        today.personal += 1
        today.hours_received[one.hour] += 1
        today.their_waits += [] if wait is None else [wait]


def _count_answered(days: MutableMapping[str, Figures], letters: Sequence[Letter]) -> None:
    by_me = by_them = False
    for one in reversed(letters):
        if one.mine:
            days[one.day].got_answer += by_them
            by_me = True
        elif one.personal:
            days[one.day].answered += by_me
            by_them = True


def total(some: Iterable[Figures]) -> Figures:
    """Several days as one."""
    whole = Figures()
    for one in some:
        for name in ("received", "personal", "sent", "threads", "answered", "got_answer", "new_contacts"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.my_waits += one.my_waits
        whole.their_waits += one.their_waits
        for mine, more in ((whole.hours_received, one.hours_received), (whole.hours_sent, one.hours_sent)):
            mine[:] = [a + b for a, b in zip(mine, more, strict=True)]
    return whole


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure of the last seven days beside what is usual; `change` is 0.2 for 20 % more, None from 0."""

    name: str
    now: float | None
    usual: float | None
    change: float | None
    text: str


_COUNTED = {
    "received": ("message received", "messages received"),
    "sent": ("message sent", "messages sent"),
    "threads": ("conversation begun", "conversations begun"),
    "new_contacts": ("new contact", "new contacts"),
}
_TIMED = {
    "my_response": ("You answer within", "You answered nothing"),
    "their_response": ("You are answered within", "Nobody answered you"),
}


def trends(week: Figures, weeks_before: Sequence[Figures]) -> tuple[Trend, ...]:
    """The last week against the mean of the weeks before it, in figures and words."""
    counted = [
        _counted(name, words, getattr(week, name), before=[getattr(one, name) for one in weeks_before])
        for name, words in _COUNTED.items()
    ]
    timed = [
        _timed(name, words, getattr(week, name), before=[getattr(one, name) for one in weeks_before])
        for name, words in _TIMED.items()
    ]
    return (*counted, *timed)


def _counted(name: str, words: tuple[str, str], now: int, *, before: Sequence[int]) -> Trend:
    usual = sum(before) / len(before) if before else 0.0
    change = now / usual - 1 if usual else None
    if change is None:
        beside = "none in the four weeks before" if now else "as in the four weeks before"
    else:
        beside = _beside(change, more="more", less="fewer") + f" ({usual:,.1f} a week)"
    return Trend(name, now, usual, change, f"{number_of(now, *words)}, {beside}")


def _timed(name: str, words: tuple[str, str], now: int | None, *, before: Sequence[int | None]) -> Trend:
    known = [one for one in before if one is not None]
    usual = sum(known) / len(known) if known else None
    if now is None:
        return Trend(name, None, usual, None, words[1])
    change = now / usual - 1 if usual else None
    beside = "" if change is None else ", " + _beside(change, more="slower", less="faster")
    return Trend(name, now, usual, change, f"{words[0]} {span(now)}{beside}")


def _beside(change: float, *, more: str, less: str) -> str:
    if abs(change) < NOTABLE:
        return "as usual"
    return f"{abs(change):.0%} {more if change > 0 else less} than usual"


def span(seconds: float) -> str:
    """A length of time as people say it: "40 minutes", "3 hours", "2 days"."""
    for unit, length in (("day", 86400), ("hour", 3600)):
        if seconds >= length * (2 if unit == "day" else 1):
            return _plural(round(seconds / length), unit)
    return _plural(max(1, round(seconds / 60)), "minute")


def _plural(count: int, unit: str) -> str:
    return f"1 {unit}" if count == 1 else f"{count:,} {unit}s"
