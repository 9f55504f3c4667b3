"""The wordings of requests, promises and courtesies: `resources/ai/phrases.toml`, compiled at first use."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from fluffy_core.config import resources_folder

_WORD = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """One section of the file: a pattern, where it must match, and the words one of which it needs."""

    pattern: re.Pattern[str]
    head: bool
    triggers: frozenset[str]

    def fits(self, text: str, words: frozenset[str]) -> bool:
        """Whether a normalised sentence, made of `words`, is worded so."""
        if self.triggers and self.triggers.isdisjoint(words):
            return False
        return (self.pattern.match(text) if self.head else self.pattern.search(text)) is not None


@cache
def wordings() -> dict[str, Wording]:
    """Every section of the file by its name."""
    path = resources_folder() / "ai" / "phrases.toml"
    sections = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: Wording(
            re.compile("|".join(f"(?:{each})" for each in section["patterns"]), re.IGNORECASE),
            bool(section.get("head", False)),
            frozenset(section.get("triggers", "").split()),
        )
        for name, section in sections.items()
    }


def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case, as triggers are looked up."""
    return frozenset(_WORD.findall(text.lower()))
