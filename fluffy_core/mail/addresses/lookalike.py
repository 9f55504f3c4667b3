"""Addresses that differ from a known one by so little that an eye does not see it."""

import unicodedata
from collections.abc import Iterable
from contextlib import suppress

_SEEN_AS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""))
_SHORTEST = 6
"""Characters below which one letter makes a different word."""


def known_twin(email: str, known: Iterable[str]) -> str:
    """The known address that another looks like without being it; "" when there is none."""
    skeleton = _skeleton(email)
    for one in known:
        if one != email and (_skeleton(one) == skeleton or _is_a_slip(email, one)):
            return one
    return ""


def _skeleton(email: str) -> str:
    """What an eye sees: letters that look the same become one (Unicode UTS #39, in the small)."""
    local, _, domain = email.lower().partition("@")
    if domain.startswith("xn--") or ".xn--" in domain:
        with suppress(UnicodeError):
            domain = domain.encode("ascii").decode("idna")
    shown = unicodedata.normalize("NFKD", f"{local}@{domain}").translate(_CYRILLIC)
    shown = "".join(one for one in shown if not unicodedata.combining(one))
    for written, seen in _SEEN_AS:
        shown = shown.replace(written, seen)
    return shown


_CYRILLIC = str.maketrans("аеорсухіјѕԁһᴏıɑ", "aeopcyxijsdhoia")


def _is_a_slip(a: str, b: str) -> bool:
    """One letter more, less, other or swapped, in the domain alone: people share names, not domains."""
    (local, _, first), (other, _, second) = a.partition("@"), b.partition("@")
    if local != other or first == second or min(len(first), len(second)) < _SHORTEST:
        return False
    start = next((at for at, (x, y) in enumerate(zip(first, second, strict=False)) if x != y), None)
    if start is None:
        return abs(len(first) - len(second)) == 1
    rest, other_rest = first[start:], second[start:]
    swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    return swapped or rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]
