"""How far a suggested draft may be trusted, and why in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.drafts.own_replies import Pattern
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.drafting import Confidence
from fluffy_core.domain.styles import Scope

SURE = 0.6
"""How alike the occasion of an earlier reply must be for its pattern to be trusted."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What speaks for and against a draft: `missing` are its placeholders, `suspicious` a warning or ""."""

    missing: Sequence[str]
    suspicious: str = ""
    points: bool = False
    """Whether the user said what to write."""
    told: bool = False
    """Whether the user said anything of what they want."""
    foreign_points: bool = False
    """Whether they said it in another language than the thread's."""
    dropped: int = 0
    """Sentences of the language model that were left out."""
    beyond_points: int = 0
    """Sentences of it that say more than the user's points."""
    scope: Scope = Scope.EVERYONE
    beside: bool = False
    """Whether the mail was not written to the user."""
    ignored: str = ""
    """What the user said of the draft and only a language model could do."""
    letters: int = 0
    """Whose letters, and how many, say how the draft is opened and closed."""


def of_outline(seen: Circumstances, pattern: Pattern | None) -> tuple[Confidence, str]:
    """Of a draft made without the language model, after `pattern` if that is its body."""
    level, reason = _warned(seen) or _of_outline(seen, pattern)
    ignored = f" “{seen.ignored}” changes nothing without a language model." if seen.ignored else ""
    return level, f"{reason}{ignored} {_manner(seen)}"


def of_model(seen: Circumstances) -> tuple[Confidence, str]:
    """Of what the language model wrote and the sieve let through."""
    level, reason = _warned(seen) or _of_model(seen)
    return level, f"{reason} {_manner(seen)}"


def _warned(seen: Circumstances) -> tuple[Confidence, str] | None:
    """What speaks against any draft here, however it was made."""
    if seen.suspicious:
        return Confidence.LOW, f"Take care: {seen.suspicious}"
    if seen.beside and not seen.told:
        return Confidence.LOW, f"You are not among those it was written to.{_dropped(seen)}{_left(seen)}"
    return None


def _of_outline(seen: Circumstances, pattern: Pattern | None) -> tuple[Confidence, str]:
    if seen.foreign_points:
        return Confidence.LOW, f"Your points are in another language than the thread.{_left(seen)}"
    if pattern is not None:
        sure = pattern.likeness >= SURE and pattern.same_reader and not seen.missing
        level = Confidence.HIGH if sure else Confidence.LOW if seen.missing else Confidence.MEDIUM
        return level, f"It follows your reply to a similar message.{_left(seen)}"
    if seen.points:
        level = Confidence.MEDIUM if seen.missing else Confidence.HIGH
        return level, f"It says your points.{_left(seen)}"
    if seen.missing:
        return Confidence.LOW, f"An outline.{_left(seen)}"
    if not seen.told:
        return Confidence.MEDIUM, "Nothing in it seems to ask anything of you: this only says thanks."
    return Confidence.MEDIUM, "It says what you asked for."


def _of_model(seen: Circumstances) -> tuple[Confidence, str]:
    if seen.missing:
        return Confidence.LOW, f"Written from the thread.{_dropped(seen)}{_left(seen)}"
    if seen.points and not seen.dropped and not seen.beyond_points:
        return Confidence.HIGH, "It says your points and nothing else."
    return Confidence.MEDIUM, f"Written from the thread; every fact in it is there.{_dropped(seen)}"


def _manner(seen: Circumstances) -> str:
    whose = {Scope.PERSON: "to this person", Scope.COMPANY: "to this company"}.get(seen.scope, "")
    if not seen.letters:
        return "Greeting and closing are the usual ones of the language: you have hardly written in it."
    count = f"{number_of(seen.letters, 'letter')} {whose}".strip()
    return f"Greeting and closing are as in your {count}."


def _dropped(seen: Circumstances) -> str:
    return " Sentences that nothing in the thread supports were left out." if seen.dropped else ""


def _left(seen: Circumstances) -> str:
    if not seen.missing:
        return ""
    return f" {number_of(len(seen.missing), 'thing is', 'things are')} left for you to fill in."
