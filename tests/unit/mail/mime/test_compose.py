"""Composed messages: our own parser and the standard library's read what was written, and nothing else."""

import email
import email.policy
import re
import string
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.message import Address, ParsedMessage
from fluffy_core.domain.outgoing import Draft, OutgoingFile
from fluffy_core.mail.mime import attachments, compose, mime
from fluffy_core.mail.mime.charset import clean_body, clean_line

ME = Address("me@example.com", "Mé Myself")
ANN = Address("ann@example.com", "Ann Ode")
NOON = datetime(2025, 3, 10, 12, 30, 5, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
STAMP = compose.Stamp(ME, "one@example.com", NOON)
LATER = NOON.timestamp() + 86400


def composed(draft: Draft) -> bytes:
    """The bytes, after what holds for every message was looked at."""
    raw = compose.message(draft, STAMP)
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines)
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(line[:1] in b" \t" or re.match(rb"[A-Za-z-]+: ?", line) for line in head)
    return raw


def read(draft: Draft) -> ParsedMessage:
    found = mime.parse(composed(draft), now=LATER)
    assert found.problems == ()
    return found


def fields(draft: Draft) -> list[str]:
    """The names of the headers, in order."""
    head = composed(draft).partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in head.split("\r\n") if line[0] not in " \t"]


def by_the_library(draft: Draft) -> EmailMessage:
    found = email.message_from_bytes(composed(draft), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


# --- what is written is what is read ---

_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"))
_LINES = st.text(_LETTERS, max_size=200)
_NAMES = st.text(_LETTERS, max_size=120).map(clean_line).map(lambda name: name.strip("\"'“”‘’` "))
_EMAILS = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}[a-z0-9]@[a-z0-9]{1,20}\.example", fullmatch=True)
_PEOPLE = st.lists(
    st.builds(Address, email=_EMAILS, name=_NAMES), max_size=6, unique_by=lambda one: one.email
).map(tuple)
_IDS = st.from_regex(r"[a-z0-9$.+_-]{1,60}@[a-z0-9.]{1,60}", fullmatch=True)


@given(_PEOPLE, _PEOPLE, _PEOPLE, _LINES)
def test_people_and_subject_come_through(
    to: tuple[Address, ...], cc: tuple[Address, ...], bcc: tuple[Address, ...], subject: str
) -> None:
    found = read(Draft(to, cc, bcc, subject))
    assert found.from_ == ME
    assert [one.email for one in found.to] == [one.email for one in to]
    assert [one.email for one in found.cc] == [one.email for one in cc]
    assert [one.email for one in found.bcc] == [one.email for one in bcc]
    assert found.subject == clean_line(subject)
    for wanted, got in zip((*to, *cc, *bcc), (*found.to, *found.cc, *found.bcc), strict=True):
        assert got.name == (wanted.name if wanted.name.lower() != wanted.email else "")


def as_read(text: str) -> str:
    """Text as it has to come back: no spaces before line ends, quotes in one spelling."""
    lines = []
    for line in clean_body(text).split("\n"):
        quote = re.match(r"(?:> ?)*", line)
        marks = quote[0].count(">") if quote else 0
        content = line[quote.end() :] if quote else line
        content = content if content == "-- " else content.rstrip(" ")
        lines.append("> " * marks + content if content else (">" * marks + " " if marks else ""))
    return "\n".join(lines).strip("\n")


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip(" ") for line in text.split("\n")).strip("\n")


_TEXT_LINES = st.one_of(
    _LINES,
    st.lists(st.text(string.ascii_letters + "äß界.-> ", min_size=1, max_size=30), max_size=60).map(" ".join),
    st.sampled_from(
        ["", "-- ", "--", "> quoted", ">> twice", "From here", " indented", ".", "..", "> ", ">"]
    ),
)


@given(st.lists(_TEXT_LINES, max_size=12).map("\n".join))
def test_text_comes_through(text: str) -> None:
    if "begin " in text or "=ybegin" in text:
        return
    found = read(Draft((ANN,), text=text))
    assert trimmed(found.text.replace("> ", ">")) == trimmed(as_read(text).replace("> ", ">"))
    assert found.attachments == ()


