"""Whose mailbox it is: named by the user, or inferred from sent folders, delivery or frequency."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.errors import UsageError
from fluffy_core.services.imports import imports, ownership
from fluffy_core.services.imports.ownership import OwnAddress, infer
from fluffy_core.store.sources import OwnerEvidence
from tests.unit.services.homes import letter, opened, read_letters, work_off

ANNA, OTHER = "anna@work.example", "anna.private@home.example"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def evidence(folder: str, messages: int, **by_address: tuple[int, int, int]) -> OwnerEvidence:
    """Counts (wrote, received, delivered) by the local part of an address at x.example."""
    rows = tuple((f"{local}@x.example", *some) for local, some in by_address.items())
    return OwnerEvidence(folder, messages, rows)


def test_a_sent_folder_belongs_to_who_writes_in_it() -> None:
    assert infer([evidence("Sent", 10, ben=(0, 9, 0), anna=(10, 1, 0))]) == ("anna@x.example",)
    assert infer([evidence("[Gmail]/Gesendet", 10, anna=(10, 0, 0))]) == ("anna@x.example",)


def test_an_inbox_belongs_to_whom_mail_was_delivered() -> None:
    assert infer([evidence("Inbox", 10, ben=(6, 0, 0), anna=(0, 9, 10))]) == ("anna@x.example",)


def test_without_that_it_belongs_to_who_writes_and_receives_most() -> None:
    assert infer([evidence("Archive", 10, ben=(3, 2, 0), anna=(4, 6, 0), carl=(0, 9, 0))]) == (
        "anna@x.example",
    )


def test_nothing_is_said_where_nothing_is_convincing() -> None:
    assert infer([]) == ()
    assert infer([evidence("Archive", 10, ben=(1, 1, 0), anna=(2, 1, 0))]) == ()
    assert infer([evidence("Archive", 10, everyone=(0, 10, 0))]) == ()


def test_role_addresses_own_no_inbox_but_may_send() -> None:
    assert infer([evidence("Inbox", 10, info=(5, 9, 10))]) == ()
    assert infer([evidence("Sent", 10, info=(10, 0, 0))]) == ("info@x.example",)


def test_several_files_may_name_several_addresses_the_best_first() -> None:
    files = [evidence("Sent", 5, second=(5, 0, 0)), evidence("Sent 2", 50, anna=(50, 0, 0))]
    assert infer(files) == ("anna@x.example", "second@x.example")


def sent(count: int, sender: str, *, start: int = 0) -> list[bytes]:
    return [
        letter(f"s{n}", sender=f"Anna <{sender}>", to=f"p{n % 7}@x.example", hour=start + n)
        for n in range(count)
    ]


def test_the_sent_folder_of_an_import_is_believed_but_asked_about(core: Core) -> None:
    report = read_letters(core, *sent(12, ANNA), name="Sent.mbox", me=[])
    assert (report.me, report.me_confirmed) == ((ANNA,), False)
    assert ownership.own_addresses(core.store) == (OwnAddress(ANNA, confirmed=False),)
    assert report.contacts == 7


def test_delivered_to_is_believed(core: Core) -> None:
    delivered = [
        letter(
            f"d{n}",
            sender=f"p{n}@x.example",
            to=ANNA if n % 2 else "all@x.example",
            hour=n,
            extra=f"Delivered-To: {ANNA}",
        )
        for n in range(10)
    ]
    assert read_letters(core, *delivered, me=[]).me == (ANNA,)


LIST_HEADERS = "List-Id: <talk.lists.example>\nList-Post: <mailto:talk@lists.example>\n"


def test_a_mailing_list_owns_nothing(core: Core) -> None:
    """The archive of a list that rewrites From and delivers to its own address."""
    archive = [
        letter(f"l{n}", sender="Ada via Talk <talk@lists.example>", to="talk@lists.example", hour=n,
               extra=LIST_HEADERS + "Delivered-To: talk@lists.example")
        for n in range(30)
    ]  # fmt: skip
    report = read_letters(core, *archive, me=[])
    assert (report.me, report.contacts) == ((), 0)


def test_newsletters_name_no_owner_by_whom_they_come_from(core: Core) -> None:
    news = [
        letter(f"n{n}", sender="News <news@shop.example>", to="news@shop.example", hour=n,
               extra="Precedence: bulk\nList-Unsubscribe: <https://shop.example/off>")
        for n in range(30)
    ]  # fmt: skip
    assert read_letters(core, *news, me=[]).me == ()


def test_what_the_user_confirmed_is_not_added_to_by_inference(core: Core) -> None:
    read_letters(core, *sent(5, OTHER), me=[OTHER])
    report = read_letters(core, *sent(12, ANNA, start=100), name="Sent.mbox", me=[])
    assert (report.me, report.me_confirmed) == ((OTHER,), True)


def test_an_address_inferred_later_stops_being_a_contact(core: Core) -> None:
    """First her private address is a correspondent, then its own sent folder arrives."""
    read_letters(
        core,
        *sent(12, ANNA),
        letter("To myself", sender=f"Anna <{ANNA}>", to=OTHER, hour=50),
        name="Sent.mbox",
        me=[],
    )
    assert OTHER in _contacts(core)
    report = read_letters(core, *sent(12, OTHER, start=100), name="Sent private.mbox", me=[])
    assert set(report.me) == {ANNA, OTHER}
    assert OTHER not in _contacts(core)


def _contacts(core: Core) -> set[str]:
    joined = "address_stats s JOIN addresses a ON a.id = s.address_id"
    sql = f"SELECT a.email FROM {joined} WHERE s.contact_id IS NOT NULL"
    return {row[0] for row in core.store.all(sql)}


def test_confirming_replaces_what_was_inferred(core: Core) -> None:
    read_letters(core, *sent(12, ANNA), name="Sent.mbox", me=[])
    imports.confirm_own(core.store, [f" {OTHER.upper()} "])
    work_off(core)
    assert imports.own_addresses(core.store) == (OwnAddress(OTHER, confirmed=True),)


def test_confirming_the_same_again_asks_for_no_work(core: Core) -> None:
    read_letters(core, *sent(12, ANNA), name="Sent.mbox", me=[])
    before = core.store.one("SELECT count(*) FROM jobs")
    imports.confirm_own(core.store, [ANNA])
    assert imports.own_addresses(core.store) == (OwnAddress(ANNA, confirmed=True),)
    assert core.store.one("SELECT count(*) FROM jobs") == before


@pytest.mark.parametrize(
    "wrong", ["anna", "@x.example", "anna@", "a b@x.example", "<anna@x.example>", "a@b@c"]
)
def test_only_addresses_can_be_mine(core: Core, wrong: str) -> None:
    with pytest.raises(UsageError, match="is not a mail address"):
        imports.confirm_own(core.store, [ANNA, wrong])
    assert imports.own_addresses(core.store) == ()


def test_blank_addresses_are_left_out() -> None:
    assert ownership.checked(["", "  ", "A@X.example "]) == ("a@x.example",)
