"""How far a draft may be trusted, in words."""

import pytest

from fluffy_core.ai.drafts import confidence as draft_confidence
from fluffy_core.ai.drafts.confidence import SURE, Circumstances
from fluffy_core.ai.drafts.own_replies import Pattern
from fluffy_core.domain.drafting import Confidence
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.styles import Scope

LOW, MEDIUM, HIGH = Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH
MARK = ("[date]",)


def pattern(likeness: float, *, same: bool = True) -> Pattern:
    return Pattern(MessageId(1), ("Fine.",), "Fine.", likeness, same)


@pytest.mark.parametrize(
    ("seen", "follows", "level"),
    [
        (Circumstances(()), None, MEDIUM),
        (Circumstances(MARK), None, LOW),
        (Circumstances((), points=True), None, HIGH),
        (Circumstances((), points=True, told=True, beside=True), None, HIGH),
        (Circumstances((), beside=True), None, LOW),
        (Circumstances((), beside=True), pattern(SURE), LOW),
        (Circumstances(MARK, points=True), None, MEDIUM),
        (Circumstances((), points=True, foreign_points=True), None, LOW),
        (Circumstances(()), pattern(SURE), HIGH),
        (Circumstances(()), pattern(SURE, same=False), MEDIUM),
        (Circumstances(()), pattern(SURE - 0.1), MEDIUM),
        (Circumstances(MARK), pattern(SURE), LOW),
        (Circumstances((), "The address is not the name's."), pattern(SURE), LOW),
    ],
)
def test_without_the_model(seen: Circumstances, follows: Pattern | None, level: Confidence) -> None:
    assert draft_confidence.of_outline(seen, follows)[0] is level


@pytest.mark.parametrize(
    ("seen", "level"),
    [
        (Circumstances(()), MEDIUM),
        (Circumstances(MARK), LOW),
        (Circumstances((), points=True), HIGH),
        (Circumstances((), points=True, dropped=1), MEDIUM),
        (Circumstances((), beside=True), LOW),
        (Circumstances((), points=True, beyond_points=1), MEDIUM),
        (Circumstances((), "Take heed."), LOW),
    ],
)
def test_of_the_model(seen: Circumstances, level: Confidence) -> None:
    assert draft_confidence.of_model(seen)[0] is level


def test_reasons_say_what_is_left_to_do() -> None:
    def reason(*missing: str) -> str:
        return draft_confidence.of_outline(Circumstances(missing), None)[1]

    assert reason("[a]").startswith("An outline. 1 thing is left for you to fill in.")
    assert reason("[a]", "[b]").startswith("An outline. 2 things are left for you to fill in.")
    assert "not among those" in draft_confidence.of_outline(Circumstances((), beside=True), None)[1]
    assert "left out" in draft_confidence.of_model(Circumstances((), dropped=2))[1]
    assert draft_confidence.of_outline(Circumstances((), "No."), None)[1].startswith("Take care: No. ")


@pytest.mark.parametrize(
    ("scope", "letters", "end"),
    [
        (Scope.PERSON, 4, "Greeting and closing are as in your 4 letters to this person."),
        (Scope.COMPANY, 12, "as in your 12 letters to this company."),
        (Scope.EVERYONE, 1200, "as in your 1,200 letters."),
        (Scope.EVERYONE, 0, "you have hardly written in it."),
    ],
)
def test_reasons_say_where_the_manner_is_from(scope: Scope, letters: int, end: str) -> None:
    seen = Circumstances((), scope=scope, letters=letters)
    assert draft_confidence.of_outline(seen, None)[1].endswith(end)
    assert draft_confidence.of_model(seen)[1].endswith(end)
