"""Dates named in a request or a promise ("by Thursday", "bis Ende nächster Woche"), as ISO dates."""

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

_MAX_CHARS = 600
_FRIDAY = 4
_PAST_DAYS = 180
"""A day and month without a year that lay at most this many days back speaks of the past."""

_DAYS = (
    ("monday", "mon", "montag"),
    ("tuesday", "tue", "tues", "dienstag"),
    ("wednesday", "wed", "weds", "mittwoch"),
    ("thursday", "thu", "thur", "thurs", "donnerstag"),
    ("friday", "fri", "freitag"),
    ("saturday", "samstag", "sonnabend"),
    ("sunday", "sonntag"),
)
_MONTHS = (
    ("january", "jan", "januar", "jänner"),
    ("february", "feb", "februar"),
    ("march", "mar", "märz", "mär", "mrz"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "jun", "juni"),
    ("july", "jul", "juli"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oct", "oktober", "okt"),
    ("november", "nov"),
    ("december", "dec", "dezember", "dez"),
)
_COUNTS = (
    ("one", "a", "an", "ein", "einem", "einer", "eine"),
    ("two", "couple", "zwei"),
    ("three", "few", "drei"),
    ("four", "vier"),
    ("five", "fünf"),
    ("six", "sechs"),
    ("seven", "sieben"),
    ("eight", "acht"),
    ("nine", "neun"),
    ("ten", "zehn"),
)
_WEEKDAY = {name: index for index, names in enumerate(_DAYS) for name in names}
_MONTH = {name: index for index, names in enumerate(_MONTHS, start=1) for name in names}
_NUMBER = {name: index for index, names in enumerate(_COUNTS, start=1) for name in names}

_DAY = "|".join(_WEEKDAY)
_MONTH_NAME = "|".join(sorted(_MONTH, key=len, reverse=True))
_COUNT = r"\d{1,3}|" + "|".join(_NUMBER)
_YEAR = r"(?P<y>20\d\d)"
_UNIT = (
    r"(?P<unit>(?:business |working )?days?|(?:werk|arbeits)?tag(?:e|en|es)?|weeks?|wochen?|"
    r"months?|monate?n?|hours?|stunden?)"
)
_WINDOW = 60
"""Characters before a date in which a word says what the date is for."""
_DEADLINE = re.compile(
    r"\b(?:(?:no|not) later than|by|before|until|till|due|deadline(?: is|:)?|latest|bis(?: spätestens| zum)?|"
    r"spätestens(?: zum| am| bis)?|vor|frist(?: ist|:)?)"
    r"(?: the| dem| den| zum| am)?(?: (?:(?:close|end) of (?:business|day)|eod|cob))?(?: on)?"
    rf"(?: (?:{_DAY}),?(?: the| dem| den)?)?\s+$",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:on|am)\s+$", re.IGNORECASE)
_NOT_AHEAD = re.compile(
    r"\b(?:from|since|of|last|past|previous|vom|von|seit|letzte[nrs]?|vorige[nrs]?|dated|"
    r"on or after|after|nach|ab)\s+$",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"within|innerhalb|binnen", re.IGNORECASE)
_WORD, _DIGIT = re.compile(r"[^\W\d_]+"), re.compile(r"\d")


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


def find(text: str, sent: date) -> Due | None:
    """The date by which something is wanted or promised, read as written on the day `sent`.

    A date behind "by", "until", "bis", … wins over a date that is only mentioned. Dates of the past
    and impossible dates (31 February) count as none.
    """
    text = text[:_MAX_CHARS]
    hints = _hints(text)
    first: Due | None = None
    for rule in _RULES:
        if rule.hints.isdisjoint(hints):
            continue
        for match in rule.pattern.finditer(text):
            if _before(match, _NOT_AHEAD):
                continue
            day = rule.read(match, sent)
            if day is None or day < sent:
                continue
            mark = _before(match, _DEADLINE)
            due = Due(day, f"{mark}{match[0]}", bool(mark) or _WITHIN.match(match[0]) is not None)
            if due.deadline:
                return due
            first = first or due
    return first


def _hints(text: str) -> set[str]:
    """The first three letters of each word, and "0" where there are digits: what a rule is tried for."""
    found = {word[:3] for word in _WORD.findall(text.casefold())}
    if _DIGIT.search(text):
        found.add("0")
    return found


def _before(match: re.Match[str], wanted: re.Pattern[str]) -> str:
    """The words right before a date, if they are the wanted ones."""
    found = wanted.search(match.string, max(0, match.start() - _WINDOW), match.start())
    return found[0] if found else ""


def iso(text: str, sent: date) -> str:
    """The date of `find` as YYYY-MM-DD, "" when the text names none."""
    due = find(text, sent)
    return due.iso if due else ""


Reader = Callable[[re.Match[str], date], date | None]


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


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


def _iso_date(match: re.Match[str], sent: date) -> date | None:
    return _dated(match["y"], (int(match["m"]), int(match["d"])), sent)


def _named_month(match: re.Match[str], sent: date) -> date | None:
    return _dated(match["y"], (_MONTH[match["month"].casefold()], int(match["d"])), sent)


def _day_of_month(match: re.Match[str], sent: date) -> date | None:
    """The next day of that number: of this month, or of the first one after it that has such a day."""
    if not (match["day"] or _before(match, _ON) or _before(match, _DEADLINE)):
        return None  # an item of a list, an edition
    number = int(match["d"])
    for ahead in range(3):
        year, month = sent.year + (sent.month - 1 + ahead) // 12, (sent.month - 1 + ahead) % 12 + 1
        day = _make(year, month, number)
        if day is not None and day >= sent:
            return day
    return None


def _slashes(match: re.Match[str], sent: date) -> date | None:
    """Month first as in the United States, unless only day first can be meant."""
    if not (match["y"] or _before(match, _ON) or _before(match, _DEADLINE)):
        return None  # a fraction, a score, one or the other
    first, second = int(match["a"]), int(match["b"])
    if first > 12:  # noqa: PLR2004 - no such month
        first, second = second, first
    return _dated(match["y"], (first, second), sent)


def _month_end(match: re.Match[str], sent: date) -> date | None:
    month = _MONTH[match["month"].casefold()]
    year = sent.year + (1 if month < sent.month else 0)
    return date(year, month, calendar.monthrange(year, month)[1])


def _relative(match: re.Match[str], sent: date) -> date | None:
    word = match["word"].lower()
    if word in {"tomorrow", "morgen"}:
        return sent + timedelta(days=1)
    if word in {"übermorgen", "day after tomorrow"}:
        return sent + timedelta(days=2)
    return sent  # today, tonight, this afternoon


def _hour(match: re.Match[str], sent: date) -> date | None:
    """A time alone is one of the same day, when it is a deadline."""
    return sent if _before(match, _DEADLINE) else None


def _weekday(match: re.Match[str], sent: date) -> date | None:
    wanted = _WEEKDAY[match["day"].casefold()]
    which = (match["which"] or "").lower()
    if which.startswith(("next", "nächste")):
        return sent + timedelta(days=7 - sent.weekday() + wanted)
    ahead = (wanted - sent.weekday()) % 7
    return sent + timedelta(days=ahead or (0 if which.startswith(("this", "diese")) else 7))


def _week(match: re.Match[str], sent: date) -> date | None:
    """The Friday of a week, the Sunday of a weekend; at the weekend "this week" is the coming one."""
    words = match[0].lower()
    ahead = _FRIDAY - sent.weekday() + 7 * ("übernächste" in words)
    if any(word in words for word in ("next", "nächste", "kommende", "coming")) or ahead < 0:
        ahead += 7
    return sent + timedelta(days=ahead + 2 * ("weekend" in words or "wochenende" in words))


def _period_end(match: re.Match[str], sent: date) -> date | None:
    words = match[0].lower()
    coming = "next" in words or "nächst" in words or "kommend" in words
    if "year" in words or "jahr" in words:
        return date(sent.year + coming, 12, 31)
    quarter = "quart" in words
    month = 3 * ((sent.month - 1) // 3 + 1 + coming) if quarter else sent.month + coming
    year, month = sent.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _count(match: re.Match[str], sent: date) -> date | None:
    written = match["n"].casefold()
    number = int(written) if written.isdigit() else _NUMBER[written]
    unit = match["unit"].lower()
    if unit.startswith(("hour", "stunde")):
        return sent + timedelta(days=-(-number // 24))
    if unit.startswith(("week", "woche")):
        return sent + timedelta(weeks=number)
    if unit.startswith("mon"):
        return sent + timedelta(days=30 * number)
    if "business" in unit or "working" in unit or "werktag" in unit or "arbeitstag" in unit:
        return _working_days(sent, number)
    return sent + timedelta(days=number)


def _working_days(sent: date, number: int) -> date:
    day, left = sent + timedelta(days=number // 5 * 7), number % 5
    while left or day.weekday() > _FRIDAY:
        day += timedelta(days=1)
        left -= 1 if left and day.weekday() <= _FRIDAY else 0
    return day


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    read: Reader
    hints: frozenset[str]
    """What `_hints` finds at least one of in every text that the pattern fits."""


def _rule(pattern: str, read: Reader, hints: Iterable[str]) -> _Rule:
    return _Rule(re.compile(pattern, re.IGNORECASE), read, frozenset(hint[:3] for hint in hints))


_RULES = (
    _rule(rf"\b{_YEAR}-(?P<m>\d\d)-(?P<d>\d\d)\b", _iso_date, "0"),
    _rule(
        rf"\b(?P<d>\d\d?)(?:st|nd|rd|th|\.)? ?(?:of )?(?P<month>{_MONTH_NAME})\b\.?(?:,? {_YEAR}\b)?",
        _named_month,
        "0",
    ),
    _rule(
        rf"\b(?P<month>{_MONTH_NAME})\.? (?:the )?(?P<d>\d\d?)(?:st|nd|rd|th)?\b(?![:.]\d)(?:,? {_YEAR}\b)?",
        _named_month,
        _MONTH,
    ),
    _rule(r"\b(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>20\d\d|\d\d)?(?!\d)", _iso_date, "0"),
    _rule(r"(?<![\d/])(?P<a>\d\d?)/(?P<b>\d\d?)(?:/(?P<y>20\d\d|\d\d))?(?![\d/])", _slashes, "0"),
    _rule(rf"\bende?(?: of| des)? (?P<month>{_MONTH_NAME})\b", _month_end, _MONTH),
    _rule(
        r"\b(?:end of (?:the |this |next )?(?:month|quarter|year)|eom|(?:monats|quartals|jahres)ende|"
        r"ende (?:des |dieses |nächsten |kommenden )?(?:monats|quartals|jahres))\b",
        _period_end,
        ("month", "quarter", "year", "eom", "jahr"),
    ),
    _rule(
        r"\b(?:(?:end|close) of (?:the |this |next |the coming )?(?:business |work(?:ing)? )?week|"
        r"eow|(?:ende|anfang|mitte) (?:der |dieser |nächster |kommender |der nächsten |der kommenden )?"
        r"woche|(?:early |later |sometime )?(?:this|next|coming) week|"
        r"(?:diese|(?:über)?nächste|kommende)[rn]? woche|"
        r"(?:the |this |das |dieses )?(?:weekend|wochenende))\b",
        _week,
        ("week", "eow", "woche"),
    ),
    _rule(
        r"\b(?P<in>in|within|innerhalb von|innerhalb|binnen)? ?"
        r"(?:the next |the |den nächsten |der nächsten )?"
        rf"\b(?P<n>{_COUNT}) {_UNIT}(?(in)\b| from (?:now|today)\b)",
        _count,
        ("day", "tag", "werktag", "arbeitstag", "week", "woche", "month", "hour", "stunde"),
    ),
    _rule(
        r"(?<!guten )\b(?P<word>day after tomorrow|tomorrow|today|tonight|"
        r"this (?:morning|afternoon|evening)|übermorgen|morgen|heute)\b",
        _relative,
        ("tomorrow", "today", "tonight", "this", "übermorgen", "morgen", "heute"),
    ),
    _rule(
        rf"\b(?:noon|midday|\d{{1,2}}(?::\d\d)? ?[ap]\.?m\b)(?!.{{0,15}}\b(?:{_DAY}|tomorrow|today)\b)",
        _hour,
        ("noon", "midday", "0"),
    ),
    _rule(
        rf"\b(?:(?P<day>{_DAY}),? (?:the |den |dem )?|the )?(?<![\d.:/])(?P<d>[12]?\d|3[01])"
        r"(?:(?:st|nd|rd|th)\b|\.(?=\s|[,;!?)]|$)(?! ?\d))",
        _day_of_month,
        "0",
    ),
    _rule(
        rf"\b(?P<which>this |next |coming |diesen |nächsten |kommenden )?"
        rf"(?P<day>{_DAY})(?:abend|nachmittag|vormittag|morgen|mittag)?\b",
        _weekday,
        _WEEKDAY,
    ),
    _rule(
        r"\b(?P<word>eod|cob|(?:end|close) of (?:the )?(?:day|business))\b",
        _relative,
        ("eod", "cob", "day", "business"),
    ),
)
