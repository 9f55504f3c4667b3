"""What makes a sentence an answer: its words, what it tells, where it stands."""

import pytest

from fluffy_core.ai.sentences import answers, questions
from fluffy_core.ai.sentences.answers import Candidate

LEASE = questions.read("When does the lease of the workshop end?")
RIGHT = Candidate(
    "The lease ends on 31 March 2027.", "The workshop is dry.", "Lease for the workshop Ann Brook"
)


def without(candidate: Candidate, sentence: str) -> Candidate:
    return Candidate(
        sentence, candidate.around, candidate.about, candidate.likeness, candidate.passage_likeness
    )


@pytest.mark.parametrize("likeness", [None, 0.6])
def test_an_answer_is_likelier_than_what_only_touches_the_matter(likeness: float | None) -> None:
    right = Candidate(RIGHT.sentence, RIGHT.around, RIGHT.about, likeness, likeness)
    assert answers.likely(LEASE, right) > answers.weights_for(with_meaning=likeness is not None).sure
    for other in (
        "The lease is in the cupboard.",
        "See you on 31 March.",
        "Does the lease end on 31 March?",
        "",
    ):
        assert answers.likely(LEASE, without(right, other)) < answers.likely(LEASE, right)


def test_where_no_date_stands_none_is_an_answer() -> None:
    mute = without(RIGHT, "The lease of the workshop will end some time or other.")
    assert answers.lacks(LEASE, mute)
    assert not answers.lacks(LEASE, RIGHT)
    assert answers.likely(LEASE, mute) <= answers.UNTOLD
    assert not answers.lacks(questions.read("Who ends the lease?"), mute)


def test_a_name_that_is_not_there_counts_against() -> None:
    asked = questions.read("When does Nordwind sign?")
    there = Candidate("Nordwind signs on 4 March.", "", "Contract")
    other = Candidate("Suedwind signs on 4 March.", "", "Contract")
    assert answers.likely(asked, there) > answers.likely(asked, other)


def test_which_one_is_told_by_what_speaks_of_it() -> None:
    asked = questions.read("Which hotel do we take in Oslo?")
    around = "We fly to Oslo."
    assert not answers.lacks(asked, Candidate("The hotel is the Fjordhotell.", around, "Oslo"))
    assert answers.lacks(asked, Candidate("We fly to Oslo on Monday.", around, "Oslo"))
    assert not answers.lacks(
        questions.read("Which do we take in Oslo?"), Candidate("Take both.", around, "Oslo")
    )


def test_who_somebody_is_takes_a_name() -> None:
    asked = questions.read("Who is the chairman?")
    assert answers.lacks(asked, Candidate("The quote by our chairman has to go.", "", ""))
    assert not answers.lacks(asked, Candidate("The chairman is Otto Lind.", "", ""))


def test_all_the_words_near_speak_for_a_sentence() -> None:
    asked = questions.read("When was the lease of the workshop signed?")
    whole = Candidate("The lease of the workshop was signed on 3 May.", "", "")
    part = Candidate("The lease of the workshop ends on 3 May.", "", "")
    assert answers.likely(asked, whole) > answers.likely(asked, part)


def test_what_is_counted_must_stand_beside_the_number() -> None:
    asked = questions.read("How many pages has the report?")
    place = (
        answers.signs(asked, Candidate("The report has 40 pages.", "", "")),
        answers.signs(asked, Candidate("The report came 3 June.", "", "")),
    )
    assert place[0] != place[1]
    assert answers.likely(asked, Candidate("The report has 40 pages.", "", "")) > answers.likely(
        asked, Candidate("The report has 3 authors.", "", "")
    )


def test_there_is_a_weight_for_every_sign() -> None:
    for with_meaning in (True, False):
        weights = answers.weights_for(with_meaning=with_meaning)
        assert len(weights.signs) == len(answers.signs(LEASE, RIGHT))
        assert 0 < weights.sure < 1
