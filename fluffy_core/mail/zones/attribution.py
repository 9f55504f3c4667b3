"""Attribution lines: "On 3 April 2012, Jane wrote:" in the words of many mail programs."""

import re
from dataclasses import dataclass

from fluffy_core.mail.zones.quote_words import ATTRIBUTION_VERBS, GREETING_WORDS, OPENERS

_MOST_LINES = 4
_LONGEST = 500
_LONGEST_LINE = 300
_NAME_WORDS = 3
_COLONS = (":", "：")
_SPACES = " \t\xa0\u200e\u200f\u202a\u202b\u202c"
"""Blanks, and the marks that turn the direction of writing."""

_DATE = re.compile(r"\d{1,2}[./:\-]\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)|\d[年월月]|\d{1,2}\s?h\s?\d\d")
_DIGIT = re.compile(r"\d")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}[\w.\-]{0,190}")
_WORD = re.compile(r"[^\s,;<>\"“”:：]+:?")
_LEADING_DATE = re.compile(r"\W{0,3}\d{1,4}[./\-年년\s]")
_FILLER = re.compile(
    r"^(?:on|at|am|um|le|el|il|giorno|op|em|den|dne|w dniu|dnia)\b|[:：]\s*$"
    r"|\b(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|napisał\(?a?\)?|pisze|skrev"
    r"|kirjoitti|написал\(?а?\)?|пишет|пользователь|said)(?!\w)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[,<>()\[\]]|\s{2,}")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines `start` up to `end` say who wrote what follows; `dated` when they also say when."""

    start: int
    end: int
    text: str
    dated: bool


def ends_like_one(stripped: str) -> bool:
    """Tell cheaply whether a stripped line may end an attribution."""
    return stripped.rstrip(_SPACES).endswith(_COLONS) and len(stripped) <= _LONGEST_LINE


def ending_at(lines: list[str], last: int, first: int) -> Attribution | None:
    """Return the attribution whose last line is `last`; it starts at `first` or later.

    Of the lines that it may start in, the topmost that opens like one ("On Mon, 3 Apr") wins; where none
    does, the first line of its paragraph, should it say more than the last one alone.
    """
    text, best, opened = "", None, False
    for start in range(last, max(first, last - _MOST_LINES + 1) - 1, -1):
        line = lines[start].strip(_SPACES)
        if not line or line[0] == ">" or len(text) + len(line) > _LONGEST:
            break
        text = f"{line} {text}" if text else line
        if start != last and line.endswith((".", "!", "?", *_COLONS)) and not _DIGIT.search(line):
            break
        found = _read(text, start, last) or _unworded(lines, text, start=start, last=last)
        if found and _opens(line) and (not opened or _DIGIT.search(line)):
            best, opened = found, True
        elif found and (best is None or _completes(lines, found, best, first=first)):
            best = best if opened and "@" not in line else found
    return best


def _completes(lines: list[str], longer: Attribution, shorter: Attribution, *, first: int) -> bool:
    """Tell whether a whole paragraph names the sender or the day that its last lines alone do not."""
    if longer.start > first and lines[longer.start - 1].strip(_SPACES):
        return False
    added = lines[longer.start].strip(_SPACES)
    return (
        (longer.dated and not shorter.dated)
        or "@" in added
        or shorter.text.startswith("<")
        or _DIGIT.search(added) is not None
    )


def _unworded(lines: list[str], text: str, *, start: int, last: int) -> Attribution | None:
    """Read what has no verb that is known: a dated opening, or a name alone, right above marked lines.

    It counts only with the marks below it, whence it is not `dated`.
    """
    if last + 1 >= len(lines) or not lines[last + 1].startswith(">"):
        return None
    if _opens(text) and _DATE.search(text) and len(text) <= _LONGEST_LINE:
        return Attribution(start, last + 1, text, dated=False)
    words = text.rstrip(":： ").split()
    if start != last or words[0].casefold() in GREETING_WORDS or not words[0][0].isupper():
        return None
    first = start < _MOST_LINES and not any(line.strip(_SPACES) for line in lines[:start])
    alone = first or not lines[start - 1].strip(_SPACES)
    names = sum(word[0].isupper() for word in words)
    named = len(words) - 1 <= names <= _NAME_WORDS and alone  # "Jane Doe:", "Jane Doe asked:"
    return Attribution(start, last + 1, text, dated=False) if named or (first and names > 1) else None


def _read(text: str, start: int, last: int) -> Attribution | None:
    words = {word.casefold().rstrip(":") for word in _WORD.findall(text)}
    says = not ATTRIBUTION_VERBS.isdisjoint(words)
    if not says and "@" not in text:
        return None
    dated = _DATE.search(text) is not None
    if says or (dated and _EMAIL.search(text) is not None):
        return Attribution(start, last + 1, text, dated)
    return None


def _opens(line: str) -> bool:
    first = line.lstrip("-–— \"'\u202a\u202b\u200e\u200f").partition(" ")[0].rstrip(",.").casefold()
    return first in OPENERS or _LEADING_DATE.match(line) is not None


def author(text: str) -> tuple[str, str]:
    """Return who wrote and when, as far as the text says: ("Jane <j@x.example>", "3 April 2012")."""
    email = _EMAIL.search(text)
    plain = " ".join(_FILLER.sub(" ", text).split())
    parts = [part.strip(" ,;:-–()\"'") for part in _PARTS.split(plain)]
    people = [part for part in parts if part and not any(char.isdigit() for char in part) and "@" not in part]
    dates = [part for part in parts if any(char.isdigit() for char in part) and "@" not in part]
    name = people[-1] if people else ""
    from_text = f"{name} <{email[0]}>".strip() if email else name
    return from_text, ", ".join(dates)
