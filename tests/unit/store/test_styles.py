"""Which mail is mine, to whom it went and what it answered; styles and changes as they are kept."""

import pytest

from fluffy_core.domain.styles import Circle, Figures, Scope, Style, StyleChange, Trait
from fluffy_core.store import styles
from fluffy_core.store.database import Database
from fluffy_core.store.styles import Answered
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

EVERYONE = Circle()
NEWS = {"List-Unsubscribe": "<mailto:x@news.example>", "Precedence": "bulk"}
LIST = {"List-Id": "<talk.example>", "List-Post": "<mailto:talk@talk.example>"}
FORGED = {"Authentication-Results": "mx.example; spf=fail; dmarc=fail"}
"""Says that it is mine, and is not."""


def mine(to: str = ANN, day: float = 0, *, id: str, answers: str = "") -> Letter:
    return Letter("Plan", "It is here.", ME, to, day, id=id, answers=answers)


@pytest.fixture
def kept(store: Database) -> Database:
    stored.keep(
        store,
        [
            Letter("Plan", id="a"),
            mine(day=1, id="b", answers="a"),
            mine(BOB, day=2, id="c"),
            mine("Eve <eve@mail.firm.example>", day=3, id="d"),
            mine(f"{ANN}, {BOB}", day=4, id="e", answers="b"),
            Letter("News", "It is here.", ME, ANN, 5, id="f", headers=NEWS),
            Letter("Talk", "It is here.", ME, "talk@talk.example", 6, id="g", headers=LIST),
            Letter("Plan", "Pay here.", ME, ANN, 7, id="h", answers="b", headers=FORGED),
        ],
    )
    return store


@pytest.mark.parametrize(
    ("circle", "limit", "ids"),
    [
        (EVERYONE, 9, [7, 5, 4, 3, 2]),
        (EVERYONE, 2, [7, 5]),
        (Circle(Scope.PERSON, "ann@firm.example"), 9, [5, 2]),
        (Circle(Scope.PERSON, "bob@shop.example"), 9, [5, 3]),
        (Circle(Scope.PERSON, "nobody@firm.example"), 9, []),
        (Circle(Scope.COMPANY, "firm.example"), 9, [5, 4, 2]),
        (Circle(Scope.COMPANY, "irm.example"), 9, []),
    ],
)
def test_my_letters_newest_first(kept: Database, circle: Circle, limit: int, ids: list[int]) -> None:
    assert styles.letters(kept, circle, limit=limit) == ids


def test_readers_by_how_often_i_wrote(kept: Database) -> None:
    assert styles.readers(kept, limit=9)[:2] == ["ann@firm.example", "bob@shop.example"]
    assert len(styles.readers(kept, limit=3)) == 3


def test_my_replies_and_what_they_answer(kept: Database) -> None:
    assert styles.answered(kept, limit=9) == [Answered(5, 1), Answered(2, 1)]  # type: ignore[arg-type]
    assert [one.reply for one in styles.answered(kept, "bob@shop.example", limit=9)] == [5]
    assert [one.reply for one in styles.answered(kept, limit=4)] == [5]  # of the four newest letters


def test_without_own_addresses_nothing_is_mine(kept: Database) -> None:
    with kept.transaction() as tx:
        tx.execute("UPDATE addresses SET mine = 0")
    assert styles.letters(kept, EVERYONE, limit=9) == []
    assert styles.readers(kept, limit=9) == []
    assert styles.answered(kept, limit=9) == []


FIGURES = Figures(words=12.5, formality=0.25)
OWN = Style(
    "de",
    Circle(Scope.PERSON, "ann@firm.example"),
    4,
    {Trait.GREETING: {"Hallo {first},": 3, "": 1}},
    FIGURES,
    (1, 2, 3),
)


def test_styles_are_kept_as_they_are(store: Database) -> None:
    wide = Style("de", EVERYONE, 9)
    with store.transaction() as tx:
        styles.put(tx, [OWN, wide, Style("en", EVERYONE, 2)])
    assert styles.profiles(store, "de") == [wide, OWN]
    assert [one.letters for one in styles.profiles(store)] == [9, 4, 2]
    assert styles.profile(store, "de", OWN.circle) == OWN
    assert styles.profile(store, "en", OWN.circle) is None
    with store.transaction() as tx:
        styles.put(tx, [])
    assert styles.profiles(store) == []


def test_changes_are_noted_once_a_draft_newest_first(store: Database) -> None:
    change = StyleChange(Trait.GREETING, "Hi {first},", "Hello {first},")
    other = StyleChange(Trait.SIGN_OFF, "Best", "Cheers")
    with store.transaction() as tx:
        for request, now in (("one", 1.0), ("two", 2.0), ("one", 3.0)):
            styles.note_changes(
                tx, request, [change, other], language="en", recipient=f"{request}@x.example", now=now
            )
    found = styles.changes(store, "en", Trait.GREETING, limit=9)
    assert found == [("two@x.example", change), ("one@x.example", change)]
    assert styles.changes(store, "en", Trait.GREETING, limit=1) == found[:1]
    assert styles.changes(store, "de", Trait.GREETING, limit=9) == []
    assert styles.changes(store, "en", Trait.ADDRESS, limit=9) == []
