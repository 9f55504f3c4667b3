"""Writing styles learned from sent mail, and from what is changed of drafts."""

import json

import pytest

from fluffy_core.domain.drafting import Confidence, DraftRequest, Suggestion
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.styles import Letter, Named, Scope, Trait
from fluffy_core.services.writing import habits, styles
from fluffy_core.store import suggestions
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB
from tests.fakes.stored import Letter as Mail

ME = "Max Roe <me@example.com>"
EVE = "Eve Low <eve@firm.example>"
HI = "Hi Ann,\n\nthank you for the plan, I will read it.\n\nBest,\nMax\n"
HALLO = "Hallo Bob,\n\nhast du den Plan gelesen? Ich schicke dir morgen die Liste.\n\nViele Grüße\nMax\n"


def mine(text: str = HI, to: str = ANN, *, day: float = 0, subject: str = "Plan") -> Mail:
    return Mail(subject, text, sender=ME, to=to, day=day)


@pytest.fixture
def learned(store: Database) -> Database:
    """A store with mail of mine to three people in two languages."""
    letters = [mine(day=n) for n in range(4)] + [mine(HALLO, BOB, day=n) for n in range(3)]
    letters += [mine("Dear Ms. Low,\n\nit is here.\n\nRegards,\nMax Roe\n", EVE, day=9)]
    letters += [Mail("Plan", "Hey Max,\n\nthis is not mine.\n\nCheers\nAnn\n", day=n) for n in range(3)]
    stored.keep(store, letters)
    return store


def test_styles_are_learned_for_everyone_companies_and_people(learned: Database) -> None:
    found = {(one.circle.scope, one.circle.key, one.language): one for one in styles.learn(learned)}
    assert found.keys() == {
        (Scope.EVERYONE, "", "en"), (Scope.EVERYONE, "", "de"),
        (Scope.COMPANY, "firm.example", "en"), (Scope.COMPANY, "shop.example", "de"),
        (Scope.PERSON, "ann@firm.example", "en"), (Scope.PERSON, "bob@shop.example", "de"),
    }  # fmt: skip
    ann = found[(Scope.PERSON, "ann@firm.example", "en")]
    assert (ann.letters, ann.usual(Trait.GREETING), ann.usual(Trait.SIGN_OFF)) == (
        4, "Hi {first},", "Best,\n{first}"
    )  # fmt: skip
    assert found[(Scope.EVERYONE, "", "en")].letters == 5
    assert found[(Scope.PERSON, "bob@shop.example", "de")].usual(Trait.ADDRESS) == "du"


def test_what_is_kept_holds_no_word_of_a_letter(learned: Database) -> None:
    found = styles.learn(learned)
    with learned.transaction() as tx:
        styles.write(tx, found)
    assert styles.kept(learned) == sorted(
        found, key=lambda one: (-one.letters, one.language, one.circle.scope, one.circle.key)
    )
    rows = json.dumps(learned.all("SELECT profile FROM style_profiles"), ensure_ascii=False)
    for word in ("Ann", "Bob", "Max", "Roe", "plan", "Plan", "Liste", "read", "gelesen"):
        assert word not in rows


def test_learning_again_takes_the_place_of_what_was_learned(learned: Database) -> None:
    for _ in range(2):
        found = styles.learn(learned)
        with learned.transaction() as tx:
            styles.write(tx, found)
    assert len(styles.kept(learned)) == len(found)
    assert {one.language for one in styles.kept(learned, "de")} == {"de"}


def test_a_sample_is_the_newest_mail(store: Database) -> None:
    stored.keep(store, [mine(day=n) for n in range(12)] + [mine("Hello Ann,\n\nit is here now.\n", day=-1)])
    (found,) = styles.measured(store, styles.EVERYONE, sample=10)
    assert found.letters == 10
    assert found.forms[Trait.GREETING] == {"Hi {first},": 10}


def test_quotes_forwards_bulk_and_drafts_are_not_my_style(store: Database) -> None:
    quoted = "On 3 April 2025, Ann wrote:\n> Yo Max!\n>\n> Ciao\n> Max\n"
    news = {"List-Unsubscribe": "<mailto:x@news.example>", "Precedence": "bulk"}
    stored.keep(store, [mine(f"{HI}\n{quoted}"), Mail("News", "Yo all!", sender=ME, to=ANN, headers=news)])
    (found,) = styles.measured(store, styles.EVERYONE)
    assert (found.letters, found.usual(Trait.GREETING)) == (1, "Hi {first},")


def test_without_sent_mail_there_is_nothing_to_learn(store: Database) -> None:
    stored.keep(store, [Mail("Plan")])
    assert styles.learn(store) == []
    assert styles.sentence([], changed=0) == "You have sent no mail yet to learn from"


def test_what_was_learned_in_words(learned: Database) -> None:
    found = styles.learn(learned)
    assert styles.sentence(found, changed=0) == (
        "Learned how you write from 8 letters, with habits of their own for 2 people"
    )
    assert styles.sentence(found, changed=2).endswith("; 2 changes of drafts noted")


def test_the_manner_is_that_to_this_person_now(learned: Database) -> None:
    """Whoever became a friend since the styles were learned is greeted as one."""
    with learned.transaction() as tx:
        styles.write(tx, styles.learn(learned))
    stored.keep(
        learned,
        [
            mine("Hey Eve,\n\nit is here and I will read it now.\n\nCheers\nMax\n", EVE, day=20 + n)
            for n in range(4)
        ],
        name="b",
    )
    found = styles.manner(learned, "eve@firm.example", "en")
    assert (found.greeting, found.sign_off, found.scope) == ("Hey {first},", "Cheers\n{first}", Scope.PERSON)


