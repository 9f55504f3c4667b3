"""Marks of other programs in a header, what looks like mail, and what is certainly cut off."""

import pytest

from fluffy_core.connectors.files import headers


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        (b"Status: RO", ("seen",)),
        (b"Status: O", ("unseen",)),
        (b"X-Status: AFTD", ("answered", "deleted", "draft", "flagged")),
        (b"X-Mozilla-Status: 1001", ("seen",)),
        (b"X-Mozilla-Status: zzzz", ()),
        (b"X-Gmail-Labels: Inbox,Unread", ("unseen",)),
        (b"X-Gmail-Labels: Inbox,Opened", ("seen",)),
        (b"X-Gmail-Labels: Posteingang,Ungelesen,Markiert", ("flagged", "unseen")),
        (b"X-Gmail-Labels: =?UTF-8?Q?Entw=C3=BCrfe,Ge=C3=B6ffnet?=", ("draft", "seen")),
        (b'X-Gmail-Labels: Inbox,\n "Starred"', ("flagged", "seen")),
        (b"X-Gmail-Labels: =?no-such-charset?Q?x?=", ("seen",)),
        (b"status: r", ("unseen",)),
        (b"Subject: Status: RO", ()),
    ],
)
def test_flags(header: bytes, flags: tuple[str, ...]) -> None:
    assert headers.marks(b"From: a@example.com\n" + header + b"\n\nbody\n") == headers.Marks(flags)


def test_marks_are_read_from_the_header_only() -> None:
    assert headers.marks(b"Subject: x\n\nStatus: RO\nX-Gmail-Labels: Chat\n") == headers.Marks()
    assert headers.marks(b"Subject: x\r\n\r\nStatus: RO\r\n") == headers.Marks()


@pytest.mark.parametrize(
    ("header", "skip"),
    [
        (b"X-Mozilla-Status: 0008", "deleted in Thunderbird"),
        (b"X-Gmail-Labels: Chat", "a chat, not mail"),
        (b"X-Gmail-Labels: Inbox,chats", "a chat, not mail"),
        (b"X-Gmail-Labels: Chatham House", ""),
    ],
)
def test_skips(header: bytes, skip: str) -> None:
    assert headers.marks(header + b"\n\nbody\n").skip == skip


@pytest.mark.parametrize("message", [b"A: b\n\nbody", b"A: b\r\n\r\nbody", b"A: b\n\n"])
def test_head_ends_at_the_first_blank_line(message: bytes) -> None:
    assert headers.head(message).rstrip() == b"A: b"


@pytest.mark.parametrize(
    ("start", "is_mail"),
    [
        (b"From: a@example.com\nTo: b@example.com\n\nhi", True),
        (b"RETURN-PATH: <>\r\nReceived: by x\r\n\r\n", True),
        (b"\xef\xbb\xbfSubject: x\nDate: y\n", True),
        (b"\r\nSubject: x\nDate: y\n", True),
        (b"X-Odd: 1\n continued\nSubject: x\nFrom: y\n", True),
        (b"Subject: x\n\nFrom: y\n", False),
        (b"Name: x\nAddress: y\n", False),
        (b"plain text", False),
        (b"", False),
        (b"{\n  From: 1,\n  To: 2\n}", False),
    ],
)
def test_looks_like_message(start: bytes, is_mail: bool) -> None:
    assert headers.looks_like_message(start) is is_mail


def test_a_message_that_ends_with_a_line_is_never_called_cut() -> None:
    assert not headers.cut_short(b"")
    assert not headers.cut_short(b"Subject: x\n")
    assert not headers.cut_short(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n")
    assert headers.cut_short(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nx")