@given(
    st.lists(
        st.builds(
            OutgoingFile,
            name=st.text(max_size=120),
            content=st.binary(max_size=300),
            media_type=st.sampled_from(
                ["text/plain", "application/pdf", "message/rfc822", "multipart/mixed", "x", "a/b\r\nBcc: x"]
            ),
        ),
        max_size=3,
    ).map(tuple)
)
def test_files_come_through(files: tuple[OutgoingFile, ...]) -> None:
    found = read(Draft((ANN,), text="See there", files=files))
    assert found.text == "See there"
    assert [one.content for one in found.attachments] == [one.content for one in files]
    for wanted, got in zip(files, found.attachments, strict=True):
        assert got.name == attachments.safe_name(wanted.name, got.media_type)
        assert got.media_type == (
            wanted.media_type
            if wanted.media_type in ("text/plain", "application/pdf")
            else "application/octet-stream"
        )


@given(st.lists(_IDS, max_size=60).map(tuple))
def test_references_come_through(references: tuple[str, ...]) -> None:
    known = list(dict.fromkeys(references))
    found = read(Draft((ANN,), references=references))
    kept = known if len(known) <= 30 else [known[0], *known[-29:]]
    assert list(found.references) == kept
    assert found.in_reply_to == (known[-1] if known else "")


def test_the_standard_library_reads_the_same() -> None:
    draft = Draft(
        (ANN, Address("zoe@example.com", 'Zoë "the" Ode, 界')),
        subject="Grüße " * 30,
        text="Größe " * 60,
        files=(OutgoingFile("Übersicht, neu.pdf", b"%PDF", "application/pdf"),),
    )
    found = by_the_library(draft)
    assert [(one.display_name, one.addr_spec) for one in found["to"].addresses] == [
        ("Ann Ode", "ann@example.com"),
        ('Zoë "the" Ode, 界', "zoe@example.com"),
    ]
    assert found["subject"] == ("Grüße " * 30).strip()
    assert found["date"].datetime == NOON
    body, (file,) = found.get_body(), list(found.iter_attachments())
    assert body is not None
    assert "".join(body.get_content().splitlines()) == ("Größe " * 60).strip()
    assert (file.get_filename(), file.get_content()) == ("Übersicht, neu.pdf", b"%PDF")


# --- nothing else can be said ---

