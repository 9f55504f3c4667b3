"""Own earlier replies: which are alike, and what of them fits another thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.drafts import own_replies
from fluffy_core.ai.drafts.own_replies import Matter, OwnReply
from fluffy_core.ai.grounding import placeholders
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.styles import Letter
from tests.fakes.effort import linear
from tests.unit.ai.drafts.briefs import ANN, ASK, MAX, brief, facts_of

CASE = brief(ASK)
USUAL = own_replies.words_of(
    "that works me will send over look back know soon happy with you the and let them"
)


def reply(text: str, *, number: int = 1, asked: str = "", same: bool = False) -> OwnReply:
    return OwnReply(MessageId(number), asked, Letter(text, "", "en", ANN, MAX), same)


MATTER = Matter(ASK, facts_of(CASE), CASE.words, USUAL | own_replies.words_of(ASK))


def kept(text: str) -> list[str]:
    return [new for new, _ in own_replies.fitting(reply(text), MATTER)]


def test_likeness_is_that_of_rare_words() -> None:
    asked = "Could you send me the contract for the bakery?"
    scores = own_replies.by_words(
        asked,
        [
            "Could you send me the contract for the museum?",
            "Could you send me the list?",
            "Hello.",
            asked,
            "",
        ],
    )
    assert scores[3] == pytest.approx(1.0)
    assert scores[0] > scores[1] > scores[2] == scores[4] == 0.0


def test_nothing_is_alike_to_nothing() -> None:
    assert own_replies.by_words("", ["a word", ""]) == [0.0, 0.0]
    assert own_replies.by_words("word", []) == []


def test_the_same_reader_counts_more() -> None:
    replies = [reply("x", number=1), reply("x", number=2, same=True), reply("x", number=3)]
    found = own_replies.closest(replies, [0.5, 0.5, 0.2], least=0.3)
    assert [(one.id, score) for one, score in found] == [(2, 0.6), (1, 0.5)]
    assert own_replies.closest(replies, [1.0, 1.0, 1.0], least=0.3)[0][1] == 1.0


def test_greeting_and_closing_stay_behind() -> None:
    assert kept("Hi Ann,\n\nThat works for me.\n\nBest,\nMax") == ["That works for me."]


def test_facts_of_another_matter_become_placeholders() -> None:
    assert kept("I will send the contract on 4 March.") == ["I will send the contract on [date]."]
    assert kept("I will send the signed contract by Friday.") == [
        "I will send the signed contract by Friday."
    ]


def test_what_cannot_be_filled_in_with_one_fact_goes() -> None:
    assert kept("Kramer will send 400 EUR on 4 March.") == []


def test_what_spoke_to_somebody_else_goes() -> None:
    assert kept("Kramer, the contract works for me.") == []
    assert kept("The contract works for me.") == ["The contract works for me."]


def test_other_matters_are_left_out() -> None:
    assert kept("The turbines are noisy. That works for me.") == ["That works for me."]


def test_deeds_done_then_are_not_done_now() -> None:
    assert kept("I have sent the contract. I will look over the contract.") == [
        "I will look over the contract."
    ]
    assert kept("The contract is attached.") == []


def test_a_pattern_is_short() -> None:
    long = " ".join(["That works for me and you and me and you."] * 20)
    words = sum(len(one.split()) for one in kept(long))
    assert 0 < words <= own_replies.MOST_WORDS


def test_a_pattern_is_as_long_as_wanted_but_says_something() -> None:
    def count(most: int) -> int:
        text = "That works for me. I will look over the contract. I will send the contract."
        return len(own_replies.fitting(reply(text), MATTER, most=most))

    assert [count(most) for most in (1, 10, 99)] == [1, 2, 3]


def test_what_was_written_is_kept_beside_it() -> None:
    written = "I will send the contract on 4 March."
    ((new, old),) = own_replies.fitting(reply(written), MATTER)
    assert (new, old) == ("I will send the contract on [date].", written)


def test_usual_words_are_in_several_letters() -> None:
    letters = [
        Letter(text, "", "en", ANN, MAX) for text in ("works fine", "Works today", "it works", "fine fine")
    ]
    assert own_replies.usual_words(letters) == {"works"}


def test_comparing_takes_linear_time() -> None:
    texts = [f"word{n} is alike to word{n + 1} and to nothing else" for n in range(400)]
    linear(lambda size: own_replies.by_words(texts[0], (texts * 4)[:size]), 200, 800)


PIECES = [
    "That works for me.",
    "Kramer pays.",
    "I will send 400 EUR.",
    "See www.elsewhere.example.",
    "Hi Ann,\n",
    "Fine!",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_no_fact_of_mine_gets_into_another_thread(text: str) -> None:
    for one in kept(text):
        assert facts_of(CASE).grounds.unsupported(placeholders.bare(one)) == ()
