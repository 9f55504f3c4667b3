"""The wordings of requests, promises, courtesies and tone (`resources/ai/*.toml`), compiled at first use."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from fluffy_core.config import resources_folder

_WORD = re.compile(r"[\w'-]+")


class Said(NamedTuple):
    """A text as wordings are looked for in it: in lower case, with its words."""

    text: str
    words: frozenset[str]


def said(text: str) -> Said:
    """A text prepared for `Wording.fits`; to be made once for all the wordings asked about."""
    lower = text.lower()
    return Said(lower, frozenset(_WORD.findall(lower)))


@dataclass(frozen=True, slots=True)
class Wording:
    """One section of the file: expressions with the words one of which each needs, and where they match."""

    patterns: tuple[tuple[frozenset[str], re.Pattern[str]], ...]
    head: bool
    words: frozenset[str]
    """All words of the section; empty when one of its expressions needs none."""

    def fits(self, heard: Said) -> bool:
        """Whether a text is worded so."""
        text, words = heard
        if self.words and self.words.isdisjoint(words):
            return False
        for needed, pattern in self.patterns:
            if needed and needed.isdisjoint(words):
                continue
            if (pattern.match(text) if self.head else pattern.search(text)) is not None:
                return True
        return False

    def matches(self, text: str) -> bool:
        """The same without looking at words first: for sections that are seldom asked."""
        lower = text.lower()
        return any(
            (pattern.match(lower) if self.head else pattern.search(lower)) for _, pattern in self.patterns
        )


@cache
def wordings(file: str = "phrases") -> dict[str, Wording]:
    """Every section of `resources/ai/FILE.toml` by its name."""
    path = resources_folder() / "ai" / f"{file}.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _wording(section["patterns"], head="head" in section) for name, section in sections.items()}


def _wording(entries: Sequence[tuple[str, str]], *, head: bool) -> Wording:
    """Neighbours that need no word are one expression: one scan instead of several."""
    patterns: list[tuple[frozenset[str], re.Pattern[str]]] = []
    always = [expression for words, expression in entries if not words]
    if always:
        patterns.append((frozenset(), _compile(always)))
    patterns += [(frozenset(words.split()), _compile([expression])) for words, expression in entries if words]
    every = frozenset[str]() if always else frozenset().union(*(needed for needed, _ in patterns))
    return Wording(tuple(patterns), head, every)


def _compile(expressions: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in expressions))
