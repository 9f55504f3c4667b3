"""Messages as rows: written whole, found again, never dropped."""

import zstandard

from fluffy_core.domain.ingest import Prepared
from fluffy_core.services.imports import prepare
from fluffy_core.store import integrity, messages
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

LETTER = Letter(
    "Offer", "The price is 300.", ANN, f"{ME}, {BOB}", cc="cc@firm.example", files=(("a.pdf", b"%PDF"),)
)


def test_a_message_is_written_with_all_that_belongs_to_it(store: Database) -> None:
    (one,) = stored.keep(store, [LETTER])
    row = store.one("SELECT subject, from_name, date, attachments, seen FROM messages WHERE id = ?", (one,))
    assert row == ("Offer", "Ann Ode", stored.date_of(LETTER), 1, 1)
    people = store.all(
        "SELECT r.role, a.email FROM message_addresses r JOIN addresses a ON a.id = r.address_id "
        "ORDER BY 1, 2"
    )
    assert people == [
        (messages.FROM, "ann@firm.example"),
        (messages.TO, "bob@shop.example"),
        (messages.TO, ME),
        (messages.CC, "cc@firm.example"),
    ]
    assert messages.body(store, one).strip() == "The price is 300."
    assert store.all("SELECT name, size FROM attachments") == [("a.pdf", 4)]
    assert integrity.relations(store) == ""


def test_the_exact_bytes_come_back(store: Database) -> None:
    plain = Letter("Plain", "Ä line")
    (one,) = stored.keep(store, [plain])
    raw = messages.raw(store, one)
    assert raw is not None
    assert zstandard.decompress(raw) == plain.raw(0)
    assert messages.raw(store, 99) is None
    assert messages.body(store, 99) == ""


def test_known_messages_are_found_by_identity(store: Database) -> None:
    ids = stored.keep(store, [Letter(f"n{n}", id=f"x{n}") for n in range(3)])
    keys = [prepare.key(f"x{n}@letters.example") for n in (0, 2, 9)]
    many = [number.to_bytes(16, "big") for number in range(1200)]
    with store.transaction() as tx:
        found = messages.known(tx, [*keys[:1], *many, *keys[1:]])
        assert messages.next_id(tx) == ids[-1] + 1
    assert {key: [row[0] for row in rows] for key, rows in found.items()} == {
        keys[0]: [ids[0]],
        keys[1]: [ids[2]],
    }


def test_the_same_message_in_two_files_is_one_with_two_places(store: Database) -> None:
    first = stored.keep(store, [LETTER])
    assert stored.keep(store, [LETTER], name="other", folder="Archive") == []
    assert store.all("SELECT message_id FROM locations") == [(first[0],), (first[0],)]


def test_what_cannot_be_read_is_kept_once_with_its_reason(store: Database) -> None:
    stored.keep(store, [LETTER])
    item = Prepared(7, "byte 700", (), 3, b"s" * 32, zstandard.compress(b"abc"), None, "It is cut off.")
    with store.transaction() as tx:
        messages.keep_unread(tx, 1, [item, item])
        messages.keep_unread(tx, 1, [item])
    assert messages.unread_reasons(store, 1) == [("/box", "byte 700", "It is cut off.")]
    assert [zstandard.decompress(one) for one in messages.unread_raw(store)] == [b"abc"]


def test_every_id_in_order(store: Database) -> None:
    assert messages.all_ids(store) == []
    ids = stored.keep(store, [Letter("a", day=3), Letter("b", day=1)])
    assert messages.all_ids(store) == ids


def test_the_newest_message_of_a_thread(store: Database) -> None:
    stored.keep(
        store,
        [
            Letter("a", id="a", day=1),
            Letter("Re: a", answers="a", day=4),
            Letter("Re: a", answers="a", day=2),
        ],
    )
    assert messages.last_of_thread(store, 1) == 2
    assert messages.last_of_thread(store, 99) == 0


def test_the_usual_language_of_somebody_is_that_of_most_of_their_newest_mail(store: Database) -> None:
    ids = stored.keep(store, [Letter(f"n{n}", sender=ANN if n < 3 else BOB, day=n) for n in range(4)])
    with store.transaction() as tx:
        tx.executemany(
            "UPDATE messages SET language = ? WHERE id = ?",
            list(zip(("en", "fr", "en", "de"), ids, strict=True)),
        )
    assert [messages.usual_language(store, one) for one in ("ann@firm.example", "bob@shop.example")] == [
        "en",
        "de",
    ]
    assert messages.usual_language(store, "nobody@firm.example") == ""
