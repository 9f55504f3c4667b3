"""Sentences of a mail with their offsets: wrapped lines joined, list items and greetings kept apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fluffy_core.ai.sentences.phrases import wordings

MAX_CHARS = 200_000
"""Text beyond this is not read: no person wrote it as one mail."""
_WRAP_AT = 50
"""A line at least this long was probably broken by the mail client, not by its writer."""
_SHORT_LINE = 60
"""Greetings and sign-offs are shorter than this."""
_TAIL = 6
"""A sign-off is looked for in this many last sentences."""


class SentenceKind(StrEnum):
    """The part of a mail that a sentence is."""

    GREETING = "greeting"
    TEXT = "text"
    SIGN_OFF = "sign-off"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is `body[start:end]` with runs of whitespace as one space, list bullets left out."""

    text: str
    start: int
    end: int
    kind: SentenceKind = SentenceKind.TEXT


_BLOCK = tuple[int, int]
_BULLETS = "-*•·–—>("
_ITEM = re.compile(r"[ \t]{0,20}(?:[-*•·–—>]{1,3}|\(?\d{1,2}[.)]|\(?[a-zA-Z]\))[ \t]+")
_STOP = re.compile(r"[.!?…。！？؟]+[\"'”’»)\]]*")  # matches wherever it starts, so that a scan is linear
_LOWER = re.compile(r"[ \t]*[a-zäöüß(&,;]")
_DRAWN = "-=_*#~.+"
_RULE = re.compile(r"[ \t]*[-=_*#~.+][-=_*#~.+ \t]*$")
_WIDE = "。！？"
_ABBREVIATIONS = (
    "mr mrs ms dr prof st sr jr rev gen col lt hon messrs vs cf fig figs approx dept est ext tel resp nos "
    "vol pp ch sec para nr ca bzw ggf evtl inkl zzgl bspw hr fr herr frau dipl ing abs art str vgl sog gem "
    "max min mind tgl geb verh"
)
_ENDING_ABBREVIATIONS = "u.s.w u.s u.k a.m p.m e.v u.v.m o.g"
_BEFORE_NAMES = "u.s u.k corp inc ltd co"  # or the end of a sentence, where none of these words follows
_STARTERS = """
    a all also an and any as at attached because but by can could do does each every first for from have he
    her his how however i if in is it its let my no not of on one our please she since so some thank thanks
    that the their then there these they this those to under we what when where which while who why will
    with would you your
"""
_BEFORE_NUMBERS = "no nr docket item jan feb mar apr jun jul aug sep sept oct nov dec"
_BEHIND_TIMES = """
    time cet cst cdt ct edt est et gmt ist mdt mst mt pdt pst pt utc central eastern mountain pacific monday
    tuesday wednesday thursday friday saturday sunday
"""
_MONTHS = (
    "jan feb mar mär apr may mai jun jul aug sep oct okt nov dec dez january february march april june july "
    "august september october november december januar februar märz juni juli oktober dezember"
)
_NEVER_ENDS = frozenset(_ABBREVIATIONS.split())
_MAY_END = frozenset(_ENDING_ABBREVIATIONS.split())
_MONTH = frozenset(_MONTHS.split())
_NAMED, _STARTS = frozenset(_BEFORE_NAMES.split()), frozenset(_STARTERS.split())
_NUMBERED, _TIMED = frozenset(_BEFORE_NUMBERS.split()), frozenset(_BEHIND_TIMES.split())
_OF_DAY = frozenset({"a.m", "p.m"})


def plain(text: str) -> str:
    """The text with each run of whitespace as one space: how quoted words are compared."""
    return " ".join(text.split())


def split(body: str) -> list[Sentence]:
    """The sentences of a mail body in order; the body holds neither quotes nor a signature."""
    body = body[:MAX_CHARS]
    places = [place for block in _blocks(body) for place in _cut(body, block)]
    return _mark_ends([Sentence(plain(body[start:end]), start, end) for start, end in places])


