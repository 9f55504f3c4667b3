"""Walking folders: every layout is found under the names its user knows, nothing odd is opened."""

import os
import socket
from pathlib import Path

import pytest

from fluffy_core.connectors.files import files, walk
from fluffy_core.domain.source import SourceKind
from tests.fakes.mailboxes import MBOX, MESSAGES, tarred, write, zipped

ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
LINKS = pytest.mark.skipif(os.name == "nt", reason="needs a right there")


def found(path: Path) -> list[tuple[str, str]]:
    return [(source.kind.value, source.folder) for source in files.discover(path)]


def maildir(path: Path, *names: str) -> None:
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    for name in names:
        write(path / "cur" / name, MESSAGES[0])


def test_maildir_plus_plus(tmp_path: Path) -> None:
    root = tmp_path / "Maildir"
    maildir(root, "1:2,S")
    maildir(root / ".Sent", "1:2,S")
    maildir(root / ".Archive.2019")
    maildir(root / ".Entw&APw-rfe")
    write(root / "dovecot-uidlist", b"3 V1\n")
    assert found(root) == [
        ("maildir", "Inbox"),
        ("maildir", "Archive/2019"),
        ("maildir", "Entwürfe"),
        ("maildir", "Sent"),
    ]
    assert found(tmp_path) == found(root)


def test_nested_maildirs(tmp_path: Path) -> None:
    maildir(tmp_path / "account" / "INBOX", "1:2,S")
    maildir(tmp_path / "account" / "Sent" / "2019", "1:2,S")
    assert found(tmp_path) == [("maildir", "account/Inbox"), ("maildir", "account/Sent/2019")]
    assert found(tmp_path / "account" / "INBOX") == [("maildir", "Inbox")]


def test_thunderbird_profile(tmp_path: Path) -> None:
    local = tmp_path / "Mail" / "Local Folders"
    write(tmp_path / "prefs.js", b"//")
    write(tmp_path / "cache" / "junk.eml", MESSAGES[0])
    for name in ("Archive", "Archive.sbd/2019", "Gesendet"):
        write(local / name, MBOX)
        write(local / f"{name}.msf", b"// <!-- <mdb:mork")
    write(local / "Trash", b"")
    write(local / "msgFilterRules.dat", b'version="9"\n')
    write(local / "popstate.dat", MBOX)
    write(tmp_path / "ImapMail" / "imap.example.com" / "INBOX", MBOX)
    write(tmp_path / "ImapMail" / "imap.example.com" / "INBOX.msf", b"// <!-- <mdb:mork")
    assert found(tmp_path) == [
        ("thunderbird", "imap.example.com/Inbox"),
        ("thunderbird", "Local Folders/Archive"),
        ("thunderbird", "Local Folders/Gesendet"),
        ("thunderbird", "Local Folders/Archive/2019"),
    ]
    assert found(local)[0] == ("thunderbird", "Archive")


def test_mixed_folder(tmp_path: Path) -> None:
    write(tmp_path / "a" / "1.eml", MESSAGES[0])
    write(tmp_path / "a" / "deep" / "2.eml", MESSAGES[1])
    write(tmp_path / "b.mbox", MBOX)
    write(tmp_path / "cal.ics", ICS)
    write(tmp_path / "people.csv", b"Name,E-mail Address\nAda,ada@example.com\n")
    write(tmp_path / "photo.jpg", b"\xff\xd8\xff")
    write(tmp_path / ".hidden" / "3.eml", MESSAGES[2])
    zipped(tmp_path / "takeout.zip", {"Takeout/Mail/All.mbox": MBOX})
    zipped(tmp_path / "photos.zip", {"1.jpg": b"\xff\xd8"})
    assert found(tmp_path) == [
        ("mbox", "b"),
        ("ics", ""),
        ("contacts-csv", ""),
        ("mbox", "All"),
        ("eml-folder", "a"),
        ("eml-folder", "a/deep"),
    ]
    assert files.discover(tmp_path) == files.discover(tmp_path)


def test_the_size_of_a_message_folder_is_its_messages(tmp_path: Path) -> None:
    for number, content in enumerate(MESSAGES):
        write(tmp_path / f"{number}.eml", content)
    write(tmp_path / "notes.txt", b"x" * 1000)
    (source,) = files.discover(tmp_path)
    assert (source.size, source.folder) == (sum(map(len, MESSAGES)), tmp_path.name)


def test_apple_mail_export(tmp_path: Path) -> None:
    write(tmp_path / "Archive.mbox" / "mbox", MBOX)
    write(tmp_path / "Archive.mbox" / "table_of_contents", b"\0\1")
    assert found(tmp_path) == [("mbox", "Archive")]
    assert found(tmp_path / "Archive.mbox" / "mbox") == [("mbox", "Archive")]


@LINKS
def test_links_in_circles_and_special_files_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / "1.eml", MESSAGES[0])
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "again").symlink_to(tmp_path / "a")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "a" / "pipe.eml")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)
        server.bind("sock.eml")
        sources = files.discover(tmp_path)
    assert [source.folder for source in sources] == ["a"]
    assert [item.content for item in files.read(sources[0])] == [MESSAGES[0]]


@LINKS
def test_a_linked_folder_is_entered_once(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "1.eml", MESSAGES[0])
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "mail").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "root") == [("eml-folder", "mail")]


def test_what_cannot_be_opened_is_listed_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "1.eml", MESSAGES[0])
    write(tmp_path / "locked" / "2.eml", MESSAGES[1])
    write(tmp_path / "old.pst", b"!BDN" + b"\0" * 600)
    broken = tarred(tmp_path / "broken.tgz", {"a.mbox": MBOX * 50})
    broken.write_bytes(broken.read_bytes()[:-60])
    real = os.scandir

    def scandir(path: Path) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    sources = files.discover(tmp_path)
    problems = {Path(source.path).name: source.problem for source in sources if source.problem}
    assert [source.kind for source in sources].count(SourceKind.EML_FOLDER) == 1
    assert problems["locked"].endswith("cannot be read: you have no permission to read it.")
    assert "Outlook data file" in problems["old.pst"]
    assert problems["broken.tgz"].endswith("was cut off: download or copy it again. Nothing was lost.")
    assert len(problems) == 3


def test_folders_nested_too_deep_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAX_DEPTH", 3)
    write(tmp_path / "1.eml", MESSAGES[0])
    write(tmp_path / "a" / "b" / "c" / "d" / "2.eml", MESSAGES[1])
    sources = files.discover(tmp_path)
    assert [source.kind for source in sources] == [SourceKind.EML_FOLDER, SourceKind.UNREADABLE]
    assert sources[1].problem.endswith("was left out: it lies more than 3 folders deep.")


@LINKS
def test_a_name_that_is_not_unicode_is_listed(tmp_path: Path) -> None:
    write(tmp_path / "1.eml", MESSAGES[0])
    for name in (b"caf\xe9", b"\xff.mbox"):
        path = os.fsencode(tmp_path) + b"/" + name
        if name == b"caf\xe9":
            os.mkdir(path)  # noqa: PTH102
        else:
            with open(path, "wb") as file:  # noqa: PTH123
                file.write(MBOX)
    sources = files.discover(tmp_path)
    assert [source.kind for source in sources].count(SourceKind.UNREADABLE) == 2
    assert all((source.path + source.problem).encode() for source in sources)
    assert any("has a name that cannot be read" in source.problem for source in sources)
