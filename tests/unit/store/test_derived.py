"""The reader's facts, the calendar, and whether the database is whole."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.domain.ids import AccountId, ThreadId
from fluffy_core.domain.pim import Attendee, CalendarEvent
from fluffy_core.errors import UnreadableError
from fluffy_core.store import addresses, calendar, integrity, reading
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter


def test_bodies_are_cut(store: Database) -> None:
    ids = stored.keep(store, [Letter("a", "One two"), Letter("b", "y"), Letter("c", "x")])
    with store.transaction() as tx:
        tx.execute("UPDATE message_texts SET body = ? WHERE id = ?", ("a\0bé", ids[1]))
        assert reading.bodies(tx, [*ids[:2], 99], most=3) == {ids[0]: "One", ids[1]: "a\0b"}
        assert reading.bodies(tx, [], most=3) == {}


def test_the_reader_gets_a_thread_oldest_first(store: Database) -> None:
    first = Letter("Plan", "One", cc=BOB, id="a", files=(("z.txt", b"1"), ("y.txt", b"22")))
    stored.keep(store, [Letter("Re: Plan", "Two", ME, ANN, answers="a", day=1), first])
    one, two = reading.thread_messages(store, ThreadId(1))
    assert (one.text.strip(), one.sender.email, one.sender.mine) == ("One", "ann@firm.example", False)
    assert ([who.email for who in one.to], [who.name for who in one.cc]) == ([ME], ["Bob Roe"])
    assert two.sender.mine
    files = reading.attachments(store, [one.id, two.id])
    assert [(row.name, row.size) for row in files[one.id]] == [("z.txt", 1), ("y.txt", 2)]
    assert two.id not in files
    assert reading.folders(store, [one.id]) == {one.id: ["Inbox"]}
    place = reading.attachment_place(store, files[one.id][1].id)
    assert place is not None
    assert (place[0].name, place[1], place[2]) == ("y.txt", one.id, 1)
    assert reading.attachment_place(store, 99) is None
    assert reading.thread_messages(store, ThreadId(99)) == []


def test_of_a_long_thread_the_newest_are_shown(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_SHOWN", 3)
    stored.keep(store, [Letter("s", f"{n}", id=f"{n}", answers="0" if n else "", day=n) for n in range(7)])
    assert [one.text.strip() for one in reading.thread_messages(store, ThreadId(1))] == ["4", "5", "6"]


MEETING = CalendarEvent(
    "uid-1", "Kick-off", 100, 200, attendees=(Attendee("ann@firm.example", "Ann"),), sequence=1
)


def test_an_event_is_replaced_by_a_newer_one_only(store: Database) -> None:
    stored.keep(store, [Letter("a")])

    def keep(*events: CalendarEvent) -> int:
        with store.transaction() as tx:
            ids = addresses.ids_for(tx, {who.email for one in events for who in one.attendees})
            return calendar.put(tx, AccountId(1), events, address_ids=ids)

    other = replace(MEETING, recurrence_id=500, start=510)
    assert keep(MEETING, other) == 2
    assert keep(MEETING, other) == 0
    assert keep(replace(MEETING, summary="Older", sequence=0)) == 0
    assert keep(replace(MEETING, summary="Newer", sequence=2, attendees=())) == 1
    assert store.all("SELECT summary, recurrence_id FROM events ORDER BY id") == [
        ("Newer", 0),
        ("Kick-off", 500),
    ]
    assert store.all("SELECT event_id, name FROM event_attendees") == [(2, "Ann")]


def test_a_whole_database_is_said_to_be_whole(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x")])
    assert (integrity.database(store), integrity.relations(store)) == ("", "")
    assert integrity.sqlite_version(store) >= "3.51.3"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM raw_messages", "2 messages without their bytes"),
        ("DELETE FROM locations", "2 messages without a place"),
        ("UPDATE threads SET message_count = 9 WHERE id = 1", "1 threads with a wrong count"),
        ("INSERT INTO contacts (name, created_at) VALUES ('x', 0)", "1 contacts without an address"),
    ],
)
def test_loose_ends_are_named(store: Database, damage: str, words: str) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x")])
    with store.transaction() as tx:
        tx.execute(damage)
    assert integrity.relations(store) == f"The database holds {words}."


def test_flipped_bytes_on_the_disk_are_found(store: Database) -> None:
    stored.keep(store, [Letter("a", "x" * 50_000)])
    store.checkpoint()
    store.close()
    content = bytearray(store.path.read_bytes())
    content[len(content) // 2] ^= 1
    store.path.write_bytes(content)
    assert "Restore a backup" in integrity.database(store)


def test_a_copy_is_whole_encrypted_and_opens_with_the_key_alone(store: Database, tmp_path: Path) -> None:
    stored.keep(store, [Letter("Canary")])
    integrity.copy_to(store, tmp_path / "copy.db")
    assert b"Canary" not in (tmp_path / "copy.db").read_bytes()
    assert Database(tmp_path / "copy.db", store._key).all("SELECT subject FROM messages") == [("Canary",)]
    integrity.check_opens(tmp_path / "copy.db", store._key)
    with pytest.raises(UnreadableError, match="its key does not open it"):
        integrity.check_opens(tmp_path / "copy.db", secrets.token_bytes(32))


def test_a_replaced_database_is_kept(tmp_path: Path) -> None:
    assert integrity.set_aside(tmp_path / "fluffy.db") is None
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"fluffy.db{suffix}").write_text(suffix)
    kept = integrity.set_aside(tmp_path / "fluffy.db")
    assert kept is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        kept.name,
        f"{kept.name}-shm",
        f"{kept.name}-wal",
    ]
