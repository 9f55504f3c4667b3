"""Importing files: every kind of source, again, from two places, damaged, and with too little room."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.ingest import PageCount
from fluffy_core.domain.rows import Section
from fluffy_core.errors import DiskFullError, NotMailError, UnreadableError, UsageError
from fluffy_core.services.home import care
from fluffy_core.services.imports import imports, prepare, prepare_process
from fluffy_core.services.reading import inbox, reader
from fluffy_core.store import counts, messages, reading
from fluffy_core.store.database import Transaction
from tests.fakes import mailboxes
from tests.unit.services.homes import ME, grouping, hard_to_pack, letter, opened, read, read_letters, settings

ADA = "ada@example.com"
NOT_MAIL = b"\x00\x01\x02"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def whole(core: Core) -> None:
    """The doctor finds nothing, and every count adds up."""
    assert care.examine(core.store, core.settings).problems == ()


@pytest.mark.parametrize("kind", mailboxes.BUILDERS)
def test_every_kind_of_source_is_read_once(core: Core, tmp_path: Path, kind: str) -> None:
    path = mailboxes.BUILDERS[kind](tmp_path / "source")
    first = read(core, path, me=["ben@example.org"])
    assert (first.messages, first.stored, first.duplicates, first.unread) == (3, 3, 0, 0)
    assert (first.threads, first.contacts, first.me, first.me_confirmed) == (3, 1, ("ben@example.org",), True)
    again = read(core, path, me=[])
    assert (again.messages, again.stored, again.duplicates) == (3, 0, 3)
    assert counts.totals(core.store)["messages"] == 3
    whole(core)


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()


def test_all_kinds_together_through_the_workers(core: Core, tmp_path: Path) -> None:
    paths = []
    for kind, build in mailboxes.BUILDERS.items():
        (tmp_path / kind).mkdir()
        paths.append(build(tmp_path / kind))
    account_id = imports.start(core.store, paths, me=["ben@example.org"])
    assert core.start_workers()
    deadline = time.monotonic() + 60
    while not imports.is_read(core.store, account_id):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert imports.failure(core.store, account_id) == ""
    report = imports.report(core.store, account_id, seconds=1.23456)
    kinds = len(mailboxes.BUILDERS)
    assert (report.messages, report.stored, report.duplicates) == (3 * kinds, 3, 3 * (kinds - 1))
    assert (report.contacts, report.seconds) == (1, 1.235)
    assert core.store.all("SELECT message_id, count(*) FROM locations GROUP BY 1") == [
        (n, kinds) for n in (1, 2, 3)
    ]
    whole(core)


def test_a_message_seen_in_two_files_is_one_with_two_folders(core: Core) -> None:
    one = letter(mid="a@x.example")
    read_letters(core, one, name="Inbox.mbox")
    report = read_letters(core, one, letter("Other", hour=1), name="Archive.mbox")
    assert (report.messages, report.stored, report.duplicates) == (2, 1, 1)
    assert reading.folders(core.store, [1]) == {1: ["Archive", "Inbox"]}


def test_two_different_messages_with_one_message_id_stay_two(core: Core) -> None:
    texts = [
        "I accept the offer.\n",
        "I decline, and here is at length why I do so.\n",
        "I accept nothing.\n",
    ]
    report = read_letters(core, *(letter(body=text, mid="same@x.example") for text in texts))
    assert (report.stored, report.duplicates) == (3, 0)
    assert read_letters(core, letter(body=texts[1], mid="same@x.example"), name="b.mbox").duplicates == 1


@pytest.mark.parametrize("footer_first", [True, False])
def test_the_copy_with_a_lists_footer_is_the_same_message(core: Core, footer_first: bool) -> None:
    body = "Roses on Tuesday?\n"
    plain = letter("Roses", body=body, mid="r@x.example")
    footer = "_______________\nGardeners mailing list\nhttps://lists.example/gardeners\n"
    listed = letter("[gardeners] Roses", body=body + footer, mid="r@x.example")
    report = read_letters(core, *((listed, plain) if footer_first else (plain, listed)))
    assert (report.stored, report.duplicates) == (1, 1)


def test_mail_without_message_id_is_told_apart_by_what_it_says(core: Core) -> None:
    one, other = letter(body="One.\n"), letter(body="Two.\n")
    report = read_letters(core, one, other, one)
    assert (report.messages, report.stored, report.duplicates) == (3, 2, 1)


def test_equal_letters_to_two_people_are_two(core: Core) -> None:
    report = read_letters(core, letter(to="a@x.example"), letter(to="b@x.example"))
    assert (report.stored, report.duplicates) == (2, 0)


def test_undated_mail_is_kept_and_comes_last(core: Core) -> None:
    undated = b"From: Ada <ada@example.com>\nTo: me@example.org\nSubject: When\n\nI do not know.\n"
    assert read_letters(core, undated, letter("Dated")).stored == 2
    ids = inbox.ids(core.store, Section.EVERYTHING)
    last = inbox.rows(core.store, ids)[ids[-1]]
    assert (last.subject, last.last_date) == ("When", 0)


def test_what_cannot_be_parsed_is_kept_with_its_reason_and_counted(core: Core, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    mailboxes.write(folder / "good.eml", letter())
    mailboxes.write(folder / "empty.eml", b"")
    mailboxes.write(folder / "also.eml", letter("Two", hour=1))
    report = read(core, folder)
    assert (report.messages, report.stored, report.unread) == (3, 2, 1)
    assert report.stored + report.duplicates + report.unread == report.messages
    (reason,) = imports.unread_reasons(core.store, _last_account(core))
    assert "empty.eml" in reason
    assert reason.endswith(".")
    assert "2 of 3 messages read" in imports.told(report)
    assert "1 kept unread" in imports.told(report)
    assert list(reader.unread_bytes(core.store)) == [b""]
    again = read(core, folder)
    assert (again.stored, again.duplicates, again.unread) == (0, 2, 1)
    assert counts.totals(core.store)["unread"] == 1
    whole(core)


def _last_account(core: Core) -> AccountId:
    return AccountId(int((core.store.one("SELECT max(id) FROM accounts") or (0,))[0]))


def test_an_archive_that_was_cut_off_is_refused(core: Core, tmp_path: Path) -> None:
    members = {f"{n}.eml": one for n, one in enumerate(hard_to_pack(40))}
    packed = mailboxes.tarred(tmp_path / "mail.tgz", members)
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    with pytest.raises(UnreadableError, match="damaged or was cut off"):
        imports.start(core.store, [packed])
    assert counts.totals(core.store)["jobs"] == 0


def test_a_damaged_file_in_an_archive_is_left_out_and_named(core: Core, tmp_path: Path) -> None:
    members = {"Takeout/Mail/A.mbox": mailboxes.MBOX, "Takeout/Mail/B.mbox": mailboxes.mbox(*hard_to_pack(9))}
    packed = mailboxes.zipped(tmp_path / "takeout.zip", members)
    content = bytearray(packed.read_bytes())
    content[-4000:-2000] = bytes(2000)
    packed.write_bytes(content)
    report = read(core, packed)
    assert (report.messages, report.stored, report.unread) == (3, 3, 0)
    (problem,) = report.problems
    assert problem.startswith("takeout.zip: ")
    assert problem.endswith(".")
    assert not imports.is_whole(core.store, _last_account(core))
    whole(core)


def test_paths_that_hold_no_mail_leave_nothing_behind(core: Core, tmp_path: Path) -> None:
    with pytest.raises((NotMailError, UnreadableError), match="nowhere"):
        imports.start(core.store, [tmp_path / "nowhere"])
    noise = mailboxes.write(tmp_path / "noise.bin", NOT_MAIL * 100)
    with pytest.raises(NotMailError, match=r"noise\.bin"):
        imports.start(core.store, [noise])
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotMailError, match="empty"):
        imports.start(core.store, [tmp_path / "empty"])
    good = mailboxes.write(tmp_path / "good.mbox", mailboxes.MBOX)
    with pytest.raises(NotMailError):
        imports.start(core.store, [good, noise])
    with pytest.raises(UsageError, match="“nonsense” is not a mail address"):
        imports.start(core.store, [good], me=["nonsense"])
    assert core.store.one("SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM jobs)") == (0, 0)


def test_a_plan_says_what_the_paths_hold_and_counts_nothing_twice(tmp_path: Path) -> None:
    box = mailboxes.write(tmp_path / "source" / "a.mbox", mailboxes.MBOX)
    mailboxes.write(tmp_path / "source" / "b.vcf", b"BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\n")
    plan = imports.look([tmp_path / "source", box])
    assert sorted(Path(one.path).name for one in plan.files) == ["a.mbox", "b.vcf"]
    assert plan.kinds == ("mbox", "vcf")
    assert plan.size == sum(one.size for one in plan.files) >= len(mailboxes.MBOX)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of five hundred messages."""
    monkeypatch.setattr(prepare, "PAGE_ITEMS", 500)
    monkeypatch.setattr(prepare, "FIRST_ITEMS", 500)


