"""From headers to people: who is a contact, who never is, who is the same, in whatever order mail comes."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.services.imports import imports
from fluffy_core.services.people import contacts, people
from fluffy_core.services.reading import reader
from fluffy_core.store import messages, people_rows
from fluffy_core.store.database import Database
from tests.fakes.mailboxes import mbox, write
from tests.unit.services.homes import ME, everybody, letter, opened, person, read_letters, work_off

ADA, BEN = "Ada Byron <ada@one.example>", "Ben Okri <ben@two.example>"
NEWSLETTER = "List-Unsubscribe: <mailto:off@shop.example>\nPrecedence: bulk"
LIST = "List-Id: Gardeners <gardeners.lists.example>\nList-Post: <mailto:gardeners@lists.example>"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def emails(store: Database) -> set[str]:
    """Every address of every contact."""
    return {email for _, some in everybody(store) for email in some}


def test_who_writes_to_me_and_whom_i_write_to_are_contacts(core: Core) -> None:
    read_letters(core, letter(sender=ADA), letter(sender=f"Me <{ME}>", to=BEN, hour=1))
    assert everybody(core.store) == {("Ada Byron", ("ada@one.example",)), ("Ben Okri", ("ben@two.example",))}
    ada, ben = (people.detail(core.store, person(core.store, text)).row for text in ("ada@", "ben@"))
    assert (ada.messages_in, ada.messages_out) == (1, 0)
    assert (ben.messages_in, ben.messages_out) == (0, 1)
    assert ada.last_date == ben.last_date - 3600


def test_i_am_no_contact_of_mine(core: Core) -> None:
    read_letters(
        core, letter(sender=f"Me <{ME}>", to=f"{ME}, second@example.org"), me=[ME, "second@example.org"]
    )
    assert everybody(core.store) == set()


@pytest.mark.parametrize(
    "observed",
    [
        letter(sender="Shop <news@shop.example>", extra=NEWSLETTER),
        letter(sender="Gardener <gina@garden.example>", to="gardeners@lists.example", extra=LIST),
        letter(sender="Gardener <gina@garden.example>", extra=LIST),
        letter(sender="Bot <no-reply@bank.example>"),
        letter(sender="MAILER-DAEMON@mx.example"),
        letter(sender="Ada <ada@one.example>", to="somebody@else.example"),
        letter(sender="Ada <ada@one.example>", extra="Auto-Submitted: auto-replied"),
        letter(sender=ADA, to=", ".join([ME, *(f"p{number}@many.example" for number in range(30))])),
    ],
    ids=["newsletter", "list", "list-to-me", "no-reply", "bounce", "not-to-me", "auto-reply", "crowd"],
)
def test_others_are_only_observed(core: Core, observed: bytes) -> None:
    read_letters(core, observed)
    assert everybody(core.store) == set()
    assert core.store.one("SELECT count(*) FROM addresses") != (0,)


def test_somebody_i_answered_is_a_contact_though_they_also_send_newsletters(core: Core) -> None:
    news = letter(sender="Gina <gina@garden.example>", extra=NEWSLETTER)
    mine = letter(sender=f"Me <{ME}>", to="Gina Garden <gina@garden.example>", hour=1)
    read_letters(core, news, mine)
    assert everybody(core.store) == {("Gina Garden", ("gina@garden.example",))}


def test_the_fullest_and_most_frequent_name_wins(core: Core) -> None:
    names = ["Ada", "ada@one.example", "Byron, Ada", "Ada Byron", "ADA BYRON", "Ada King"]
    read_letters(
        core, *(letter(sender=f'"{name}" <ada@one.example>', hour=n) for n, name in enumerate(names))
    )
    assert everybody(core.store) == {("Ada Byron", ("ada@one.example",))}


def test_a_contact_without_any_name_goes_by_the_address(core: Core) -> None:
    read_letters(core, letter(sender="ada@one.example"))
    assert everybody(core.store) == {("ada@one.example", ("ada@one.example",))}


def test_companies_come_from_domains_but_not_from_freemail(core: Core) -> None:
    read_letters(
        core,
        letter(sender="Ada Byron <ada@mail.acme-corp.co.uk>"),
        letter(sender="Ben <ben@gmail.com>", hour=1),
    )
    ada, ben = (people.detail(core.store, person(core.store, text)).row for text in ("ada@", "ben@"))
    assert (ada.company, ben.company) == ("Acme Corp", "")


def both_ways(name: str, *addresses: str) -> list[bytes]:
    """Letters from these addresses of one name, each answered by me."""
    got = [letter(sender=f"{name} <{one}>", hour=n) for n, one in enumerate(addresses)]
    return got + [
        letter("Re", sender=f"Me <{ME}>", to=f"{name} <{one}>", hour=n + 50)
        for n, one in enumerate(addresses)
    ]


def test_two_addresses_at_one_company_are_one_person(core: Core) -> None:
    read_letters(
        core,
        letter(sender="Ada Byron <ada@acme.example>"),
        letter(sender="Ada Byron <ada.byron@acme.example>", hour=1),
    )
    assert everybody(core.store) == {("Ada Byron", ("ada.byron@acme.example", "ada@acme.example"))}


def test_a_full_name_at_two_places_is_one_person_once_i_wrote_to_both(core: Core) -> None:
    read_letters(core, *both_ways("Ada Augusta Byron", "ada@acme.example", "aab@home.example"))
    assert everybody(core.store) == {("Ada Augusta Byron", ("aab@home.example", "ada@acme.example"))}


def test_a_common_name_at_two_places_is_asked_about(core: Core) -> None:
    read_letters(core, *both_ways("Ada Byron", "ada@acme.example", "byron@home.example"))
    assert len(everybody(core.store)) == 2
    (proposal,) = people.proposals(core.store)
    assert {proposal.a.email, proposal.b.email} == {"ada@acme.example", "byron@home.example"}
    assert contacts.LIKELY <= proposal.score < contacts.SURE
    assert people.detail(core.store, proposal.a.id).proposals == (proposal,)


@pytest.mark.parametrize(
    "forged", ["ada.augusta.byron@evil.example", "aab1815@evil.example", "x@evil.example"]
)
def test_a_forged_name_never_merges_by_itself(core: Core, forged: str) -> None:
    known = both_ways("Ada Augusta Byron", "aab1815@acme.example")
    spoof = letter(sender=f"Ada Augusta Byron <{forged}>", hour=80)
    read_letters(core, *known, spoof)
    assert ("Ada Augusta Byron", ("aab1815@acme.example",)) in everybody(core.store)
    assert [one.b.email for one in people.proposals(core.store)] == [forged]


def test_writing_to_the_second_address_later_makes_one_person_of_two(core: Core) -> None:
    first, second, mine, mine_too = both_ways("Ada Augusta Byron", "ada@acme.example", "aab@home.example")
    read_letters(core, first, second, mine)
    assert len(everybody(core.store)) == 2
    read_letters(core, mine_too, name="later.mbox")
    assert everybody(core.store) == {("Ada Augusta Byron", ("aab@home.example", "ada@acme.example"))}
    assert people.proposals(core.store) == ()


def test_different_people_of_one_company_stay_apart(core: Core) -> None:
    read_letters(
        core, *both_ways("Ada Byron", "ada@acme.example"), *both_ways("Ben Byron", "ben@acme.example")
    )
    assert len(everybody(core.store)) == 2


def crowd() -> list[bytes]:
    """Mail in which people appear under several names and addresses."""
    letters = both_ways("Ada Augusta Byron", "ada@acme.example", "aab@home.example", "ada.byron@acme.example")
    letters += both_ways("Ben Okri", "ben@two.example", "okri@three.example") + both_ways(
        "Bob Ray", "bob@r.example"
    )
    letters += [
        letter(sender="Robert Ray <robert.ray@r.example>", hour=200),
        letter(sender="R. Ray <rr@r.example>", hour=201),
    ]
    letters += [letter(sender="Gina <gina@garden.example>", extra=NEWSLETTER, hour=202 + n) for n in range(3)]
    letters += [letter(sender="Fay Weldon <fay@f.example>", to=f"{ME}, Ben Okri <ben@two.example>", hour=300)]
    return [
        *letters,
        letter(sender=f"Me <{ME}>", to="Fay <fay@f.example>, Gil Scott <gil@g.example>", hour=301),
    ]


def snapshot(store: Database) -> tuple[object, ...]:
    rows = [people.detail(store, one).row for one in people.ids(store)]
    figures = sorted((one.name, one.email, one.messages_in, one.messages_out, one.last_date) for one in rows)
    asked = sorted(sorted((one.a.email, one.b.email)) for one in people.proposals(store))
    return everybody(store), figures, asked


@pytest.mark.parametrize("seed", range(6))
def test_batches_in_any_order_and_size_end_in_the_same_people(core: Core, tmp_path: Path, seed: int) -> None:
    read_letters(core, *crowd())
    dice = random.Random(seed)
    with opened(tmp_path / "other") as other:
        shuffled = dice.sample(crowd(), len(crowd()))
        account_id = imports.start(other.store, [_box(tmp_path, shuffled)], me=[ME])
        imports.run(other.store, account_id, scratch=tmp_path, on_page=lambda tx, step: None)
        ids = list(messages.all_ids(other.store))
        dice.shuffle(ids)
        while ids:
            size = dice.randint(1, 5)
            with other.store.transaction() as tx:
                contacts.extract(tx, ids[:size])
            ids = ids[size:]
        assert snapshot(other.store) == snapshot(core.store)


def _box(folder: Path, letters: Sequence[bytes]) -> Path:
    return write(folder / "shuffled.mbox", mbox(*letters))


def test_a_message_is_counted_once_however_often_it_is_looked_at(core: Core) -> None:
    read_letters(core, letter(sender=ADA), letter(sender=ADA, subject="Two", hour=1))
    ids = messages.all_ids(core.store)
    with core.store.transaction() as tx:
        assert contacts.extract(tx, ids) == 0
    assert people.detail(core.store, person(core.store, "ada@")).row.messages_in == 2


def test_addresses_confirmed_while_people_are_being_looked_for_are_not_counted_twice(
    core: Core, tmp_path: Path
) -> None:
    box = _box(tmp_path, [letter(sender=ADA), letter(sender=BEN, to="other@example.org", hour=1)])
    account_id = imports.start(core.store, [box], me=[ME])
    imports.run(core.store, account_id, scratch=tmp_path, on_page=lambda tx, step: None)
    with core.store.transaction() as tx:
        imports.settle(tx, account_id)
    imports.confirm_own(core.store, [ME, "other@example.org"])
    work_off(core)
    ada, ben = (people.detail(core.store, person(core.store, text)).row for text in ("ada@", "ben@"))
    assert (ada.messages_in, ben.messages_in) == (1, 1)


def test_confirming_other_addresses_decides_anew_who_is_a_contact(core: Core) -> None:
    read_letters(core, letter(sender=ADA, to="other@example.org"), letter(sender=BEN, hour=1), me=[ME])
    assert emails(core.store) == {"ben@two.example"}
    imports.confirm_own(core.store, ["other@example.org"])
    work_off(core)
    assert emails(core.store) == {"ada@one.example"}
    imports.confirm_own(core.store, [ME, "other@example.org", "ben@two.example"])
    work_off(core)
    assert emails(core.store) == {"ada@one.example"}


def test_a_signature_fills_fields_with_its_line_as_evidence(core: Core) -> None:
    body = "The offer is attached.\n\nBest regards,\n\n-- \nAda Byron\nHead of Engines\n"
    body += "Acme Engines Ltd\nTel: +44 20 7946 0958\n"
    read_letters(core, letter(sender="Ada Byron <ada@acme.example>", body=body))
    detail = people.detail(core.store, person(core.store, "ada@"))
    found = {one.field: one for one in detail.fields}
    assert found["title"].value == "Head of Engines"
    assert detail.row.title == "Head of Engines"
    assert any(one.value == "+442079460958" for one in detail.fields)
    for one in detail.fields:
        assert one.message_id is not None
        assert one.quote in reader.open_thread(core.store, detail.threads[0]).messages[0].text
        assert 0 < one.confidence <= 1


def test_where_a_link_behind_words_leads_is_no_part_of_a_card(core: Core) -> None:
    body = "See below.\n\n-- \nAda Byron\nHead of Engines\nOur shop <https://evil.example/x>\n"
    read_letters(core, letter(sender="Ada Byron <ada@acme.example>", body=body))
    detail = people.detail(core.store, person(core.store, "ada@"))
    assert detail.row.title == "Head of Engines"
    assert not any("evil" in f"{one.value} {one.quote}" for one in detail.fields)


def test_the_people_of_most_mail_come_first(core: Core) -> None:
    read_letters(
        core,
        *both_ways("Ada Byron", "ada@one.example"),
        *(letter(sender=BEN, subject=f"n{n}", hour=n) for n in range(3)),
    )
    assert [people.detail(core.store, one).row.name for one in people_rows.top(core.store, 2)] == [
        "Ada Byron",
        "Ben Okri",
    ]
