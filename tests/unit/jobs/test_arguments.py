"""Typed arguments with defaults and limits."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.errors import UsageError
from fluffy_core.jobs import arguments
from fluffy_core.jobs.arguments import MAX_ARGS_BYTES, Arg

WANTED: dict[str, type | Arg] = {
    "account_id": int,
    "model": Arg(str, "fast", choices=("fast", "accurate")),
    "size": Arg(int, 500, least=100, most=500),
    "ids": Arg(list, list),
    "names": Arg(list, list, of=str),
}


def checked(**given: object) -> dict[str, object]:
    return arguments.checked("job", WANTED, given)


def test_defaults_are_filled_in_and_made_anew_each_time() -> None:
    first, second = checked(account_id=7), checked(account_id=7)
    assert first == {"account_id": 7, "model": "fast", "size": 500, "ids": [], "names": []}
    assert first["ids"] is not second["ids"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "job takes account_id, ids, model, names, size."),
        ({"account_id": 1, "other": 1}, "job takes account_id, ids, model, names, size."),
        ({"account_id": "1"}, "job: account_id is not a number."),
        ({"account_id": True}, "job: account_id is not a number."),
        ({"account_id": 1.0}, "job: account_id is not a number."),
        ({"account_id": 2**63}, "job: account_id is too large a number."),
        ({"account_id": 1, "model": "best"}, "job: model is not one of fast, accurate."),
        ({"account_id": 1, "model": 5}, "job: model is not a text."),
        ({"account_id": 1, "size": 99}, "job: size is less than 100."),
        ({"account_id": 1, "size": 501}, "job: size is more than 500."),
        ({"account_id": 1, "ids": "12"}, "job: ids is not a list."),
        ({"account_id": 1, "ids": [1, "2"]}, "job: ids is not a list of numbers."),
        ({"account_id": 1, "ids": [True]}, "job: ids is not a list of numbers."),
        ({"account_id": 1, "names": [1]}, "job: names is not a list of texts."),
        ({"account_id": 1, "names": [["x"]]}, "job: names is not a list of texts."),
    ],
)
def test_what_does_not_fit_is_said(given: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as error:
        checked(**given)
    assert str(error.value) == words


def test_the_size_is_that_of_the_bytes_that_are_written() -> None:
    assert checked(account_id=1, names=["x" * (MAX_ARGS_BYTES - 200)])
    with pytest.raises(UsageError, match="too large; jobs carry ids only"):
        checked(account_id=1, names=["x" * MAX_ARGS_BYTES])
    with pytest.raises(UsageError, match="too large"):
        checked(account_id=1, names=["ü" * (MAX_ARGS_BYTES // 3)])


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists))
def test_whatever_comes_is_kept_or_refused_with_a_sentence(value: object) -> None:
    for name in WANTED:
        with suppress(UsageError):
            assert checked(**{"account_id": 1, name: value})[name] == value


def test_arguments_in_words() -> None:
    told = 'account_id, model = "fast", size = 500, ids = [], names = []'
    assert arguments.described(WANTED) == told
    assert arguments.described({}) == ""
