"""Corrections of importance, replies and people are counted: what followed, what moved, what came back."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import built_in_categories, eval_learning
from benchmarks.built_in_categories import Trial
from benchmarks.kinds_of_mail import Kind
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.learning import Scope, Trait
from fluffy_core.services.sorting import categories, labels, learning
from fluffy_core.store import learned, messages
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter

SHOP = "Shop <s@shop.example>"
ASK = "Hello,\n\ncould you send me the signed contract by Friday?\n"


def filled(store: Database) -> Database:
    letters = [Letter(f"Parcel{n}", sender=SHOP, day=n, id=f"s{n}") for n in range(8)]
    letters += [
        Letter(f"Word{n}", ASK, sender=f"P <p{n}@x{n}.example>", day=n, id=f"p{n}") for n in range(30)
    ]
    for name in ("ann", "bob"):
        letters += [
            Letter(f"{name}{n}", sender=f"<{name}@firm.example>", day=n, id=f"{name}{n}") for n in range(4)
        ]
    found = categories.sort(store, stored.keep(store, letters))
    with store.transaction() as tx:
        categories.write(tx, found)
        tx.execute(
            "INSERT OR REPLACE INTO address_stats (address_id, written_to) SELECT id, 1 FROM addresses "
            "WHERE email LIKE '%@firm.example'"
        )
    return store


def nothing() -> None:
    """No job is left."""


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    store = filled(stored.empty(tmp_path))
    seen = learned.seen(store, messages.all_ids(store))
    yield Trial(store, {int(one.id): learning.sighting(one) for one in seen if not one.mine}, nothing, 0)
    store.close()


def kind(trial: Trial, email: str) -> Kind:
    trait = Trait(Scope.SENDER, email)
    return Kind(trait, frozenset(number for number, one in trial.mail.items() if trait in one.traits))


def test_a_kind_is_taught_to_be_what_most_of_it_is_not(trial: Trial) -> None:
    shop = kind(trial, "s@shop.example")
    held = {number: Category(Importance.IMPORTANT, False, 1, "", "", "") for number in shop.messages}
    assert built_in_categories.opposite(shop, held) is Importance.FYI
    for number in list(held)[:4]:
        held[number] = Category(Importance.BULK, False, 0, "", "", "")
    assert built_in_categories.opposite(shop, held) is Importance.IMPORTANT


def test_what_was_said_of_five_is_judged_on_the_others_and_taken_back(trial: Trial) -> None:
    shop, before = kind(trial, "s@shop.example"), trial.sorted()
    told, restored = trial.taught(shop, "bulk", [shop])
    assert (told.recall, told.harm, restored) == (1.0, 0.0, True)
    assert trial.sorted() == before


def test_what_does_not_come_back_is_told(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trial, "take_back", lambda _self, _count: None)
    _, restored = trial.taught(kind(trial, "s@shop.example"), "bulk", [])
    assert not restored


def test_mail_of_others_that_moves_is_harm(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    said: Callable[..., object] = labels.categorize

    def careless(store: Database, thread_id: int, category: str) -> None:
        del thread_id
        for one in trial.mail.values():
            said(store, one.thread_id, category, scope=Scope.THREAD)

    monkeypatch.setattr(labels, "categorize", careless)
    told, _ = trial.taught(kind(trial, "s@shop.example"), "bulk", [])
    assert (told.recall, told.harm) == (1.0, 1.0)


def test_that_no_reply_is_needed_follows_too(trial: Trial) -> None:
    asking = Kind(Trait(Scope.TOPIC, ""), frozenset(n for n, one in trial.sorted().items() if one.ask))
    told, restored = trial.taught(asking, built_in_categories.NO_REPLY, [])
    assert (told.recall, restored) == (0.0, True), "people who share nothing teach nothing about each other"


def test_of_people_one_correction_moves_nothing_else(trial: Trial) -> None:
    ann, bob = sorted(trial.people(), key=lambda one: one.trait.value)
    assert (ann, bob) == (kind(trial, "ann@firm.example"), kind(trial, "bob@firm.example"))
    assert trial.moved(ann) == (False, True)
    shop = kind(trial, "s@shop.example")
    assert trial.moved(shop) == (True, True), "a shop is nobody I write with"


def test_every_figure_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.fakes.mailboxes import mbox, write
    from tests.unit.services.homes import letter

    letters = [letter(f"Parcel {n}", sender=SHOP, hour=n, mid=f"s{n}@x") for n in range(14)]
    letters += [
        letter(f"Word{n} of mine", sender=f"P <p{n}@x{n}.example>", hour=n, mid=f"p{n}@x") for n in range(40)
    ]
    path = write(tmp_path / "Inbox.mbox", mbox(*letters))
    assert eval_learning.main([str(path), "--json", "--kinds", "1"]) == 0
    ours = json.loads(capsys.readouterr().out)["ours"]
    assert ours["importance_recall"] == ours["importance_harmless"] == ours["importance_restored"] == 1
    assert "reply_kinds" not in ours, "nothing asks for anything"
    assert "people" not in ours, "the owner writes to nobody"
