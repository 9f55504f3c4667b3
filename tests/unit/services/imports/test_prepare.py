"""Items prepared together: in order, each compressed alone, whatever one of them holds."""

import pytest
import zstandard

from fluffy_core.domain.source import RawItem
from fluffy_core.services.imports import prepare

NOW = 1_780_000_000.0


def letter(number: int) -> bytes:
    head = f"From: ann@example.com\nDate: Mon, 5 Jan 2026 10:00:00 +0000\nSubject: n{number}\n"
    return f"{head}Message-ID: <{number}@x.example>\n\nHello {number}\n".encode()


def items(*contents: bytes) -> list[RawItem]:
    return [RawItem(number, str(number), content) for number, content in enumerate(contents)]


@pytest.mark.parametrize(
    "contents",
    [
        (),
        (b"",),
        (b"", b""),
        (letter(1),),
        (letter(1), b"", letter(2), b"\0no mail\xff", letter(3)),
        tuple(letter(number) for number in range(120)),
    ],
)
def test_each_item_keeps_its_own_bytes_in_order(contents: tuple[bytes, ...]) -> None:
    made = prepare.preparer(clock=lambda: NOW)(items(*contents))
    unpack = zstandard.ZstdDecompressor()
    assert [one.position for one in made] == list(range(len(contents)))
    assert [unpack.decompress(one.raw) if one.size else b"" for one in made] == list(contents)


def test_together_and_alone_are_the_same() -> None:
    contents = [letter(1), b"", letter(2) * 300, b"no mail"]
    make = prepare.preparer(clock=lambda: NOW)
    alone = [make([one])[0] for one in items(*contents)]
    assert make(items(*contents)) == alone


def test_what_cannot_be_read_says_why_and_the_others_are_read() -> None:
    damaged = RawItem(1, "1", b"", problem="The file is empty.")
    cut = RawItem(2, "2", letter(2), problem="The file ends in the middle of this message.")
    first, second, third = prepare.preparer(clock=lambda: NOW)([*items(letter(0)), damaged, cut])
    assert first.message is not None
    assert (second.message, second.reason) == (None, "The file is empty.")
    assert third.message is not None
    assert third.message.problems == ("The file ends in the middle of this message.",)


def test_one_preparer_serves_many_calls() -> None:
    make = prepare.preparer(clock=lambda: NOW)
    found = [make(items(letter(number)))[0].preview for number in range(20)]
    assert found == [f"Hello {number}" for number in range(20)]
