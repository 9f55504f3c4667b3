"""The vocabulary of writing styles: `resources/ai/style.toml`, read at first use."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fluffy_core.config import resources_folder

_WISHES, _ALONE, _TOLD, _VAGUE = "wishes", "alone", "told", "vague"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language; phrases map to their formality (0 to 1)."""

    language: str
    greetings: Mapping[str, float]
    sign_offs: Mapping[str, float]
    gendered: frozenset[str]
    """Phrases and titles that are right for one person and wrong for the next."""
    titles: tuple[str, ...]
    everybody: tuple[str, ...]
    defaults: Mapping[str, str]
    informal: "re.Pattern[str] | None"
    formal: "re.Pattern[str] | None"
    address: tuple[str, str]
    """(informal, formal) as they are called: ("du", "Sie"); ("", "") where there is one way."""
    myself: "re.Pattern[str]"
    """Words by which somebody speaks of themselves: "I", "our"."""
    hedges: "re.Pattern[str]"
    days: "re.Pattern[str]"
    """Days told from today: "tomorrow"."""
    contractions: "re.Pattern[str] | None"
    lines: Mapping[str, str]
    placeholders: Mapping[str, str]
    common: str
    """Words that are no names although a sentence may begin with them."""
    questions: Mapping[str, "re.Pattern[str]"]
    """What a question asks for, by the name of the placeholder that stands for it."""
    asks: Mapping[str, "re.Pattern[str]"]
    """How a question names its `topic` or the time (`when`) of a meeting, what `offers`, `hands_over`, …"""
    vague: frozenset[str]
    """Words that name no matter: "time", "thing"."""

    def default(self, name: str, *, tone: str = "") -> str:
        """A fallback phrase, in its "formal" or "informal" wording where it has one."""
        return self.defaults.get(f"{name}_{tone}") or self.defaults.get(name, "")

    def line(self, name: str, *, informal: bool = False) -> str:
        """A sentence that drafts are made with."""
        return (self.lines.get(f"{name}_informal") if informal else None) or self.lines.get(name, "")


def vocabulary(language: str) -> Vocabulary | None:
    """The words of a language (ISO 639-1), None for one that drafts cannot be written in."""
    return _all().get(language)


def name_of(language: str) -> str:
    """What a language is called in English; its code where it has no vocabulary."""
    return str(_stored().get(language, {}).get("name", language))


def languages() -> tuple[str, ...]:
    """The languages that drafts can be written in."""
    return tuple(sorted(_all()))


def wishes(*told: str) -> frozenset[str]:
    """What purposes, tones and hints ask for, by the names in the file: "shorter", "no"."""
    found = {name for name, pattern in _wishes().items() if any(map(pattern.search, told))}
    single = {one.strip(" .!,").casefold() for one in told}
    return frozenset(
        found | {name for name, words in _stored()[_ALONE].items() if not single.isdisjoint(words)}
    )


def told(text: str) -> str:
    """The sentence that a hint wants said ("say that I am away"), "" where it wants something else."""
    found = _leads().match(text.strip())
    return text.strip()[found.end() :].strip(" :,") if found and not wishes(text) else ""


@cache
def _leads() -> "re.Pattern[str]":
    return _any_of(_stored()[_TOLD]["says"])


@cache
def _wishes() -> Mapping[str, "re.Pattern[str]"]:
    return {name: _any_of(words) for name, words in _stored()[_WISHES].items()}


@cache
def _stored() -> dict[str, Any]:
    path = resources_folder() / "ai" / "style.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _all() -> dict[str, Vocabulary]:
    return {
        name: _read(name, words) for name, words in _stored().items() if name not in {_WISHES, _ALONE, _TOLD}
    }


def _read(language: str, words: Mapping[str, Any]) -> Vocabulary:
    informal, formal = words.get("address", ("", ""))
    return Vocabulary(
        language,
        dict(words["greetings"]),
        dict(words["sign_offs"]),
        frozenset(words["gendered"]),
        tuple(words["titles"]),
        tuple(words["everybody"]),
        {name: text for name, text in words.items() if isinstance(text, str)},
        _any_of(words["informal"]) if informal else None,
        _any_of(words["formal"], flags=re.IGNORECASE if language in {"es", "fr", "nl"} else 0)
        if formal
        else None,
        (informal, formal),
        _any_of(words["myself"]),
        _any_of(words["hedges"]),
        _any_of(words["days"]),
        re.compile(words["contractions"], re.IGNORECASE) if words["contractions"] else None,
        words["lines"],
        words["placeholders"],
        words["common"],
        {name: _any_of(starts) for name, starts in words["questions"].items()},
        {name: _pattern(one) for name, one in words["asks"].items() if name != _VAGUE},
        frozenset(one.casefold() for one in words["asks"][_VAGUE]),
    )


def _pattern(written: str | list[str]) -> "re.Pattern[str]":
    """A regular expression as it is written, or any of these phrases."""
    return re.compile(written) if isinstance(written, str) else _any_of(written)


def _any_of(phrases: Iterable[str], flags: int = re.IGNORECASE) -> "re.Pattern[str]":
    joined = "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", flags)
