"""What every file source promises: same items in the same order, resumable, counted, nothing written."""

import os
from pathlib import Path

import pytest

from fluffy_core.connectors.files import files
from fluffy_core.domain.source import SourceFile
from fluffy_core.errors import UnreadableError
from tests.fakes import mailboxes

SINGLES = {
    "eml": (b"a.eml", mailboxes.MESSAGES[0]),
    "ics": (b"a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    "vcf": (b"a.vcf", b"BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n"),
    "csv": (b"a.csv", b"Name,E-mail Address\r\nAda,ada@example.com\r\n"),
}


@pytest.fixture(params=mailboxes.BUILDERS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> SourceFile:
    root = tmp_path / "source"
    root.mkdir()
    (found,) = files.discover(mailboxes.BUILDERS[request.param](root))
    return found


def test_delivers_every_message_byte_for_byte(source: SourceFile, tmp_path: Path) -> None:
    items = list(files.read(source, scratch=tmp_path / "scratch"))
    assert sorted(item.content for item in items) == sorted(mailboxes.MESSAGES)
    assert all(item.problem == "" and item.skip == "" for item in items)


def test_count_is_what_read_yields(source: SourceFile, tmp_path: Path) -> None:
    assert files.count(source, scratch=tmp_path / "scratch") == 3


def test_size_covers_the_messages(source: SourceFile) -> None:
    assert source.size >= sum(map(len, mailboxes.MESSAGES))


def test_positions_rise_and_locators_differ(source: SourceFile, tmp_path: Path) -> None:
    items = list(files.read(source, scratch=tmp_path / "scratch"))
    positions = [item.position for item in items]
    assert positions == sorted(set(positions))
    assert 0 <= positions[0] <= positions[-1] < 2**63
    assert len({item.locator for item in items}) == 3
    assert all(item.locator.isprintable() for item in items)


def test_a_second_read_is_the_same(source: SourceFile, tmp_path: Path) -> None:
    first = list(files.read(source, scratch=tmp_path / "scratch"))
    assert list(files.read(source, scratch=tmp_path / "scratch")) == first


def test_resumes_after_each_item(source: SourceFile, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    items = list(files.read(source, scratch=scratch))
    for done, item in enumerate(items, start=1):
        assert list(files.read(source, after=item.position, scratch=scratch)) == items[done:]


def test_a_read_that_was_broken_off_resumes(source: SourceFile, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    reading = files.read(source, scratch=scratch)
    first = next(reading)
    del reading
    rest = list(files.read(source, after=first.position, scratch=scratch))
    assert sorted([first.content, *(item.content for item in rest)]) == sorted(mailboxes.MESSAGES)


def test_leaves_nothing_behind(source: SourceFile, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    before = sorted(os.walk(tmp_path / "source"))
    files.count(source, scratch=scratch)
    list(files.read(source, scratch=scratch))
    assert sorted(os.walk(tmp_path / "source")) == before
    assert not scratch.exists() or list(scratch.iterdir()) == []


def test_a_source_that_is_gone_is_a_sentence(source: SourceFile, tmp_path: Path) -> None:
    Path(tmp_path / "source").rename(tmp_path / "moved")
    with pytest.raises(UnreadableError, match=r"cannot be read: it is no longer there\."):
        list(files.read(source, scratch=tmp_path / "scratch"))
    with pytest.raises(UnreadableError, match=r"cannot be read: it is no longer there\."):
        files.count(source, scratch=tmp_path / "scratch")


@pytest.mark.parametrize("kind", SINGLES)
def test_a_single_file_is_one_item_at_position_zero(kind: str, tmp_path: Path) -> None:
    name, content = SINGLES[kind]
    (source,) = files.discover(mailboxes.write(tmp_path / name.decode(), content))
    (item,) = files.read(source)
    assert (source.kind, source.member, files.count(source)) == (
        {"csv": "contacts-csv"}.get(kind, kind),
        "",
        1,
    )
    assert (item.position, item.locator, item.content, item.problem) == (0, name.decode(), content, "")
    assert list(files.read(source, after=0)) == []


@pytest.mark.parametrize("kind", SINGLES)
def test_a_single_file_in_an_archive_is_one_item(kind: str, tmp_path: Path) -> None:
    name, content = SINGLES[kind]
    archive = mailboxes.zipped(tmp_path / "a.zip", {f"Takeout/{name.decode()}": content})
    (source,) = files.discover(archive)
    (item,) = files.read(source)
    assert item.content == content
    assert files.count(source) == 1
