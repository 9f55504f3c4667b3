"""Who is who: what the user says holds, and every word of theirs can be taken back exactly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.core import Core
from fluffy_core.domain.ids import ContactId
from fluffy_core.errors import UsageError
from fluffy_core.services.imports import imports
from fluffy_core.services.people import contacts, people
from fluffy_core.services.sorting import triage
from fluffy_core.store.database import Database
from tests.unit.services.homes import ME, everybody, letter, opened, person, read_letters, work_off

PEOPLE = ("Ada Byron", "Ben Okri", "Carla Bruni", "Dora Maar", "Emil Nolde", "Fay Weldon")
STATE = {
    "contacts": "SELECT id, name, name_locked, from_card, merged_into, messages_in, messages_out, last_date, "
    "company_id FROM contacts ORDER BY id",
    "addresses": "SELECT address_id, contact_id FROM address_stats ORDER BY address_id",
    "rulings": "SELECT * FROM identity_rulings ORDER BY 1, 2",
    "proposals": "SELECT * FROM merge_proposals ORDER BY 1, 2",
}


def state(store: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that a decision about people may touch."""
    return {name: store.all(sql) for name, sql in STATE.items()}


def known_people() -> list[bytes]:
    """Letters from six people; the first two are likely to be one person with the last two addresses."""
    known = [
        letter(f"From {name}", sender=f"{name} <{name.split()[0].lower()}@one.example>", hour=number)
        for number, name in enumerate(PEOPLE)
    ]
    again = [
        letter(f"Again {name}", sender=f"{name} <{name.split()[1].lower()}@two.example>", hour=10 + number)
        for number, name in enumerate(PEOPLE[:2])
    ]
    return known + again


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    with opened(tmp_path_factory.mktemp("identity") / "home") as core:
        read_letters(core, *known_people())
        yield core


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        read_letters(core, *known_people())
        yield core


def undo_all(store: Database) -> int:
    count = 0
    while triage.undo(store) is not None:
        count += 1
    return count


def one(store: Database, email: str) -> ContactId:
    return person(store, email)


def test_two_people_become_one_and_two_again(core: Core) -> None:
    before = state(core.store)
    ada, ben = one(core.store, "ada@"), one(core.store, "ben@")
    token = people.merge(core.store, ada, ben)
    assert token.label == "Merged two people into Ada Byron"
    merged = people.detail(core.store, ada)
    assert merged.addresses == ("ada@one.example", "ben@one.example")
    assert merged.row.messages_in == 2
    with pytest.raises(UsageError, match="no person"):
        people.detail(core.store, ben)
    assert triage.undo(core.store) == token.label
    assert state(core.store) == before


def test_a_split_address_is_a_person_of_its_own_and_comes_back(core: Core) -> None:
    before = state(core.store)
    ada, ben = one(core.store, "ada@"), one(core.store, "ben@")
    people.merge(core.store, ada, ben)
    people.split(core.store, ada, "ben@one.example")
    split_off = one(core.store, "ben@one.example")
    assert split_off not in (ada, ben)
    assert people.detail(core.store, split_off).row.name == "Ben Okri"
    assert people.detail(core.store, ada).addresses == ("ada@one.example",)
    assert undo_all(core.store) == 2
    assert state(core.store) == before


def test_a_proposal_is_dismissed_and_opened_again(core: Core) -> None:
    before = state(core.store)
    assert len(before["proposals"]) == 2
    pair = people.proposals(core.store)[0]
    people.dismiss(core.store, pair.a.id, pair.b.id)
    assert len(people.proposals(core.store)) == 1
    everyone = [int(str(row[0])) for row in before["addresses"]]
    with core.store.transaction() as tx:
        contacts.settle(tx, everyone, renamed=everyone)
    assert len(people.proposals(core.store)) == 1
    undo_all(core.store)
    assert state(core.store) == before


def test_merging_a_proposed_pair_answers_the_proposal_and_undo_asks_again(core: Core) -> None:
    before = state(core.store)
    pair = people.proposals(core.store)[0]
    people.merge(core.store, pair.a.id, pair.b.id)
    assert len(people.proposals(core.store)) == 1
    undo_all(core.store)
    assert state(core.store) == before


