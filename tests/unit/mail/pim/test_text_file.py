"""Encodings and folded lines of calendar, vCard and CSV files."""

import pytest

from fluffy_core.mail.pim import text_file


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_decoded(encoding: str) -> None:
    text = "Vorname,Straße und viel mehr Text\nJürgen,Köln\n"
    assert text_file.decoded(text.replace("\n", "\r\n").encode(encoding)) == text


def test_every_line_end_and_nul() -> None:
    assert text_file.decoded(b"a\r\nb\rc\nd\0e") == "a\nb\nc\nde"
    assert text_file.decoded(b"") == ""
    assert text_file.decoded(b"\x81\xff") == "\ufffdÿ"


def test_unfolded() -> None:
    assert text_file.unfolded("a\n b\n\tc\nd\n") == ["abc", "d", ""]
