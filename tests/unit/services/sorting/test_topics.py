"""Topics found in stored mail become tags once, and keep their identity."""

from pathlib import Path

import pytest

from fluffy_core.domain.learning import Scope, Trait
from fluffy_core.services.sorting import labels, tagging, topics, triage
from fluffy_core.store import outlines, settings, tags
from fluffy_core.store.database import Database
from tests.fakes.stored import Letter
from tests.unit.services.sorting.test_learning import filled, predictions, say, tagged

APOLLO = [
    Letter(f"part {n} of Apollo", sender=f"P <p{n % 4}@firm{n % 4}.example>", day=n, id=f"p{n}")
    for n in range(6)
]
NOISE = [Letter(f"word{n} thing{n}", sender=f"N <n{n}@x{n}.example>", day=n, id=f"n{n}") for n in range(120)]


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return filled(tmp_path, [*APOLLO, *NOISE])


def look(store: Database) -> int:
    found = topics.look(store)
    with store.transaction() as tx:
        return topics.keep(tx, found)


def test_what_is_found_is_a_tag_of_its_mail_with_a_reason(store: Database) -> None:
    assert look(store) == 1
    (tag,) = tagging.listed(store)
    assert (tag.name, tag.found_by, tag.threads) == ("Apollo", Trait(Scope.TOPIC, "apollo"), 6)
    assert tagged(store, "Apollo") == {one.subject for one in APOLLO}
    rows = store.all("SELECT DISTINCT reason FROM message_tags")
    assert rows == [("Mail with “apollo” in the subject",)]


def test_the_same_topic_is_not_found_twice_nor_again_when_it_was_removed(store: Database) -> None:
    look(store)
    assert look(store) == 0
    (tag,) = tagging.listed(store)
    tagging.rename(store, tag.id, "Moon")
    assert look(store) == 0
    assert tagged(store, "Moon") == {one.subject for one in APOLLO}
    tagging.remove(store, tag.id)
    assert (look(store), tagging.listed(store), tagged(store, "Moon")) == (0, [], set())
    triage.undo(store)
    assert tagged(store, "Moon") == {one.subject for one in APOLLO}


def test_a_name_that_the_user_gave_is_not_taken(store: Database) -> None:
    say(store, APOLLO[0].subject, "apollo", Scope.THREAD)
    assert look(store) == 0


def test_the_user_can_say_that_mail_is_not_about_it(store: Database) -> None:
    look(store)
    before = predictions(store)
    say(store, APOLLO[0].subject, "Apollo", belongs=False)
    assert tagged(store, "Apollo") == {one.subject for one in APOLLO[1:]}
    triage.undo(store)
    assert predictions(store) == before


def test_it_is_looked_for_when_the_mailbox_has_grown_or_once_a_day(store: Database) -> None:
    day = float(outlines.DAY)
    assert topics.due(store, now=day)
    with store.transaction() as tx:
        topics.keep(tx, [], now=day)
    assert not topics.due(store, now=day)
    assert not topics.due(store, now=2 * day)
    with store.transaction() as tx:
        settings.put(tx, "topics-looked-at", [100, 1])
    assert topics.due(store, now=2 * day)
    assert not topics.due(store, now=day)
    with store.transaction() as tx:
        settings.put(tx, "topics-looked-at", [30, 1])
    assert topics.due(store, now=day)


def test_an_empty_home_is_not_looked_at(tmp_path: Path) -> None:
    store = filled(tmp_path, [])
    assert not topics.due(store)
    assert look(store) == 0
    store.close()


def test_words_in_addresses_are_no_common_words(tmp_path: Path) -> None:
    body = "See https://apollo.example/apollo and mail apollo@x.example or www.apollo.example please.\n"
    store = filled(
        tmp_path, [*NOISE, *(Letter(one.subject, body, one.sender, day=one.day) for one in APOLLO)]
    )
    assert [one.name for one in topics.look(store)] == ["Apollo"]
    (tmp_path / "lower").mkdir()
    said = [Letter(one.subject, "the apollo again\n", one.sender, day=one.day) for one in APOLLO]
    lower = filled(tmp_path / "lower", [*NOISE, *said])
    assert topics.look(lower) == []


def test_what_is_found_can_be_chosen_by_name(store: Database) -> None:
    look(store)
    assert "Apollo" in {one.category for one in labels.categories(store)}
    assert tags.named(store, "APOLLO") is not None


def test_of_a_large_mailbox_the_newest_mail_is_looked_at(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlines, "NEWEST", 100)
    rows = list(outlines.rows(store))
    assert len(rows) == 100
    assert [row.thread_id for row in rows] == sorted(row.thread_id for row in rows)
    days = sorted((row.day for row in rows), reverse=True)
    assert days == [
        int(day) for (day,) in store.all("SELECT date / 86400 FROM messages ORDER BY date DESC LIMIT 100")
    ]
