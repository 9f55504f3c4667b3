"""Small mailboxes on disk, one builder for each kind of file source, all with the same three messages."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

SUBJECTS = ("First", "Second", "Third")


def message(subject: str, body: str = "Hello,\n\nthis is it.\n") -> bytes:
    """A plain message with "\\n" line ends."""
    return (
        f"From: Ada <ada@example.com>\nTo: ben@example.org\nSubject: {subject}\n"
        f"Date: Thu, 2 Jan 2020 10:00:00 +0000\nMessage-ID: <{subject.lower()}@example.com>\n\n{body}"
    ).encode()


def mbox(*messages: bytes) -> bytes:
    """An mbox of unquoted messages."""
    return b"".join(b"From ada@example.com Thu Jan  2 10:00:00 2020\n" + text + b"\n" for text in messages)


MESSAGES = tuple(message(subject) for subject in SUBJECTS)
MBOX = mbox(*MESSAGES)


def write(path: Path, content: bytes, *, at: int = 1_577_959_200) -> Path:
    """Write a file with its folders and a modification time of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """A zip with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, bytes], mode: str = "w:gz") -> Path:
    """A tar, packed by default, with these members."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def _mbox(root: Path) -> Path:
    return write(root / "Archive.mbox", MBOX)


def _thunderbird(root: Path) -> Path:
    write(root / "Mail" / "Local Folders" / "Archive.msf", b"// index")
    write(root / "prefs.js", b"// settings")
    write(root / "Mail" / "Local Folders" / "Archive", MBOX)
    return root


def _maildir(root: Path) -> Path:
    (root / "new").mkdir(parents=True)
    (root / "tmp").mkdir()
    for number, content in enumerate(MESSAGES):
        write(root / "cur" / f"{number}.host:2,S", content, at=1_577_959_200 + number)
    return root


def _eml_folder(root: Path) -> Path:
    for number, content in enumerate(MESSAGES):
        write(root / f"{number}.eml", content, at=1_577_959_200 + number)
    return root


def _takeout_zip(root: Path) -> Path:
    return zipped(root / "takeout.zip", {"Takeout/Mail/All mail.mbox": MBOX})


def _takeout_tgz(root: Path) -> Path:
    return tarred(root / "takeout.tgz", {"Takeout/Mail/All mail.mbox": MBOX})


def _eml_zip(root: Path) -> Path:
    return zipped(root / "export.zip", {f"out/{n}.eml": content for n, content in enumerate(MESSAGES)})


def _eml_tar(root: Path) -> Path:
    return tarred(root / "export.tar", {f"out/{n}.eml": content for n, content in enumerate(MESSAGES)}, "w")


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "mbox": _mbox,
    "thunderbird": _thunderbird,
    "maildir": _maildir,
    "eml-folder": _eml_folder,
    "takeout-zip": _takeout_zip,
    "takeout-tgz": _takeout_tgz,
    "eml-in-zip": _eml_zip,
    "eml-in-tar": _eml_tar,
}
"""Kind of source -> builder that puts it into an empty folder and returns the path to import."""
