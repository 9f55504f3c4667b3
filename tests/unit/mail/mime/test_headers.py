"""The header block: folding, junk lines, missing blank lines, raw 8-bit values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime import headers
from tests.fakes.effort import within


def split(raw: bytes) -> tuple[dict[str, list[str]], bytes, str]:
    """Names with all their values, the body, and the problem."""
    fields, body, problem = headers.split(raw)
    return {name: fields.texts(name) for name in fields}, raw[body:], problem


def test_fields_keep_their_order_and_repetitions() -> None:
    fields, body, problem = split(b"B: 1\nA: 2\nb: 3\n\nbody\n\nmore")
    assert fields == {"b": ["1", "3"], "a": ["2"]}
    assert list(fields) == ["b", "a"]
    assert (body, problem) == (b"body\n\nmore", "")


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_folded_values_are_one_line(newline: bytes) -> None:
    raw = newline.join((b"Subject: one", b" two", b"\tthree", b"To: x", b"", b"body"))
    fields, body, _ = split(raw)
    assert fields["subject"] == ["one two three"]
    assert body == b"body"


def test_a_name_may_be_followed_by_blanks() -> None:
    assert split(b"Subject : x\n\n")[0] == {"subject": ["x"]}


def test_mbox_lines_within_are_passed_over() -> None:
    assert split(b">From x\nSubject: a\nFrom y Mon\nTo: b\n\nz")[0] == {"subject": ["a"], "to": ["b"]}


def test_without_a_blank_line_the_text_begins_at_the_first_line_that_is_no_header() -> None:
    fields, body, problem = split(b"Subject: a\nHello there\nand more\n\nend")
    assert fields == {"subject": ["a"]}
    assert body == b"Hello there\nand more\n\nend"
    assert problem == "The blank line between headers and text is missing."


def test_a_junk_line_among_well_known_headers_is_skipped() -> None:
    fields, body, problem = split(b"Received: x\n!! junk\nSubject: s\n\nbody")
    assert fields["subject"] == ["s"]
    assert (body, problem) == (b"body", "")


@pytest.mark.parametrize("raw", [b"Subject: s", b"Subject: s\n", b"Subject: s\r\n"])
def test_headers_alone_leave_an_empty_body(raw: bytes) -> None:
    assert split(raw) == ({"subject": ["s"]}, b"", "")


@pytest.mark.parametrize("raw", [b"\nbody", b"\r\nbody"])
def test_a_part_without_headers_is_all_body(raw: bytes) -> None:
    assert split(raw) == ({}, b"body", "")


def test_a_region_of_the_bytes_can_be_split() -> None:
    raw = b"xx\nA: 1\n\nbody\n--end"
    fields, body, _ = headers.split(raw, 3, 14)
    assert fields.text("a") == "1"
    assert raw[body:].startswith(b"body")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("naïve".encode(), "naïve"),
        (b"na\xefve", "naïve"),
        ("日本".encode("iso2022_jp"), "日本"),
        ("Привет, как дела сегодня".encode("koi8-r"), "Привет, как дела сегодня"),
    ],
)
def test_raw_bytes_in_values_are_decoded(value: bytes, text: str) -> None:
    assert headers.value_text(value) == text


def test_a_line_for_display_is_decoded_and_clean() -> None:
    fields, _, _ = headers.split(b"Subject: =?utf-8?q?caf=C3=A9?=\n\t \xe2\x80\xae x\0y\n\n")
    assert fields.line("subject") == "café xy"
    assert fields.line("absent") == fields.text("absent") == ""
    assert fields.raw("subject").startswith(b"=?utf-8")


def test_one_of_many_names_is_found() -> None:
    fields, _, _ = headers.split(b"A: 1\n\n")
    assert fields.has_any(frozenset(("a", "z")))
    assert not fields.has_any(frozenset(("z",)))
    assert "a" in fields


@given(st.binary(max_size=400))
def test_any_bytes_split(raw: bytes) -> None:
    fields, body, _ = headers.split(raw)
    assert 0 <= body <= len(raw)
    assert all(name == name.lower() and isinstance(fields.line(name), str) for name in fields)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z-]{0,20}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), max_size=40),
        min_size=1,
    )
)
def test_headers_written_are_read_back(fields: dict[str, str]) -> None:
    raw = "".join(f"{name.title()}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\nbody"
    found, body, problem = headers.split(raw)
    assert {name: found.text(name) for name in found} == {
        n: v.removeprefix("\ufeff") for n, v in fields.items()
    }
    assert (raw[body:], problem) == (b"body", "")


@pytest.mark.parametrize("line", [b"X: y\n", b"junk\n", b" fold\n", b"\t", b":", b"X:\n junk\n"])
def test_megabytes_of_headers_are_quick(line: bytes) -> None:
    within(4, headers.split, b"Subject: s\n" + line * (2_000_000 // len(line)))
