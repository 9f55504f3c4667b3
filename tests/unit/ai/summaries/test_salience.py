"""What a sentence of a thread is worth: each feature alone, the fold of long threads, what is left out."""

import pytest

from fluffy_core.ai.sentences import speech_acts
from fluffy_core.ai.summaries import salience
from fluffy_core.ai.summaries.salience import MAX_CANDIDATES, WEIGHTS, Features, candidates
from fluffy_core.domain.intelligence import SpeechAct, ThreadMessage
from tests.fakes.effort import linear
from tests.unit.ai.threads import mine, theirs

OPENING = "We want a brochure for the fair. Nine pages are enough for everybody."


def worth(thread: list[ThreadMessage], **weights: float) -> dict[str, float]:
    """The merit of each sentence by its text, by these weights alone."""
    return {each.sentence.text: round(each.merit, 3) for each in candidates(thread, weights)}


def test_the_earlier_in_a_mail_the_better() -> None:
    assert list(worth([theirs(1, OPENING)], place=1).values()) == [1.0, 0.5]
    assert list(worth([theirs(1, OPENING)], place=2, opening=1).values()) == [3.0, 1.5]


def test_opening_and_newest_mail() -> None:
    thread = [theirs(number, f"Some words of mail {number}.", day=number) for number in range(3)]
    assert list(worth(thread, opening=1).values()) == [1.0, 0.0, 0.0]
    assert list(worth(thread, newest=1).values()) == [0.0, 0.0, 1.0]


def test_a_later_sentence_counts_more_when_it_asks_or_decides() -> None:
    body = "Could you send the paper? Could you send the print? The paper is white and thick."
    assert list(worth([theirs(1, body)], acts=1).values()) == [0.0, 1.0, 0.0]


def test_who_opened_the_thread_matters() -> None:
    thread = [
        theirs(1, OPENING),
        mine(2, "Shall we keep the format?"),
        theirs(3, "Yes, we keep that format."),
    ]
    assert list(worth(thread, opener=1).values()) == [1.0, 1.0, 0.0, 1.0]


def test_words_of_the_opening_mail_are_the_topic() -> None:
    thread = [
        theirs(1, OPENING),
        mine(2, "The brochure pages are enough. Tomorrow somebody calls them again."),
    ]
    found = worth(thread, topic=1)
    assert found["We want a brochure for the fair."] == 0.5
    assert found["The brochure pages are enough."] == pytest.approx(5 / 8, abs=0.001)
    assert found["Tomorrow somebody calls them again."] == 0.0


def test_the_subject_is_of_the_topic() -> None:
    thread = [theirs(1, "Please read what follows."), theirs(2, "Brochure printing takes nine days.", day=1)]
    assert worth(thread, topic=1)["Brochure printing takes nine days."] == pytest.approx(1 / 8, abs=0.001)


def test_words_of_several_mails_recur() -> None:
    thread = [theirs(1, "The printer broke on Monday."), mine(2, "Which printer broke down then?")]
    assert list(worth(thread, recurring=1).values()) == pytest.approx([2 / 7, 2 / 8], abs=0.001)


def test_a_sentence_that_takes_the_room_of_several() -> None:
    long = "We " + "really " * 50 + "want it."
    assert list(worth([theirs(1, f"{long} It is a short one.")], overlong=-1).values()) == [-1.0, 0.0]


def test_every_weight_is_a_feature() -> None:
    assert set(WEIGHTS) == set(Features.__slots__)


def test_what_says_nothing_is_left_out() -> None:
    body = "Hi Max,\n\nThanks a lot!\nAs follows:\nNot now.\nThe stand has number nine.\n\nBest\nJane"
    away = theirs(2, "I am out of the office until Monday.", day=1, bulk="auto-reply")
    (found,) = candidates([theirs(1, body), away])
    assert found.sentence.text == "The stand has number nine."
    assert (found.message, found.act) == (0, SpeechAct.STATEMENT)
    assert found.words == {"the", "stand", "has", "number", "nine"}
    assert candidates([]) == []


@pytest.mark.parametrize(
    "line",
    [
        "SAVINGS AND STOCK PLANS",
        "Subject: the boat of Ann",
        "Resource Name : the boat",
        "See http://x.example/boats and http://x.example/sails",
        "Click here to read all about boats.",
        "For other questions, please contact Ann at the harbour.",
        "To stop receiving these notifications, log in.",
    ],
)
def test_lines_that_tell_nothing_are_left_out_where_others_do(line: str) -> None:
    told = [each.sentence.text for each in candidates([theirs(1, f"The boat leaks at its bow.\n\n{line}")])]
    assert told == ["The boat leaks at its bow."]
    assert [each.sentence.text for each in candidates([theirs(2, line)])] == [line]


def test_a_long_thread_is_folded_to_its_ends_and_the_best_between() -> None:
    body = " ".join(f"Sentence {place} says a little." for place in range(4))
    thread = [theirs(number, body, day=number) for number in range(200)]
    found = candidates(thread)
    assert len(found) == MAX_CANDIDATES
    assert [each.message for each in found] == sorted(each.message for each in found)
    assert [each.message for each in found[:20]] == [at // 4 for at in range(20)]
    assert [each.message for each in found[-80:]] == [180 + at // 4 for at in range(80)]
    between = found[20:-80]
    assert {each.sentence.text for each in between} >= {"Sentence 0 says a little."}
    assert "Sentence 3 says a little." not in {each.sentence.text for each in between}


def test_much_mail_is_read_in_equal_parts_and_the_newest_whole() -> None:
    body = " ".join(f"Sentence {place} says a little more." for place in range(100))
    thread = [theirs(number, body, day=number) for number in range(3000)]
    read: dict[int, int] = {}
    for each in salience._told(thread):
        read[each.message] = read.get(each.message, 0) + 1
    assert read[0] == read[2999] == 100
    assert {read[number] for number in range(1, 2999)} == {12}


def test_a_mail_that_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = [theirs(1, OPENING), theirs(2, "Shall we keep the format, then?", day=1)]
    first = candidates(thread)
    heard: list[str] = []

    def listen(text: str) -> SpeechAct:
        heard.append(text)
        return SpeechAct.STATEMENT

    monkeypatch.setattr(speech_acts, "speech_act", listen)
    grown = [*thread, theirs(3, "One sentence of this is new.", day=2)]
    assert [each.sentence for each in candidates(grown)[:3]] == [each.sentence for each in first]
    assert heard == ["One sentence of this is new."]


def test_work_grows_with_the_thread() -> None:
    def work(count: int) -> None:
        candidates([theirs(number, f"Part {number}: {OPENING}", day=number) for number in range(count)])

    linear(work, 300, 3000)
