"""Reading and parsing in a child process: the same outcome, and a crash costs one message."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from fluffy_core.domain.ingest import Page, Prepared
from fluffy_core.domain.source import RawItem, SourceFile, SourceKind
from fluffy_core.errors import UnreadableError
from fluffy_core.services.imports import prepare, prepare_process
from fluffy_core.services.imports.prepare import Start
from fluffy_core.services.imports.prepare_process import PreparingProcess

GIVEN_UP = "It crashed or stalled the program that reads messages."


def raw(number: int, body: str = "Hello.") -> bytes:
    head = f"From: ann@example.com\nTo: me@example.com\nSubject: n{number}\nMessage-ID: <{number}@x>\n"
    return f"{head}\n{body}\n".encode()


def item(number: int, body: str = "Hello.") -> RawItem:
    return RawItem(number, str(number), raw(number, body))


def mbox(folder: Path, count: int, *, tail: bytes = b"") -> SourceFile:
    path = folder / "box.mbox"
    letters = [b"From ann@example.com Mon Jan  5 10:00:00 2026\n" + raw(n) + b"\n" for n in range(count)]
    path.write_bytes(b"".join(letters) + tail)
    return SourceFile(str(path), SourceKind.MBOX, "box", path.stat().st_size)


def keys(items: Sequence[Prepared]) -> list[tuple[object, ...]]:
    return [(one.position, one.identity, one.content_key, one.preview, one.reason, one.raw) for one in items]


def here(source: SourceFile, scratch: Path) -> list[Page]:
    return list(prepare.read(source, prepare.preparer(), start=Start(), scratch=scratch))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten items, in the child too, cut into pieces of four."""
    monkeypatch.setattr(prepare, "PAGE_ITEMS", 10)
    start = "; p.prepare.PAGE_ITEMS = 10; p.CHUNK = 4; p.serve"
    monkeypatch.setattr(prepare_process, "_START", prepare_process._START.replace("; p.serve", start))


