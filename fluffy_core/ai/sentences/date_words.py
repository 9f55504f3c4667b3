"""The words that name days (`resources/ai/dates.toml`), as parts of regular expressions."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from fluffy_core.config import resources_folder

_WINDOW = 60
"""Characters before a date in which a word says what the date is for."""


@dataclass(frozen=True, slots=True)
class DateWords:
    """Words by what they say: numbers by name, and alternatives to be put between brackets."""

    weekdays: Mapping[str, int]
    """Name -> days after Monday."""
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    parts: Mapping[str, str]
    """Such as "weeks.next" -> `next week|nächste[rn]? woche|…`."""
    units: Mapping[str, re.Pattern[str]]
    deadline: re.Pattern[str]
    """What stands right before a date by which something is due ("by the end of ")."""
    on: re.Pattern[str]
    past: re.Pattern[str]
    past_after: re.Pattern[str]
    within: re.Pattern[str]

    def before(self, match: re.Match[str], wanted: re.Pattern[str]) -> str:
        """The words right before a date, if they are the wanted ones."""
        found = wanted.search(match.string, max(0, match.start() - _WINDOW), match.start())
        return found[0] if found else ""

    def is_past(self, match: re.Match[str]) -> bool:
        """Whether the words around a date say that it is over, or only a beginning ("since Monday")."""
        behind = self.past_after.match(match.string, match.end())
        return behind is not None or bool(self.before(match, self.past))


@cache
def words() -> DateWords:
    """All of them, of every language."""
    path = resources_folder() / "ai" / "dates.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    weekdays = {name: day for day, names in enumerate(told["weekdays"].values()) for name in names}
    months = {name: month for month, names in enumerate(told["months"].values(), start=1) for name in names}
    numbers = {name: int(number) for number, names in told["numbers"].items() for name in names}
    parts = {
        f"{section}.{name}": _any(entries)
        for section in ("lead", "which", "days", "weeks", "part", "periods", "units")
        for name, entries in told[section].items()
    }
    parts |= {
        "weekday": _names(weekdays),
        "month": _names(months),
        "number": _names(numbers),
        "first": _any(told["first"]),
    }
    between = rf"(?: ?\b(?:{parts['lead.between']}))*"
    opening = rf"\b(?:{parts['lead.deadline']}){between}(?: (?:{parts['lead.end']}){between})?"
    return DateWords(
        weekdays,
        months,
        numbers,
        parts,
        {name: re.compile(_any(entries)) for name, entries in told["units"].items()},
        deadline=_ending(rf"{opening}(?: (?:{parts['weekday']}),?{between})?"),
        on=_ending(rf"\b(?:{parts['lead.on']})"),
        past=_ending(rf"\b(?:{parts['lead.past']})"),
        past_after=re.compile(rf"\s(?:{_any(told['lead']['past_after'])})\b"),
        within=re.compile(rf"(?:{parts['lead.within']})\b"),
    )


def _ending(expression: str) -> re.Pattern[str]:
    return re.compile(rf"{expression}\s*$")


def _names(known: Mapping[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))


def _any(entries: Sequence[str]) -> str:
    return "|".join(entries)
