"""Dates named in a request or a promise ("by Thursday", "bis Ende nächster Woche"), as ISO dates."""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import cache
from typing import NamedTuple

from fluffy_core.ai.sentences.date_words import DateWords, words

_MAX_CHARS = 600
_WEDNESDAY, _FRIDAY = 2, 4
_WEEK, _DECEMBER = 7, 12
_PAST_DAYS = 180
"""A day and month without a year that lay at most this many days back speaks of the past."""
_DAY_FIRST = frozenset(
    {"Europe", "Africa", "Asia", "Atlantic", "Australia", "Indian", "Antarctica", "Arctic"}
)
"""The first part of the IANA names of zones where 12/11 is a day of November, also in English."""
_YEAR = r"(?P<y>20\d\d)"
_TYPED = str.maketrans("’\xa0\u202f", "'  ")


@dataclass(frozen=True, slots=True)
class Due:
    """A date named in a text: the day, the words that name it, and whether they set a deadline."""

    day: date
    words: str
    deadline: bool

    @property
    def iso(self) -> str:
        """The day as YYYY-MM-DD."""
        return self.day.isoformat()


def find(text: str, sent: date, *, day_first: bool = False) -> Due | None:
    """The date by which something is wanted or promised, read as written on the day `sent`.

    A date behind "by", "until", "bis", … wins over a date that is only mentioned. Dates of the past
    and impossible dates (31 February) count as none. `day_first` tells how to read 12/11.
    """
    text = text[:_MAX_CHARS].translate(_TYPED)
    lower, known = text.lower(), words()
    if len(lower) != len(text):
        text = lower  # a letter that is longer in lower case
    when = _When(sent, day_first, known)
    first: Due | None = None
    for pattern, read in _rules():
        for match in pattern.finditer(lower):
            mark = known.before(match, known.deadline)
            if not mark and known.is_past(match):
                continue
            day = read(match, when)
            if day is None or day < sent:
                continue
            named = text[match.start() - len(mark) : match.end()]
            due = Due(day, named, bool(mark) or known.within.match(match[0]) is not None)
            if due.deadline:
                return due
            first = first or due
    return first


def iso(text: str, sent: date, *, day_first: bool = False) -> str:
    """The date of `find` as YYYY-MM-DD, "" when the text names none."""
    due = find(text, sent, day_first=day_first)
    return due.iso if due else ""


def comes_day_first(language: str, zone: tzinfo) -> bool:
    """Whether 12/11 is a day of November to who writes a language and to a reader in a zone.

    Only English puts months first, and only on the American side of the Atlantic; a zone without a name
    says nothing, and then the United States count.
    """
    if language and not language.startswith("en"):
        return True
    return (getattr(zone, "key", "") or "UTC").partition("/")[0] in _DAY_FIRST


class _When(NamedTuple):
    """What a date is read against."""

    sent: date
    day_first: bool
    known: DateWords


_Reader = Callable[[re.Match[str], _When], date | None]


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_later(day: date, months: int) -> tuple[int, int]:
    """The year and month some months after a day's."""
    return day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _near(month: int, day: int, sent: date) -> date | None:
    """A day and month without a year: the next one, unless it has only just passed."""
    this = _make(sent.year, month, day)
    if this is not None and this < sent - timedelta(days=_PAST_DAYS):
        return _make(sent.year + 1, month, day)
    return this


def _dated(year: str | None, month_day: tuple[int, int], sent: date) -> date | None:
    month, day = month_day
    if not year:
        return _near(month, day, sent)
    return _make(int(year) % 2000 + 2000, month, day)


def _iso_date(match: re.Match[str], when: _When) -> date | None:
    return _dated(match["y"], (int(match["m"]), int(match["d"])), when.sent)


def _named_month(match: re.Match[str], when: _When) -> date | None:
    day = int(match["d"]) if match["d"].isdigit() else 1
    return _dated(match["y"], (when.known.months[match["month"]], day), when.sent)


def _is_set(match: re.Match[str], when: _When) -> bool:
    """Whether words before a number say that it is a day."""
    return bool(when.known.before(match, when.known.deadline) or when.known.before(match, when.known.on))


def _day_of_month(match: re.Match[str], when: _When) -> date | None:
    """The next day of that number: of this month, or of the first one after it that has such a day."""
    if not (match["day"] or _is_set(match, when)):
        return None  # an item of a list, an edition
    for ahead in range(3):
        day = _make(*_month_later(when.sent, ahead), int(match["d"]))
        if day is not None and day >= when.sent:
            return day
    return None