def test_a_name_the_user_gave_survives_mail_and_merging(fresh: Core) -> None:
    ada, emil = one(fresh.store, "ada@"), one(fresh.store, "emil@")
    people.rename(fresh.store, emil, "  Emil   the Painter ")
    read_letters(fresh, letter("More", sender="Emil Nolde <emil@one.example>", hour=30), name="more.mbox")
    assert people.detail(fresh.store, emil).row.name == "Emil the Painter"
    people.merge(fresh.store, ada, emil)
    assert people.detail(fresh.store, ada).row.name == "Emil the Painter"
    triage.undo(fresh.store)
    assert people.detail(fresh.store, ada).row.name == "Ada Byron"
    triage.undo(fresh.store)
    assert people.detail(fresh.store, emil).row.name == "Emil Nolde"


def test_what_the_user_merged_stays_merged_when_everything_is_counted_anew(fresh: Core) -> None:
    carla, dora = one(fresh.store, "carla@"), one(fresh.store, "dora@")
    people.merge(fresh.store, carla, dora)
    people.rename(fresh.store, carla, "The Twins")
    imports.confirm_own(fresh.store, [ME, "fay@one.example"])
    work_off(fresh)
    assert ("The Twins", ("carla@one.example", "dora@one.example")) in everybody(fresh.store)
    assert people.ids(fresh.store, "fay@") == ()


def test_a_merge_with_what_is_my_own_address_by_now_is_taken_back_without_making_me_a_contact(
    fresh: Core,
) -> None:
    people.merge(fresh.store, one(fresh.store, "dora@"), one(fresh.store, "fay@"))
    imports.confirm_own(fresh.store, [ME, "fay@one.example"])
    work_off(fresh)
    assert triage.undo(fresh.store) is not None
    assert ("Dora Maar", ("dora@one.example",)) in everybody(fresh.store)
    assert people.ids(fresh.store, "fay@") == ()


def test_the_machine_does_not_undo_a_split(fresh: Core) -> None:
    ada, ben = one(fresh.store, "ada@"), one(fresh.store, "ben@")
    people.merge(fresh.store, ada, ben)
    people.split(fresh.store, ada, "ben@one.example")
    read_letters(fresh, letter("Late", sender="Ada Byron <ben@one.example>", hour=40), name="late.mbox")
    assert people.detail(fresh.store, ada).addresses == ("ada@one.example",)


@pytest.mark.parametrize("name", ["", "   ", "\n\t"])
def test_a_person_needs_a_name(core: Core, name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        people.rename(core.store, one(core.store, "ada@"), name)


def test_nobody_can_be_corrected_who_is_not_there(core: Core) -> None:
    before = state(core.store)
    ada, nobody = one(core.store, "ada@"), ContactId(999_999)
    with pytest.raises(UsageError, match="no person 999999"):
        people.merge(core.store, ada, nobody)
    with pytest.raises(UsageError, match="no person 999999"):
        people.merge(core.store, nobody, ada)
    with pytest.raises(UsageError, match="not two people"):
        people.merge(core.store, ada, ada)
    with pytest.raises(UsageError, match="no person 999999"):
        people.dismiss(core.store, ada, nobody)
    with pytest.raises(UsageError, match="no person 999999"):
        people.rename(core.store, nobody, "X")
    with pytest.raises(UsageError, match="not one of several"):
        people.split(core.store, ada, "ada@one.example")
    with pytest.raises(UsageError, match="not one of several"):
        people.split(core.store, ada, "ben@one.example")
    assert state(core.store) == before
    assert triage.undo(core.store) is None


Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "rename", "dismiss"]), st.integers(0, 20), st.integers(0, 20)
    )
)


def act(store: Database, step: Step) -> int:
    """Do one thing to people chosen by number; how many entries the undo log got."""
    kind, x, y = step
    ids = people.ids(store)
    a, b = ids[x % len(ids)], ids[y % len(ids)]
    try:
        if kind == "merge":
            people.merge(store, a, b)
        elif kind == "split":
            emails = people.detail(store, a).addresses
            people.split(store, a, emails[y % len(emails)])
        elif kind == "rename":
            people.rename(store, a, f"Name {y}")
        else:
            people.dismiss(store, a, b)
    except UsageError:
        return 0
    return 1


@given(steps)
def test_any_sequence_of_decisions_is_taken_back_exactly(core: Core, todo: list[Step]) -> None:
    before = state(core.store)
    done = sum(act(core.store, step) for step in todo)
    assert undo_all(core.store) == done
    assert state(core.store) == before
