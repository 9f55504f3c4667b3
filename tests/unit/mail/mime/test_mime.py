"""Whole messages: every field, every oddity that a header can have, and the bombs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.message import Address, BulkKind
from fluffy_core.errors import UnreadableError
from fluffy_core.mail.mime import mime
from tests.fakes.effort import within

NOW = 1_800_000_000.0
HEAD = b"From: a@x.example\nDate: Tue, 3 Mar 2020 10:00:00 +0000\n"

FULL = """\
From: =?utf-8?q?Zo=C3=AB_Bee?= <Zoe@X.example>
Sender: desk@x.example
Reply-To: Zoe <z@x.example>
To: Ann <ann@y.example>, bob@y.example
Cc: "Cee, Carl" <carl@y.example>, Ann <ANN@y.example>
Bcc: d@y.example
Subject: =?utf-8?b?TsOkY2hzdGU=?= Woche
Date: Tue, 3 Mar 2020 11:00:00 +0100
Message-ID: <m3@x.example>
In-Reply-To: <m2@x.example>
References: <m1@x.example> <m2@x.example>
List-Id: Talk <Talk.x.example>
Delivered-To: me@y.example
X-Original-To: alias@y.example
X-Gmail-Labels: Inbox,"To do, soon",Important
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_field_is_read(newline: str) -> None:
    message = mime.parse(FULL.replace("\n", newline).encode(), now=NOW)
    assert message.from_ == Address("zoe@x.example", "Zoë Bee")
    assert message.sender == Address("desk@x.example")
    assert message.reply_to == (Address("z@x.example", "Zoe"),)
    assert message.to == (Address("ann@y.example", "Ann"), Address("bob@y.example"))
    assert message.cc == (Address("carl@y.example", "Cee, Carl"), Address("ann@y.example", "Ann"))
    assert message.bcc == (Address("d@y.example"),)
    assert message.subject == "Nächste Woche"
    assert (message.date, message.date_header) == (1_583_229_600, "Tue, 3 Mar 2020 11:00:00 +0100")
    assert message.message_id_header == "m3@x.example"
    assert (message.in_reply_to, message.references) == ("m2@x.example", ("m1@x.example", "m2@x.example"))
    assert (message.bulk, message.list_id) == (BulkKind.LIST, "talk.x.example")
    assert message.delivered_to == ("me@y.example", "alias@y.example")
    assert message.labels == ("Inbox", "To do, soon", "Important")
    assert (message.text, message.html, message.attachments) == ("Grüße", "", ())
    assert message.problems == ()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "The message is empty."),
        (b"\n\n \n", "The message is empty."),
        (b"\0" * 1000, "The message is empty."),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
            "This is not an e-mail message: it has no header that e-mail has.",
        ),
        (b"Just some words.\n", "This is not an e-mail message: it has no header that e-mail has."),
        (b"Title: a note\n\ntext", "This is not an e-mail message: it has no header that e-mail has."),
    ],
)
def test_what_is_no_message_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match="^" + reason.replace(".", r"\.") + "$"):
        mime.parse(raw, now=NOW)


@pytest.mark.parametrize(
    "front",
    [b"From ann@x Mon Mar  3 10:00:00 2020\n", b">From x\nFrom y\n", b"\xef\xbb\xbf", b"\r\n\n", b"\n \n"],
)
def test_what_stands_before_the_headers_is_passed_over(front: bytes) -> None:
    message = mime.parse(front + HEAD + b"Subject: s\n\nbody", now=NOW)
    assert (message.subject, message.text, message.problems) == ("s", "body", ())


def test_a_message_saved_as_utf_16_is_read() -> None:
    assert mime.parse("Subject: é\nFrom: a@x.example\n\nü".encode("utf-16"), now=NOW).text == "ü"


def test_nothing_but_a_subject_is_a_message_with_problems() -> None:
    message = mime.parse(b"Subject: s", now=NOW)
    assert (message.subject, message.from_, message.date, message.message_id_header) == ("s", None, None, "")
    assert message.problems == ("The message does not say who sent it.", "The message has no date.")


@pytest.mark.parametrize(
    "date", ["Mon, 1 Jan 1900 00:00:00 +0000", "Fri, 1 Jan 2100 00:00:00 +0000", "31 Feb 2020"]
)
def test_an_absurd_date_is_kept_as_written(date: str) -> None:
    message = mime.parse(f"From: a@x.example\nDate: {date}\n\n".encode(), now=NOW)
    assert (message.date, message.date_header) == (None, date)
    assert message.problems == (f"The date “{date}” makes no sense.",)


