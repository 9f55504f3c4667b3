"""Observations, contacts, merges, rulings and fields with their sources."""

import pytest

from fluffy_core.domain.ids import ContactId
from fluffy_core.store import addresses, integrity, people, people_rows, rulings
from fluffy_core.store.database import Database
from fluffy_core.store.people import Observed
from fluffy_core.store.people_rows import NewField
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

EMAILS = [f"{name}@x.example" for name in ("a", "b", "c", "d")]


@pytest.fixture
def ids(store: Database) -> list[int]:
    """Four addresses."""
    with store.transaction() as tx:
        found = addresses.ids_for(tx, EMAILS)
    return [found[one] for one in EMAILS]


def contact(store: Database, name: str, *address_ids: int) -> ContactId:
    with store.transaction() as tx:
        made = people.create_contact(tx, name, address_ids, now=1.0)
        people.refresh(tx, [(made, name, None)])
        return made


def test_letters_are_looked_at_once_for_each_version(store: Database) -> None:
    stored.keep(store, [Letter("a", cc=BOB), Letter("b", headers={"List-Id": "<l.example>"})])
    first, second = people.letters(store, [1, 2], 1)
    assert {role for role, _, _ in first.people} == {0, 1, 2}
    assert (first.bulk, second.bulk) == ("", "list")
    assert people.pending(store, 1)
    with store.transaction() as tx:
        people.mark_extracted(tx, [1, 2], 1)
    assert people.letters(store, [1, 2], 1) == []
    assert not people.pending(store, 1)
    assert people.pending(store, 2)
    assert [one.id for one in people.letters(store, [1, 2], 2)] == [1, 2]


def test_observations_add_up_in_any_order(store: Database, ids: list[int]) -> None:
    batches = [{ids[0]: Observed(1, 2, 0, 50, 90)}, {ids[0]: Observed(0, 1, 4, 20, 30)}, {ids[0]: Observed()}]
    for order in ([0, 1, 2], [2, 1, 0]):
        with store.transaction() as tx:
            people.forget_observations(tx)
            for number in order:
                people.add_observations(tx, batches[number])
        found = store.one(
            "SELECT written_to, personal_from, bulk_from, first_date, last_date FROM address_stats"
        )
        assert found == (1, 3, 4, 20, 90)


def test_names_are_counted_and_the_most_frequent_leads(store: Database, ids: list[int]) -> None:
    with store.transaction() as tx:
        people.add_names(tx, {(ids[0], "Ann"): ("ann", 1), (ids[0], "Ann Ode"): ("ann ode", 2)})
        people.add_names(tx, {(ids[0], "Ann"): ("ann", 4)})
    assert people.standings(store, ids[:1])[ids[0]].names == (("Ann", 5), ("Ann Ode", 2))


def test_a_company_is_made_once_for_its_domain(store: Database) -> None:
    with store.transaction() as tx:
        assert people.companies(tx, {}) == {}
        first = people.companies(tx, {"x.example": "X", "y.example": "Y"})
        assert people.companies(tx, {"z.example": "Z", "x.example": "Another name"}) == {
            "x.example": first["x.example"],
            "z.example": first["y.example"] + 1,
        }
    assert store.all("SELECT name FROM companies ORDER BY id") == [("X",), ("Y",), ("Z",)]


def test_addresses_in_touch(store: Database, ids: list[int]) -> None:
    with store.transaction() as tx:
        seen = {
            ids[0]: Observed(written_to=1),
            ids[1]: Observed(personal_from=1),
            ids[2]: Observed(bulk_from=1),
        }
        people.add_observations(tx, seen)
    assert sorted(people.in_touch(store, ids)) == ids[:2]
    contact(store, "Card", ids[3])
    assert sorted(people.in_touch(store, ids[1:])) == [ids[1], ids[3]]
    assert people.in_touch(store, []) == []


def test_namesakes_are_contacts_and_not_half_the_world(store: Database, ids: list[int]) -> None:
    with store.transaction() as tx:
        people.add_names(tx, {(one, "Ann"): ("ann", 1) for one in ids})
        many = addresses.ids_for(tx, [f"{n}@many.example" for n in range(people.NAMESAKES + 1)])
        people.add_names(tx, {(one, "Info"): ("info", 1) for one in many.values()})
    contact(store, "Ann", *ids[:2])
    contact(store, "Info", *many.values())
    assert people.namesakes(store, ["ann", "info", "nobody"]) == {"ann": ids[:2], "nobody": []}


def test_a_merge_moves_addresses_and_keeps_what_is_known(store: Database, ids: list[int]) -> None:
    one, two, three = (
        contact(store, "One", ids[0]),
        contact(store, "Two", ids[1], ids[2]),
        contact(store, "T", ids[3]),
    )
    with store.transaction() as tx:
        people.from_card(tx, two)
        rulings.propose(tx, two, one, score=0.8, reason="same name")
        rulings.propose(tx, one, three, score=0.7, reason="same name")
        assert sorted(people.merge(tx, one, two)) == ids[1:3]
    assert [email for _, email in people.addresses_of(store, one)] == EMAILS[:3]
    assert people.addresses_of(store, two) == []
    assert people_rows.ids(store) == (one, three)
    assert store.one("SELECT from_card FROM contacts WHERE id = ?", (one,)) == (1,)
    assert [(a, b) for a, b, _, _ in rulings.open_proposals(store)] == [(one, three)]
    assert integrity.relations(store) == ""


