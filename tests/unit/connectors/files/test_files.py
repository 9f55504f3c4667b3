"""The front door of file imports: one path in, sources out, every refusal a sentence."""

import os
from pathlib import Path

import pytest

from fluffy_core.connectors.files import files
from fluffy_core.domain.source import SourceFile, SourceKind
from fluffy_core.errors import NotMailError, UnreadableError
from tests.fakes.mailboxes import MBOX, MESSAGES, write


@pytest.mark.parametrize(
    ("name", "content", "kind", "folder"),
    [
        ("INBOX", MBOX, SourceKind.MBOX, "Inbox"),
        ("Sent Items.mbox", MBOX, SourceKind.MBOX, "Sent Items"),
        ("mail.eml", MBOX, SourceKind.MBOX, "mail.eml"),
        ("letter", MESSAGES[0], SourceKind.EML, ""),
        ("a.txt", b"BEGIN:VCALENDAR\n", SourceKind.CALENDAR, ""),
    ],
)
def test_a_file(tmp_path: Path, name: str, content: bytes, kind: SourceKind, folder: str) -> None:
    path = write(tmp_path / name, content)
    assert files.discover(path) == (SourceFile(str(path), kind, folder, len(content)),)


def test_a_thunderbird_file_is_known_by_its_index(tmp_path: Path) -> None:
    path = write(tmp_path / "Archive", MBOX)
    write(tmp_path / "Archive.msf", b"//")
    assert files.discover(path)[0].kind is SourceKind.THUNDERBIRD


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.mbox", MBOX)
    monkeypatch.chdir(tmp_path)
    assert files.discover(Path("a.mbox"))[0].path == str(tmp_path / "a.mbox")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"just text", "is not mail, a calendar or contacts"),
        (b"!BDN" + b"\0" * 600, "In Outlook, drag the messages into a folder"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "as .eml and import that"),
        (b"Rar!\x1a\x07", "unpack it and import the folder"),
    ],
)
def test_what_is_not_mail_is_a_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(NotMailError, match=words) as caught:
        files.discover(write(tmp_path / "x", content))
    assert str(caught.value).endswith(".")


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotMailError, match="holds nothing that can be imported"):
        files.discover(tmp_path)


def test_a_missing_path_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="There is no file or folder at"):
        files.discover(tmp_path / "gone")


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_odd_paths_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="is not a usable path"):
        files.discover(tmp_path / "loop")
    with pytest.raises(UnreadableError, match="is not a usable path"):
        files.discover(Path("a\0b"))
    with pytest.raises(NotMailError, match="is a device or a pipe"):
        files.discover(tmp_path / "pipe")
    with pytest.raises(NotMailError, match="is a device or a pipe"):
        files.discover(Path("/dev/null"))


def test_a_forbidden_file_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.mbox", MBOX)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UnreadableError, match=r"a\.mbox cannot be read: you have no permission to read it\."):
        files.discover(path)


def test_a_folder_with_only_unreadable_things_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "old.pst", b"!BDN" + b"\0" * 600)
    with pytest.raises(UnreadableError, match="is an Outlook data file"):
        files.discover(tmp_path)


def test_an_unreadable_source_raises_its_sentence_and_counts_nothing() -> None:
    source = SourceFile("/x", SourceKind.UNREADABLE, "", 0, problem="It is locked.")
    assert files.count(source) == 0
    with pytest.raises(UnreadableError, match=r"^It is locked\.$"):
        list(files.read(source))


@pytest.mark.realdata
def test_all_real_mail_is_found_and_counted(realmail: Path) -> None:
    sources = files.discover(realmail)
    counts = {source.folder: files.count(source) for source in sources}
    assert counts["spamassassin-ham"] == 4150
    assert sum(count for folder, count in counts.items() if folder.startswith("enron/")) == 4082
    assert counts["support-list-2019-2020"] == 3552
    assert sum(counts.values()) == 11_784


@pytest.mark.realdata
def test_real_calendars_and_cards_are_found(realdata: Path) -> None:
    kinds = [source.kind for source in files.discover(realdata / "pim")]
    assert kinds.count(SourceKind.VCARD) == 18
    assert kinds.count(SourceKind.CALENDAR) == 163
