"""Sentences of a mail with their offsets: wrapped lines joined, list items and greetings kept apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_CHARS = 200_000
"""Text beyond this is not read: no person wrote it as one mail."""
_WRAP_AT = 50
"""A line at least this long was probably broken by the mail client, not by its writer."""


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


_ITEM = re.compile(r"[ \t]{0,20}(?:[-*•·–—>]{1,3}|\(?\d{1,2}[.)]|\(?[a-zA-Z]\))[ \t]+")
_STOP = re.compile(r"[.!?…。！？؟]+[\"'”’»)\]]*")  # always matches where it starts, so a scan is linear
_LOWER_NEXT = re.compile(r"[ \t]*[a-zäöüß(&,;]")
_RULE = re.compile(r"[ \t]*[-=_*#~.+][-=_*#~.+ \t]*$")
_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr rev gen col lt hon messrs vs e.g i.e cf fig figs approx dept est ext tel "
    "nr ca z.b d.h u.a o.ä s.o s.u i.d.r z.t m.e v.a bzw ggf evtl inkl zzgl bspw hr fr herr frau dipl ing "
    "abs art str vgl sog gem lt max min mind tgl etwa geb verh resp no nos vol pp ch sec para".split()
)
_MAY_END = frozenset("etc usw u.s.w inc ltd co corp a.m p.m am pm u.s u.k e.v gmbh o.g u.v.m".split())
_MONTHS = (
    "jan feb mar mär apr may mai jun jul aug sep oct okt nov dec dez "
    "januar februar märz april juni juli august september oktober november dezember"
).split()
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|hi zusammen|liebe[rs]?|"
    r"sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|servus|grüß (?:dich|gott)|grüezi|"
    r"bonjour|hola|ciao|buongiorno|salut|cher|chère)\b",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:(?:many |kind |best |warm |with (?:kind |best )?)*(?:thanks|thank you|regards|wishes)|cheers|"
    r"sincerely|yours(?: \w+)?|best|all the best|take care|talk (?:to you )?soon|"
    r"(?:(?:mit |viele|beste|liebe|herzliche|schöne|freundliche)[nrs]? ?)*(?:freundlichen )?"
    r"(?:grüße|grüßen|gruß|gruss|grüsse|grüssen)|mfg|lg|vg|(?:vielen |herzlichen |besten )?dank|danke(?: dir| ihnen)?)"
    r"(?: (?:again|in advance|so much|very much|a lot|im voraus|und .{0,30}|and .{0,30}|aus .{0,20}))?"
    r"[ ,.!-]*$",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text with each run of whitespace as one space: how quoted words are compared."""
    return " ".join(text.split())


def split(body: str) -> list[Sentence]:
    """The sentences of a mail body in order; the body holds neither quotes nor a signature."""
    found: list[Sentence] = []
    for start, end in _blocks(body[:MAX_CHARS]):
        found.extend(_split_block(body, start, end))
    return _mark_ends(found)


def _blocks(body: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that belong together: a wrapped paragraph, one list item, one line of its own."""
    start = end = -1
    offset, previous = 0, ""
    for line in body.split("\n"):
        after = offset + len(line)
        stripped = line.strip()
        item = _ITEM.match(line)
        if not stripped or _RULE.match(line) or item or not _continues(previous, line, stripped):
            if start >= 0 and end > start:
                yield start, end
            start = -1
        if stripped and not _RULE.match(line):
            if start < 0:
                start = offset + (item.end() if item else len(line) - len(line.lstrip()))
            end = offset + len(line.rstrip())
        previous = stripped
        offset = after + 1
    if start >= 0 and end > start:
        yield start, end


def _continues(previous: str, line: str, stripped: str) -> bool:
    """Whether a line goes on where the line before it stopped."""
    if not previous or previous.endswith(":"):
        return False
    if len(previous) < 40 and (_GREETING.match(previous) or _SIGN_OFF.match(previous)):
        return False
    if len(stripped) < 40 and _SIGN_OFF.match(stripped):
        return False
    return len(previous) >= _WRAP_AT or _LOWER_NEXT.match(line) is not None


def _split_block(body: str, start: int, end: int) -> Iterator[Sentence]:
    """Cut one block at full stops, question and exclamation marks that end a sentence."""
    at = start
    for stop in _STOP.finditer(body, start, end):
        if stop.end() < end and not _ends_sentence(body, at, stop.start(), stop.end(), end):
            continue
        yield Sentence(plain(body[at : stop.end()]), at, stop.end())
        at = stop.end()
        while at < end and body[at].isspace():
            at += 1
    if at < end:
        yield Sentence(plain(body[at:end]), at, end)


def _ends_sentence(body: str, at: int, stop: int, after: int, end: int) -> bool:
    """Whether the marks `body[stop:after]`, inside a block that ends at `end`, close a sentence."""
    mark = body[stop]
    if mark in "。！？":
        return True
    if not body[after].isspace():
        return False
    following = body[after : min(end, after + 40)].lstrip()
    if not following or following[0].islower():
        return mark == "?"
    if mark != "." or after - stop > 1:
        return True
    word = body[max(at, stop - 16) : stop].rsplit(None, 1)[-1:] or [""]
    return not _is_abbreviation(word[0].lstrip("(\"'“„").lower(), following)


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the dot after `word` belongs to the word."""
    if word in _TITLES or (len(word) == 1 and word.isalpha()):
        return True
    if word.isdigit() and len(word) <= 2:
        return following.split(None, 1)[0].rstrip(".,?!;:)").lower() in _MONTHS
    return word not in _MAY_END and word.count(".") >= 1 and len(word) <= 6 and word[0].isalpha()


def _mark_ends(found: list[Sentence]) -> list[Sentence]:
    """Name the greeting at the top and everything from the sign-off down."""
    if found and len(found[0].text) < 60 and _GREETING.match(found[0].text):
        if found[0].text[-1] in ",!:.-–" or len(found[0].text.split()) <= 4:
            found[0] = _as(found[0], SentenceKind.GREETING)
    for back in range(len(found) - 1, max(-1, len(found) - 6), -1):
        if len(found[back].text) < 60 and _SIGN_OFF.match(found[back].text):
            tail = found[back + 1 :]
            if all(len(each.text) < 60 and not each.text.endswith("?") for each in tail):
                found[back:] = [_as(each, SentenceKind.SIGN_OFF) for each in found[back:]]
            break
    return found


def _as(sentence: Sentence, kind: SentenceKind) -> Sentence:
    return Sentence(sentence.text, sentence.start, sentence.end, kind)
