"""What a text claims that can be checked: links, addresses, phones, amounts, dates, numbers and names."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from fluffy_core.config import resources_folder


class ClaimKind(StrEnum):
    """What sort of fact it is."""

    LINK = "link"
    ADDRESS = "address"
    PHONE = "phone"
    ACCOUNT = "account"
    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Claim:
    """`text` is `whole[start:end]`; one of `keys`, which mean the same, must be supported."""

    kind: ClaimKind
    text: str
    start: int
    end: int
    keys: frozenset[str]


_ENDINGS = (
    "com|org|net|edu|gov|io|de|eu|fr|uk|ch|at|it|es|nl|info|biz|co|me|app|dev|ru|cn|xyz|top|site|online"
)
_LINK = re.compile(
    rf"(?:https?|ftp|hxxps?)://[^\s<>()\[\]\"'“”‹›]+|\bwww\.[^\s<>()\[\]\"'“”‹›]+"
    rf"|(?<![@\w.-])[a-z0-9](?:[a-z0-9-]{{0,62}}\.){{1,4}}(?:{_ENDINGS})\b(?:/[^\s<>()\[\]\"'“”‹›]*)?(?!@)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_ACCOUNT = re.compile(
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b|\b(?!00)(?:\d[ -]?){12,18}\d\b"
    r"|\b0x[0-9a-fA-F]{16,}\b|\b(?:bc1|[13])[a-km-zA-HJ-NP-Z0-9]{25,60}\b"
)
_PHONE = re.compile(
    r"(?<![\w/.-])(?:\+|00)?\(?\d{1,5}\)?(?:[ ./-]{1,2}\(?\d{2,8}\)?){1,5}(?![\w/-])"
    r"|(?<![\w/.-])(?:\+|0)\d{7,14}(?!\w)"
)
_MIN_PHONE, _MAX_PHONE = 7, 15
_LONG = 7
"""A German noun with a telling ending has more letters than this."""
_CURRENCY = r"(?:US\$|C\$|A\$|[$€£¥₹]|USD|EUR|GBP|CHF|JPY|INR|CAD|AUD|dollars?|euros?|pounds?|francs?|cents?)"
_FIGURE = r"\d{1,3}(?:[.,' ]\d{3})+(?!\d)(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_SCALE = r"(?:\s?(?:k|m|bn|thousand|million|billion|mio|mrd|tausend|millionen)\b)?"
_AMOUNT = re.compile(
    rf"{_CURRENCY}\s?(?:{_FIGURE}){_SCALE}|\b(?:{_FIGURE}){_SCALE}\s?{_CURRENCY}(?!\w)", re.IGNORECASE
)
_TIME = re.compile(
    r"\b(?P<h>\d{1,2})[:.h](?P<m>[0-5]\d)(?::[0-5]\d)?\s?(?P<n>[ap]\.?m\b\.?)?"
    r"|\b(?P<h2>\d{1,2})\s?(?P<n2>[ap]\.?m\b\.?)|\b(?P<h3>\d{1,2})\s(?:Uhr|o'clock)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"(?<![\w.])(?:{_FIGURE})(?:\s?%|(?:st|nd|rd|th)\b)?")
_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n•*|>»“\"(\[-]\s*)$")


_Keys = Callable[["re.Match[str]", str], frozenset[str]]


def claims(text: str) -> tuple[Claim, ...]:
    """Every claim of a text in the order written; none overlaps another."""
    found: list[Claim] = []
    taken = bytearray(len(text))
    for kind, pattern, keys in _patterns():
        for match in pattern.finditer(text):
            start, end = match.start(), match.start() + len(match[0].rstrip(".,;:!? "))
            if end <= start or any(taken[start:end]):
                continue
            if told := keys(match, text[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Claim(kind, text[start:end], start, end, told))
    found += (each for each in _words(text) if not any(taken[each.start : each.end]))
    return tuple(sorted(found, key=lambda each: each.start))


def words(text: str) -> list[str]:
    """The words of a text in lower case, possessive endings left out."""
    return [_bare(each) for each in _WORD.findall(text)]


def is_negated(text: str) -> bool:
    """Whether a sentence says that something is not so."""
    negations = _known().negations
    return any(each in negations or each.endswith("n't") for each in words(text))


def _bare(word: str) -> str:
    lower = word.casefold().replace("’", "'")
    return lower.removesuffix("'s").removesuffix("s'").strip("'-")


def _words(text: str) -> Iterator[Claim]:
    """Names, days of the week, months, and numbers told in words."""
    known = _known()
    previous_end, previous_name = -1, False
    for match in _WORD.finditer(text):
        word, bare = match[0], _bare(match[0])
        joined = previous_name and text[previous_end : match.start()] in {" ", " & ", "-", ". "}
        kind, keys = ClaimKind.NAME, frozenset({bare})
        if bare in known.numbers:
            kind, keys = ClaimKind.NUMBER, frozenset({known.numbers[bare], bare})
        elif bare in known.days and word[0].isupper():
            kind = ClaimKind.DATE
        elif word[0].isupper() and bare in known.months and bare != "may":
            kind, keys = ClaimKind.DATE, frozenset({f" {known.months[bare]} "})
        elif not word[0].isupper() or _is_common(text, match, joined=joined):
            previous_name = False
            continue
        yield Claim(kind, word, match.start(), match.end(), keys)
        previous_end, previous_name = match.end(), kind is ClaimKind.NAME


def _is_common(text: str, match: "re.Match[str]", *, joined: bool) -> bool:
    """Whether a word with a capital is no name: one that opens a sentence, or a noun of German."""
    known = _known()
    bare = _bare(match[0])
    if len(bare) == 1 or bare in known.nouns or (len(bare) > _LONG and bare.endswith(known.noun_endings)):
        return True
    if joined or not _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]):
        return bare in {"i'm", "i'll", "i've", "i'd"}
    return bare in known.openings or bare.endswith(known.opening_endings)


@dataclass(frozen=True, slots=True)
class _Known:
    """`resources/ai/common_words.toml`; numbers and months by their names, from 2 and from 1 up."""

    openings: frozenset[str]
    nouns: frozenset[str]
    days: frozenset[str]
    negations: frozenset[str]
    noun_endings: tuple[str, ...]
    opening_endings: tuple[str, ...]
    numbers: dict[str, str]
    months: dict[str, int]


@cache
def _known() -> _Known:
    path = resources_folder() / "ai" / "common_words.toml"
    stored = tomllib.loads(path.read_text(encoding="utf-8"))
    openings, nouns, days, negations = (
        frozenset(word for names in stored[section].values() for word in names.split())
        for section in ("openings", "nouns", "weekdays", "negations")
    )
    numbers, months = (
        {name: value for names in stored[section].values() for value, name in enumerate(names.split(), first)}
        for section, first in (("numbers", 2), ("months", 1))
    )
    return _Known(
        openings,
        nouns,
        days,
        negations,
        tuple(stored["noun_endings"]),
        tuple(stored["opening_endings"]),
        {name: str(value) for name, value in numbers.items()},
        months,
    )


@cache
def _dates() -> "re.Pattern[str]":
    month = "(?:" + "|".join(sorted(_known().months, key=len, reverse=True)) + r")\b\.?"
    return re.compile(
        r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"
        r"|\b(?P<a>\d{1,2})[./](?P<b>\d{1,2})[./](?P<y2>\d{4}|\d{2})\b"
        r"|\b(?P<a2>\d{1,2})\.(?P<b2>\d{1,2})\.(?!\d)"
        rf"|\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s?(?:of |de )?(?P<m3>{month})(?:,?\s(?P<y3>\d{{4}})\b)?"
        rf"|\b(?P<m4>{month})\s(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y4>\d{{4}})\b)?"
        rf"|\b(?P<m5>{month})\s(?P<y5>\d{{4}})\b",
        re.IGNORECASE,
    )


def _link_keys(_match: "re.Match[str]", text: str) -> frozenset[str]:
    bare = re.sub(r"^(?:https?|hxxps?|ftp)://(?:www\.)?|^www\.", "", text.casefold()).rstrip("/")
    return frozenset({bare})


def _same(_match: "re.Match[str]", text: str) -> frozenset[str]:
    return frozenset({text.casefold()})


def _account_keys(_match: "re.Match[str]", text: str) -> frozenset[str]:
    return frozenset({re.sub(r"[\s-]", "", text).casefold()})


def _phone_keys(_match: "re.Match[str]", text: str) -> frozenset[str]:
    digits = "".join(filter(str.isdigit, text))
    if not _MIN_PHONE <= len(digits) <= _MAX_PHONE or _dates().fullmatch(text) or _FIGURES.fullmatch(text):
        return frozenset()
    return frozenset({digits, digits.removeprefix("00"), digits[-9:] if len(digits) > 9 else digits})  # noqa: PLR2004


_FIGURES = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]\d+)?")


def _amount_keys(_match: "re.Match[str]", text: str) -> frozenset[str]:
    figure = re.search(_FIGURE, text)
    if figure is None:
        return frozenset()
    rest = (text[: figure.start()] + " " + text[figure.end() :]).casefold()
    scale = next((power for name, power in _SCALES if re.search(rf"\b{name}\b", rest)), 1)
    money = next((code for signs, code in _MONEY if any(sign in rest for sign in signs.split())), "?")
    return frozenset(f"{_scaled(value, scale)} {money}" for value in _values(figure[0]))


_SCALES = (
    ("k|thousand|tausend", 1_000), ("m|mio|million|millionen", 1_000_000), ("bn|mrd|billion", 1_000_000_000),
)  # fmt: skip
_MONEY = (
    ("us$ usd", "$"), ("c$ cad", "cad"), ("a$ aud", "aud"), ("€ eur", "€"), ("£ gbp pound", "£"),
    ("chf franc", "chf"), ("¥ jpy", "¥"), ("₹ inr", "₹"), ("$ dollar", "$"),
    ("cent", "cent"),
)  # fmt: skip


def _scaled(value: str, scale: int) -> str:
    return value if scale == 1 else f"{float(value) * scale:.10g}"


def _values(figure: str) -> frozenset[str]:
    """The values that a written figure may have: a point or comma before three digits is read both ways."""
    plain = re.sub(r"[' ]", "", figure)
    readings = {plain.replace(",", ""), plain.replace(".", "").replace(",", ".")}
    found = set()
    for each in readings:
        if re.fullmatch(r"\d+(?:\.\d+)?", each) and len(each) <= 30:  # noqa: PLR2004
            found.add(f"{float(each):.10g}")
    return frozenset(found)


def _number_keys(_match: "re.Match[str]", text: str) -> frozenset[str]:
    figure = re.search(_FIGURE, text)
    return _values(figure[0]) if figure else frozenset()


def _date_keys(match: "re.Match[str]", _text: str) -> frozenset[str]:
    """Keys "year month day", "" for a part that is not told; two readings of 3/4/2025."""
    group = match.groupdict()

    def month(name: str | None) -> str:
        return str(_known().months[name.casefold().rstrip(".")]) if name else ""

    year = group["y"] or group["y2"] or group["y3"] or group["y4"] or group["y5"] or ""
    year = f"20{year}" if len(year) == 2 else year  # noqa: PLR2004
    named = month(group["m3"] or group["m4"] or group["m5"])
    if named:
        return frozenset({f"{year} {named} {_day(group['d3'] or group['d4'])}"})
    if group["m"]:
        return frozenset({f"{year} {int(group['m'])} {int(group['d'])}"})
    one, other = int(group["a"] or group["a2"] or 0), int(group["b"] or group["b2"] or 0)
    readings = {(one, other), (other, one)}
    return frozenset(f"{year} {m} {d}" for m, d in readings if 1 <= m <= 12 and 1 <= d <= 31)  # noqa: PLR2004


def _day(written: str | None) -> str:
    return str(int(written)) if written else ""


def _time_keys(match: "re.Match[str]", _text: str) -> frozenset[str]:
    group = match.groupdict()
    hour, minute = int(group["h"] or group["h2"] or group["h3"]), int(group["m"] or 0)
    half = (group["n"] or group["n2"] or "")[:1].casefold()
    if hour > 24 or (half and not 1 <= hour <= 12):  # noqa: PLR2004
        return frozenset()
    if half:
        return frozenset({f"{hour % 12 + 12 * (half == 'p')}:{minute:02}"})
    return frozenset({f"{hour}:{minute:02}", *([f"{hour + 12}:{minute:02}"] if 1 <= hour <= 12 else [])})  # noqa: PLR2004


@cache
def _patterns() -> tuple[tuple[ClaimKind, "re.Pattern[str]", _Keys], ...]:
    """In the order they are looked for: what is part of an earlier one is not looked at again."""
    return (
        (ClaimKind.ADDRESS, _ADDRESS, _same),
        (ClaimKind.LINK, _LINK, _link_keys),
        (ClaimKind.ACCOUNT, _ACCOUNT, _account_keys),
        (ClaimKind.DATE, _dates(), _date_keys),
        (ClaimKind.AMOUNT, _AMOUNT, _amount_keys),
        (ClaimKind.TIME, _TIME, _time_keys),
        (ClaimKind.PHONE, _PHONE, _phone_keys),
        (ClaimKind.NUMBER, _NUMBER, _number_keys),
    )
