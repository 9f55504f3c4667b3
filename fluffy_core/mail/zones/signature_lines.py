"""Which of the last lines of a text are its signature: a small linear model over line features."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from fluffy_core.mail.addresses.name_keys import fold
from fluffy_core.mail.zones.signature_weights import START_WEIGHTS, WEIGHTS
from fluffy_core.mail.zones.signature_words import (
    COMPANY_WORDS,
    DEVICE_WORDS,
    LONGEST_SIGN_OFF,
    MOBILE_PHRASES,
    PROSE_WORDS,
    SENT_LATER_WORDS,
    SENT_WORDS,
    SIGN_OFFS,
    STREET_WORDS,
    TITLE_WORDS,
)

_MOST_LINES = 16  # filled lines from the end that are looked at
_LONGEST_LINE = 110
_HOPELESS = 5.0  # log-odds behind the best that no line above makes good
_MOST_DELIMITED = 30
_NAME_WORDS, _SOME_WORDS, _MANY_WORDS = 4, 6, 10
_EXTENSION_DIGITS, _PHONE_DIGITS = 4, 7

_PHONE = re.compile(r"(?:\+|\(|\b\d|\b[xX*#]-?\d)[\d\s().\-/x*#]{2,24}\d")
_DIGITS = re.compile(r"\d")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}\.[\w.\-]{1,190}")
_URL = re.compile(
    r"https?://|\bwww\.|\b[\w\-]{1,63}\.(?:com|org|net|de|fr|it|es|nl|co|uk|eu|io)\b", re.IGNORECASE
)
_ZIP = re.compile(
    r"\b(?:[A-Z]{2},?\s+\d{5}|\d{4,5}\s+[A-ZÀ-Ý]|[A-Z]\d[A-Z]\s?\d[A-Z]\d|[A-Z]{1,2}\d{1,2}\s?\d[A-Z]{2})"
)
_RULE, _SHORTEST_RULE = ("-", "_", "=", "*"), 5
_BLANK = " \t\xa0-_=*"  # a drawn rule sets a signature off as a blank line does
_EDGES = ".-,:!?*_–—'"
_AROUND_NAMES = "-–—~*_ ,."
_SIGN_OFF_HEADS = frozenset(phrase.partition(" ")[0] for phrase in SIGN_OFFS)
_MOBILE_STARTS = (*SENT_WORDS, *DEVICE_WORDS)
_SENDER_WORD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\s,;|/()<>\"]+")
_DASHED_NAME = re.compile(r"[-–—~]{1,2}[^\W\d_]{1,12}\.?")  # "-jane", "--j."
_DASHES = re.compile(r"[-–—~]{1,2}\s?\w")
_BULLET = re.compile(r"(?:[*•o]|\d{1,2}[.)]|[a-z][.)])\s")


class _Line(NamedTuple):
    at: int
    text: str
    words: list[str]
    blank_above: bool
    kind: str

    @property
    def is_closing(self) -> bool:
        """Whether it is a closing phrase, or drawn, so that a signature may start further up."""
        return self.kind == "sign-off" or not self.words


def delimiter(lines: list[str], first: int, end: int, *, sender: str = "") -> int:
    """Return the line that starts a signature within `first` up to `end`, `end` when there is none.

    That is "-- ", or a drawn rule with the sender's full name below it.
    """
    known: frozenset[str] | None = None
    for i in range(max(first, end - _MOST_DELIMITED), end):
        if lines[i].startswith(("--", "—")) and lines[i].strip() in ("--", "—", "---"):
            return i if any(line.strip() for line in lines[i + 1 : end]) else end
        if (
            sender
            and lines[i][:1] in _RULE
            and not lines[i].strip(_BLANK)
            and len(lines[i]) >= _SHORTEST_RULE
        ):
            known = sender_words(sender) if known is None else known
            below = fold(lines[i + 1])[:_LONGEST_LINE].split()[:_NAME_WORDS] if i + 1 < end else []
            if len({word for word in below if len(word) > 1} & known) > 1:
                return i
    return end


def start(lines: list[str], first: int, end: int, *, sender: str = "", more_below: bool = False) -> int:
    """Return the line where the signature of lines `first` up to `end` starts, `end` when there is none.

    The signature is the run of last lines with the highest sum of line scores (log-odds) plus the
    score of its first line as a first line; an empty run scores 0. A closing phrase alone is none, unless
    there is `more_below`.
    """
    known = sender_words(sender)
    seen: list[_Line] = []
    best, best_score, total, only_closing = -1, 0.0, 0.0, not more_below
    for above in chain(_upwards(lines, first, end, known=known), (None,)):
        if seen and not only_closing:
            score = total + _score(start_features(seen[-1], above, known), START_WEIGHTS)
            if score > best_score:
                best, best_score = len(seen) - 1, score
        if above is None:
            break
        total += _score(line_features(above, len(seen), known), WEIGHTS)
        if total < best_score - _HOPELESS:
            break
        only_closing = only_closing and above.is_closing
        seen.append(above)
    if best < 0 or best == _MOST_LINES - 1:  # a list that long is no signature
        return end
    while best + 1 < len(seen) and seen[best + 1].is_closing:
        best += 1
    return seen[best].at


def has_contact(lines: list[str]) -> bool:
    """Tell whether some line holds a phone number, an address or what a phone adds."""
    return any(_PHONE.search(line) or _EMAIL.search(line) or is_mobile_phrase(line.strip()) for line in lines)


@lru_cache(maxsize=2048)
def sender_words(sender: str) -> frozenset[str]:
    """Return the folded words of a display name or address, and the initials of its first two."""
    if not sender:
        return frozenset()
    name = [word for word in _SENDER_WORD.findall(fold(sender.partition("@")[0])) if len(word) > 1]
    initials = [word[0] for word in name[:2]]
    return frozenset([*name, "".join(initials), "".join(reversed(initials))] if len(name) > 1 else name)


def _score(features: tuple[str, ...] | list[str], weights: dict[str, float]) -> float:
    return sum([weights.get(feature, 0.0) for feature in features])


def _upwards(lines: list[str], first: int, end: int, *, known: frozenset[str]) -> Iterator[_Line]:
    """Yield the last filled lines, last one first, up to one too long for a signature."""
    i, count = end - 1, 0
    while i >= first and count < _MOST_LINES:
        text = lines[i].strip(" \t\xa0")
        if text:
            if len(text) > _LONGEST_LINE:
                break
            words = [word for found in _WORD.findall(fold(text)) if (word := found.strip(_EDGES))]
            blank_above = i == first or not lines[i - 1].strip(_BLANK)
            closing = is_sign_off(words) and (blank_above or text[-1] != ".")
            yield _Line(i, text, words, blank_above, "sign-off" if closing else _kind(text, words, known))
            count += 1
        i -= 1


def closes(line: str) -> bool:
    """Tell whether a line is a closing phrase, with or without a name ("Thanks, Jane")."""
    words = [word for found in _WORD.findall(fold(line)) if (word := found.strip(_EDGES))]
    return is_sign_off(words) or _is_sign_off_with_name(line, words)


def is_sign_off(words: list[str]) -> bool:
    """Tell whether folded words are a closing phrase ("Best regards,") or two of them."""
    if not words or len(words) > LONGEST_SIGN_OFF + 1 or words[0] not in _SIGN_OFF_HEADS:
        return False
    return " ".join(words) in SIGN_OFFS or any(
        " ".join(words[:i]) in SIGN_OFFS and " ".join(words[i:]) in SIGN_OFFS for i in range(1, len(words))
    )


def line_features(line: _Line, position: int, known: frozenset[str]) -> list[str]:
    """Return the names of the features that hold for a line, `position` filled lines from the end."""
    found = ["line", "last-line"] if position == 0 else ["line"]
    found += _shape_features(line, known)
    found += _content_features(line)
    return found


def _shape_features(line: _Line, known: frozenset[str]) -> list[str]:
    text, words = line.text, line.words
    count = len(words)
    found = [
        f"words-{count if count < _SOME_WORDS else '6-9' if count < _MANY_WORDS else '10+'}",
        line.kind,
    ]
    if text[-1] in ".?!" and count > _NAME_WORDS:
        found.append("sentence")
    if text[-1] == ":":
        found.append("colon")
    if text[0].islower():
        found.append("lower")
    prose = sum([word in PROSE_WORDS for word in words])
    if prose:
        found.append("prose-1" if prose == 1 else "prose-2+")
    hits = sum([word in known for word in words]) if known else 0
    if count == 1 and len(words[0]) == 1:
        hits = any(word.startswith(words[0]) for word in known)
    if hits:
        found.append("sender-only" if hits >= count - 1 else "sender")
    return found


def _kind(text: str, words: list[str], known: frozenset[str]) -> str:
    """What a line that is no closing phrase is."""
    if _is_sign_off_with_name(text, words) or (words and words[0] in known and _DASHES.match(text)):
        return "sign-off-name"
    initials = len(words) == 1 and len(words[0]) < _NAME_WORDS and words[0] in known
    if initials or _is_name_like(text.strip(_AROUND_NAMES).split()) or _DASHED_NAME.fullmatch(text):
        return "name-like"
    if not any(map(str.isalnum, text)):
        return "rule"
    return "bullet" if _BULLET.match(text) else "plain"


def _content_features(line: _Line) -> list[str]:
    text, found = line.text, []
    digits = len(_DIGITS.findall(text))
    if digits >= _EXTENSION_DIGITS and _PHONE.search(text):
        found.append("phone" if digits >= _PHONE_DIGITS else "extension")
    if "@" in text and _EMAIL.search(text):
        found.append("email")
    if "." in text and len(line.words) < _NAME_WORDS and _URL.search(text):
        found.append("url")
    if digits >= _EXTENSION_DIGITS and _ZIP.search(text):
        found.append("zip")
    if not TITLE_WORDS.isdisjoint(line.words):
        found.append("title")
    if not COMPANY_WORDS.isdisjoint(line.words):
        found.append("company")
    if not STREET_WORDS.isdisjoint(line.words) and digits:
        found.append("street")
    if is_mobile_phrase(text):
        found.append("mobile")
    return found


def _is_name_like(words: list[str]) -> bool:
    """One to four capitalised words, nothing else."""
    return 0 < len(words) <= _NAME_WORDS and all(
        word[0].isupper() and word[-1] not in "?!;" for word in words
    )


def _is_sign_off_with_name(text: str, words: list[str]) -> bool:
    """Tell whether a line is a closing phrase with one or two capitalised words ("Thanks, Jane")."""
    if len(words) < 2 or words[0] not in _SIGN_OFF_HEADS:  # noqa: PLR2004 - a phrase and a name
        return False
    written = text.split()
    return any(
        is_sign_off(words[:-count]) and _is_name_like(written[-count:])
        for count in (1, 2)
        if len(words) > count
    )


def is_mobile_phrase(text: str) -> bool:
    """Tell whether a line is what a phone or a mail program adds ("Sent from my phone")."""
    folded = text.casefold().lstrip("(-*_ ")
    if folded.startswith(MOBILE_PHRASES):
        return True
    if not folded.startswith(_MOBILE_STARTS) or len(folded.split()) > _MANY_WORDS:
        return False
    sent = folded.startswith(SENT_WORDS) or any(word in folded for word in SENT_LATER_WORDS)
    return sent and any(word in folded for word in DEVICE_WORDS)


def start_features(line: _Line, above: _Line | None, known: frozenset[str]) -> list[str]:
    """Return the features of starting the signature at `line`, which stands below `above`."""
    found = ["start"]
    found.append("start-after-blank" if line.blank_above else "start-unset-off")
    if line.kind in ("sign-off", "sign-off-name"):
        found.append(f"start-{line.kind}")
        named = _is_name_like(line.text.strip(_AROUND_NAMES).split())
    else:
        named = line.kind == "name-like"
    if named:
        found.append("start-name-like")
    if known and not known.isdisjoint(line.words):
        found.append("start-sender")
    if above is not None and above.text[-1] in ".?!" and len(above.words) > _NAME_WORDS:
        found.append("after-sentence")
    return found
