"""Keys under which two spellings of one name are equal."""

import re
import unicodedata

from fluffy_core.mail.addresses import name_words

_LONGEST = 300
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "'": "", "’": ""}
)
_WORD = re.compile(r"[^\W\d_]+")
_SKIPPED = (
    name_words.SOCIAL_TITLES | name_words.ACADEMIC_TITLES | name_words.CREDENTIALS | name_words.GENERATIONS
)


def key(name: str, *, nicknames: bool = False) -> str:
    """Return the words of `name` folded and sorted: case, accents, order and titles don't count.

    Single initials are left out when two words remain. With `nicknames`, "Bob" counts as "Robert".
    """
    return " ".join(sorted(words(name, nicknames=nicknames)))


def words(name: str, *, nicknames: bool = False) -> list[str]:
    """Return the folded words of `name` in their order, without titles, credentials and spare initials."""
    found = _WORD.findall(fold(name[:_LONGEST]))
    kept = [word for word in found if word not in _SKIPPED] or found
    long = [word for word in kept if len(word) > 1]
    if len(long) > 1:
        kept = long
    return [name_words.SHORT_FORMS.get(word, word) for word in kept] if nicknames else kept


def fold(text: str) -> str:
    """Return `text` case-folded and without accents: "Łukasz Müller" becomes "lukasz muller"."""
    if text.isascii():
        return text.lower().replace("'", "")
    folded = text.casefold().translate(_UNDECOMPOSED)
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
