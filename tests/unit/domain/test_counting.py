"""Numbers of things in words."""

from fluffy_core.domain.counting import number_of


def test_one_is_one_and_all_others_are_many() -> None:
    said = [number_of(0, "job"), number_of(1, "job"), number_of(1204, "person", "people")]
    assert said == ["0 jobs", "1 job", "1,204 people"]


def test_the_verb_goes_with_the_number() -> None:
    said = [number_of(one, "message stays", "messages stay") for one in (0, 1, 15_504)]
    assert said == ["0 messages stay", "1 message stays", "15,504 messages stay"]
