"""Who owes whom what at the end of a thread."""

from fluffy_core.ai import owed
from fluffy_core.domain.intelligence import Owed
from tests.unit.ai.threads import mine, theirs


def who(*thread: object) -> list[tuple[str, str, str]]:
    return [(each.who_owes, each.text, each.due) for each in owed.find(thread)]  # type: ignore[arg-type]


def test_an_open_request_to_me_is_mine_to_answer() -> None:
    asked = theirs(1, "Could you send the quote by Thursday?")
    assert owed.find([asked]) == (
        Owed("me", "Could you send the quote by Thursday?", asked.id, "2025-05-08"),
    )


def test_my_answer_closes_their_request_and_opens_my_promise() -> None:
    thread = (theirs(1, "Could you send the quote?"), mine(2, "I'll send it tomorrow.", day=1))
    assert who(*thread) == [("me", "I'll send it tomorrow.", "2025-05-08")]


def test_a_delivered_promise_is_over() -> None:
    promise = mine(1, "I'll send the quote tomorrow.")
    assert who(promise, mine(2, "The quote is attached.", day=1)) == []
    assert who(promise, theirs(2, "Thanks for the quote.", day=1)) == []
    assert who(promise, theirs(2, "Fine.", day=1)) == [("me", "I'll send the quote tomorrow.", "2025-05-07")]


def test_their_promise_and_my_open_request_are_theirs() -> None:
    thread = (
        theirs(1, "Ich schicke dir den Entwurf bis Freitag."),
        mine(2, "Danke. Welche Farbe nehmt ihr?", day=1),
    )
    assert who(*thread) == [
        ("them", "Ich schicke dir den Entwurf bis Freitag.", "2025-05-09"),
        ("them", "Welche Farbe nehmt ihr?", ""),
    ]


def test_automatic_replies_and_bulk_owe_nothing() -> None:
    asked = mine(1, "Could you send the draft?")
    away = theirs(2, "I am away and will answer on Monday.", day=1, bulk="auto-reply")
    assert who(asked, away) == [("them", "Could you send the draft?", "")]
    assert who(theirs(1, "Can you resist these prices?", bulk="bulk")) == []


def test_only_the_end_of_a_long_thread_is_open() -> None:
    thread = [theirs(number, f"I'll send part {number}.", day=number) for number in range(1, 21)]
    assert [text for _, text, _ in who(*thread)] == [f"I'll send part {number}." for number in range(15, 21)]


def test_order_of_the_messages_does_not_matter() -> None:
    asked, answered = theirs(1, "Could you send the quote?"), mine(2, "Here it is.", day=1)
    assert who(answered, asked) == []


def test_nothing_is_owed_in_an_empty_thread() -> None:
    assert owed.find([]) == ()
