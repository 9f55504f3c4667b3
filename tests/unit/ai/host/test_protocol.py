"""Frames between the owner and the model process."""

import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.host.protocol import Frame, read_frame, write_frame
from fluffy_core.errors import TransientError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)
KEYS = st.text(alphabet="abcdef", max_size=4)


def sent(*frames: Frame) -> bytes:
    stream = io.BytesIO()
    for frame in frames:
        write_frame(stream, frame)
    return stream.getvalue()


@given(st.dictionaries(KEYS, JSON, max_size=4), st.binary(max_size=200))
def test_what_is_sent_arrives(header: dict[str, object], payload: bytes) -> None:
    frame = Frame(header, payload)
    stream = io.BytesIO(sent(frame, Frame({"id": 2})))
    assert read_frame(stream) == frame
    assert read_frame(stream) == Frame({"id": 2})
    with pytest.raises(EOFError):
        read_frame(stream)


@given(st.integers(1, 60))
def test_a_frame_cut_anywhere_is_no_answer(cut: int) -> None:
    whole = sent(Frame({"id": 1, "rows": 1, "columns": 4}, bytes(16)))
    with pytest.raises(TransientError, match="in the middle"):
        read_frame(io.BytesIO(whole[: min(cut, len(whole) - 1)]))


@given(st.binary(min_size=1, max_size=300))
def test_garbage_is_no_answer(noise: bytes) -> None:
    with pytest.raises(TransientError):
        read_frame(io.BytesIO(noise))


@pytest.mark.parametrize(
    "header",
    [b"[1, 2]", b"7", b"nonsense", b"\xff\xfe", b"[" * 100_000, b"", b'"id"'],
    ids=lambda text: text[:8],
)
def test_a_header_must_be_an_object(header: bytes) -> None:
    with pytest.raises(TransientError, match="no sense"):
        read_frame(io.BytesIO(struct.pack("<4sII", b"FLM1", len(header), 0) + header))


def test_absurd_sizes_are_refused_before_memory_is_taken() -> None:
    for sizes in ((0xFFFFFFFF, 0), (2, 0xFFFFFFFF)):
        with pytest.raises(TransientError, match="no sense"):
            read_frame(io.BytesIO(struct.pack("<4sII", b"FLM1", *sizes) + b"{}"))


def test_text_travels_as_utf8() -> None:
    assert json.dumps("納品書", ensure_ascii=False).encode() in sent(Frame({"texts": ["納品書"]}))