def _slashes(match: re.Match[str], when: _When) -> date | None:
    """Month first as in the United States, unless days come first there or only that can be meant."""
    if not (match["y"] or _is_set(match, when)):
        return None  # a fraction, a score, one or the other
    first, second = int(match["a"]), int(match["b"])
    if first > _DECEMBER or (when.day_first and second <= _DECEMBER):
        first, second = second, first
    return _dated(match["y"], (first, second), when.sent)


def _part_of_month(match: re.Match[str], when: _When) -> date | None:
    month = when.known.months[match["month"]]
    year = when.sent.year + (1 if month < when.sent.month else 0)
    return date(year, month, 15) if match["middle"] else _end_of(year, month)


def _relative(match: re.Match[str], when: _When) -> date | None:
    ahead = 2 if match["after_tomorrow"] else 1 if match["tomorrow"] else 0
    return when.sent + timedelta(days=ahead)


def _today(_match: re.Match[str], when: _When) -> date:
    return when.sent


def _hour(match: re.Match[str], when: _When) -> date | None:
    """A time alone is one of the same day, when it is a deadline."""
    return when.sent if when.known.before(match, when.known.deadline) else None


def _weekday(match: re.Match[str], when: _When) -> date | None:
    """The next such day; "next", or the name of the week after this one, moves it into that week."""
    wanted, sent = when.known.weekdays[match["day"]], when.sent
    if match["day"] in _ORDINALS and not (match["coming"] or _is_set(match, when)):
        return None
    if match["next"] or match["after_next"] or match["in_next_week"] or match["of_next_week"]:
        return sent + timedelta(days=_WEEK * (2 if match["after_next"] else 1) - sent.weekday() + wanted)
    ahead = (wanted - sent.weekday()) % _WEEK
    ahead = ahead or (0 if match["this"] else _WEEK)
    return sent + timedelta(days=ahead + (_WEEK if match["later"] else 0))


_ORDINALS = frozenset({"segunda", "terça", "quarta", "quinta", "sexta"})
"""Portuguese weekdays in short are numbers too."""


def _week(match: re.Match[str], when: _When) -> date | None:
    """The Friday of a week, the Sunday of a weekend; at the weekend "this week" is the coming one."""
    wanted = 0 if match["beginning"] else _WEDNESDAY if match["middle"] else _FRIDAY
    ahead = wanted - when.sent.weekday() + 2 * _WEEK * bool(match["after_next"])
    if match["next"] or match["next_weekend"] or (not match["after_next"] and when.sent.weekday() > _FRIDAY):
        ahead += _WEEK
    return when.sent + timedelta(days=ahead + 2 * bool(match["weekend"] or match["next_weekend"]))


