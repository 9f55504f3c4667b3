"""Tags are renamed, merged and removed; each step can be taken back exactly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.learning import Scope
from fluffy_core.errors import UsageError
from fluffy_core.services.reading import searching
from fluffy_core.services.sorting import rules, tagging, triage
from fluffy_core.store import search, tags
from fluffy_core.store.database import Database
from tests.unit.services.sorting.test_learning import filled, predictions, say, tagged

SHOP = {"Invoice 1 for boats", "Parcel on its way", "Sale"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = filled(tmp_path)
    say(database, "Sale", "Receipts", Scope.SENDER)
    say(database, "Varnish", "Boats", Scope.LIST)
    yield database
    database.close()


def tag(store: Database, name: str) -> int:
    found = tags.named(store, name)
    assert found is not None
    return found


def test_a_renamed_tag_is_the_same_tag(store: Database) -> None:
    before = predictions(store)
    tagging.rename(store, tag(store, "Receipts"), "  Bills\n")
    assert (tagged(store, "Bills"), tagged(store, "Receipts")) == (SHOP, set())
    assert predictions(store) == before
    assert rules.listed(store)[1].sentence == "You said “Bills” of a conversation from orders@store.example"
    triage.undo(store)
    assert tagged(store, "Receipts") == SHOP


@pytest.mark.parametrize("name", ["boats", "Important", "no-reply"])
def test_a_name_belongs_to_one_category(store: Database, name: str) -> None:
    with pytest.raises(UsageError, match="already"):
        tagging.rename(store, tag(store, "Receipts"), name)


def test_a_tag_may_be_spelt_otherwise(store: Database) -> None:
    tagging.rename(store, tag(store, "Receipts"), "RECEIPTS")
    assert tagged(store, "RECEIPTS") == SHOP


def test_merged_tags_are_one_and_come_apart_again(store: Database) -> None:
    before = predictions(store)
    tagging.merge(store, tag(store, "Receipts"), tag(store, "Boats"))
    assert tagged(store, "Boats") == {*SHOP, "Varnish", "Ropes"}
    assert [one.name for one in tagging.listed(store)] == ["Boats"]
    assert {one.category for one in rules.listed(store)} == {"Boats"}
    triage.undo(store)
    assert predictions(store) == before
    assert [one.name for one in tagging.listed(store)] == ["Boats", "Receipts"]


def test_a_removed_tag_goes_with_what_was_said_of_it(store: Database) -> None:
    before = predictions(store)
    tagging.remove(store, tag(store, "Receipts"))
    assert tagged(store, "Receipts") == set()
    assert [one.category for one in rules.listed(store)] == ["Boats"]
    triage.undo(store)
    assert predictions(store) == before


def test_a_removed_name_can_be_given_again(store: Database) -> None:
    tagging.remove(store, tag(store, "Receipts"))
    say(store, "Sale", "receipts", Scope.THREAD)
    assert tagged(store, "Receipts") == {"Sale"}


def test_what_is_not_there_cannot_be_changed(store: Database) -> None:
    receipts = tag(store, "Receipts")
    with pytest.raises(UsageError, match="no tag 99"):
        tagging.rename(store, 99, "x")
    with pytest.raises(UsageError, match="part of itself"):
        tagging.merge(store, receipts, receipts)
    tagging.remove(store, receipts)
    with pytest.raises(UsageError, match="no tag"):
        tagging.merge(store, tag(store, "Boats"), receipts)


def test_mail_is_found_by_its_tag(store: Database) -> None:
    assert len(searching.messages(store, "tag:receipts").messages) == 3
    assert len(searching.messages(store, 'tag:"RECEIPTS" -sale').messages) == 2
    assert search.messages(store, search.parse("sale -tag:receipts")) == []
    assert searching.messages(store, "tag:nothing").messages == ()
