"""Mail of mine that waits for an answer."""

import pytest

from fluffy_core.ai.commitments import follow_ups
from fluffy_core.domain.intelligence import FollowUp, ThreadMessage
from tests.unit.ai.threads import DAY, TUESDAY, mine, theirs

ASKED = mine(1, "Hi Jane,\n\nthe proofs are ready. Could you look at them?\n\nBest\nMax")


def after(days: float, *thread: ThreadMessage, lookback: int = 3) -> list[FollowUp]:
    return follow_ups.find([thread], TUESDAY + int(days * DAY), lookback_days=lookback)


def test_an_unanswered_question_is_found_in_words() -> None:
    assert after(4, ASKED) == [
        FollowUp(
            ASKED.id,
            "Could you look at them?",
            4,
            "4 days without an answer; asked: “Could you look at them?”",
        )
    ]


def test_an_answer_ends_it() -> None:
    assert after(4, ASKED, theirs(2, "Looks fine.", day=1)) == []


@pytest.mark.parametrize(("days", "found"), [(2.9, 0), (3, 1), (60, 1), (61, 0)])
def test_neither_too_soon_nor_too_late(days: float, found: int) -> None:
    assert len(after(days, ASKED)) == found


def test_a_weekend_is_no_wait() -> None:
    friday = mine(1, "Could you look at them?", day=3)
    assert after(5, friday, lookback=2) == []
    assert len(after(6, friday, lookback=2)) == 1


def test_one_day_is_one_day() -> None:
    assert after(1, ASKED, lookback=1)[0].reason.startswith("1 day without")


@pytest.mark.parametrize(
    "body",
    [
        "Thanks a lot!",
        "The proofs are attached.",
        "How are you?",
        "If you have any questions, please call me.",
    ],
)
def test_mail_that_asked_nothing(body: str) -> None:
    assert after(5, mine(1, body)) == []


def test_german_mail() -> None:
    asked = mine(1, "Hallo Jana,\n\nkannst du mir bis Freitag die Fotos schicken?\n\nViele Grüße")
    assert [each.ask for each in after(5, asked)] == ["kannst du mir bis Freitag die Fotos schicken?"]


@pytest.mark.parametrize(
    "to",
    [
        ("no-reply@example.com",),
        ("noreply@shop.example",),
        ("project-list@example.org",),
        ("users@lists.example.org",),
        tuple(f"p{number}@example.com" for number in range(30)),
    ],
)
def test_machines_lists_and_crowds_owe_no_answer(to: tuple[str, ...]) -> None:
    assert after(5, mine(1, "Could you look at them?", to=to)) == []


def test_a_person_beside_a_machine_owes_one() -> None:
    assert (
        len(after(5, mine(1, "Could you look at it?", to=("noreply@example.com", "jane@example.com")))) == 1
    )


def test_mail_of_mine_to_a_list() -> None:
    assert after(5, mine(1, "Could you look at them?", bulk="list")) == []


def test_an_out_of_office_reply_is_no_answer() -> None:
    away = theirs(2, "Thank you for your message. I am out of the office.", bulk="auto-reply")
    assert len(after(5, ASKED, away)) == 1


@pytest.mark.parametrize("words", ["I am away and back on May 15.", "Ich bin ab dem 15. Mai wieder im Büro."])
def test_an_out_of_office_reply_stops_the_clock_until_the_return(words: str) -> None:
    away = theirs(2, words, bulk="auto-reply")
    assert after(9, ASKED, away) == []
    assert after(10, ASKED, away)[0].reason == (
        "10 days without an answer, back from absence since 2025-05-15; asked: “Could you look at them?”"
    )


@pytest.mark.parametrize(
    "words", ["Never mind, I found it.", "Hat sich erledigt!", "Please ignore my last mail."]
)
def test_taken_back(words: str) -> None:
    assert after(5, ASKED, mine(2, words, day=1)) == []


def test_asking_again_starts_anew() -> None:
    again = mine(2, "Did you see my mail?", day=4)
    assert after(5, ASKED, again) == []
    assert [(each.message_id, each.waiting_days) for each in after(8, ASKED, again)] == [(2, 4)]


def test_a_later_remark_of_mine_does_not_end_the_wait() -> None:
    assert [each.message_id for each in after(5, ASKED, mine(2, "The printer closes at six.", day=1))] == [1]


def test_mail_from_the_future_is_not_seen() -> None:
    assert len(after(4, ASKED, theirs(2, "Fine.", day=30))) == 1


def test_the_longest_wait_comes_first() -> None:
    older, newer = [mine(1, "Which one?")], [mine(2, "Which size?", day=2)]
    found = follow_ups.find([newer, older], TUESDAY + 6 * DAY)
    assert [each.message_id for each in found] == [1, 2]


def test_no_threads() -> None:
    assert follow_ups.find([], TUESDAY) == []
    assert follow_ups.find([[]], TUESDAY) == []