@pytest.mark.usefixtures("small_pages")
def test_progress_rises_to_the_whole(core: Core, tmp_path: Path) -> None:
    steps = []
    box = mailboxes.write(
        tmp_path / "many.mbox", mailboxes.mbox(*(letter(f"n{n}", hour=n) for n in range(1200)))
    )
    account_id = imports.start(core.store, [box])
    imports.run(core.store, account_id, scratch=tmp_path, on_page=lambda tx, step: steps.append(step))
    assert [one.count.messages for one in steps] == [500, 1000, 1200]
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert steps[-1].done <= steps[-1].total == box.stat().st_size


def test_a_reading_process_that_ended_is_told_and_loses_nothing(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare_process, "WORTH_BYTES", 0)
    letters = [letter(f"n{n}", hour=n, mid=f"{n}@x.example") for n in range(3200)]
    account_id = imports.start(
        core.store, [mailboxes.write(tmp_path / "many.mbox", mailboxes.mbox(*letters))]
    )
    kills: list[Callable[[], object]] = []
    steps: list[imports.Step] = []

    @contextmanager
    def watched(kill: Callable[[], object]) -> Iterator[None]:
        kills.append(kill)
        yield

    def on_page(_tx: Transaction, step: imports.Step) -> None:
        steps.append(step)
        if len(steps) == 1:
            kills[0]()

    imports.run(core.store, account_id, scratch=tmp_path, on_page=on_page, watched=watched)
    assert steps[0].sentence == "125 messages read"
    assert steps[-1].sentence.startswith("3,200 messages read. The reading process ended and was ")
    assert steps[-1].sentence.endswith("started again; nothing is lost")
    assert (steps[-1].count.stored, steps[-1].count.unread) == (3200, 0)


