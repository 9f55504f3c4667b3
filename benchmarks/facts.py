"""Facts in a text that its sources do not hold, found without the program's own filter.

Any figure, link or address that stands in no source counts; so does a month, weekday or relative day, any
name known from the mailbox's headers, and (but in German) any word with a capital inside a sentence.
"""

import re
from collections.abc import Iterator, Sequence

_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d.,:/-]*")
_WORD = re.compile(r"[^\W\d_]+")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,80}\]")
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december today tomorrow yesterday tonight montag dienstag "
    "mittwoch donnerstag freitag samstag sonntag januar februar märz juni juli oktober dezember heute "
    "gestern lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin juillet "
    "août septembre octobre novembre décembre demain hier aujourd"
)
_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve twenty hundred thousand million zwei "
    "drei vier fünf sechs sieben acht neun zehn elf zwölf deux trois quatre cinq sept huit neuf dix"
)
_TELLING = frozenset(f"{_DAYS} {_NUMBERS}".split())
_ALWAYS = frozenset({"i", "ok"})
_SHORTEST = 3


def invented(text: str, sources: Sequence[str], *, language: str, people: frozenset[str]) -> list[str]:
    """The facts of a draft, quoted lines left out, that no source holds."""
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    own = _PLACEHOLDER.sub(" ", own)
    said = "\n".join(sources).casefold()
    known = set(_WORD.findall(said))
    figures = {_digits(one) for one in _FIGURE.findall(said)}
    found = [one for one in _LINK.findall(own) if one.casefold().rstrip(".,)") not in said]
    found += [one for one in _FIGURE.findall(_LINK.sub(" ", own)) if _digits(one) not in figures]
    return found + [one for one in _words(own, language, people) if one.casefold() not in known]


def _digits(figure: str) -> str:
    return re.sub(r"\D", "", figure)


def _words(text: str, language: str, people: frozenset[str]) -> Iterator[str]:
    for match in _WORD.finditer(text):
        lower = match[0].casefold()
        if lower in _TELLING:
            yield match[0]
            continue
        capital = match[0][0].isupper() and lower not in _ALWAYS and not _opens(text, match.start())
        if capital and (lower in people or (language != "de" and len(lower) >= _SHORTEST)):
            yield match[0]


def _opens(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'“„«(-•")
    return not before or before[-1] in ".!?:\n>"
