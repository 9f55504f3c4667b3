"""Whom a message speaks to by name: its addressees, and the words it begins with."""

import re

from fluffy_core.ai.sentences import sentences
from fluffy_core.domain.intelligence import ThreadMessage

VOCATIVE = 40
"""Characters at the start of a sentence in which those are named whom it speaks to."""
GREETING = 3
"""Words of the longest greeting."""
_NAME = re.compile(r"[^\W\d_]{2,}")
_TOP, _LINE = 400, 80


def words_of(*names: str) -> set[str]:
    """The words of names, as they are compared."""
    return {word.casefold() for name in names for word in _NAME.findall(name)}


def others(message: ThreadMessage) -> set[str]:
    """The words of the names of other addressees than me, as headers and addresses tell."""
    return words_of(*(part for one in message.to for part in (one.name, one.email.partition("@")[0])))


def opening(body: str) -> list[str]:
    """The words of the first line of a message, without the marks around them."""
    first = next((line for line in body[:_TOP].split("\n") if line.strip()), "")
    return stripped(sentences.plain(first[:_LINE]))


def stripped(text: str) -> list[str]:
    """The words of a text without the marks around them."""
    return [word.strip(",.:;!-") for word in text.split()]
