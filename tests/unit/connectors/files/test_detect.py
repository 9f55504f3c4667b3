"""Kinds of files told by their first bytes, whatever they are called."""

from pathlib import Path

import pytest

from fluffy_core.connectors.files import detect
from fluffy_core.domain.source import SourceKind
from tests.fakes import mailboxes

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"


@pytest.mark.parametrize("name", ["x", "x.txt", "x.eml", "x.csv", "x.jpg"])
@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (mailboxes.MBOX, SourceKind.MBOX),
        (b"\xef\xbb\xbf" + mailboxes.MBOX, SourceKind.MBOX),
        (b"From 1@xxx Thu Jan 02 10:00:00 +0000 2020\nX-GM-THRID: 1\n\n", SourceKind.TAKEOUT),
        (mailboxes.MESSAGES[0], SourceKind.EML),
        (CALENDAR.encode(), SourceKind.CALENDAR),
        (CALENDAR.lower().encode("utf-16"), SourceKind.CALENDAR),
        (b"\r\n\r\n" + CALENDAR.encode(), SourceKind.CALENDAR),
        (b"BEGIN:VCARD\nVERSION:2.1\n", SourceKind.VCARD),
        (b"First Name,Last Name,E-mail Address\n", SourceKind.CONTACTS_CSV),
        (b"sep=;\r\nVorname;Nachname;E-Mail-Adresse\r\n", SourceKind.CONTACTS_CSV),
        ('"Vorname"\t"Primäre E-Mail-Adresse"\n'.encode("cp1252"), SourceKind.CONTACTS_CSV),
        ("Name;E-Mail\n".encode("utf-16-le"), SourceKind.CONTACTS_CSV),
    ],
)
def test_content_decides(head: bytes, kind: SourceKind, name: str) -> None:
    assert detect.kind_of(head, name) is kind


@pytest.mark.parametrize(
    "head", [b"", b"hello", b"\x89PNG\r\n", b"a,b,c\n1,2,3\n", b"Date,Amount,Note\n", b"\0" * 600, b"<html>"]
)
def test_other_files_are_nothing(head: bytes) -> None:
    assert detect.kind_of(head, "x.dat") is None


@pytest.mark.parametrize(
    ("name", "kind"), [("x.EML", SourceKind.EML), ("x.ics", SourceKind.CALENDAR), ("x.vcf", SourceKind.VCARD)]
)
def test_the_name_decides_where_the_content_does_not(name: str, kind: SourceKind) -> None:
    assert detect.kind_of(b"\xff\xd8garbage", name) is kind
    assert detect.kind_of(b"PK\x03\x04garbage", name) is None


@pytest.mark.parametrize(
    ("magic", "words"),
    [
        (b"!BDN", "Outlook data file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook message"),
        (b"7z\xbc\xaf\x27\x1c", "unpack it"),
        (b"Rar!\x1a\x07\x01", "unpack it"),
    ],
)
def test_foreign_formats_say_what_to_do(magic: bytes, words: str) -> None:
    assert words in detect.foreign(magic + b"\0" * 100)
    assert detect.foreign(mailboxes.MBOX) == ""


@pytest.mark.parametrize(
    "magic", [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"\0" * 257 + b"ustar\x0000"]
)
def test_archives_are_seen(magic: bytes) -> None:
    assert detect.is_archive(magic + b"\0" * 300)
    assert not detect.is_archive(mailboxes.MBOX)


def test_a_file_that_cannot_be_opened_goes_by_its_name(tmp_path: Path) -> None:
    assert detect.kind_of_file(tmp_path / "gone.eml") is SourceKind.EML
    assert detect.kind_of_file(tmp_path / "gone.txt") is None
