"""Transfer encodings, whole and damaged."""

import base64
import binascii
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime import transfer


@given(st.binary(max_size=500))
def test_sound_data_come_back(data: bytes) -> None:
    assert transfer.decode(base64.encodebytes(data), "base64") == (data, "")
    assert transfer.decode(data, "8bit") == (data, "")
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    assert transfer.decode(b"begin 644 x\n" + lines + b"`\nend\n", "x-uuencode") == (data, "")


@given(st.text(max_size=300))
def test_quoted_printable_comes_back(text: str) -> None:
    data = text.replace("\r", "").encode()
    assert transfer.decode(quopri.encodestring(data), "quoted-printable") == (data, "")


@pytest.mark.parametrize(
    ("data", "decoded", "damaged"),
    [
        (b"aGVsbG8=", b"hello", False),
        (b"aGVsbG8", b"hello", False),
        (b"aGVs\r\nbG8=\r\n", b"hello", False),
        (b"aGVs=bG8=", b"hello", False),
        (b"QQ==Qg==", b"AB", False),
        (b"aGVsb", b"hel", True),
        (b"!!!!!!!!!!aGVsbG8=", b"hello", True),
        (b"", b"", False),
    ],
)
def test_damaged_base64_gives_what_is_left(data: bytes, decoded: bytes, damaged: bool) -> None:
    found, problem = transfer.decode(data, " Base64 ")
    assert found == decoded
    assert bool(problem) == damaged


def test_an_unknown_encoding_leaves_the_part_as_it_is() -> None:
    data, problem = transfer.decode(b"x", "x-odd")
    assert data == b"x"
    assert problem == "The transfer encoding “x-odd” is unknown; the part was left as it is."


def test_uuencode_without_a_beginning_stays_text() -> None:
    assert transfer.decode(b"just text", "uuencode") == (b"just text", "")


@given(st.binary(max_size=400), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "?"]))
def test_any_bytes_survive(data: bytes, encoding: str) -> None:
    assert isinstance(transfer.decode(data, encoding)[0], bytes)
