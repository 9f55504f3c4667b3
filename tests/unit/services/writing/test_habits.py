"""Habits that are learned from changed drafts: listed in words, followed, forgotten, and brought back."""

import pytest

from fluffy_core.domain.styles import StyleChange, Trait
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import triage
from fluffy_core.services.writing import habits, styles
from fluffy_core.services.writing.habits import Habit
from fluffy_core.store import styles as own
from fluffy_core.store.database import Database

ANN, BOB = "ann@firm.example", "bob@shop.example"
DEAR, HELLO = "Dear {first},", "Hello {first},"


def change(
    store: Database, at: int, to: str = ANN, sent: str = DEAR, *, trait: Trait = Trait.GREETING,
    language: str = "en",
) -> None:  # fmt: skip
    """A draft to somebody went out with another form."""
    with store.transaction() as tx:
        noted = [StyleChange(trait, "Hi {first},", sent)]
        own.note_changes(tx, f"r{at}", noted, language=language, recipient=to, now=float(at))


def greeting(store: Database, email: str) -> str:
    return styles.manner(store, email, "en").greeting


def test_five_changes_to_one_person_are_one_habit_with_them(store: Database) -> None:
    for at in range(5):
        change(store, at)
    assert habits.listed(store) == (
        Habit(f"en/greeting/{ANN}", f"You begin mail to {ANN} in English with “Dear [first name],”", 5),
    )
    assert (greeting(store, ANN), greeting(store, BOB)) == (DEAR, HELLO)


def test_what_is_listed_is_what_drafts_follow(store: Database) -> None:
    for at, (to, sent) in enumerate([(ANN, DEAR), (BOB, DEAR), (ANN, DEAR), (BOB, DEAR), (BOB, DEAR)]):
        change(store, at, to, sent)
    assert [one.id for one in habits.listed(store)] == [f"en/greeting/{BOB}", "en/greeting/"]
    for email in (ANN, BOB, "eve@else.example"):
        assert greeting(store, email) == DEAR
    change(store, 9, ANN, "Hi {first},")
    assert [one.id for one in habits.listed(store)] == [f"en/greeting/{BOB}"]
    assert greeting(store, "eve@else.example") == HELLO


@pytest.mark.parametrize("count", [0, 1, 2])
def test_twice_is_no_habit(store: Database, count: int) -> None:
    for at in range(count):
        change(store, at)
    assert habits.listed(store) == ()
    assert habits.corrected(store, "en", Trait.GREETING, email=ANN) is None


@pytest.mark.parametrize(
    ("trait", "sent", "language", "sentence"),
    [
        (Trait.SIGN_OFF, "Bye\n{last}", "en", f"You close mail to {ANN} in English with “Bye / [last name]”"),
        (Trait.ADDRESS, "du", "de", f"You address {ANN} in German with “du”"),
        (Trait.GREETING, "", "fr", f"You write to {ANN} in French without a greeting"),
        (Trait.SIGN_OFF, "", "en", f"You write to {ANN} in English without a closing"),
    ],
)  # fmt: skip
def test_each_kind_in_words(store: Database, trait: Trait, sent: str, language: str, sentence: str) -> None:
    for at in range(3):
        change(store, at, sent=sent, trait=trait, language=language)
    assert [one.sentence for one in habits.listed(store)] == [sentence]
    assert habits.corrected(store, language, trait, email=ANN) == sent


def test_a_habit_is_forgotten_and_comes_back_by_an_undo(store: Database) -> None:
    for at in range(4):
        change(store, at)
    change(store, 7, BOB)
    (habit,) = (one for one in habits.listed(store) if ANN in one.id)
    token = habits.forget(store, habit.id)
    assert token.label == f"Forgot: {habit.sentence}"
    assert habits.listed(store) == ()
    assert greeting(store, ANN) == HELLO
    assert own.all_changes(store)[0].recipient == BOB
    triage.undo(store)
    assert habit in habits.listed(store)
    assert greeting(store, ANN) == DEAR


def test_one_with_everybody_is_forgotten_with_all_that_it_rests_on(store: Database) -> None:
    for at, to in enumerate((ANN, BOB, ANN, BOB)):
        change(store, at, to)
    change(store, 8, sent="Cheers,\n{first}", trait=Trait.SIGN_OFF)
    habits.forget(store, "en/greeting/")
    assert habits.listed(store) == ()
    assert [one.change.trait for one in own.all_changes(store)] == [Trait.SIGN_OFF]


@pytest.mark.parametrize("habit_id", ["", "en/greeting/", "en/greeting/eve@else.example", "x", "//"])
def test_what_is_no_habit_cannot_be_forgotten(store: Database, habit_id: str) -> None:
    change(store, 1)
    with pytest.raises(UsageError):
        habits.forget(store, habit_id)
    assert len(own.all_changes(store)) == 1
