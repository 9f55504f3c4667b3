"""How the user writes, in words: what the command line and the window show of a learned style."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.drafts import style_words
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.styles import Scope, Style, Trait, readable
from fluffy_core.services.writing import styles
from fluffy_core.store.database import Database

__all__ = ["Portrait", "listed", "of", "telling"]

MOST_FORMS = 3
_LIVELY, _HEDGING, _SHORT_FORMS = 0.1, 1.0, 1.0
_FORMAL, _FRIENDLY = 0.6, 0.4
_TRAITS = (("greeting", Trait.GREETING), ("closing", Trait.SIGN_OFF), ("addressed as", Trait.ADDRESS))


@dataclass(frozen=True, slots=True)
class Portrait:
    """One style: `whom` it is for, from how many letters, and what marks it, a line each."""

    whom: str
    letters: int
    lines: tuple[str, ...]


def listed(store: Database, *, most: int) -> tuple[Portrait, ...]:
    """What was learned that tells most: to everyone in each language, then to those most written to."""
    return tuple(map(of, telling(styles.kept(store))[:most]))


def telling(found: Sequence[Style]) -> list[Style]:
    """Everyone first; a company of which I know one person is not told beside that person."""
    people = {
        (one.circle.key.partition("@")[2], one.language, one.letters)
        for one in found
        if one.circle.scope is Scope.PERSON
    }
    kept = [
        one
        for one in found
        if one.circle.scope is not Scope.COMPANY or (one.circle.key, one.language, one.letters) not in people
    ]
    return sorted(kept, key=lambda one: (one.circle != styles.EVERYONE, -one.letters))


def of(one: Style) -> Portrait:
    """A style in words."""
    whom = f"To {one.circle.key or 'everyone'} in {style_words.name_of(one.language)}"
    low, middle, high = one.lengths
    lines = [f"{name}: {told}" for name, trait in _TRAITS if (told := _forms(one, trait))]
    usual = f"mostly {low} to {high}; " if low != high else ""
    lines.append(f"length: {number_of(middle, 'word')}, {usual}{one.figures.sentence_words:.0f} a sentence")
    lines.append(f"tone: {', '.join(_tone(one))}")
    return Portrait(whom, one.letters, tuple(lines))


def _forms(one: Style, trait: Trait) -> str:
    counted = sorted(one.forms.get(trait, {}).items(), key=lambda form: (-form[1], form[0]))
    return ", ".join(f"{readable(form)} ({count})" for form, count in counted[:MOST_FORMS])


def _tone(one: Style) -> list[str]:
    figures = one.figures
    high, low = figures.formality > _FORMAL, figures.formality < _FRIENDLY
    told = ["formal" if high else "friendly" if low else "neutral"]
    thanked = one.forms.get(Trait.OPENING, {}).get("thanks", 0)
    told += ["opens with thanks"] if thanked * 2 > one.letters else []
    told += ["exclamation marks"] if figures.exclamations > _LIVELY else []
    told += ["short forms"] if figures.contractions > _SHORT_FORMS else []
    told += ["careful wording"] if figures.hedges > _HEDGING else []
    told += ["lists"] if figures.bullets > _LIVELY else []
    return told