def test_figures_follow_the_addresses_and_a_given_name_stays(store: Database, ids: list[int]) -> None:
    with store.transaction() as tx:
        people.add_observations(tx, {ids[0]: Observed(2, 3, 0, 1, 50), ids[1]: Observed(1, 0, 0, 1, 90)})
    one = contact(store, "Ann", *ids[:2])
    with store.transaction() as tx:
        assert people.rename(tx, one, "My Ann", locked=True) == ("Ann", False)
        people.refresh(tx, [(one, "Ann Ode", people.companies(tx, {"x.example": "X"})["x.example"])])
    row = people_rows.rows(store, [one])[one]
    assert (row.name, row.company, row.messages_in, row.messages_out, row.last_date) == (
        "My Ann",
        "X",
        3,
        3,
        90,
    )


def test_a_removed_contact_leaves_its_addresses(store: Database, ids: list[int]) -> None:
    one, two = contact(store, "One", ids[0]), contact(store, "Two", ids[1])
    with store.transaction() as tx:
        people.merge(tx, one, two)
        people.remove(tx, one)
    assert people_rows.ids(store) == ()
    assert people.emails(store, ids) == {
        number: (email, False) for number, email in zip(ids, EMAILS, strict=True)
    }
    assert integrity.relations(store) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [("", 3), ("ann", 1), ("X.EXAMPLE", 2), ("100%", 1), ("%", 1), ("_", 0), ("\\", 0), ("zz", 0)],
)
def test_people_are_found_by_name_and_address(store: Database, ids: list[int], text: str, found: int) -> None:
    contact(store, "Ann", ids[0])
    contact(store, "100% Bob", ids[1])
    with store.transaction() as tx:
        (other,) = addresses.ids_for(tx, ["q@y.example"]).values()
    contact(store, "Cy", other)
    assert len(people_rows.ids(store, text)) == found


def test_the_top_people_write_both_ways(store: Database, ids: list[int]) -> None:
    seen = [Observed(0, 40), Observed(9, 9), Observed(30, 0)]
    with store.transaction() as tx:
        people.add_observations(tx, dict(zip(ids, seen, strict=False)))
    made = [contact(store, str(n), one) for n, one in enumerate(ids[:3])]
    assert people_rows.top(store, 2) == [made[1], made[0]]


def test_a_field_names_its_newest_source(store: Database, ids: list[int]) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x")])
    one = contact(store, "Ann", ids[0])

    def note(value: str, message: int | None, at: int) -> None:
        with store.transaction() as tx:
            field = NewField("phone", value, f"call {value}", "signature-1", 0.9)
            people_rows.add_field(tx, ids[0], field, message_id=message, seen_at=at)

    note("1", 2, 20)
    note("1", 1, 10)
    note("2", 1, 15)
    fields = people_rows.fields(store, one)
    assert [(one.value, one.message_id, one.seen_at, one.quote) for one in fields] == [
        ("1", 2, 20, "call 1"),
        ("2", 1, 15, "call 2"),
    ]
    assert fields[0].confidence == 0.9


def test_mail_and_threads_of_a_contact(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x", ME, ANN, day=3), Letter("c", "y", BOB, day=5)])
    with store.transaction() as tx:
        ann = addresses.known_ids(tx, ["ann@firm.example"])["ann@firm.example"]
    one = contact(store, "Ann", ann)
    assert people_rows.threads(store, one, 9) == (2, 1)
    assert people_rows.threads(store, one, 1) == (2,)
    assert len(people_rows.dates(store, one, since=stored.date_of(Letter("", day=2)))) == 1


def test_the_users_word_is_kept_and_taken_back(store: Database, ids: list[int]) -> None:
    a, b, c, _ = ids
    with store.transaction() as tx:
        before = rulings.rule(tx, [(b, a), (a, c)], together=True)
        assert before == [(a, b, None), (a, c, None)]
        assert rulings.between(tx, [a], [b, c]) == {True}
        again = rulings.rule(tx, [(a, b)], together=False)
        assert again == [(a, b, 1)]
        assert rulings.between(tx, [b], [a]) == {False}
        rulings.restore(tx, again)
        assert rulings.between(tx, [b], [a]) == {True}
        rulings.restore(tx, before)
        assert rulings.between(tx, ids, ids) == set()
        assert rulings.between(tx, [], ids) == set()


def test_an_answered_proposal_stays_answered(store: Database, ids: list[int]) -> None:
    one, two = contact(store, "One", ids[0]), contact(store, "Two", ids[1])
    with store.transaction() as tx:
        rulings.propose(tx, two, one, score=0.7, reason="same name")
        rulings.dismiss(tx, two, one, dismissed=True)
        rulings.propose(tx, one, two, score=0.9, reason="same name")
    assert rulings.open_proposals(store) == []
    with store.transaction() as tx:
        rulings.dismiss(tx, one, two, dismissed=False)
    assert rulings.open_proposals(store) == [(one, two, 0.9, "same name")]


def test_addresses_of_silent_contacts(store: Database, ids: list[int]) -> None:
    with store.transaction() as tx:
        people.add_observations(tx, {ids[0]: Observed(0, 0, 5), ids[1]: Observed(1), ids[2]: Observed()})
    contact(store, "Newsletter", ids[0])
    contact(store, "Friend", ids[1])
    card = contact(store, "From a card", ids[2])
    with store.transaction() as tx:
        people.from_card(tx, card)
    assert people.silent(store) == [ids[0]]
