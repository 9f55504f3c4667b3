"""Names of people: cleaned for show, keyed for comparison; roles and companies told from addresses."""

import re
import unicodedata

from fluffy_core.mail.addresses import name_words
from fluffy_core.mail.addresses.identity import similarity
from fluffy_core.mail.addresses.name_keys import fold, key, words
from fluffy_core.mail.addresses.owners import canonical, company_of, is_role

__all__ = ["canonical", "clean", "company_of", "fold", "is_role", "key", "similarity", "words"]

_LONGEST = 300
_MOST_WORDS = 4  # on either side of "Doe, Jane"
_SHORTEST_CASED = 4
_LONGEST_ACRONYM = 5
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|\{[^{}]*\}")
_VIA = re.compile(r"\s+(?:via|on behalf of|im auftrag von|per conto di|de la part de)\s.*$", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*@\S*")
_QUOTES = "\"'`´‘’‚“”„«»‹›*_~|;:, \t-–—"
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "So", "Sk", "Cn"})
_LOCAL_SPLIT = re.compile(r"[._+\-]+")
_SHOUTED = re.compile(r"\b(mc|o['’]|d['’])(\w)", re.IGNORECASE)


def clean(display_name: str, email: str) -> str:
    """Return the human name in `display_name`, "" when it only repeats an address.

    "Doe, Jane (EXT)" becomes "Jane Doe", "JANE DOE" becomes "Jane Doe", "Jane via Some List"
    becomes "Jane"; names of companies and roles keep their words and capitals.
    """
    text = _printable(display_name[:_LONGEST])
    text = _VIA.sub("", _unbracketed(text))
    text = " ".join(_ADDRESS.sub(" ", text).strip(_QUOTES).split())
    if not text or _repeats_address(text, email):
        return ""
    if is_role(email) or _is_company(text):
        return text
    return _cased(" ".join(_in_order(text, email)))


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    kept = (" " if char in "\t\r\n" else char for char in text)
    return "".join(char for char in kept if unicodedata.category(char) not in _DROPPED_CATEGORIES)


def _unbracketed(text: str) -> str:
    """Drop what stands in brackets, unless nothing else is left."""
    outside = _BRACKETED.sub(" ", text)
    return outside if outside.strip(_QUOTES) else text.strip("()[]<>{} ")


def _repeats_address(text: str, email: str) -> bool:
    local = email.partition("@")[0].casefold()
    if " " in text or text.casefold() != local:
        return not any(char.isalpha() for char in text)
    return not text.isalpha()


def _is_company(text: str) -> bool:
    found = {word.strip(".,&").replace(".", "").casefold() for word in text.split()}
    return (
        not found.isdisjoint(name_words.COMPANY_WORDS) or any(char.isdigit() for char in text) or "&" in text
    )


def _in_order(text: str, email: str) -> list[str]:
    """Return the words given name first, titles for Mr and Mrs and credentials after the name dropped."""
    head, *rest = [part.strip() for part in text.split(",")]
    rest = [part for part in rest if part and part.casefold() not in name_words.CREDENTIALS]
    generation = ""
    if rest and rest[-1].casefold() in name_words.GENERATIONS:
        generation = rest.pop()
    if len(rest) == 1 and max(len(head.split()), len(rest[0].split())) <= _MOST_WORDS:
        parts = rest[0].split() + head.split()
    elif rest:
        return text.split()
    else:
        parts = _turned(head.split(), email)
    if len(parts) > 1 and parts[0].rstrip(".").casefold() in name_words.SOCIAL_TITLES:
        parts = parts[1:]
    while len(parts[:-1]) > 1 and parts[-1].casefold() in name_words.CREDENTIALS:
        parts = parts[:-1]
    return parts + ([generation] if generation else [])


def _turned(parts: list[str], email: str) -> list[str]:
    """Turn "Doe Jane" when the address is jane.doe@…; names written without their comma."""
    local = [word for word in _LOCAL_SPLIT.split(fold(email.partition("@")[0])) if word]
    if min(len(parts), len(local)) <= 1 or local[0] == local[-1]:
        return parts
    folded = [fold(part).strip(".") for part in parts]
    if folded[0] == local[-1] and folded[1] == local[0]:
        return parts[1:] + parts[:1]
    return parts


def _cased(name: str) -> str:
    """Give a name in one case its capitals; a name in mixed case is as its owner writes it."""
    if not (name.isupper() or name.islower()) or len(name) < _SHORTEST_CASED:
        return name
    if name.isupper() and " " not in name and len(name) <= _LONGEST_ACRONYM:
        return name  # an acronym, as likely as a name
    titled = " ".join(
        word.lower() if word.lower() in name_words.PARTICLES and position else _capitalised(word)
        for position, word in enumerate(name.split())
    )
    return _SHOUTED.sub(lambda found: found[1].capitalize() + found[2].upper(), titled)


def _capitalised(word: str) -> str:
    if word.casefold() in {"ii", "iii", "iv"}:
        return word.upper()
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
