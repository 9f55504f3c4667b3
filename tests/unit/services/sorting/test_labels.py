"""What can be said of a conversation, and what it would change, before anything is said."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import Scope
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import labels, rules
from fluffy_core.store import vectors
from fluffy_core.store.database import Database
from tests.unit.services.sorting.test_learning import filled, importance, predictions, say, tagged, thread


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = filled(tmp_path)
    yield database
    database.close()


def test_choices_tell_what_holds_and_how_far_words_can_reach(store: Database) -> None:
    say(store, "Varnish", "Boats", Scope.LIST)
    found = labels.choices(store, thread(store, "Ropes"))
    assert [one.category for one in found.labels] == [*labels.KNOWN, "Boats"]
    assert [one.category for one in found.labels if one.holds] == ["bulk", "no-reply", "Boats"]
    assert found.labels[-1].reason == "You put a conversation of the list boats.list.example here"
    assert [(one.scope, one.value) for one in found.scopes] == [
        (Scope.THREAD, ""), (Scope.SENDER, "cy@sea.example"), (Scope.LIST, "boats.list.example"),
        (Scope.DOMAIN, "sea.example"), (Scope.TOPIC, ""),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="no thread 99"):
        labels.choices(store, ThreadId(99))


def test_a_category_is_suggested_by_meaning_and_says_by_which_example(store: Database) -> None:
    say(store, "Ihre Rechnung", "Receipts", Scope.THREAD)
    say(store, "Ropes", "Boats", Scope.THREAD)
    ids = {row[1]: row[0] for row in store.all("SELECT id, subject FROM messages")}
    near, far = np.zeros((1, 384), np.float32), np.zeros((1, 384), np.float32)
    near[0, 0], far[0, 1] = 1.0, 1.0
    with store.transaction() as tx:
        vectors.put(tx, [ids["Ihre Rechnung"]], near)
        vectors.put(tx, [ids["Rechnung 7"]], near)
        vectors.put(tx, [ids["Ropes"]], far)
    found = {one.category: one.like for one in labels.choices(store, thread(store, "Rechnung 7")).labels}
    assert (found["Receipts"], found["Boats"]) == ("Ihre Rechnung", "")
    itself = labels.choices(store, thread(store, "Ihre Rechnung")).labels
    assert {one.like for one in itself} == {""}
    assert {one.like for one in labels.choices(store, thread(store, "Sale")).labels} == {""}


def test_a_preview_says_how_many_follow_and_changes_nothing(store: Database) -> None:
    before = predictions(store), rules.listed(store)
    sale = thread(store, "Sale")
    assert labels.preview(store, sale, "Receipts", scope=Scope.SENDER) == labels.Preview(2, Scope.SENDER)
    assert labels.preview(store, sale, "Receipts", scope=Scope.THREAD).others == 0
    assert labels.preview(store, thread(store, "Figures"), "bulk").scope is Scope.TOPIC
    assert labels.preview(store, thread(store, "Contract"), "no-reply").scope is Scope.THREAD
    assert (predictions(store), rules.listed(store)) == before
    with pytest.raises(UsageError, match="needs a name"):
        labels.preview(store, sale, "\t")


def test_a_preview_keeps_its_word(store: Database) -> None:
    sale = thread(store, "Sale")
    promised = labels.preview(store, sale, "Receipts", scope=Scope.DOMAIN).others
    labels.categorize(store, sale, "Receipts", scope=Scope.DOMAIN)
    assert len(tagged(store, "Receipts")) == promised + 1


@pytest.mark.parametrize(
    ("category", "now"), [("important", "fyi"), ("fyi", "important"), ("BULK", "important")]
)
def test_not_so(store: Database, category: str, now: str) -> None:
    say(store, "Ropes", category, belongs=False)
    assert importance(store, "Ropes") == now


def test_not_a_reply_and_not_no_reply(store: Database) -> None:
    say(store, "Contract", "reply", belongs=False)
    assert labels.choices(store, thread(store, "Contract")).labels[4].holds
    say(store, "Contract", "no-reply", belongs=False)
    assert labels.choices(store, thread(store, "Contract")).labels[3].holds


def test_names_are_one_line_of_what_can_be_seen() -> None:
    assert labels.clean_name(" My\x00 \u202ebills\r\n ") == "My bills"
    assert labels.clean_name("x" * 1000) == "x" * labels.MOST_NAME
    assert labels.clean_name("領収書 & <i>") == "領収書 & <i>"
