"""What every ContactSource keeps, whatever the provider."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fluffy_core.connectors.base import ContactSource
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage
from fluffy_core.errors import CursorExpiredError
from tests.contracts import pim_stages
from tests.fakes.calendar_stages import CardStage

TURNS = 25


@pytest.fixture(params=pim_stages.SERVERS)
def stage(request: pytest.FixtureRequest) -> Iterator[CardStage]:
    yield from pim_stages.cards(request)


@pytest.fixture
def source(stage: CardStage) -> ContactSource:
    return stage.account()


def person(uid: str) -> ContactCard:
    return ContactCard(f"Person {uid}", (f"{uid}@example.com",), uid=uid)


def pages(source: ContactSource, cursor: str = "") -> list[CardPage]:
    """All pages of one run."""
    found = [source.cards(cursor=cursor)]
    while found[-1].next:
        found.append(source.cards(cursor=cursor, token=found[-1].next))
    return found


class Mirror:
    """What a program that syncs has stored."""

    def __init__(self, source: ContactSource) -> None:
        self.source = source
        self.cursor = ""
        self.cards: dict[str, ContactCard] = {}

    def catch_up(self) -> list[CardPage]:
        """Take over what changed; the pages."""
        found = pages(self.source, self.cursor)
        if found[0].whole:
            self.cards.clear()
        for page in found:
            self.cards.update({one.id: one.card for one in page.changed})
            for number in page.gone:
                self.cards.pop(number, None)
            assert page.problems == ()
        self.cursor = found[-1].cursor
        return found

    def names(self) -> list[tuple[str, tuple[str, ...]]]:
        """(name, addresses) of everybody."""
        return sorted((one.name, one.emails) for one in self.cards.values())


def says_nothing(found: list[CardPage]) -> bool:
    """Several address books may well be several pages."""
    return not any(page.changed or page.gone for page in found)


@pytest.fixture
def mirror(source: ContactSource) -> Mirror:
    return Mirror(source)


def test_nobody(mirror: Mirror) -> None:
    assert says_nothing(mirror.catch_up())
    assert says_nothing(mirror.catch_up())


def test_what_a_card_says(stage: CardStage, mirror: Mirror) -> None:
    stage.put(
        ContactCard(
            name="Ann Öde",
            given="Ann",
            family="Öde",
            emails=("ann@firm.example", "ann.ode@example.com"),
            phones=("+49 30 1234567",),
            org="Firm & Söhne",
            title="Head of Sales",
            uid="ann",
        )
    )
    mirror.catch_up()
    (found,) = mirror.cards.values()
    assert (found.name, found.given, found.family) == ("Ann Öde", "Ann", "Öde")
    assert set(found.emails) == {"ann@firm.example", "ann.ode@example.com"}
    assert (found.phones, found.org, found.title) == (("+49 30 1234567",), "Firm & Söhne", "Head of Sales")


def test_changed_and_gone(stage: CardStage, mirror: Mirror) -> None:
    stage.put(person("a"))
    stage.put(person("b"))
    mirror.catch_up()
    stage.put(replace(person("a"), emails=("new@example.com",)))
    stage.remove("b")
    mirror.catch_up()
    assert mirror.names() == [("Person a", ("new@example.com",))]


def test_nothing_new_is_nothing(stage: CardStage, mirror: Mirror) -> None:
    for number in range(stage.page + 1):
        stage.put(person(str(number)))
    mirror.catch_up()
    assert says_nothing(mirror.catch_up())
    assert len(mirror.cards) == stage.page + 1


def test_pages_name_everybody_once_and_the_last_one_has_the_cursor(
    stage: CardStage, source: ContactSource
) -> None:
    count = stage.page * 2 + 1
    for number in range(count):
        stage.put(person(str(number)))
    found = pages(source)
    assert len(found) > 1
    ids = [one.id for page in found for one in page.changed]
    assert len(ids) == len(set(ids)) == count
    assert [bool(page.cursor) for page in found] == [False] * (len(found) - 1) + [True]
    assert {page.whole for page in found} == {True}


def test_a_cursor_that_the_server_has_forgotten(stage: CardStage, mirror: Mirror) -> None:
    stage.put(person("a"))
    stage.put(person("b"))
    mirror.catch_up()
    stage.remove("a")
    stage.expire()
    with pytest.raises(CursorExpiredError):
        mirror.catch_up()
    mirror.cursor = ""
    mirror.catch_up()
    assert [name for name, _ in mirror.names()] == ["Person b"]


def test_whatever_others_do_both_sides_are_alike_afterwards(stage: CardStage, mirror: Mirror) -> None:
    dice = random.Random(3)
    there: dict[str, ContactCard] = {}
    for turn in range(TURNS):
        action = dice.choice(["new", "new", "change", "remove", "look"])
        uid = dice.choice(sorted(there)) if there else ""
        if action == "new" or not uid:
            there[f"n{turn}"] = person(f"n{turn}")
            stage.put(there[f"n{turn}"])
        elif action == "change":
            there[uid] = replace(there[uid], emails=(f"turn{turn}@example.com",))
            stage.put(there[uid])
        elif action == "remove":
            del there[uid]
            stage.remove(uid)
        if action == "look":
            mirror.catch_up()
    mirror.catch_up()
    assert mirror.names() == sorted((one.name, one.emails) for one in there.values())


def test_closing_twice(source: ContactSource) -> None:
    source.close()
    source.close()