def _period_end(match: re.Match[str], when: _When) -> date | None:
    sent, coming = when.sent, bool(match["next_month"] or match["next_quarter"] or match["next_year"])
    if match["year"] or match["next_year"]:
        return date(sent.year + coming, 12, 31)
    if match["quarter"] or match["next_quarter"]:
        return _end_of(*_month_later(sent, 3 * ((sent.month - 1) // 3 + coming) + 3 - sent.month))
    return _end_of(*_month_later(sent, coming))


def _count(match: re.Match[str], when: _When) -> date | None:
    written, sent = match["n"], when.sent
    number = int(written) if written.isdigit() else when.known.numbers[written]
    unit = next(name for name, pattern in when.known.units.items() if pattern.fullmatch(match["unit"]))
    if unit == "hour":
        return sent + timedelta(days=-(-number // 24))
    if unit == "week":
        return sent + timedelta(weeks=number)
    if unit == "month":
        year, month = _month_later(sent, number)
        return min(_end_of(year, month), date(year, month, 1) + timedelta(days=sent.day - 1))
    return _working_days(sent, number) if unit == "working_day" else sent + timedelta(days=number)


def _working_days(sent: date, number: int) -> date:
    day, left = sent + timedelta(days=number // 5 * 7), number % 5
    while left or day.weekday() > _FRIDAY:
        day += timedelta(days=1)
        left -= 1 if left and day.weekday() <= _FRIDAY else 0
    return day


@cache
def _rules() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    """Expressions over lower case with who reads what they find, in the order that they are tried."""
    part = words().parts
    rules = (*_numbered(part), *_periods(part), *_numbered_days(part), *_days(part))
    return tuple((re.compile(pattern), read) for pattern, read in rules)


def _numbered(part: Mapping[str, str]) -> Iterator[tuple[str, _Reader]]:
    """Dates with a month: 2025-06-03, 3 June, 3.6., 6/3."""
    month, first = part["month"], part["first"]
    yield rf"\b{_YEAR}-(?P<m>\d\d)-(?P<d>\d\d)\b", _iso_date
    yield rf"\b(?P<d>\d\d?)-(?P<m>\d\d?)-{_YEAR}\b", _iso_date
    yield (
        rf"\b(?P<d>\d\d?|{first})(?:st|nd|rd|th|er|[º°.e])? ?(?:(?:of|de|di) )?(?P<month>{month})\b\.?"
        rf"(?:,? (?:del? )?{_YEAR}\b)?",
        _named_month,
    )
    yield (
        rf"\b(?P<month>{month})\.? (?:the )?(?P<d>\d\d?)(?:st|nd|rd|th)?\b(?![:.]\d)(?:,? {_YEAR}\b)?",
        _named_month,
    )
    yield r"\b(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>20\d\d|\d\d)?(?!\d)", _iso_date
    yield r"(?<![\d/])(?P<a>\d\d?)/(?P<b>\d\d?)(?:/(?P<y>20\d\d|\d\d))?(?![\d/])", _slashes


def _periods(part: Mapping[str, str]) -> Iterator[tuple[str, _Reader]]:
    """Mid-May, the end of the month, in two weeks."""
    middle, end, number = part["part.middle"], part["part.end"], rf"(?P<n>\d{{1,3}}|{part['number']})"
    units = "|".join(part[f"units.{name}"] for name in ("working_day", "day", "week", "month", "hour"))
    ends = _named(part, "periods", "next_month next_quarter next_year month quarter year")
    yield (
        rf"\b(?:(?P<middle>{middle}) ?|(?:{end}) )(?:de |di |av )?(?P<month>{part['month']})\b",
        _part_of_month,
    )
    yield rf"\b(?:{ends})\b", _period_end
    yield (
        rf"\b(?:{part['lead.in']})(?: the| de[nr]?| les| los| las| i| le)?"
        r"(?: next| nächsten| prochaine?s| prossim[ei]| próxim[ao]s)?"
        rf" {number} ?(?P<unit>{units})\b",
        _count,
    )
    yield rf"\b{number} (?P<unit>{units}) from (?:now|today)\b", _count


def _numbered_days(part: Mapping[str, str]) -> Iterator[tuple[str, _Reader]]:
    """Friday the 16th, am 3., avant le 15."""
    article, number = r"le|el(?: día)?|il|o dia|dia|den", r"(?P<d>[12]?\d|3[01])"
    yield (
        rf"\b(?:(?P<day>{part['weekday']}),? (?:(?:the|dem|{article}) )?|(?:the|{article}) )?"
        rf"(?<![\d.:/]){number}(?:(?:st|nd|rd|th|er|e|:e|º)\b|\.(?=\s|[,;!?)]|$)(?! ?\d))",
        _day_of_month,
    )
    yield (
        rf"\b(?P<day>)(?:{article}) {number}"
        r"(?=\s*(?:[.,;:!?)]|$)| (?:à|a|ou|et|y|e|o|och|pour|para|per|por)\b)",
        _day_of_month,
    )


def _days(part: Mapping[str, str]) -> Iterator[tuple[str, _Reader]]:
    """Next Friday, the weekend, tomorrow, noon."""
    day, next_week = part["weekday"], part["weeks.next"]
    yield (
        rf"\b(?:(?P<next>(?:{part['which.next']}) )|(?P<this>(?:{part['which.this']}) )"
        rf"|(?P<coming>(?:{part['which.coming']}) )|(?P<after_next>(?:{part['which.after_next']}) )"
        rf"|(?P<later>a week (?:from|on) )"
        rf"|(?P<in_next_week>(?:{next_week}),? (?:am |op |på |el |le )?))?"
        rf"\b(?P<day>{day})(?:abend|nachmittag|vormittag|morgen|mittag|ochtend|avond|middag)?\b"
        rf"(?P<of_next_week>,? (?:of |de la |della |da |van |i )?(?:{next_week}))?",
        _weekday,
    )
    weeks = _named(part, "weeks", "next_weekend after_next next this weekend")
    yield (
        rf"\b(?:(?P<beginning>{part['part.beginning']}) |(?P<middle>{part['part.middle']}) ?)?(?:{weeks})\b",
        _week,
    )
    yield rf"\b(?:{_named(part, 'days', 'after_tomorrow tomorrow today')})\b", _relative
    yield rf"\b(?:{part['days.hour']})(?!.{{0,15}}\b(?:{day}|{part['days.tomorrow']}|today)\b)", _hour
    yield rf"\b(?:{part['days.end_of_day']})\b", _today


def _named(part: Mapping[str, str], section: str, names: str) -> str:
    """Alternatives of a section, each with its name as that of a group."""
    return "|".join(f"(?P<{name}>{part[f'{section}.{name}']})" for name in names.split())
