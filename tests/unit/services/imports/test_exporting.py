"""Everything out again: one mbox that reads back to the same messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.errors import DiskFullError, UsageError
from fluffy_core.services.imports import exporting
from fluffy_core.services.reading import reader
from fluffy_core.store import messages
from tests.fakes import mailboxes
from tests.unit.services.homes import letter, opened, read

LETTERS = [
    letter("Plain", mid="a@x"),
    letter("From lines", mid="b@x", hour=1, body="From here on\n>From quoted\n>>From twice\n\nFrom the end"),
    letter("No end", hour=2, body="no newline at the end"),
    letter("Blank end", hour=3, body="two blank lines\n\n\n"),
    letter("Windows", hour=4, mid="c@x").replace(b"\n", b"\r\n"),
    letter("Latin", hour=5, extra="Content-Type: text/plain; charset=iso-8859-1").replace(
        b"This", b"\xc4\xd6"
    ),
]


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    folder = tmp_path / "mails"
    for number, content in enumerate([*LETTERS, b""]):
        mailboxes.write(folder / f"{number}.eml", content)
    with opened(tmp_path / "home") as core:
        read(core, folder)
        yield core


def test_the_export_reads_back_to_the_same_messages(core: Core, tmp_path: Path) -> None:
    target = tmp_path / "all.mbox"
    assert exporting.to_mbox(core.store, target) == len(LETTERS) + 1
    assert not list(tmp_path.glob("*.part"))
    with opened(tmp_path / "again") as again:
        report = read(again, target)
        assert report.stored == len(LETTERS)
        got = sorted(reader.raw_bytes(again.store, one).rstrip() for one in messages.all_ids(again.store))
        assert got == sorted(one.rstrip() for one in LETTERS)
    back = read(core, target)
    assert (back.stored, back.duplicates) == (0, len(LETTERS))


def test_nothing_is_overwritten(core: Core, tmp_path: Path) -> None:
    (tmp_path / "there.mbox").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        exporting.to_mbox(core.store, tmp_path / "there.mbox")
    assert (tmp_path / "there.mbox").read_text() == "mine"


def test_a_target_that_cannot_be_written_leaves_nothing(core: Core, tmp_path: Path) -> None:
    with pytest.raises(DiskFullError, match="Nothing was left behind"):
        exporting.to_mbox(core.store, tmp_path / "no" / "folder.mbox")
    assert not (tmp_path / "no").exists()
