"""The ledger of a thread: what was asked for and promised, and what became of it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.commitments import commitments
from fluffy_core.ai.commitments.commitments import MAX_STANDING
from fluffy_core.ai.commitments.promises import Mailbox
from fluffy_core.domain.commitments import Commitment, CommitmentState
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage
from tests.fakes.effort import within
from tests.unit.ai.threads import mine, theirs

ME = Mailbox(my_names=frozenset({"max"}))
ASKED = "Could you send me the signed contract by Friday?"
PROMISED = "I'll send you the signed contract tomorrow."


def ledger(*thread: ThreadMessage, files: dict[int, Sequence[str]] | None = None) -> list[Commitment]:
    return commitments.find(thread, ME, {MessageId(one): some for one, some in (files or {}).items()})


def shown(
    *thread: ThreadMessage, files: dict[int, Sequence[str]] | None = None
) -> list[tuple[str, str, str]]:
    return [(one.debtor.value, one.state.value, one.evidence) for one in ledger(*thread, files=files)]


def test_a_request_is_open_until_it_is_answered() -> None:
    assert shown(theirs(1, ASKED)) == [("me", "open", "")]
    answer = mine(2, "The contract was signed in March, as far as I know.", day=1)
    assert shown(theirs(1, ASKED), answer) == [
        ("me", "fulfilled", "The contract was signed in March, as far as I know.")
    ]


def test_an_answer_that_promises_stands_for_the_request_and_takes_its_day() -> None:
    found = ledger(theirs(1, ASKED), mine(2, "Sure, I'll send it to you.", day=1))
    assert [(one.quote, one.due, one.message_id) for one in found] == [
        ("Sure, I'll send it to you.", "2025-05-09", 2)
    ]


def test_a_promise_with_a_day_of_its_own_keeps_it() -> None:
    found = ledger(theirs(1, ASKED), mine(2, "I'll send it to you on Thursday.", day=1))
    assert [one.due for one in found] == ["2025-05-08"]


@pytest.mark.parametrize(
    "words",
    [
        "Attached is the signed contract.",
        "As promised, here is the contract.",
        "I have just sent the contract by courier.",
        "Im Anhang der unterschriebene Vertrag.",
    ],
)
def test_a_delivered_promise_is_fulfilled_by_the_words_that_say_so(words: str) -> None:
    found = ledger(mine(1, PROMISED), mine(2, words, day=1))
    assert [(one.state, one.settled_by, one.evidence) for one in found] == [
        (CommitmentState.FULFILLED, 2, words)
    ]


def test_a_file_fulfils_a_promise_to_send() -> None:
    thread = (mine(1, PROMISED), mine(2, "Best wishes from Hamburg to you all.", day=1))
    assert shown(*thread) == [("me", "open", "")]
    assert shown(*thread, files={2: ["contract.pdf"]}) == [("me", "fulfilled", "contract.pdf")]


def test_a_file_does_not_fulfil_a_promise_to_call() -> None:
    thread = (mine(1, "I'll call the lawyers tomorrow."), mine(2, "More later.", day=1))
    assert shown(*thread, files={2: ["photo.jpg"]}) == [("me", "open", "")]


@pytest.mark.parametrize("words", ["Thanks for the contract!", "Got it, thanks.", "Danke für den Vertrag!"])
def test_thanks_fulfil(words: str) -> None:
    promised = mine(1, PROMISED if "contract" in words or "it" in words else "Ich schicke dir den Vertrag.")
    assert shown(promised, theirs(2, words, day=1)) == [("me", "fulfilled", words)]


def test_thanks_for_something_else_do_not() -> None:
    thanks = theirs(2, "Thanks for your birthday wishes, they made me very happy, as did the flowers.", day=1)
    assert shown(mine(1, PROMISED), thanks) == [("me", "open", "")]


def test_a_promise_can_be_taken_back() -> None:
    words = "I'm afraid I can't send the contract after all."
    assert shown(mine(1, PROMISED), mine(2, words, day=1)) == [("me", "withdrawn", words)]


def test_a_request_can_be_taken_back() -> None:
    words = "Never mind the contract."
    assert shown(theirs(1, ASKED), theirs(2, words, day=1)) == [("me", "withdrawn", words)]


def test_a_promise_repeated_is_one_with_the_newest_day() -> None:
    again = "I will send the signed contract on Friday."
    found = ledger(mine(1, PROMISED), mine(2, again, day=1))
    assert [(one.quote, one.due) for one in found] == [(again, "2025-05-09")]


def test_a_reminder_does_not_replace_the_promise() -> None:
    reminder = "Could you please send the signed contract by Monday?"
    found = ledger(mine(1, PROMISED), theirs(2, reminder, day=2))
    assert [(one.quote, one.due) for one in found] == [(PROMISED, "2025-05-12")]


def test_two_promises_are_told_apart_by_what_they_are_about() -> None:
    both = mine(1, "I'll send you the contract. I'll also prepare the invoice.")
    found = ledger(both, mine(2, "Here is the contract.", day=1))
    assert [one.state for one in found] == [CommitmentState.FULFILLED, CommitmentState.OPEN]


def test_the_promise_of_one_is_not_fulfilled_by_another() -> None:
    promised = theirs(1, "I'll send you the contract tomorrow.")
    assert shown(promised, mine(2, "Attached is the contract as we have it.", day=1)) == [
        ("them", "open", "")
    ]


def test_bulk_and_automatic_mail_settle_nothing() -> None:
    away = theirs(2, "I am away. Attached is our brochure.", day=1, bulk="auto-reply")
    assert shown(mine(1, ASKED), away) == [("them", "open", "")]
    assert ledger(theirs(1, ASKED, bulk="bulk")) == []


def test_the_order_given_does_not_matter() -> None:
    first, second = mine(1, PROMISED), mine(2, "Attached is the contract.", day=1)
    assert ledger(second, first) == ledger(first, second)


def test_nothing_gets_lost_in_a_very_long_thread() -> None:
    things = [a + b for a in ("north", "south", "upper", "lower", "inner", "outer") for b in "abcdefg"]
    thread = [
        theirs(number, f"I'll send you {thing[-1] * 5} {thing[:5]} then.", day=number)
        for number, thing in enumerate(things)
    ]
    assert len(ledger(*thread)) == len(things) > MAX_STANDING


def test_an_empty_thread_owes_nothing() -> None:
    assert ledger() == []


def test_a_thread_of_promises_is_read_at_once() -> None:
    thread = [theirs(n, f"I'll send you paper {n}. " * 50, day=n) for n in range(200)]
    within(3.0, lambda: ledger(*thread))


_BODIES = st.sampled_from([ASKED, PROMISED, "Attached is the contract.", "Never mind.", "Thanks!", "", "Ok."])


@given(st.lists(st.tuples(st.booleans(), _BODIES), max_size=8))
def test_every_entry_quotes_its_message_and_is_listed_once(thread: list[tuple[bool, str]]) -> None:
    messages = [
        (mine if from_me else theirs)(number, body, day=number)
        for number, (from_me, body) in enumerate(thread, start=1)
    ]
    bodies = {one.id: one.body for one in messages}
    found = ledger(*messages)
    assert len({(one.message_id, one.quote) for one in found}) == len(found)
    for one in found:
        assert one.quote in bodies[one.message_id]
        assert (one.settled_by is None) is (one.state is CommitmentState.OPEN)
        if one.settled_by is not None:
            assert one.settled_by > one.message_id
            assert one.evidence in bodies[one.settled_by]