def sabotage(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have every child run `code` first."""
    changed = prepare_process._START.replace("; p.serve", f"; {code}; p.serve", 1)
    assert changed != prepare_process._START
    monkeypatch.setattr(prepare_process, "_START", changed)


CRASH_AT_5 = (
    "import os; real = p.prepare.preparer; p.prepare.preparer = lambda: (lambda make: lambda items: "
    "os._exit(3) if any(b'Subject: n5\\n' in one.content for one in items) else make(items))(real())"
)


def test_the_child_prepares_what_the_caller_would_have() -> None:
    items = [item(1), item(2, "Zweite Zeile: äöü"), RawItem(3, "3", b"", problem="It is empty.")]
    make = prepare.preparer(clock=lambda: 1_780_000_000)
    with PreparingProcess() as child:
        found = child.prepare(items)
        again = child.prepare(items[:1])
    assert keys(found) == keys(make(items))
    assert [one.reason for one in found] == ["", "", "It is empty."]
    assert again[0].identity == found[0].identity


def test_nothing_to_prepare_starts_no_child() -> None:
    with PreparingProcess() as child:
        assert child.prepare([]) == []
        assert child._child is None


@pytest.mark.usefixtures("small_pages")
def test_the_child_reads_the_pages_that_the_caller_would_have(tmp_path: Path) -> None:
    source = mbox(tmp_path, 25)
    expected = here(source, tmp_path)
    assert [len(page.items) for page in expected] == [10, 10, 5]
    with PreparingProcess() as child:
        found = list(child.pages(source, start=Start(), scratch=tmp_path))
        rest = list(child.pages(source, start=Start().past(expected[0]).past(expected[1]), scratch=tmp_path))
    for ours, theirs in zip(found, expected, strict=True):
        assert keys(ours.items) == keys(theirs.items)
        assert (ours.position, ours.size, ours.skipped) == (theirs.position, theirs.size, theirs.skipped)
    assert keys(rest[0].items) == keys(expected[2].items)


def test_what_is_no_mail_is_counted_only(tmp_path: Path) -> None:
    chat = b"From ann@example.com Mon Jan  5 10:00:00 2026\nX-Gmail-Labels: Chat\n" + raw(99) + b"\n"
    with PreparingProcess() as child:
        (page,) = child.pages(mbox(tmp_path, 2, tail=chat), start=Start(), scratch=tmp_path)
    assert (len(page.items), page.skipped) == (2, 1)


def test_a_source_that_fails_says_so_in_the_same_words(tmp_path: Path) -> None:
    gone = SourceFile(str(tmp_path / "gone.mbox"), SourceKind.MBOX, "gone", 1)
    with pytest.raises(UnreadableError) as expected:
        here(gone, tmp_path)
    with PreparingProcess() as child:
        with pytest.raises(UnreadableError) as found:
            list(child.pages(gone, start=Start(), scratch=tmp_path))
        assert str(found.value) == str(expected.value)
        assert len(list(child.pages(mbox(tmp_path, 1), start=Start(), scratch=tmp_path))) == 1


@pytest.mark.usefixtures("small_pages")
def test_a_message_that_kills_the_child_costs_itself_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = mbox(tmp_path, 25)
    sabotage(monkeypatch, CRASH_AT_5)
    with PreparingProcess() as child:
        found = list(child.pages(source, start=Start(), scratch=tmp_path))
    assert [len(page.items) for page in found] == [10, 10, 5]
    assert [page.rescued for page in found] == [True, False, False]
    everything = [one for page in found for one in page.items]
    assert [n for n, one in enumerate(everything) if one.message is None] == [5]
    assert everything[5].reason == GIVEN_UP
    assert [page.position for page in found] == [page.position for page in here(source, tmp_path)]


def test_a_message_that_crashes_the_parser_is_kept_unread_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sabotage(monkeypatch, CRASH_AT_5)
    with PreparingProcess() as child:
        found = child.prepare([item(number) for number in range(8)])
    assert [one.position for one in found] == list(range(8))
    assert [one.position for one in found if one.message is None] == [5]
    assert found[5].reason == GIVEN_UP


def test_a_stalled_parser_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, "import time; p.prepare.preparer = lambda: (lambda one: time.sleep(60))")
    monkeypatch.setattr(prepare_process, "PAGE_SECONDS", 0.3)
    with PreparingProcess() as child:
        (page,) = child.pages(mbox(tmp_path, 1), start=Start(), scratch=tmp_path)
    assert [one.reason for one in page.items] == [GIVEN_UP]


def test_reading_that_takes_long_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = (
        "import time; f = p.prepare.files; real = f.read; "
        "f.read = lambda *a, **k: (time.sleep(1), real(*a, **k))[1]"
    )
    sabotage(monkeypatch, slow)
    monkeypatch.setattr(prepare_process, "PAGE_SECONDS", 0.5)
    with PreparingProcess() as child:
        (page,) = child.pages(mbox(tmp_path, 1), start=Start(), scratch=tmp_path)
    assert page.items[0].message is not None


def test_the_child_ends_with_its_owner() -> None:
    with PreparingProcess() as child:
        child.prepare([item(1)])
        process = child._child
    assert process is not None
    assert process.poll() == 0


def test_a_read_that_is_broken_off_ends_the_child(tmp_path: Path) -> None:
    with PreparingProcess() as child:
        pages = child.pages(mbox(tmp_path, 3_000), start=Start(), scratch=tmp_path)
        next(pages)
        process = child._child
    assert process is not None
    assert process.poll() is not None


def test_pages_cut_by_count_and_size() -> None:
    def cut(items: Sequence[RawItem]) -> list[int]:
        return [len(page) for page in prepare.pages(items)]

    assert cut([item(number) for number in range(3000)]) == [125, 250, 500, 1000, 1000, 125]
    assert cut([RawItem(n, str(n), bytes(5 << 20)) for n in range(3)]) == [2, 1]
    assert cut([]) == []


@pytest.mark.parametrize("resumed", [1, 2, 3, 4])
def test_a_resumed_read_makes_the_same_pages(resumed: int) -> None:
    items = [item(number) for number in range(2500)]
    whole = list(prepare.pages(items))
    done = sum(len(page) for page in whole[:resumed])
    assert list(prepare.pages(items[done:], done=done)) == whole[resumed:]


def test_the_child_looks_for_garbage_less_often_and_not_at_its_own_code() -> None:
    code = f"{prepare_process._READY}print(gc.get_threshold()[0], gc.get_freeze_count() > 1000)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["20000", "True"]