def _blocks(body: str) -> Iterator[_BLOCK]:
    """Runs of lines that belong together: a wrapped paragraph, one list item, one line of its own."""
    start = end = -1
    offset, previous = 0, ""
    for line in body.split("\n"):
        stripped = line.strip()
        blank = not stripped or (stripped[0] in _DRAWN and _RULE.match(line) is not None)
        item = _ITEM.match(line) if not blank and _may_be_item(stripped) else None
        if start >= 0 and (blank or item or not _continues(previous, line, stripped)):
            yield start, end
            start = -1
        if not blank:
            if start < 0:
                start = offset + (item.end() if item else len(line) - len(line.lstrip()))
            end = offset + len(line.rstrip())
        previous = stripped
        offset += len(line) + 1
    if start >= 0:
        yield start, end


def _may_be_item(stripped: str) -> bool:
    """A cheap look before `_ITEM`: a bullet, a digit or a bracket at the start."""
    return stripped[0] in _BULLETS or stripped[0].isdigit() or stripped[1:2] == ")"


def _continues(previous: str, line: str, stripped: str) -> bool:
    """Whether a line goes on where the line before it stopped."""
    if not previous or previous[-1] == ":":
        return False
    if len(previous) < _WRAP_AT and _LOWER.match(line) is None:
        return False
    return not (_is("sign_off", stripped) or _is("greeting", previous) or _is("sign_off", previous))


def _is(wording: str, line: str) -> bool:
    if len(line) >= _SHORT_LINE:
        return False
    known = wordings()[wording]
    return line.split(" ", 1)[0].strip(" ,.!:;-–").lower() in known.words and known.matches(line)


def _cut(body: str, block: _BLOCK) -> Iterator[_BLOCK]:
    """Cut a block at the full stops, question and exclamation marks that end a sentence."""
    at, end = block
    for stop in _STOP.finditer(body, at, end):
        if stop.end() < end and not _ends(body, stop, at):
            continue
        yield at, stop.end()
        at = stop.end()
        while at < end and body[at].isspace():
            at += 1
    if at < end:
        yield at, end


def _ends(body: str, stop: re.Match[str], at: int) -> bool:
    """Whether the marks of `stop` close the sentence that starts at `at` inside a longer block."""
    marks = stop[0]
    if marks[0] in _WIDE:
        return True
    if not body[stop.end()].isspace():
        return False
    following = body[stop.end() : stop.end() + 40].lstrip()
    if following[:1].islower():
        return marks == "?"
    if marks != ".":
        return True
    words = body[max(at, stop.start() - 16) : stop.start()].split()
    return not words or not _is_abbreviation(words[-1].lstrip("(\"'“„").lower(), following)


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the dot between `word` and `following` belongs to the word ("Dr.", "z.B.", "12. Mai")."""
    if word in _NEVER_ENDS or (len(word) == 1 and word.isalpha()):
        return True
    ahead = [each.strip(".,?!;:()").lower() for each in following.split()[:2]]
    if word in _NUMBERED and any(map(str.isdigit, "".join(ahead[:1]))):
        return True
    if word in _OF_DAY:  # "10 a.m. Houston time"
        return not _TIMED.isdisjoint(ahead)
    if word in _NAMED:
        return _STARTS.isdisjoint(ahead[:1])
    if word.isdigit():
        return not _MONTH.isdisjoint(ahead[:1])
    dotted = "." in word and all(len(part) <= 1 for part in word.split("."))
    return dotted and word not in _MAY_END


def _mark_ends(found: list[Sentence]) -> list[Sentence]:
    """Name the greeting at the top and everything from the sign-off down."""
    if found and _is("greeting", found[0].text):
        found[0] = _as(found[0], SentenceKind.GREETING)
    for back in range(len(found) - 1, max(-1, len(found) - _TAIL), -1):
        if _is("sign_off", found[back].text):
            tail = found[back + 1 :]
            if all(len(each.text) < _SHORT_LINE and each.text[-1] != "?" for each in tail):
                found[back:] = [_as(each, SentenceKind.SIGN_OFF) for each in found[back:]]
            break
    return found


def _as(sentence: Sentence, kind: SentenceKind) -> Sentence:
    return Sentence(sentence.text, sentence.start, sentence.end, kind)
