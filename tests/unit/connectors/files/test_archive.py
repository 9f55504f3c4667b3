"""Archives: what is found inside, limits against bombs, damage, passwords, names that point outside."""

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from fluffy_core.connectors.files import archive, disk, files, packed
from fluffy_core.domain.source import SourceKind
from fluffy_core.errors import DiskFullError, KnownError, NotMailError, UnreadableError
from tests.fakes.mailboxes import MBOX, MESSAGES, tarred, write, zipped

ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
VCF = b"BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n"
GMAIL = b"From 1@xxx Thu Jan 02 10:00:00 +0000 2020\nX-GM-THRID: 1\nX-Gmail-Labels: Inbox\n\nhi\n\n"
TAKEOUT = {
    "Takeout/archive_browser.html": b"<html>",
    "Takeout/Mail/All mail Including Spam and Trash.mbox": GMAIL * 3,
    "Takeout/Calendar/ada@example.com.ics": ICS,
    "Takeout/Contacts/All Contacts/All Contacts.vcf": VCF,
    "Takeout/Contacts/All Contacts/photo.jpg": b"\xff\xd8",
    "Takeout/Contacts/all.csv": b"Name,E-mail 1 - Value\nAda,ada@example.com\n",
    "__MACOSX/Takeout/Mail/._All.mbox": MBOX,
    "Takeout/.hidden.mbox": MBOX,
}


@pytest.mark.parametrize("suffix", ["zip", "tgz", "tar", "tar.bz2", "tar.xz"])
def test_takeout(tmp_path: Path, suffix: str) -> None:
    modes = {"tgz": "w:gz", "tar": "w", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}
    path = tmp_path / f"takeout-001.{suffix}"
    path = zipped(path, TAKEOUT) if suffix == "zip" else tarred(path, TAKEOUT, modes[suffix])
    sources = files.discover(path)
    assert [(source.kind, source.folder, source.member.split("/")[1]) for source in sources] == [
        (SourceKind.CALENDAR, "", "Calendar"),
        (SourceKind.VCARD, "", "Contacts"),
        (SourceKind.CONTACTS_CSV, "", "Contacts"),
        (SourceKind.TAKEOUT, "All mail Including Spam and Trash", "Mail"),
    ]
    assert sources[3].size == len(GMAIL * 3)
    assert [files.count(source, scratch=tmp_path / "s") for source in sources] == [1, 1, 1, 3]
    items = list(files.read(sources[3], scratch=tmp_path / "s"))
    assert [item.flags for item in items] == [("seen",)] * 3


def test_an_unpacked_takeout_is_the_same(tmp_path: Path) -> None:
    for name, content in TAKEOUT.items():
        write(tmp_path / name, content)
    kinds = {source.kind for source in files.discover(tmp_path)}
    assert kinds == {SourceKind.CALENDAR, SourceKind.VCARD, SourceKind.CONTACTS_CSV, SourceKind.TAKEOUT}


def test_a_packed_single_mbox(tmp_path: Path) -> None:
    path = tmp_path / "2019-May.mbox.gz"
    path.write_bytes(gzip.compress(MBOX))
    (source,) = files.discover(path)
    assert (source.kind, source.folder, source.size) == (SourceKind.MBOX, "2019-May", len(MBOX))
    assert [item.content for item in files.read(source, scratch=tmp_path / "s")] == list(MESSAGES)


def test_loose_messages_are_one_source_for_each_folder(tmp_path: Path) -> None:
    members = {
        "in/1.eml": MESSAGES[0],
        "in/2.eml": MESSAGES[1],
        "out/sub/3.eml": MESSAGES[2],
        "4.eml": MESSAGES[0],
    }
    sources = files.discover(zipped(tmp_path / "export.zip", members))
    assert [(source.member, source.folder, files.count(source)) for source in sources] == [
        ("/", "export", 1),
        ("in/", "in", 2),
        ("out/sub/", "out/sub", 1),
    ]


@pytest.mark.parametrize(
    "name", ["../../escape.mbox", "/etc/escape.mbox", "..\\..\\escape.mbox", "C:\\escape.mbox"]
)
def test_names_that_point_outside_are_only_names(tmp_path: Path, name: str) -> None:
    scratch = tmp_path / "deep" / "scratch"
    for path in (zipped(tmp_path / "a.zip", {name: MBOX}), tarred(tmp_path / "a.tgz", {name: MBOX})):
        (source,) = files.discover(path)
        assert len(list(files.read(source, scratch=scratch))) == 3
        assert ".." not in source.folder
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a.tgz", "a.zip"]


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as out:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"{kind!r}.mbox")
            info.type, info.linkname = kind, "/etc/passwd"
            out.addfile(info)
        info = tarfile.TarInfo("real.mbox")
        info.size = len(MBOX)
        out.addfile(info, io.BytesIO(MBOX))
    assert [source.member for source in files.discover(path)] == ["real.mbox"]


def test_archives_in_archives_are_not_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.mbox": MBOX}).read_bytes()
    with pytest.raises(NotMailError, match="an archive without mail, calendars or contacts"):
        files.discover(zipped(tmp_path / "outer.zip", {"inner.zip": inner}))


