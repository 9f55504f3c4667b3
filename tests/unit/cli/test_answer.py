"""Values as JSON and as text: stable, on one line where promised, without anything a terminal obeys."""

import json
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.cli.answer import as_json, cut, day, plain, printable
from tests.fakes.effort import within


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    VERY_BIG = 3


class Other(Enum):
    THIS = "this"


@dataclass(frozen=True)
class Inner:
    colour: Colour
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Outer:
    inner: Inner
    by_id: dict[int, Inner]
    size: Size


def test_nested_values_become_plain() -> None:
    inner = Inner(Colour.RED, (1, 2))
    as_plain = {"colour": "red", "numbers": [1, 2]}
    assert plain(Outer(inner, {7: inner}, Size.VERY_BIG)) == {
        "inner": as_plain, "by_id": {"7": as_plain}, "size": "very-big",
    }  # fmt: skip
    assert plain([Other.THIS, {Colour.RED}, None, 1.5, True]) == ["this", ["red"], None, 1.5, True]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_is_one_printable_line_that_means_the_same(value: object) -> None:
    text = as_json(value)
    assert text.isprintable()
    assert json.loads(text) == value


@given(st.text())
def test_text_loses_only_what_a_terminal_would_obey(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert all(char.isprintable() or char in "\n\t\u200c\u200d" for char in shown)
    assert all(after == before for before, after in zip(text, shown, strict=True) if before.isprintable())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a�[2Jb"),
        ("a\x9bb\x07\r\x00", "a�b���"),
        ("exe.\u202egnp", "exe.�gnp"),
        ("zwölf\u00a0€\u2009?", "zwölf € ?"),
        ("👩\u200d🚀 ok\n\tnext", "👩\u200d🚀 ok\n\tnext"),
    ],
)
def test_what_is_shown_instead(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_megabyte_is_shown_at_once() -> None:
    assert len(within(5, printable, "\x1b[31m" * 200_000)) == 1_000_000
    assert len(within(5, as_json, "\x9b" * 200_000)) == 6 * 200_000 + 2


def test_lines_are_cut_and_dates_written() -> None:
    assert cut("one\n two   three", 40) == "one two three"
    assert cut("abcdefghij", 5) == "abcd…"
    assert cut("abcde", 5) == "abcde"
    assert day(0) == "undated"
    assert day(1_700_000_000)[:8] == "2023-11-"
