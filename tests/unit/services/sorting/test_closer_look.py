"""Which mail is looked at again once there is a search model."""

import pytest

from fluffy_core.domain.events import DomainEvent, MessagesSorted
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.services.sorting import closer_look
from fluffy_core.store import insight
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter


@pytest.fixture
def ids(store: Database) -> list[int]:
    """Six messages, each older than the one before: all sorted but the last, the third as bulk mail."""
    letters = [Letter(f"s{n}", f"Text {n}.", day=-n) for n in range(6)]
    ids = [int(one) for one in stored.keep(store, letters)]
    with store.transaction() as tx:
        kinds = [Importance.BULK if n == 2 else Importance.FYI for n in range(5)]
        sorted_ = [(ids[n], Category(one, False, 0, "", "", "rules")) for n, one in enumerate(kinds)]
        insight.put_categories(tx, sorted_)
    return ids


def note(store: Database, *ids: int) -> None:
    """Sort messages by words alone."""
    with store.transaction() as tx:
        closer_look.note_missed(tx, ids)


def looked_at(store: Database) -> list[list[int]]:
    """What is asked to be looked at now that there is a model, event by event."""
    heard: list[DomainEvent] = []
    store.add_trigger(lambda _tx, event: heard.append(event))
    with store.transaction() as tx:
        closer_look.make_up(tx)
    found = []
    for event in heard:
        assert isinstance(event, MessagesSorted)
        found.append([int(one) for one in event.message_ids])
    return found


def test_where_nothing_was_missed_nothing_is_made_up(store: Database, ids: list[int]) -> None:
    assert ids
    note(store)
    assert looked_at(store) == []


def test_personal_mail_from_the_first_that_missed_it_on_the_newest_first(
    store: Database, ids: list[int]
) -> None:
    note(store, ids[3], ids[4])
    note(store, ids[1])
    note(store, ids[4])
    assert looked_at(store) == [[ids[1], ids[3], ids[4]]]


def test_it_is_made_up_once(store: Database, ids: list[int]) -> None:
    note(store, ids[0])
    assert looked_at(store) == [[ids[0], ids[1], ids[3], ids[4]]]
    assert looked_at(store) == []


def test_a_model_that_was_removed_and_comes_again_makes_up_what_came_meanwhile(
    store: Database, ids: list[int]
) -> None:
    note(store, ids[0])
    looked_at(store)
    note(store, ids[3])
    assert looked_at(store) == [[ids[3], ids[4]]]


def test_an_old_mailbox_is_not_looked_at_for_ever(
    store: Database, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closer_look, "MOST", 2)
    note(store, ids[0])
    assert looked_at(store) == [[ids[0], ids[1]]]


def test_what_was_written_by_hand_and_makes_no_sense_counts_for_nothing(
    store: Database, ids: list[int]
) -> None:
    assert ids
    with store.transaction() as tx:
        tx.execute("INSERT INTO settings (key, value) VALUES ('sorted-by-words-from', '\"x\"')")
    assert looked_at(store) == []
