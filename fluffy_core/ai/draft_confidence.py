"""How far a suggested draft may be trusted, and why in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.own_replies import Pattern
from fluffy_core.domain.drafting import Confidence

SURE = 0.6
"""How alike the occasion of an earlier reply must be for its pattern to be trusted."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What speaks for and against a draft: `missing` are its placeholders, `suspicious` a warning or ""."""

    missing: Sequence[str]
    suspicious: str = ""
    points: bool = False
    """Whether the user said what to write."""
    foreign_points: bool = False
    """Whether they said it in another language than the thread's."""
    dropped: int = 0
    """Sentences of the language model that were left out."""


def of_outline(seen: Circumstances, pattern: Pattern | None) -> tuple[Confidence, str]:
    """Of a draft made without the language model, after `pattern` if that is its body."""
    if seen.suspicious:
        return Confidence.LOW, f"Take care: {seen.suspicious}"
    if seen.foreign_points:
        return Confidence.LOW, f"Your points are in another language than the thread.{_left(seen)}"
    if pattern is not None:
        sure = pattern.likeness >= SURE and pattern.same_reader and not seen.missing
        level = Confidence.HIGH if sure else Confidence.LOW if seen.missing else Confidence.MEDIUM
        return level, f"It follows your reply to a similar message.{_left(seen)}"
    if seen.points:
        level = Confidence.MEDIUM if seen.missing else Confidence.HIGH
        return level, f"Your points, opened and closed as you usually do.{_left(seen)}"
    if seen.missing:
        return Confidence.LOW, f"An outline.{_left(seen)}"
    return Confidence.MEDIUM, "What you asked for, opened and closed as you usually do."


def of_model(seen: Circumstances) -> tuple[Confidence, str]:
    """Of what the language model wrote and the sieve let through."""
    if seen.suspicious:
        return Confidence.LOW, f"Take care: {seen.suspicious}"
    gone = " Sentences that nothing in the thread supports were left out." if seen.dropped else ""
    if seen.missing:
        return Confidence.LOW, f"Written from the thread.{gone}{_left(seen)}"
    if seen.points and not seen.dropped:
        return Confidence.HIGH, "Written from your points; every fact is there or in the thread."
    return Confidence.MEDIUM, f"Written from the thread; every fact in it is there.{gone}"


def _left(seen: Circumstances) -> str:
    if not seen.missing:
        return ""
    count = len(seen.missing)
    return (
        " One thing is left for you to fill in."
        if count == 1
        else f" {count} things are left for you to fill in."
    )