def test_a_subject_reads_as_it_is_seen() -> None:
    subject = b"Subject: =?utf-8?q?See_=E2=80=AEelpmaxe.x//:sptth=E2=80=AC?=\n"
    assert mime.parse(b"From: a@x.example\n" + subject, now=1.8e9).subject == "See https://x.example"


def test_a_spoofed_name_is_kept_and_said() -> None:
    raw = b'From: "\xe2\x80\xaeelpmaxe.proc@ssob\xe2\x80\x8f" <x@evil.example>\nSubject: a\xe2\x80\xaeb\n\n'
    message = mime.parse(raw, now=NOW)
    assert message.from_ == Address("x@evil.example", "boss@corp.example")
    assert message.subject == "ab"
    shown = "The sender’s name shows boss@corp.example, but the message comes from x@evil.example."
    assert message.suspicious == shown


def test_nul_bytes_vanish() -> None:
    message = mime.parse(HEAD + b"Subject: a\0b\n\nx\0y", now=NOW)
    assert (message.subject, message.text) == ("ab", "xy")


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("koi8-r", "Привет"),
        ("iso-2022-jp", "日本語"),
        ("gb2312", "你好"),
        ("windows-1252", "“é”"),
        ("euc-kr", "한국"),
        ("utf-7", "ü"),
    ],
)
def test_bodies_in_many_charsets_are_read(charset: str, words: str) -> None:
    raw = HEAD + f"Content-Type: text/plain; charset={charset}\n\n".encode() + words.encode(charset)
    assert mime.parse(raw, now=NOW).text == words


def test_a_subject_of_a_megabyte_is_bounded_and_said() -> None:
    for piece in (b"x", b"=?utf-8?B?w6k=?= ", b"=?utf-8?Q?"):
        message = within(
            2, mime.parse, HEAD + b"Subject: " + piece * (1_000_000 // len(piece)) + b"\n\nhi", now=NOW
        )
        assert len(message.subject) == 2000
        assert message.problems == ("The subject is very long; its first 2,000 characters were kept.",)


@pytest.mark.parametrize("form", ["u{}@x.example", '"U, {0}" <u{0}@x.example>'])
@pytest.mark.parametrize("between", [", ", ",\n ", "\nTo: "])
def test_a_hundred_thousand_recipients_are_bounded_and_said(form: str, between: str) -> None:
    recipients = between.join(form.format(number) for number in range(100_000)).encode()
    message = within(4, mime.parse, HEAD + b"To: " + recipients + b"\n\nhi", now=NOW)
    assert [address.email for address in message.to] == [f"u{number}@x.example" for number in range(2000)]
    assert message.problems == ("The list of recipients is too long; its first 2,000 were kept.",)


def test_ten_thousand_references_are_bounded_and_said() -> None:
    references = b"\n ".join(b"<%d@x>" % number for number in range(10_000))
    message = mime.parse(HEAD + b"References: " + references + b"\n\nhi", now=NOW)
    assert (len(message.references), message.references[0], message.references[-1]) == (100, "0@x", "9999@x")
    assert message.problems == ("The message names 10,000 earlier messages; 100 were kept.",)


@pytest.mark.parametrize("depth", [3, 45, 55, 500, 2000])
def test_nesting_of_any_depth_is_read(depth: int) -> None:
    opening = b"".join(
        b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (level, level + 1)
        for level in range(depth)
    )
    closing = b"".join(b"--b%d--\n" % level for level in range(depth, -1, -1))
    raw = HEAD + b'Content-Type: multipart/mixed; boundary="b0"\n\n' + opening
    message = within(3, mime.parse, raw + b"--b%d\n\ncore\n" % depth + closing, now=NOW)
    assert message.text == "core"


@pytest.mark.parametrize(
    "raw",
    [
        b"\n" + b"x" * 50_000_000,
        b"Content-Type: text/html\n\n" + b"<p>x " * 2_000_000,
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
        + (b"A" * 76 + b"\n") * 300_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * 500_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: message/rfc822\n\nTo: x\n" * 3000,
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"X: y\n" * 400_000,
    ],
    ids=["line", "html", "base64", "padding", "parts", "messages", "message", "headers"],
)
def test_large_input_is_quick(raw: bytes) -> None:
    within(10, mime.parse, HEAD + raw, now=NOW)


@given(st.binary(max_size=600), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, after_a_header: bool) -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + data if after_a_header else data
    try:
        message = mime.parse(raw, now=NOW)
    except UnreadableError:
        assert not after_a_header
    else:
        message.text.encode("utf-8")
        message.html.encode("utf-8")
