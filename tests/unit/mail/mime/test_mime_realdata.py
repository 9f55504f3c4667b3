"""The MIME reader on files that others wrote: edge cases, real mailboxes, thousands of mutations."""

import email
import os
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from functools import partial
from pathlib import Path

import pytest

from fluffy_core.domain.message import ParsedMessage
from fluffy_core.errors import UnreadableError
from fluffy_core.mail.html import alternatives
from fluffy_core.mail.mime import body, charset, headers, mime
from fluffy_core.mail.mime import fallback as mime_fallback
from fluffy_core.mail.mime import fast as mime_fast
from tests.fakes.effort import least, seconds, within

NOW = 1_800_000_000.0
FUZZED = 5200 if os.environ.get("FLUFFY_LONG_FAULTS") == "1" else 800
pytestmark = pytest.mark.realdata


def read(raw: bytes) -> ParsedMessage | None:
    """The message, None when it was refused with a sentence; its texts fit into a database."""
    try:
        message = mime.parse(raw, now=NOW)
    except UnreadableError:
        return None
    for text in (message.text, message.html, message.subject, message.message_id_header, *message.problems):
        text.encode("utf-8")
        assert "\0" not in text
    for item in message.attachments:
        assert "/" not in item.name
    return message


@pytest.fixture(scope="module")
def specimens(realdata: Path) -> list[Path]:
    return sorted(path for path in (realdata / "mime").rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def ordinary(realmail: Path) -> list[bytes]:
    """About 500 real messages of all three sources."""
    files = [
        *sorted((realmail / "spamassassin-ham").iterdir())[::20],
        *sorted((realmail / "enron").rglob("*.eml"))[::40],
    ]
    mbox = (realmail / "support-list-2019-2020.mbox").read_bytes()
    letters = re.split(rb"(?m)^From [^\n]*\d{4}\n", mbox)[1::18]
    return [*(path.read_bytes() for path in files), *letters]


def test_every_specimen_is_read_or_refused_in_time(specimens: list[Path]) -> None:
    assert len(specimens) > 400
    tries = {path.name: partial(seconds, partial(read, path.read_bytes())) for path in specimens}
    assert [name for name, measure in tries.items() if least(measure, enough=5) > 5] == []


@pytest.mark.parametrize(
    ("name", "text", "has_html", "files"),
    [
        ("body.1.txt", "This is the text body.", False, 0),
        ("body.2.txt", "This is an html body.", True, 0),
        ("body.3.txt", "This is the text body.", True, 0),
        ("body.4.txt", "This is an html body.", True, 2),
        ("body.5.txt", "This is the text body.", True, 2),
        ("body.6.txt", "This is the text body.", True, 3),
        ("body.7.txt", "This is the text body.", True, 3),
    ],
)
def test_the_body_is_the_expected_one(
    realdata: Path, name: str, text: str, has_html: bool, files: int
) -> None:
    message = read((realdata / "mime" / "mimekit" / "messages" / name).read_bytes())
    assert message is not None
    assert (message.text, bool(message.html), len(message.attachments)) == (text, has_html, files)


def test_encoded_pictures_come_back_as_they_were(realdata: Path) -> None:
    folder = realdata / "mime" / "mimekit"
    picture = (folder / "encoders" / "photo.jpg").read_bytes()
    for encoding, file in (("base64", "photo.b64"), ("x-uuencode", "photo.uu")):
        head = (
            f"From: a@x.example\nContent-Type: image/jpeg\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        )
        message = read(head + (folder / "encoders" / file).read_bytes())
        assert message is not None
        assert message.attachments[0].content == picture
    head = b"From: a@x.example\nContent-Transfer-Encoding: quoted-printable\n\n"
    message = read(head + (folder / "encoders" / "wikipedia.qp").read_bytes())
    expected = (folder / "encoders" / "wikipedia.txt").read_text(encoding="utf-8")
    assert message is not None
    assert message.text.split() == expected.split()


def test_each_message_of_an_mbox_has_the_headers_that_its_summary_lists(realdata: Path) -> None:
    folder = realdata / "mime" / "mimekit" / "mbox"
    summary = (folder / "content-length-summary.txt").read_text(encoding="utf-8", errors="replace")
    subjects = re.findall(r"^Subject: (.*)$", summary, re.MULTILINE)
    raw = (folder / "content-length.mbox.txt").read_bytes()
    found = [message.subject for piece in re.split(rb"(?m)^From .*\n", raw)[1:] if (message := read(piece))]
    assert len(subjects) > 10
    assert not {" ".join(subject.split()) for subject in subjects} - set(found)


def _reference(raw: bytes) -> Iterator[tuple[str, object]]:
    """What the standard library's modern policy reads, field by field, where it does not fail."""
    message = email.message_from_bytes(raw, policy=policy.default)
    for name in ("from", "to", "cc"):
        try:
            header = message[name]
            yield (
                name,
                list(dict.fromkeys(item.addr_spec.lower() for item in header.addresses)) if header else [],
            )
        except (AttributeError, IndexError, TypeError, ValueError):
            continue
    with suppress(AttributeError, TypeError, ValueError, OverflowError):
        yield "date", int(message["date"].datetime.timestamp())
    if (subject := str(message.get("subject", ""))).isascii():
        yield "subject", subject.split()
    part = message.get_body(("plain",))
    if (
        part is not None
        and part.get_content_charset("ascii") in ("ascii", "us-ascii", "utf-8")
        and "flowed" not in str(part.get("content-type"))
    ):
        try:
            text = part.get_content()
        except (LookupError, ValueError):
            return
        html = message.get_body(("html",))
        says_more = html is not None and alternatives.shown(text, str(html.get_content())) != text
        if "\ufffd" not in text and "begin " not in text and not says_more:
            yield "text", charset.clean_body(text).split()


def test_the_reader_agrees_with_the_standard_library(ordinary: list[bytes]) -> None:
    assert len(ordinary) >= 450
    compared = 0
    for raw in ordinary:
        message = read(raw)
        assert message is not None
        mine: dict[str, object] = {
            "from": [message.from_.email] if message.from_ else [],
            "to": [address.email for address in message.to],
            "cc": [address.email for address in message.cc],
            "date": message.date,
            "subject": message.subject.split(),
        }
        for name, expected in _reference(raw):
            compared += 1
            if name == "text":  # further text parts (a list's footer) follow the first
                assert isinstance(expected, list)
                assert message.text.split()[: len(expected)] == expected
            else:
                assert mine[name] == expected, name
    assert compared > 4 * len(ordinary)


def test_fast_and_forgiving_parser_agree(ordinary: list[bytes]) -> None:
    compared = 0
    for raw in ordinary:
        fields, start, _ = headers.split(raw)
        if "multipart/" not in fields.text("content-type").lower():
            continue
        fast = mime_fast.parse_tree(raw, fields)
        assert fast is not None
        one, other = body.read(fast), body.read(mime_fallback.parse_tree(raw, fields, start)[0])
        assert one.text.split() == other.text.split()
        assert one.html.split() == other.html.split()
        assert [(i.name, i.media_type, i.sha256) for i in one.attachments] == [
            (i.name, i.media_type, i.sha256) for i in other.attachments
        ]
        compared += 1
    assert compared > 100


def _mutate(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    """`raw` damaged in one to three of the ways in which mail gets damaged."""
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(raw) + 1)
        kind = chance.randrange(7)
        if kind == 0:
            data = bytearray(raw)
            for _ in range(min(len(data), 20)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            raw = bytes(data)
        elif kind == 1:
            raw = raw[:place]
        elif kind == 2:
            raw = raw[:place] + other[chance.randrange(len(other) + 1) :]
        elif kind == 3:
            lines = raw.split(b"\n")
            lines.insert(chance.randrange(len(lines)), chance.choice(lines))
            raw = b"\n".join(lines)
        elif kind == 4:
            names = chance.choice(
                [b"utf-8", b"utf-7", b"x-none", b"utf-16", b"iso-2022-jp", b"idna", b"gb2312"]
            )
            raw = re.sub(rb"charset=\"?[\w-]+", b"charset=" + names, raw)
        elif kind == 5:
            raw = raw.replace(chance.choice([b"\n\n", b"\r\n", b'"', b"<", b"--", b"=", b";"]), b"", 3)
        else:
            raw = raw[:place] + bytes(chance.randrange(256) for _ in range(12)) + raw[place:]
    return raw


def test_mutated_messages_never_crash(specimens: list[Path], ordinary: list[bytes]) -> None:
    small = [path.read_bytes() for path in specimens if path.stat().st_size < 40_000]
    seeds = small + [raw for raw in ordinary if len(raw) < 40_000]
    chance = random.Random(20_240_601)
    survived = 0
    for _ in range(FUZZED):
        damaged = _mutate(chance.choice(seeds), chance.choice(seeds), chance)
        survived += within(10, read, damaged) is not None
    assert survived > FUZZED // 3
