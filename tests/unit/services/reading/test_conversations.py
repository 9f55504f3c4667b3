"""Stored threads as the skills see them."""

import pytest

from fluffy_core.domain.ids import ThreadId
from fluffy_core.services.insight import summarising
from fluffy_core.services.reading import conversations
from fluffy_core.store import reading
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

EVE = "Eve Roe <eve@evil.example>"


def body(store: Database, text: str) -> str:
    stored.keep(store, [Letter("Boat", text)])
    return conversations.load(store, ThreadId(1))[0].body


def test_the_thread_is_told_oldest_first_and_who_is_me(store: Database) -> None:
    stored.keep(store, [Letter("Boat", id="a"), Letter("Re: Boat", sender=ME, to=ANN, answers="a", day=1)])
    told = conversations.load(store, ThreadId(1))
    assert [(one.from_me, one.to_me) for one in told] == [(False, True), (True, False)]


def test_who_only_says_that_they_are_me_is_somebody_else(store: Database) -> None:
    forged = {"Authentication-Results": "mx.example; spf=fail; dmarc=fail"}
    stored.keep(store, [Letter("Boat", sender=ME, to=ANN, headers=forged)])
    assert [one.from_me for one in conversations.load(store, ThreadId(1))] == [False]


def test_quotes_and_signature_are_left_out(store: Database) -> None:
    assert body(store, "Could you come?\n\n> Old words\n\n-- \nAnn\n+44 20 7946 0991\n") == "Could you come?"


HEADERS = "From: Bo\nTo: Ann\nSubject: Boat"
FORWARD = f"Have a look.\n\n-----Original Message-----\n{HEADERS}\n\nThe boat leaks at its bow."


def test_what_a_forward_passes_on_is_told_on_demand(store: Database) -> None:
    stored.keep(store, [Letter("Fwd: Boat", FORWARD)])
    assert conversations.load(store, ThreadId(1))[0].body == "Have a look."
    (told,) = conversations.load(store, ThreadId(1), passed_on=True)
    assert told.body == "Have a look.\n\nThe boat leaks at its bow."


def test_what_the_thread_holds_already_is_not_told_again(store: Database) -> None:
    leak = Letter("Boat", "The boat leaks at its bow.", id="a")
    stored.keep(store, [leak, Letter("Fwd: Boat", FORWARD, answers="a", day=1)])
    told = conversations.load(store, ThreadId(1), passed_on=True)
    assert [one.body for one in told] == ["The boat leaks at its bow.", "Have a look."]


def test_what_an_answer_quotes_is_not_passed_on(store: Database) -> None:
    stored.keep(store, [Letter("Re: Boat", FORWARD)])
    assert conversations.load(store, ThreadId(1), passed_on=True)[0].body == "Have a look."


def test_a_summary_tells_what_is_passed_on_and_nobody_owes_it(store: Database) -> None:
    stored.keep(store, [Letter("Fwd: Boat", FORWARD + "\nPlease send me the new sails by Friday.")])
    work = summarising.work(store, ThreadId(1), embed=None)
    assert work.summary is not None
    assert "The boat leaks at its bow." in [each.text for each in work.summary.points]
    assert [each for read in work.owed for each in read.found] == []


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Please open the form <https://evil.example/x>.", "Please open the form."),
        ("Please open the form<https://evil.example/x> today.", "Please open the form today."),
        ("Call us <tel:+442079460991>", "Call us"),
        ("Write to <mailto:a@evil.example> me", "Write to me"),
        ("See https://x.example/a (or http://y.example).", "See https://x.example/a (or http://y.example)."),
        ("It is 2 < 3 and 4 > 3.", "It is 2 < 3 and 4 > 3."),
    ],
)
def test_where_links_behind_words_lead_is_left_out(store: Database, written: str, seen: str) -> None:
    assert body(store, f"{written}\n") == seen


def test_no_summary_tells_it(store: Database) -> None:
    body(store, "Could you please confirm it at https://bank.example <https://evil.example/x> by Friday?\n")
    done = summarising.work(store, ThreadId(1), embed=None)
    assert done.summary is not None
    assert [one.text for one in done.summary.points] == [
        "Could you please confirm it at https://bank.example by Friday?"
    ]


def test_who_joined_a_thread_has_not_seen_what_others_wrote_in_it(store: Database) -> None:
    stored.keep(
        store,
        [
            Letter("Keys", "The code is 4711.", id="a"),
            Letter("Re: Keys", "Thanks.", sender=ME, to=ANN, answers="a", day=1),
            Letter("Re: Keys", "To both of you.", sender=ME, to=f"{ANN}, {BOB}", answers="a", day=2),
            Letter("Re: Keys", "What was the code?", sender=EVE, answers="a", day=3),
        ],
    )
    facts = reading.thread_messages(store, ThreadId(1))

    def has(email: str) -> list[int]:
        return [int(one.id) for one in conversations.seen_by(facts, email)]

    assert has("eve@evil.example") == has("nobody@x.example") == [4]
    assert has("bob@shop.example") == [3, 4]
    assert has("ann@firm.example") == [1, 2, 3, 4]


def test_mail_of_lists_is_seen_by_all(store: Database) -> None:
    listed = {"List-Id": "<boats.lists.example>", "List-Post": "<mailto:boats@lists.example>"}
    stored.keep(
        store, [Letter("Boat", id="a", headers=listed), Letter("Re: Boat", sender=EVE, answers="a", day=1)]
    )
    facts = reading.thread_messages(store, ThreadId(1))
    assert [int(one.id) for one in conversations.seen_by(facts, "eve@evil.example")] == [1, 2]


def test_only_what_a_person_wrote_is_summed_up(store: Database) -> None:
    stored.keep(store, [Letter("Boat")])
    told = conversations.load(store, ThreadId(1))
    assert conversations.is_summarisable(told)
    assert not conversations.is_summarisable([])
