"""Learned rules are seen with their examples, and each can be changed, paused and forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.learning import Scope
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import rules, triage
from fluffy_core.services.sorting.rules import LearnedRule
from fluffy_core.store.database import Database
from tests.fakes.stored import Letter
from tests.unit.services.sorting.test_learning import filled, importance, predictions, say, tagged

SHOP = {"Invoice 1 for boats", "Parcel on its way", "Sale"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = filled(tmp_path)
    yield database
    database.close()


def only(store: Database) -> LearnedRule:
    (rule,) = rules.listed(store)
    return rule


def test_a_rule_says_what_it_rests_on_and_how_far_it_reaches(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    say(store, "Parcel on its way", "Receipts", Scope.SENDER)
    rule = only(store)
    assert rule.sentence == "You said “Receipts” of 2 conversations from orders@store.example"
    assert [one.subject for one in rule.examples] == ["Sale", "Parcel on its way"]
    assert (rule.category, rule.scope, rule.pattern, rule.said_scope, rule.reach, rule.waits) == (
        "Receipts", Scope.SENDER, "orders@store.example", Scope.SENDER, 3, "",
    )  # fmt: skip
    assert rule.scopes == (Scope.THREAD, Scope.SENDER, Scope.DOMAIN, Scope.TOPIC)


def test_a_rule_about_a_person_says_what_it_waits_for(store: Database) -> None:
    say(store, "Figures", "fyi", Scope.SENDER)
    assert "once you have said it 3 times" in only(store).waits


def test_the_newest_rule_comes_first(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    say(store, "Varnish", "important", Scope.LIST)
    assert [one.category for one in rules.listed(store)] == ["important", "Receipts"]


def test_a_forgotten_rule_leaves_nothing_and_comes_back(store: Database) -> None:
    before = predictions(store)
    say(store, "Sale", "Receipts", Scope.SENDER)
    say(store, "Parcel on its way", "Receipts", Scope.SENDER)
    learnt = predictions(store)
    token = rules.remove(store, only(store).id)
    assert token.label.startswith("Forgot: You said “Receipts”")
    assert (predictions(store), rules.listed(store)) == (before, ())
    triage.undo(store)
    assert predictions(store) == learnt


def test_a_paused_rule_rests_until_it_goes_on(store: Database) -> None:
    before = predictions(store)
    say(store, "Sale", "Receipts", Scope.SENDER)
    learnt = predictions(store)
    rules.pause(store, only(store).id, True)
    assert (predictions(store), only(store).paused) == (before, True)
    rules.pause(store, only(store).id, False)
    assert predictions(store) == learnt
    triage.undo(store)
    assert only(store).paused


def test_a_rule_can_reach_less_and_more(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    rules.change_scope(store, only(store).id, Scope.THREAD)
    assert tagged(store, "Receipts") == {"Sale"}
    rules.change_scope(store, only(store).id, Scope.DOMAIN)
    assert (tagged(store, "Receipts"), only(store).pattern) == (SHOP, "store.example")
    with pytest.raises(UsageError, match="list of their own"):
        rules.change_scope(store, only(store).id, Scope.LIST)
    triage.undo(store)
    assert tagged(store, "Receipts") == {"Sale"}


def test_a_rules_examples_can_stand_for_another_category(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    rules.change_answer(store, only(store).id, "important")
    assert (tagged(store, "Receipts"), importance(store, "Invoice 1 for boats")) == (set(), "important")
    rules.change_answer(store, only(store).id, "Orders")
    assert tagged(store, "Orders") == SHOP
    triage.undo(store)
    assert importance(store, "Invoice 1 for boats") == "important"


def test_a_rule_is_known_by_any_of_its_examples_and_by_nothing_else(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    say(store, "Parcel on its way", "Receipts", Scope.SENDER)
    rules.remove(store, 2)
    assert rules.listed(store) == ()
    with pytest.raises(UsageError, match="no rule 1"):
        rules.remove(store, 1)


def test_a_rule_about_the_words_of_one_sender_reaches_the_mail_that_has_both(tmp_path: Path) -> None:
    office = "Office <office@works.example>"
    letters = [Letter(f"Plain{n}", sender=office, day=n, id=f"o{n}") for n in range(30)]
    letters += [Letter(f"Ledger k{n}", sender=office, day=n, id=f"k{n}") for n in range(6)]
    letters += [Letter("Ledger of a stranger", sender="You <you@prizes.example>", id="x")]
    letters += [Letter(f"Noise{n}", sender=f"<n{n}@x{n}.example>", id=f"n{n}") for n in range(40)]
    store = filled(tmp_path, letters)
    for n in range(4):
        say(store, f"Ledger k{n}", "Receipts")
    assert tagged(store, "Receipts") == {f"Ledger k{n}" for n in range(6)}
    rule = only(store)
    assert rule.sentence.endswith("4 conversations from office@works.example with “ledger” in the subject")
    assert (rule.pattern, rule.reach) == ("ledger", 6)
    store.close()
