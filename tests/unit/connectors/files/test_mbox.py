"""Splitting mbox files: which From lines divide, unquoting, flags, truncation, disk errors, speed."""

import io
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.connectors.files import mbox
from fluffy_core.domain.source import RawItem
from fluffy_core.errors import UnreadableError
from tests.fakes import mailboxes
from tests.fakes.effort import within

FROM = b"From ada@example.com Thu Jan  2 10:00:00 2020\n"


def items(data: bytes, after: int = -1) -> list[RawItem]:
    return list(mbox.read(io.BytesIO(data), after=after, size=len(data)))


def contents(data: bytes) -> list[bytes]:
    return [item.content for item in items(data)]


@pytest.mark.parametrize(
    "line",
    [
        b"From ada@example.com Thu Jan  2 10:00:00 2020",
        b"From ada@example.com Thu Jan 02 10:00 2020",
        b"From - Thu Jan 02 10:00:00 2020",
        b"From 1655501234567890123@xxx Thu Jan 02 10:00:00 +0000 2020",
        b"From ada at example.com  Thu Jan  2 10:00:00 2020",
        b"From MAILER-DAEMON Thu Jan  2 10:00:00 2020",
        b"From ada@example.com Thu, 2 Jan 2020 10:00:00 +0000",
        b"From ada@example.com Thu Jan  2 10:00:00 CET 2020",
        b"From ada@example.com Thu Jan  2 10:00:00 2020 +0100",
        b"From ada Thu Jan  2 10:00:00 2020 remote from host",
        b"From ???@??? Thu Jan 02 10:00:00 2020",
        b'From "ada b"@example.com Thu Jan  2 10:00:00 2020',
        b"From ada@example.com 2020-01-02T10:00:00+00:00",
        b"From ada@example.com 02-Jan-2020 10:00:00",
        b"From  Thu Jan  2 10:00:00 2020",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_envelope_lines_divide(line: bytes, end: bytes) -> None:
    message = b"Subject: x" + end + end + b"text" + end
    data = (line + end + message + end) * 2
    assert contents(data) == [message, message]


@pytest.mark.parametrize(
    "line",
    [
        b"From here on it gets better.",
        b"From our meeting on Thursday at 10:00 in 2020 I remember",
        b"From 10:00 to 11:00",
        b"From the desk of Ada, Thu Jan 2 10:00:00 2020, noon",
        b"From ada@example.com",
        b"From ",
        b"from ada@example.com Thu Jan  2 10:00:00 2020",
        b" From ada@example.com Thu Jan  2 10:00:00 2020",
    ],
)
def test_prose_does_not_divide(line: bytes) -> None:
    data = FROM + b"Subject: x\n\ntext\n\n" + line + b"\nmore\n\n"
    assert contents(data) == [b"Subject: x\n\ntext\n\n" + line + b"\nmore\n"]


def test_an_envelope_without_date_divides_before_a_header() -> None:
    data = b"From ada@example.com\nSubject: x\n\na\n\nFrom ben@example.com\nSubject: y\n\nb\n"
    assert contents(data) == [b"Subject: x\n\na\n", b"Subject: y\n\nb\n"]


def test_an_envelope_after_text_does_not_divide() -> None:
    data = FROM + b"Subject: x\n\ntext\n" + FROM + b"more\n"
    assert len(items(data)) == 1


def test_thunderbird_needs_no_blank_line() -> None:
    line = b"From - Thu Jan 02 10:00:00 2020\nX-Mozilla-Status: 0001\n"
    data = line + b"Subject: x\n\ntext\n" + line + b"Subject: y\n\nmore\n"
    assert [item.flags for item in items(data)] == [("seen",), ("seen",)]


def test_positions_are_byte_offsets_and_resume() -> None:
    data = mailboxes.MBOX
    found = items(data)
    assert [item.position for item in found] == [0, len(data) // 3 - 2, 2 * len(data) // 3 - 1] or len(
        found
    ) == 3
    assert all(data[item.position : item.position + 5] == b"From " for item in found)
    assert [item.locator for item in found] == [str(item.position) for item in found]
    assert items(data, after=found[0].position) == found[1:]
    assert items(data, after=found[2].position) == []


def test_a_file_rewritten_since_is_read_from_its_start() -> None:
    assert items(mailboxes.MBOX, after=7) == items(mailboxes.MBOX)


def test_content_length_is_not_believed() -> None:
    first = b"Subject: x\nContent-Length: 9999\n\ntext\n"
    assert contents(mailboxes.mbox(first, b"Subject: y\n\n")) == [first, b"Subject: y\n\n"[:-1] + b"\n"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (b">From me\n", b"From me\n"),
        (b">>From me\n", b">From me\n"),
        (b">>>From me\n>From you\n", b">>From me\nFrom you\n"),
        (b"> From me\n", b"> From me\n"),
        (b"a >From me\n", b"a >From me\n"),
        (b">From me\nFrom you\n", b">From me\nFrom you\n"),
    ],
)
def test_quoted_from_lines(stored: bytes, read: bytes) -> None:
    head = b"Subject: x\n\ntext\n"
    assert contents(FROM + head + stored + b"\n") == [head + read]


def test_flags_of_other_programs() -> None:
    data = mailboxes.mbox(
        b"Status: RO\nX-Status: AF\n\n1\n", b"Status: O\n\n2\n", b"X-Mozilla-Status: 0007\n\n3\n"
    )
    flags = [item.flags for item in items(data)]
    assert flags == [("answered", "flagged", "seen"), ("unseen",), ("answered", "flagged", "seen")]


def test_skipped_messages_count_without_content() -> None:
    data = mailboxes.mbox(
        b"X-Mozilla-Status: 0009\nSubject: x\n\n1\n",
        b"X-Gmail-Labels: Chat,Important\n\n2\n",
        b"Subject: z\n\n3\n",
    )
    assert [(item.skip, item.content) for item in items(data)] == [
        ("deleted in Thunderbird", b""),
        ("a chat, not mail", b""),
        ("", b"Subject: z\n\n3\n"),
    ]


def test_text_before_the_first_message_is_an_item_with_a_problem() -> None:
    found = items(b"garbage\n\n" + mailboxes.MBOX)
    assert (found[0].content, found[0].problem) == (
        b"garbage\n",
        "This text stands before the first message of the file.",
    )
    assert len(found) == 4


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n\n", b"\r\n"])
def test_blank_starts_are_no_item(start: bytes) -> None:
    assert contents(start + mailboxes.MBOX) == list(mailboxes.MESSAGES)


def test_an_empty_file_has_no_items() -> None:
    assert items(b"") == []


MULTIPART = b'From: a@example.com\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\ntext\n'


@pytest.mark.parametrize(
    ("last", "cut"),
    [
        (MULTIPART + b"--b--\n", False),
        (MULTIPART + b"--b--", False),
        (MULTIPART, False),
        (MULTIPART + b"more te", True),
        (b"From: a@example.com\nSubj", True),
        (b"From: a@example.com\n\nshort text without a line end", False),
        (b"Content-Transfer-Encoding: base64\nTo: a@example.com\n\nQUJDRA==\nQUJ", True),
        (b"Content-Transfer-Encoding: base64\nTo: a@example.com\n\nQUJDRA==", False),
    ],
)
def test_a_cut_last_message_is_told_only_when_certain(last: bytes, cut: bool) -> None:
    found = items(FROM + mailboxes.MESSAGES[0] + b"\n" + FROM + last)
    assert found[0].problem == ""
    assert found[1].problem == ("The file ends in the middle of this message." if cut else "")
    assert found[1].content == last


class Failing(io.BytesIO):
    """A disk with bad sectors from byte `bad` on."""

    def __init__(self, data: bytes, bad: int) -> None:
        super().__init__(data)
        self._bad = bad

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or self.tell() + size > self._bad:
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_a_disk_error_comes_after_all_messages_before_it() -> None:
    message = FROM + b"Subject: x\n\n" + b"y" * 1000 + b"\n\n"
    data = message * 100
    found: list[RawItem] = []
    with pytest.raises(OSError, match="Input/output"):
        found.extend(mbox.read(Failing(data, 50_000), size=len(data)))
    readable = (50_000 - 4096 - 1024) // len(message)
    assert readable - 1 <= len(found) <= 50_000 // len(message)
    assert {item.content for item in found} == {b"Subject: x\n\n" + b"y" * 1000 + b"\n"}


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read"):
        mbox.Mbox(tmp_path).count()


@given(
    st.lists(
        st.sampled_from([b"\n", b"\r\n", FROM, b"text\n", b"From x\n", b">From x\n", b"Subject: y\n"]),
        max_size=40,
    )
)
def test_spans_cover_the_file_without_gaps(lines: list[bytes]) -> None:
    data = b"".join(lines)
    found = list(mbox.spans(io.BytesIO(data)))
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert all(start < end for start, end in found)
    if found:
        assert data[: found[0][0]].strip(b"\xef\xbb\xbf \t\r\n") == b""
        assert found[-1][1] == len(data)
    else:
        assert data.strip() == b""


@pytest.mark.parametrize("shift", range(-60, 61, 7))
def test_a_from_line_across_a_chunk_border_divides(shift: int) -> None:
    filler = b"x" * 70 + b"\n"
    head = FROM + b"Subject: x\n\n"
    lines = (mbox.CHUNK + shift - len(head)) // len(filler)
    body = filler * lines
    pad = mbox.CHUNK + shift - len(head) - len(body)
    data = head + body + b"y" * max(pad - 2, 0) + b"\n\n" + mailboxes.MBOX
    assert len(items(data)) == 4


def test_memory_stays_far_below_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big"
    with path.open("wb") as file:
        for _ in range(400):
            file.write(FROM + b"Subject: x\n\n" + b"z" * 79 * 1000 + b"\n\n")
    size = path.stat().st_size
    tracemalloc.start()
    total = sum(len(item.content) for item in mbox.Mbox(path).read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 30_000_000
    assert total > size * 0.99
    assert peak < 6_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"From " + b"x" * 1_000_000,
        b"\n\nFrom a " * 110_000,
        b"\n\nFrom a@b Thu Jan 1 " * 45_000,
        FROM + b"Status: " * 120_000,
        FROM + b"Content-Type: multipart/x;" + b"\n boundary" * 90_000,
        FROM + b"\n" + b">From x\n" * 120_000,
    ],
)
def test_hostile_megabytes_take_no_time(data: bytes) -> None:
    found = within(3, items, data)
    assert len(found) >= 1


@pytest.mark.realdata
def test_a_real_archive_is_counted_and_unquoted(realmail: Path) -> None:
    reader = mbox.Mbox(realmail / "support-list-2019-2020.mbox")
    found = list(reader.read())
    assert len(found) == reader.count() == 3552
    assert all(item.problem == "" and item.skip == "" for item in found)
    assert not any(b"\n>From " in item.content for item in found if b"\nFrom " not in item.content)
