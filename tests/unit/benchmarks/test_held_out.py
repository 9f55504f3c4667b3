"""Replies are held out: what came later is not seen, and whose mailbox it is, is found out."""

from pathlib import Path

import pytest

from benchmarks import held_out
from benchmarks.held_out import Mailbox, Plan
from fluffy_core.store import reading
from tests.fakes.mailboxes import mbox, write
from tests.unit.services.homes import ME, letter

MAX = f"Max Roe <{ME}>"
ADA = "Ada Byron <ada@example.com>"


def conversations(count: int) -> list[bytes]:
    """Questions of Ada's, each answered an hour later, and thanked for after another."""
    found = []
    for n in range(count):
        ids = [f"{name}{n}@x.example" for name in "qat"]
        found.append(letter(f"Item {n}", hour=3 * n, mid=ids[0], body=f"Could you send me item {n}?\n"))
        found.append(
            letter(
                f"Re: Item {n}",
                sender=MAX,
                to=ADA,
                hour=3 * n + 1,
                mid=ids[1],
                refs=ids[:1],
                body=f"Hi Ada,\n\nitem {n} goes out to you now.\n\nBest,\nMax\n",
            )
        )
        found.append(
            letter(
                f"Re: Item {n}", hour=3 * n + 2, mid=ids[2], refs=ids[:2], body=f"It has come, item {n}.\n"
            )
        )
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "Inbox.mbox", mbox(*conversations(10)))


def only(path: Path, plan: Plan) -> tuple[Mailbox, list[str]]:
    """The one mailbox in a path, and the texts that its threads with cases hold."""
    found = []
    for box in held_out.mailboxes(path, plan):
        texts = [
            one.text for case in box.cases for one in reading.thread_messages(box.core.store, case.thread_id)
        ]
        found.append((box, texts))
    ((box, texts),) = found
    return box, texts


def test_the_newest_replies_are_held_out(path: Path) -> None:
    box, texts = only(path, Plan((ME,), limit=3))
    assert box.owner == ME
    assert [one.reply for one in box.cases] == [
        f"Hi Ada,\n\nitem {n} goes out to you now." for n in (7, 8, 9)
    ]
    assert texts == [f"Could you send me item {n}?" for n in (7, 8, 9)]
    assert {"ada", "byron", "max", "roe"} <= box.people


def test_half_of_the_replies_are_kept_to_learn_from(path: Path) -> None:
    box, _ = only(path, Plan((ME,), limit=99))
    assert sum(bool(one.reply) for one in box.cases) == 5


def test_whose_mailbox_it_is_is_found_out(tmp_path: Path) -> None:
    path = write(tmp_path / "Inbox.mbox", mbox(*conversations(held_out.ENOUGH_REPLIES)))
    assert only(path, Plan(limit=2))[0].owner == ME


def test_where_the_owner_does_not_reply_others_stand_in(tmp_path: Path) -> None:
    mine = [
        letter(f"For me {n}", sender=f"X <x{n}@x.example>", hour=n, mid=f"m{n}@x.example") for n in range(99)
    ]
    theirs = [one.replace(f"To: {ME}".encode(), b"To: list@x.example") for one in conversations(10)]
    theirs = [one.replace(ME.encode(), b"max@x.example") for one in theirs]
    path = write(tmp_path / "Inbox.mbox", mbox(*mine, *theirs))
    owners = [one.owner for one in held_out.mailboxes(path, Plan(limit=4))]
    assert owners == ["ada@example.com", "max@x.example"]


def test_threads_that_wait_fill_up(tmp_path: Path) -> None:
    waiting = [
        letter(f"Open {n}", hour=n - 99, mid=f"o{n}@x.example", body="Could you come to us?\n")
        for n in range(9)
    ]
    path = write(tmp_path / "Inbox.mbox", mbox(*conversations(4), *waiting))
    box, _ = only(path, Plan((ME,), limit=6))
    assert len(box.cases) == 6
    assert sum(bool(one.reply) for one in box.cases) == 2


def test_nobody_replies_to_anybody(tmp_path: Path) -> None:
    path = write(tmp_path / "Inbox.mbox", mbox(letter(sender="News <news@x.example>", to="list@x.example")))
    box, _ = only(path, Plan(limit=3))
    assert box.owner in (held_out.NOBODY, "news@x.example")
    assert all(not one.reply for one in box.cases)


def test_folders_of_mailboxes(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / "all" / name).mkdir(parents=True)
    assert [one.name for one in held_out.folders(tmp_path / "all")] == ["a", "b"]
    (tmp_path / "all" / "x.eml").write_bytes(letter())
    assert held_out.folders(tmp_path / "all") == [tmp_path / "all"]
    (tmp_path / "maildir" / "cur").mkdir(parents=True)
    assert held_out.folders(tmp_path / "maildir") == [tmp_path / "maildir"]
    file = write(tmp_path / "x.mbox", mbox(letter()))
    assert held_out.folders(file) == [file]
