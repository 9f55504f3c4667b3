"""Where words are cut short: between two of them, and never inside a link or a number in groups."""

import re

MORE = " …"
"""Stands where something is left out."""
_IN_GROUPS = re.compile(r"\(?\+?[A-Za-z]{0,4}\d[\w./()-]*")
"""A piece of a telephone, account or card number, as "DE89", "0532" or "(030)"."""


def is_of_a_number(word: str) -> bool:
    """Whether a word may be one group of such a number."""
    return _IN_GROUPS.match(word) is not None


def beginning(text: str, limit: int) -> str:
    """At most `limit` first characters of one line, up to the end of a word; half a number is another number.

    A word that is longer than that is cut.
    """
    if len(text) <= limit:
        return text
    words = text[: limit + 1].split(" ")
    rest = f"{words.pop()}{text[limit + 1 :].partition(' ')[0]}" if len(words) > 1 else ""
    while rest and len(words) > 1 and is_of_a_number(rest) and is_of_a_number(words[-1]):
        rest = words.pop()
    return " ".join(words)[:limit]


def excerpt(text: str, limit: int) -> str:
    """The `beginning`, and "…" where there is more."""
    return text if len(text) <= limit else beginning(text, limit) + MORE