def test_colleagues_and_strangers_are_written_to_as_the_wider_circles_are(learned: Database) -> None:
    assert styles.manner(learned, "new@firm.example", "en").scope is Scope.COMPANY
    assert styles.manner(learned, "new@other.example", "en").scope is Scope.EVERYONE
    assert styles.manner(learned, "", "de").scope is Scope.EVERYONE
    assert styles.manner(learned, "new@other.example", "fr").letters == 0


@pytest.mark.parametrize(
    ("name", "email", "first", "last"),
    [
        ("Ann Ode", "a@x.example", "Ann", "Ode"),
        ("Ode, Ann", "ann.ode@x.example", "Ann", "Ode"),
        ("Dr. Ann Ode", "a@x.example", "Ann", "Ode"),
        ("", "ann.ode@x.example", "Ann", "Ode"),
        ("", "ann_ode@x.example", "Ann", "Ode"),
        ("", "ann@x.example", "", ""),
        ("", "a.ode@x.example", "", ""),
        ("Ann", "ann@x.example", "Ann", ""),
        ("Sales Team", "sales@x.example", "", ""),
        ("", "", "", ""),
    ],
)
def test_names_for_greetings(name: str, email: str, first: str, last: str) -> None:
    assert styles.named(name, email) == Named(first, last)


DRAFT = "Hi Ann,\n\nit is here and it is good.\n\nBest,\nMax"
ANNS, MINE = Named("Ann", "Ode"), Named("Max", "Roe")
SENT = Letter("Dear Ann,\n\nit is here and it is good.", "Cheers\nMax", "en", ANNS, MINE)


def test_differences_are_forms_and_no_words() -> None:
    found = styles.differences(DRAFT, SENT)
    assert {(one.trait, one.suggested, one.sent) for one in found} == {
        (Trait.GREETING, "Hi {first},", "Dear {first},"),
        (Trait.SIGN_OFF, "Best,\n{first}", "Cheers\n{first}"),
    }
    assert styles.differences("", SENT) == []


def correct(store: Database, number: int, to: str = ANN, greeting: str = "Yo") -> None:
    """A mail, a suggested answer, and what I sent instead."""
    name = to.split(" ", 1)[0]
    mid = f"q{number}"
    (asked,) = stored.keep(
        store, [Mail(f"Question {number}", "Could you come?", sender=to, id=mid, day=30 + number)], name=mid
    )
    row = store.one("SELECT thread_id FROM messages WHERE id = ?", (asked,))
    assert row is not None
    text = f"Hi {name},\n\nit is here.\n\nBest,\nMax"
    made = Suggestion(mid, text, Confidence.LOW, "why", "fast", "en")
    email = to.partition("<")[2].rstrip(">")
    with store.transaction() as tx:
        suggestions.put(tx, DraftRequest(mid, ThreadId(row[0])), made, recipient=email, now=float(number))
    sent = f"{greeting} {name},\n\nthat is what it is, as I have said before.\n\nBest,\nMax\n"
    answer = Mail(f"Re: Question {number}", sent, ME, to, 30.5 + number, id=f"a{number}", answers=mid)
    stored.keep(store, [answer], name=f"a{number}")
    with store.transaction() as tx:
        styles.compare(tx, now=float(number))


def test_a_habit_is_corrected_after_three_changes_not_before(store: Database) -> None:
    stored.keep(store, [mine(day=n) for n in range(9)])
    for number in range(habits.REPEATED):
        assert styles.manner(store, "ann@firm.example", "en").greeting == "Hi {first},"
        correct(store, number, greeting="Hello")
    found = styles.manner(store, "ann@firm.example", "en")
    assert (found.greeting, found.sign_off) == ("Hello {first},", "Best,\n{first}")
    assert styles.manner(store, "bob@shop.example", "en").greeting == "Hi {first},"  # one reader is not all
    assert styles.manner(store, "ann@firm.example", "de").greeting != "Hello {first},"


def test_what_is_changed_for_several_people_holds_for_all(store: Database) -> None:
    stored.keep(store, [mine(day=n) for n in range(9)])
    for number, reader in enumerate((ANN, BOB, ANN)):
        correct(store, number, reader, greeting="Hello")
    assert styles.manner(store, "eve@else.example", "en").greeting == "Hello {first},"


def test_changes_that_disagree_are_no_habit(store: Database) -> None:
    stored.keep(store, [mine(day=n) for n in range(9)])
    for number, greeting in enumerate(("Hello", "Dear", "Hello")):
        correct(store, number, greeting=greeting)
    assert styles.manner(store, "ann@firm.example", "en").greeting == "Hi {first},"


def test_a_person_has_corrections_of_their_own(store: Database) -> None:
    stored.keep(store, [mine(day=n) for n in range(9)])
    for number in range(3):
        correct(store, number, greeting="Hello")
    for number in range(3, 6):
        correct(store, number, BOB, "Hey")
    assert styles.manner(store, "ann@firm.example", "en").greeting == "Hello {first},"
    assert styles.manner(store, "bob@shop.example", "en").greeting == "Hey {first},"


def test_each_draft_is_compared_once(store: Database) -> None:
    correct(store, 0, greeting="Hello")
    with store.transaction() as tx:
        assert styles.compare(tx) == 0
    assert store.one("SELECT count(*) FROM style_changes") == (1,)


def test_only_forms_are_remembered_of_a_change(store: Database) -> None:
    correct(store, 0, greeting="Hello")
    assert store.all("SELECT trait, language, recipient, suggested, sent FROM style_changes") == [
        ("greeting", "en", "ann@firm.example", "Hi {first},", "Hello {first},")
    ]


def test_learning_stops_where_it_is_told_to(learned: Database) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        styles.learn(learned, checkpoint=stop)