HOSTILE = (
    "x\r\nBcc: spy@evil.example", "x\nX-Evil: 1", "x\r\n\r\n<html>", "x\rTo: spy@evil.example", "",
    "=?utf-8?q?=0ABcc=3A_spy=40evil.example?=", "x\u2028Bcc: spy@evil.example", "\x85Bcc: spy@evil.example",
    "\udcff\ud800", "a" * 5000, "\u202emoc.elpmaxe", '"', "\\", '\\"', "<spy@evil.example>", "x\x00y\x0bz",
    "x, spy@evil.example",
)  # fmt: skip
USUAL = ["From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_no_field_can_be_smuggled_in(words: str) -> None:
    draft = Draft(
        (Address("ann@example.com", words),),
        cc=(Address("bob@example.com", words),),
        subject=words,
        text=words,
        files=(OutgoingFile(words, b"x", words),),
        references=(words, "known@example.com", f"{words}@x", "a b@c", "<x>@y"),
    )
    assert fields(draft) == [*USUAL[:6], "In-Reply-To", "References", *USUAL[6:]]
    found = read(draft)
    assert [one.email for one in (*found.to, *found.cc, *found.bcc)] == ["ann@example.com", "bob@example.com"]
    assert found.references[-1] == "known@example.com" or found.references[-1].endswith("@x")
    assert len(found.attachments) == 1
    library = by_the_library(draft)
    assert [one.addr_spec for one in library["to"].addresses] == ["ann@example.com"]


def test_an_address_with_a_line_break_is_one_word() -> None:
    assert "Bcc" not in fields(Draft((Address("ann@example.com\r\nBcc: spy@evil.example"),)))


def test_an_encoded_word_that_was_typed_is_shown_as_typed() -> None:
    assert read(Draft((ANN,), subject="=?utf-8?q?hi?=")).subject == "=?utf-8?q?hi?="
    assert read(Draft((Address("ann@example.com", "=?utf-8?q?hi?="),))).to[0].name == "=?utf-8?q?hi?="


def test_nothing_is_said_of_this_computer_or_program() -> None:
    assert fields(Draft((ANN,), (ANN,))) == [
        *USUAL[:6], "Content-Transfer-Encoding", "Content-Type", "MIME-Version",
    ]  # fmt: skip
    assert compose.new_message_id("me@mail.example").endswith("@mail.example")
    assert compose.new_message_id("me@x.example") != compose.new_message_id("me@x.example")


def test_a_message_without_people_or_words_is_still_one() -> None:
    found = read(Draft())
    assert (found.to, found.subject, found.text) == ((), "", "")
    assert found.date == int(NOON.timestamp())


# --- encoding ---


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Plain words.", "7bit"),
        ("Größe und Länge, wie jedermann sie kennt", "quoted-printable"),
        ("世界" * 60, "base64"),
        ("x" * 2000, "quoted-printable"),
    ],
)
def test_text_travels_in_seven_bits(text: str, encoding: str) -> None:
    raw = composed(Draft((ANN,), text=text))
    assert raw.isascii()
    assert f"Content-Transfer-Encoding: {encoding}".encode() in raw
    assert read(Draft((ANN,), text=text)).text == text


def test_an_address_beyond_ascii_stays_as_it_is() -> None:
    raw = compose.message(Draft((Address("jürgen@example.com", "Jürgen"),)), STAMP)
    assert "<jürgen@example.com>".encode() in raw
    assert mime.parse(raw, now=LATER).to[0].email == "jürgen@example.com"


# --- flowed text ---


def test_long_lines_are_broken_softly() -> None:
    lines = compose.flowed("word " * 40 + "\nshort\n").split("\n")
    assert all(len(line) <= compose.WIDTH for line in lines)
    assert [line.endswith(" ") for line in lines] == [True, True, False, False, False, False]


def test_a_quote_keeps_its_marks_on_every_line() -> None:
    lines = compose.flowed(f"> {'word ' * 40}").rstrip("\n").split("\n")
    assert len(lines) > 2
    assert all(line.startswith("> word") for line in lines)


@pytest.mark.parametrize(
    ("text", "flowed"),
    [
        ("From here", " From here\n"),
        ("  two", "   two\n"),
        ("-- ", "-- \n"),
        ("end   ", "end\n"),
        (">quote", "> quote\n"),
        ("> > deep", ">> deep\n"),
        ("a\r\nb\rc", "a\nb\nc\n"),
        ("https://example.com/" + "x" * 200, "https://example.com/" + "x" * 200 + "\n"),
    ],
)
def test_flowed(text: str, flowed: str) -> None:
    assert compose.flowed(text) == flowed


def test_a_signature_mark_is_never_made_by_breaking() -> None:
    assert "-- \n" not in compose.flowed("-- " + "x" * 100)


# --- answers ---


@pytest.mark.parametrize(
    ("subject", "answer"),
    [("Hello", "Re: Hello"), ("Re: Hello", "Re: Hello"), ("AW: RE: Hello", "Re: Hello"), ("", "Re: ")],
)
def test_the_subject_of_an_answer(subject: str, answer: str) -> None:
    assert compose.reply_subject(subject) == answer


def test_words_answered_are_quoted() -> None:
    date = datetime(2025, 3, 10, 9, 5, tzinfo=UTC)
    assert compose.quoted("One\n\nTwo", who="Ann\nOde", date=date) == (
        "On 2025-03-10 09:05, Ann Ode wrote:\n> One\n>\n> Two"
    )