def _bomb(path: Path, suffix: str) -> Path:
    content = MBOX + b"0" * 80_000_000
    return zipped(path, {"a.mbox": content}) if suffix == "zip" else tarred(path, {"a.mbox": content})


@pytest.mark.parametrize("suffix", ["zip", "tgz", "gz"])
def test_bombs_are_refused_before_anything_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bomb.{suffix}"
    if suffix == "gz":
        path.write_bytes(gzip.compress(MBOX + b"0" * 80_000_000))
    else:
        _bomb(path, suffix)
    with pytest.raises(UnreadableError, match="would unpack to far more than an archive of mail can hold"):
        files.discover(path)


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MAX_ENTRIES", 5)
    monkeypatch.setattr(packed, "MAX_DIRECTORY", 300)
    members = {f"{number}.eml": MESSAGES[0] for number in range(9)}
    for path in (zipped(tmp_path / "a.zip", members), tarred(tmp_path / "a.tgz", members)):
        with pytest.raises(UnreadableError, match="far more than an archive of mail"):
            files.discover(path)


def test_a_sparse_file_is_passed_over(tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", {"a.mbox": MBOX}, "w")
    info = tarfile.TarInfo("sparse.mbox")
    info.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"
    header[148:156] = b"%06o\0 " % (256 + sum(header[:148]) + sum(header[156:512]))
    path.write_bytes(bytes(header) + path.read_bytes())
    assert [source.member for source in files.discover(path)] == ["a.mbox"]


def test_a_password_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.mbox": MBOX})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="is protected by a password: unpack it"):
        files.discover(path)


def test_an_unknown_packing_method_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.mbox": MBOX})
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, 8, 97)
    struct.pack_into("<H", data, data.rindex(b"PK\x01\x02") + 10, 97)
    path.write_bytes(data)
    with pytest.raises(NotMailError, match="packed in a way that cannot be read here"):
        files.discover(path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
@pytest.mark.parametrize("suffix", ["zip", "tgz", "tar", "mbox.gz", "tar.bz2", "tar.xz"])
def test_a_truncated_archive_is_a_sentence(tmp_path: Path, suffix: str, kept: float) -> None:
    path = tmp_path / f"a.{suffix}"
    members = {"a.mbox": MBOX * 100, "b.mbox": MBOX * 100}
    if suffix == "zip":
        zipped(path, members)
    elif suffix == "mbox.gz":
        path.write_bytes(gzip.compress(MBOX * 100))
    else:
        tarred(path, members, {"tgz": "w:gz", "tar": "w"}.get(suffix, f"w:{suffix[4:]}"))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(UnreadableError, match="is damaged or was cut off"):
        files.discover(path)


def test_a_damaged_member_is_a_sentence_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a.mbox", MBOX * 200)
    data = bytearray(path.read_bytes())
    data[len(MBOX) * 100] ^= 0xFF
    path.write_bytes(data)
    (source,) = files.discover(path)
    with pytest.raises(UnreadableError, match="is damaged or was cut off"):
        list(files.read(source, scratch=tmp_path / "s"))
    assert list((tmp_path / "s").iterdir()) == []


def test_a_damaged_tar_header_in_the_middle_is_not_taken_for_the_end(tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", {"a.mbox": MBOX, "b.mbox": MBOX}, "w")
    data = bytearray(path.read_bytes())
    data[data.index(b"b.mbox") + 150] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UnreadableError, match="is damaged"):
        files.discover(path)


def test_no_room_is_said_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = files.discover(zipped(tmp_path / "a.zip", {"a.mbox": MBOX}))
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(DiskFullError, match=r"Unpacking a\.mbox needs 0\.0 GB on the disk and 0\.0 GB"):
        list(files.read(source, scratch=tmp_path / "s"))


def test_a_broken_off_read_keeps_the_unpacked_file_and_the_next_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "s"
    (source,) = files.discover(zipped(tmp_path / "a.zip", {"a.mbox": MBOX}))
    first = next(files.read(source, scratch=scratch))
    (kept,) = scratch.iterdir()
    assert kept.read_bytes() == MBOX
    monkeypatch.setattr(archive._PackedMbox, "_unpack", lambda *_: pytest.fail("unpacked again"))
    assert len(list(files.read(source, after=first.position, scratch=scratch))) == 2
    assert list(scratch.iterdir()) == []


def test_a_huge_member_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MAX_ITEM_BYTES", 1000)
    content = MESSAGES[0] + b"x" * 3_000_000
    for path in (zipped(tmp_path / "a.zip", {"a.eml": content}), write(tmp_path / "a.eml", content)):
        (source,) = files.discover(path)
        (item,) = files.read(source)
        assert item.problem == "It is larger than 512 MB; only its beginning was read."
        assert len(item.content) < len(content)


def test_every_failure_is_a_known_error(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for head in (
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"\x1f\x8b\x08",
        b"BZh9",
        b"\xfd7zXZ\0",
        b"\0" * 257 + b"ustar",
    ):
        path.write_bytes(head)
        with pytest.raises(KnownError, match=r"a\.zip"):
            files.discover(path)
