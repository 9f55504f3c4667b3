"""How somebody writes: forms from closed vocabularies, counted, and figures; never a word of their text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scope(StrEnum):
    """Whom a style holds for, from the narrowest to the widest."""

    PERSON = "person"
    COMPANY = "company"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Circle:
    """Some of my readers; `key` is a person's address or a company's domain, "" for everyone."""

    scope: Scope = Scope.EVERYONE
    key: str = ""


class Trait(StrEnum):
    """What is counted by its form.

    A greeting or sign-off is a phrase of `resources/ai/style.toml` with marks for what is filled in:
    "Hi {first},", "Best regards,\\n{first} {last}"; "" is none at all.
    """

    GREETING = "greeting"
    SIGN_OFF = "sign-off"
    ADDRESS = "address"
    """How the reader is addressed where a language knows two ways: "du" or "Sie"."""
    OPENING = "opening"
    """Whether the first sentence thanks: "thanks" or ""."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a greeting or a sign-off names them; "" for what is not known."""

    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """Mail of mine to be learned from: new text and signature, no quotes."""

    text: str
    signature: str
    language: str
    to: Named
    me: Named
    one_reader: bool = True
    """Whether it went to one person: what is said to a crowd is said to nobody in particular."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one letter, or means over many.

    `words` and `sentence_words` are numbers; `exclamations` are per sentence, `contractions` and `hedges` per
    100 words, `bullets` a share of letters; `formality` is from 0 (among friends) to 1.
    """

    words: float = 0.0
    sentence_words: float = 0.0
    exclamations: float = 0.0
    contractions: float = 0.0
    hedges: float = 0.0
    bullets: float = 0.0
    formality: float = 0.5


@dataclass(frozen=True, slots=True)
class Style:
    """How I write in one language to some of my readers.

    `lengths` are the words of a shorter, a usual and a longer letter: the quartiles.
    """

    language: str
    circle: Circle = Circle()
    letters: int = 0
    forms: Mapping[Trait, Mapping[str, int]] = field(default_factory=dict)
    figures: Figures = Figures()
    lengths: tuple[int, int, int] = (0, 0, 0)

    def usual(self, trait: Trait) -> str | None:
        """The form used most often, None when none was seen."""
        counted = self.forms.get(trait, {})
        return max(counted, key=lambda form: (counted[form], form), default=None)


def readable(form: str) -> str:
    """A form as people read it: “Dear [first name],”; "none" for none at all."""
    if not form:
        return "none"
    named = form.replace("\n", " / ").replace("{first}", "[first name]").replace("{last}", "[last name]")
    return f"“{named.replace('{initials}', '[initials]').replace('{initial}', '[initial]')}”"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a draft to somebody is to be worded, settled from all that is known.

    `scope` is the circle of readers that most of it is from, `letters` on how many it rests.
    """

    language: str
    greeting: str
    sign_off: str
    address: str = ""
    thanks: bool = False
    lengths: tuple[int, int, int] = (0, 0, 0)
    bullets: bool = False
    formality: float = 0.5
    scope: Scope = Scope.EVERYONE
    letters: int = 0


@dataclass(frozen=True, slots=True)
class StyleChange:
    """Where a sent letter was other than its draft: forms of a trait, no words."""

    trait: Trait
    suggested: str
    sent: str
