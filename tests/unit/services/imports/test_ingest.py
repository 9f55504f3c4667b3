"""Threads through the store: references in any order and page, subjects with evidence, absorbed threads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import Section
from fluffy_core.domain.source import RawItem
from fluffy_core.services.imports import ingest, prepare
from fluffy_core.services.sorting import triage
from fluffy_core.store import inbox, sources
from tests.unit.services.homes import ME, grouping, letter, opened, read_letters

ADA, BEN, CARL = "Ada <ada@x.example>", "Ben <ben@y.example>", "Carl <carl@z.example>"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def groups(core: Core) -> set[frozenset[str]]:
    return grouping(core.store)


def test_a_missing_parent_still_connects(core: Core) -> None:
    first = letter("Q", mid="a@x", hour=0)
    third = letter("Re: Q", mid="c@x", refs=["a@x", "b@x"], hour=2)
    fourth = letter("Re: Q", mid="d@x", refs=["b@x"], hour=3)
    read_letters(core, first, third, fourth)
    assert groups(core) == {frozenset({"a@x", "c@x", "d@x"})}


def test_a_late_message_makes_one_thread_of_several_and_keeps_what_was_done(core: Core) -> None:
    read_letters(core, letter("One", mid="a@x"), letter("Re: Three", mid="c@x", refs=["b@x"], hour=2))
    assert len(groups(core)) == 2
    one, two = sorted(inbox.ids(core.store, Section.EVERYTHING))
    triage.set_seen(core.store, [one, two], False)
    read_letters(core, letter("Re: One", mid="b@x", refs=["a@x"], hour=1), name="late.mbox")
    assert groups(core) == {frozenset({"a@x", "b@x", "c@x"})}
    (row,) = inbox.rows(core.store, inbox.ids(core.store, Section.EVERYTHING)).values()
    assert (row.id, row.subject, row.message_count, row.unread_count) == (min(one, two), "One", 3, 2)
    assert triage.undo(core.store) == "2 conversations marked unread"
    assert inbox.rows(core.store, [row.id])[row.id].unread_count == 0


def test_a_forged_message_does_not_glue_strangers_threads(core: Core) -> None:
    strangers = [letter(f"Subject {n}", sender=f"p{n}@x.example", mid=f"s{n}@x", hour=n) for n in range(40)]
    forged = letter(
        "Hello", sender="evil@x.example", mid="evil@x", refs=[f"s{n}@x" for n in range(40)], hour=50
    )
    read_letters(core, *strangers, forged)
    assert max(map(len, groups(core))) <= 6
    assert len(groups(core)) >= 36


def test_replies_without_references_join_by_subject_and_people(core: Core) -> None:
    question = letter("Budget 2025", sender=ADA, mid="a@x")
    answer = letter("RE: Budget 2025", sender=f"Me <{ME}>", to="ada@x.example", mid="b@x", hour=5)
    again = letter("AW: RE: Budget 2025", sender=ADA, mid="c@x", hour=9)
    stranger = letter("Re: Budget 2025", sender=CARL, to="ben@y.example", mid="d@x", hour=10)
    late = letter("Re: Budget 2025", sender=ADA, mid="e@x", hour=24 * 50)
    new = letter("Budget 2025", sender=ADA, mid="f@x", hour=12)
    read_letters(core, question, answer, again, stranger, late, new)
    assert groups(core) == {
        frozenset({"a@x", "b@x", "c@x"}),
        frozenset({"d@x"}),
        frozenset({"e@x"}),
        frozenset({"f@x"}),
    }


def test_a_forward_to_somebody_else_joins_by_its_quoted_header(core: Core) -> None:
    question = letter("Budget 2025", sender=ADA, to=f"{ME}", mid="a@x")
    header = "From: Ada <ada@x.example>\nSent: Monday\nTo: me\nSubject: Budget 2025\n"
    quote = f"See below.\n\n-----Original Message-----\n{header}\nText\n"
    forwarded = letter(
        "FW: Budget 2025", sender=f"Me <{ME}>", to="ben@y.example", mid="b@x", hour=5, body=quote
    )
    unrelated = letter(
        "FW: Budget 2025", sender=f"Me <{ME}>", to="carl@z.example", mid="c@x", hour=6, body="Hi.\n"
    )
    read_letters(core, question, forwarded, unrelated)
    assert frozenset({"a@x", "b@x"}) in groups(core)


def test_common_subjects_join_nothing(core: Core) -> None:
    read_letters(core, *(letter("Re: hi", sender=ADA, mid=f"{n}@x", hour=n) for n in range(4)))
    assert len(groups(core)) == 4


def store_in_pages(core: Core, letters: list[bytes], size: int) -> None:
    """The letters in this order, so many a page."""
    make = prepare.preparer()
    with core.store.transaction() as tx:
        account_id = sources.open_account(tx, "files", "test", now=0.0)
        tx.execute(
            "INSERT INTO sources (account_id, path, member, kind, folder, size) "
            "VALUES (?, 'p', '', 'mbox', '', 1)",
            (account_id,),
        )
    items = [RawItem(number, str(number), content) for number, content in enumerate(letters)]
    for start in range(0, len(items), size):
        with core.store.transaction() as tx:
            ingest.store_page(tx, 1, make(items[start : start + size]))


@st.composite
def mailbox(draw: st.DrawFn) -> tuple[list[bytes], list[bytes], int]:
    """Letters whose references form any graph, in two orders, and a page size."""
    count = draw(st.integers(1, 10))
    names = [f"m{number}@x" for number in range(count)]
    others = st.lists(st.sampled_from([*names, "lost1@x", "lost2@x"]), max_size=7, unique=True)
    letters = [
        letter("hi", mid=name, refs=draw(others), hour=n, sender=f"p{n}@x.example")
        for n, name in enumerate(names)
    ]
    return letters, draw(st.permutations(letters)), draw(st.integers(1, 4))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(mailbox())
def test_neither_order_nor_page_size_changes_the_threads(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[list[bytes], list[bytes], int]
) -> None:
    letters, shuffled, size = case
    folder = tmp_path_factory.mktemp("orders")
    with opened(folder / "one") as one, opened(folder / "other") as other:
        store_in_pages(one, letters, 100)
        store_in_pages(other, shuffled, size)
        assert groups(one) == groups(other)
        for core in (one, other):
            sizes = {
                row[0]: row[1]
                for row in core.store.all("SELECT thread_id, count(*) FROM messages GROUP BY 1")
            }
            rows = inbox.rows(core.store, [ThreadId(number) for number in sizes])
            assert {number: row.message_count for number, row in rows.items()} == sizes


def test_counts_of_a_page_add_up(core: Core) -> None:
    make = prepare.preparer()
    store_in_pages(core, [letter("a", mid="a@x")], 1)
    letters = (letter("a", mid="a@x"), letter("b", mid="b@x"), b"")
    page = make([RawItem(n, f"l{n}", content) for n, content in enumerate(letters, 5)])
    with core.store.transaction() as tx:
        count = ingest.store_page(tx, 1, page)
    assert (count.messages, count.stored, count.duplicates, count.unread) == (3, 1, 1, 1)
