"""uuencode and yEnc blocks inside text."""

import binascii

import pytest

from fluffy_core.mail.mime.inline_files import extract
from tests.fakes.effort import within

UU = b"begin 644 a.txt\n" + binascii.b2a_uu(b"hello") + b"`\nend\n"


def test_a_uuencoded_file_is_taken_out() -> None:
    assert extract(b"before\n" + UU + b"after\n") == (b"before\nafter\n", [("a.txt", b"hello")])


def test_two_files_keep_their_order() -> None:
    assert extract(UU + UU.replace(b"a.txt", b"b.txt")) == (b"", [("a.txt", b"hello"), ("b.txt", b"hello")])


def test_a_yenc_file_is_taken_out() -> None:
    body = bytes((byte + 42) % 256 for byte in b"data") + b"=" + bytes(((214 + 42 + 64) % 256,))
    text = b"hi\n=ybegin line=128 size=5 name=a b.bin\n" + body + b"\r\n=yend size=5\nbye"
    assert extract(text) == (b"hi\nbye", [("a b.bin", b"data\xd6")])


@pytest.mark.parametrize(
    "text",
    [
        b"begin with a sentence\nend\n",
        b"begin 644 no-end.txt\n%:&5L;&\\\n",
        b"begin 644 prose.txt\nlower case is no data\nend\n",
        b"=ybegin name=x\nno end",
        b"",
    ],
)
def test_what_is_no_file_stays_text(text: bytes) -> None:
    assert extract(text) == (text, [])


@pytest.mark.parametrize(
    "piece", [b"begin 644 x\n", b"begin 644 x\nM\n", b"=ybegin name=x\n", UU, b"=ybegin "]
)
def test_many_beginnings_are_quick(piece: bytes) -> None:
    within(2, extract, piece * (1_000_000 // len(piece)))