class StopHereError(Exception):
    """What ends the reading in the middle."""


@pytest.mark.usefixtures("small_pages")
def test_an_interrupted_import_goes_on_behind_the_last_page(core: Core, tmp_path: Path) -> None:
    letters = [letter(f"n{n}", hour=n, mid=f"{n}@x.example") for n in range(1200)]
    box = mailboxes.write(tmp_path / "many.mbox", mailboxes.mbox(*letters))

    def stop_in_second_page(_tx: Transaction, step: imports.Step) -> None:
        if step.count.messages > 500:
            raise StopHereError

    account_id = imports.start(core.store, [box], me=[ME])
    with pytest.raises(StopHereError):
        imports.run(core.store, account_id, scratch=tmp_path, on_page=stop_in_second_page)
    assert counts.totals(core.store)["messages"] == 500
    assert imports.start(core.store, [box], me=[ME]) == account_id
    report = read(core, box)
    assert (report.messages, report.stored, report.duplicates) == (1200, 1200, 0)
    assert core.store.one("SELECT count(*) FROM jobs WHERE name = 'extract-contacts'") == (3,)
    whole(core)


def test_no_room_leaves_the_home_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [letter(f"n{n}", hour=n, body=f"{n} word{n * n} " * 200 + "\n") for n in range(600)]
    box = mailboxes.write(tmp_path / "many.mbox", mailboxes.mbox(*letters))
    with opened(tmp_path / "home") as core:
        account_id = imports.start(core.store, [box], me=[ME])
        pages = int((core.store.one("PRAGMA page_count") or (0,))[0])
        core.store.one(f"PRAGMA max_page_count = {pages + 60}")
        with pytest.raises(DiskFullError, match="full"):
            imports.run(core.store, account_id, scratch=tmp_path, on_page=lambda tx, step: None)
        assert counts.totals(core.store)["messages"] == 0
        whole(core)
    with opened(tmp_path / "home") as core:
        assert read(core, box).stored == 600


