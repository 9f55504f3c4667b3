"""Maildir and folders of .eml: flags, stable positions, files that fail one by one."""

import os
from pathlib import Path

import pytest

from fluffy_core.connectors.files import folder
from fluffy_core.domain.source import SourceFile, SourceKind
from tests.fakes.mailboxes import MBOX, MESSAGES, write


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "key", "flags"),
    [
        ("1.host:2,S", "1.host", ("seen",)),
        ("1.host:2,SRF", "1.host", ("answered", "flagged", "seen")),
        ("1.host;2,DT", "1.host", ("deleted", "draft", "unseen")),
        ("1.host!2,PSab", "1.host", ("seen",)),
        ("1.host,S=12,W=13:2,", "1.host,S=12,W=13", ("unseen",)),
        ("1.host", "1.host", ("unseen",)),
    ],
)
def test_flags_come_from_the_file_name(maildir: Path, name: str, key: str, flags: tuple[str, ...]) -> None:
    write(maildir / "cur" / name, MESSAGES[0])
    (item,) = folder.Maildir(maildir).read()
    assert (item.locator, item.flags, item.content) == (key, flags, MESSAGES[0])


def test_new_counts_and_tmp_does_not(maildir: Path) -> None:
    for name in ("cur", "new", "tmp"):
        write(maildir / name / f"in-{name}", MESSAGES[0])
    write(maildir / "cur" / ".hidden", MESSAGES[0])
    (maildir / "cur" / "folder").mkdir()
    assert sorted(item.locator for item in folder.Maildir(maildir).read()) == ["in-cur", "in-new"]


def test_a_name_in_cur_and_new_is_two_items(maildir: Path) -> None:
    write(maildir / "cur" / "1.host:2,S", MESSAGES[0])
    write(maildir / "new" / "1.host", MESSAGES[1])
    items = list(folder.Maildir(maildir).read())
    assert {item.locator: item.content for item in items} == {
        "1.host": MESSAGES[0],
        "new/1.host": MESSAGES[1],
    }


def test_a_changed_flag_changes_neither_position_nor_locator(maildir: Path) -> None:
    path = write(maildir / "cur" / "1.host:2,", MESSAGES[0])
    (before,) = folder.Maildir(maildir).read()
    path.rename(path.with_name("1.host:2,S"))
    (after,) = folder.Maildir(maildir).read()
    assert (after.position, after.locator) == (before.position, before.locator)


def test_files_that_come_and_go_shift_no_other(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / f"{number}.eml", MESSAGES[0])
    before = {item.locator: item.position for item in folder.EmlFolder(tmp_path).read()}
    (tmp_path / "3.eml").unlink()
    write(tmp_path / "new.eml", MESSAGES[1], at=1_577_959_300)
    after = {item.locator: item.position for item in folder.EmlFolder(tmp_path).read()}
    assert {name: before[name] for name in before if name != "3.eml"} == {
        name: position for name, position in after.items() if name != "new.eml"
    }
    assert after["new.eml"] == max(after.values())


@pytest.mark.parametrize("seconds", [0, 2**33])
def test_absurd_times_still_give_positions_that_fit(tmp_path: Path, seconds: int) -> None:
    for name in ("a.eml", "b.eml"):
        write(tmp_path / name, MESSAGES[0], at=seconds)
    positions = [item.position for item in folder.EmlFolder(tmp_path).read()]
    assert 0 <= positions[0] < positions[1] < 2**63


def test_equal_ranks_get_positions_of_their_own() -> None:
    entries = [folder.Entry(f"/{name}", "same", 1, 5) for name in "ab"]
    assert [position for position, _ in folder.positioned(iter(entries))] == [
        (first := folder.positioned(iter(entries))[0][0]),
        first + 1,
    ]


def test_only_messages_of_a_mixed_folder_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.eml", MESSAGES[0])
    write(tmp_path / "b", MESSAGES[1])
    write(tmp_path / "notes.txt", b"not mail")
    write(tmp_path / "all.mbox", MBOX)
    reader = folder.EmlFolder(tmp_path)
    assert sorted(item.locator for item in reader.read()) == ["a.eml", "b"]
    assert reader.count() == 2


def test_an_empty_message_file_is_an_item_with_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "a.eml", b"")
    reader = folder.EmlFolder(tmp_path)
    assert [(item.content, item.problem) for item in reader.read()] == [(b"", "The file is empty.")]
    assert reader.count() == 1


def test_a_truncated_message_says_so(tmp_path: Path) -> None:
    write(tmp_path / "a.eml", b"From: a@example.com\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nte")
    (item,) = folder.EmlFolder(tmp_path).read()
    assert item.problem == "The file ends in the middle of this message."


def test_one_file_that_fails_does_not_stop_the_others(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        write(maildir / "cur" / str(number), MESSAGES[number], at=1_577_959_200 + number)
    real = os.open

    def failing(path: str, flags: int, *args: int) -> int:
        if str(path).endswith("1"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *args)

    monkeypatch.setattr(os, "open", failing)
    items = list(folder.Maildir(maildir).read())
    assert [item.problem for item in items] == [
        "",
        "The file 1 cannot be read: you have no permission to read it.",
        "",
    ]
    assert items[1].content == b""


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_unicode_can_still_be_stored(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.eml"
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(MESSAGES[0])
    (item,) = folder.EmlFolder(tmp_path).read()
    assert item.locator == "caf\\xe9.eml"
    assert item.locator.encode()
    assert item.content == MESSAGES[0]


def test_a_calendar_is_never_called_a_cut_message() -> None:
    source = SourceFile("/x/a.ics", SourceKind.CALENDAR, "", 1)
    assert folder.sole(source, b"BEGIN:VCALENDAR", "").problem == ""
    assert folder.sole(source, b"", "").problem == "The file is empty."
