"""Keys that make two spellings of one name equal."""

import pytest

from fluffy_core.mail.addresses import name_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane Doe", "DOE, Jane"),
        ("José Núñez", "Jose Nunez"),
        ("Łukasz Øster", "lukasz oster"),
        ("Jane Q. Doe", "Jane Doe"),
        ("Dr. Jane Doe", "Jane Doe PhD"),
        ("Mr. John Doe", "John Doe Jr."),
        ("Jane O'Brien", "Jane OBrien"),
    ],
)
def test_same_key(one: str, other: str) -> None:
    assert name_keys.key(one) == name_keys.key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Jane Doe", "John Doe"), ("Jane Doe", "Jane"), ("Bob Doe", "Robert Doe")]
)
def test_other_key(one: str, other: str) -> None:
    assert name_keys.key(one) != name_keys.key(other)


def test_nicknames_count_only_when_asked() -> None:
    assert (
        name_keys.key("Bob Doe", nicknames=True)
        == name_keys.key("Robert Doe", nicknames=True)
        == "doe robert"
    )


def test_words_keep_their_order() -> None:
    assert name_keys.words("Prof. Jane Q. Doe") == ["jane", "doe"]
    assert name_keys.words("J. Doe") == ["j", "doe"]
    assert name_keys.words("") == []


def test_fold_works_beyond_ascii() -> None:
    assert name_keys.fold("Дмитро") == "дмитро"
    assert name_keys.fold("STRASSE") == name_keys.fold("Straße")