def test_the_sentence_about_an_import() -> None:
    count = PageCount
    assert imports.sentence(count(10_000, 9_998, 0, 2)) == "9,998 of 10,000 messages read, 2 kept unread."
    assert imports.sentence(count(5, 1, 4, 0, 2)) == (
        "5 of 5 messages read, 4 of them known already, 2 chats or deleted messages skipped."
    )
    assert imports.sentence(count(1, 1, 0, 0, 1)) == "1 of 1 message read, 1 chat or deleted message skipped."


def test_takeout_keeps_labels_and_skips_chats(core: Core, tmp_path: Path) -> None:
    mail = letter("Label me", extra="X-Gmail-Labels: Inbox,Kunden/Wichtig,Unread", mid="l@x.example")
    chat = letter("Chat", extra="X-Gmail-Labels: Chat", mid="c@x.example")
    path = mailboxes.zipped(
        tmp_path / "takeout.zip", {"Takeout/Mail/All mail.mbox": mailboxes.mbox(mail, chat)}
    )
    report = read(core, path)
    assert (report.messages, report.stored, report.skipped) == (1, 1, 1)
    assert "Kunden/Wichtig" in reading.folders(core.store, [1])[1]
    (row,) = inbox.rows(core.store, inbox.ids(core.store, Section.EVERYTHING)).values()
    assert row.unread_count == 1


def test_references_across_pages_and_files_make_one_thread(core: Core) -> None:
    """The answer is 700 messages before its question; the third letter comes from another file."""
    filler = [letter(f"filler {n}", hour=n, mid=f"f{n}@x.example") for n in range(700)]
    answer = letter("Re: Q", hour=900, mid="b@x.example", refs=["a@x.example"])
    question = letter("Q", hour=899, mid="a@x.example")
    read_letters(core, answer, *filler, question)
    read_letters(core, letter("Re: Q", hour=901, mid="c@x.example", refs=["b@x.example"]), name="c.mbox")
    groups = grouping(core.store)
    assert frozenset({"a@x.example", "b@x.example", "c@x.example"}) in groups
    assert len(groups) == 701


def test_my_addresses_add_up_over_imports(core: Core) -> None:
    read_letters(core, letter(), me=["Me@Example.org "])
    report = read_letters(core, letter("Two", hour=1), name="b.mbox", me=["second@example.org"])
    assert report.me == ("me@example.org", "second@example.org")
    assert report.me_confirmed


def test_every_message_keeps_its_exact_bytes(core: Core) -> None:
    letters = [letter(f"n{n}", hour=n, body="Umlaut \u00e4\n\nFrom here\n>From there\n") for n in range(3)]
    folder = core.settings.paths.home.parent / "eml"
    for number, content in enumerate(letters):
        mailboxes.write(folder / f"{number}.eml", content)
    read(core, folder)
    assert sorted(reader.raw_bytes(core.store, one) for one in messages.all_ids(core.store)) == letters


def test_settings_name_a_key_file_beside_the_home(tmp_path: Path) -> None:
    assert settings(tmp_path / "home").key_file == tmp_path / "home.key"
