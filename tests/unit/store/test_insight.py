"""Categories, follow-ups, and the inbox sections that follow from them."""

from dataclasses import replace

import pytest

from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import Category, FollowUp, Importance
from fluffy_core.domain.rows import Section
from fluffy_core.events import Changed
from fluffy_core.store import inbox, insight
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, ME, Letter

ASKS = Category(Importance.IMPORTANT, True, 2, "It asks you.", ask="Can you come?", engine="rules")
FYI = Category(Importance.FYI, False, 0, "", engine="rules")


def waits(message: int, ask: str = "Did you see it?") -> FollowUp:
    return FollowUp(MessageId(message), ask, 4, "No answer for 4 days")


def sort(store: Database, *categories: tuple[int, Category]) -> None:
    with store.transaction() as tx:
        insight.put_categories(tx, categories)
        insight.refresh_sections(tx, range(1, 9))


def follow(store: Database, *found: tuple[int, FollowUp, int]) -> list[int]:
    with store.transaction() as tx:
        changed = insight.replace_follow_ups(tx, [(ThreadId(thread), one, at) for thread, one, at in found])
        insight.refresh_sections(tx, changed)
        return changed


def row(store: Database, thread: int) -> tuple[Section, int, str]:
    found = inbox.rows(store, [ThreadId(thread)])[ThreadId(thread)]
    return found.section, found.priority, found.note


def test_a_question_needs_a_reply_until_i_answer(store: Database) -> None:
    stored.keep(store, [Letter("Plan", id="a")])
    sort(store, (1, ASKS))
    assert row(store, 1) == (Section.NEEDS_REPLY, 2, "asks: Can you come?")
    stored.keep(store, [Letter("Re: Plan", sender=ME, to=ANN, answers="a", day=1)], name="b")
    sort(store)
    assert row(store, 1) == (Section.EVERYTHING, 0, "")
    stored.keep(store, [Letter("Re: Plan", answers="a", day=2)], name="c")
    sort(store, (3, ASKS))
    assert row(store, 1)[0] is Section.NEEDS_REPLY


def test_an_old_question_is_history(store: Database) -> None:
    stored.keep(store, [Letter("Old", day=0), Letter("New", "else", day=insight.NEEDS_REPLY_DAYS + 1)])
    sort(store, (1, ASKS), (2, ASKS))
    assert inbox.ids(store, Section.NEEDS_REPLY) == (2,)


def test_a_new_category_replaces_the_old_one(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "else", day=1)])
    sort(store, (1, ASKS), (2, FYI))
    sort(store, (1, FYI))
    assert row(store, 1)[0] is Section.EVERYTHING
    assert insight.category_counts(store) == {"fyi": 2, "requires-response": 0}
    assert [found[0] for found in insight.categories(store, 9)] == [2, 1]
    assert insight.categories(store, 9, "important") == []
    assert len(insight.categories(store, 1, "fyi")) == 1


def test_what_waits_for_others(store: Database) -> None:
    stored.keep(store, [Letter("Mine", sender=ME, to=ANN), Letter("Other", "x", sender=ME, to=ANN, day=1)])
    assert follow(store, (1, waits(1), 50), (2, waits(2), 40)) == [1, 2]
    assert row(store, 1) == (Section.WAITING, 0, "No answer for 4 days")
    assert [one.thread_id for one in insight.follow_ups(store)] == [2, 1]
    assert follow(store, (2, waits(2, "Well?"), 40)) == [1, 2]
    assert row(store, 1)[0] is Section.EVERYTHING
    assert [one.ask for one in insight.follow_ups(store)] == ["Well?"]


def test_when_everything_is_answered_nothing_waits(store: Database) -> None:
    stored.keep(store, [Letter("Mine", sender=ME, to=ANN)])
    follow(store, (1, waits(1), 50))
    assert follow(store) == [1]
    assert insight.follow_ups(store) == ()
    assert row(store, 1)[0] is Section.EVERYTHING


def test_what_was_dismissed_stays_dismissed(store: Database) -> None:
    stored.keep(store, [Letter("Mine", sender=ME, to=ANN)])
    follow(store, (1, waits(1), 50))
    with store.transaction() as tx:
        tx.execute("UPDATE follow_ups SET dismissed = 1")
    follow(store)
    follow(store, (1, waits(1), 50))
    assert insight.follow_ups(store) == ()
    assert row(store, 1)[0] is Section.EVERYTHING


def test_threads_i_wrote_in_since(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x", ME, ANN, day=1), Letter("c", "y", ME, ANN, day=5)])
    since, until = (stored.date_of(Letter("", day=day)) for day in (3, 5))
    assert insight.waiting_candidates(store, since=since, until=until) == [3]
    assert insight.waiting_candidates(store, since=since - 86400 * 2, until=until) == [2, 3]
    assert insight.waiting_candidates(store, since=since, until=until - 1) == []


@pytest.mark.parametrize(
    ("answer", "is_open"),
    [
        (Letter("Re: a", "y", ANN, ME, answers="a", day=1), False),
        (Letter("Re: a", "y", ANN, ME, answers="a", day=0), False),
        (Letter("Re: a", "y", ANN, answers="a", day=1, headers={"List-Id": "<l.example>"}), False),
        (Letter("Re: a", "y", ANN, answers="a", day=1, headers={"Auto-Submitted": "auto-replied"}), True),
        (Letter("Re: a", "y", ME, ANN, answers="a", day=1), True),
        (Letter("Re: a", "y", ANN, ME, answers="a", day=-1), True),
        (Letter("Re: a", "y", ANN, ME, answers="a", day=9), True),
        (Letter("Other", "y", ANN, ME, day=1), True),
    ],
    ids=["answer", "same second", "list", "absence", "mine", "before", "later", "elsewhere"],
)
def test_a_thread_waits_until_a_person_answers(store: Database, answer: Letter, is_open: bool) -> None:
    stored.keep(store, [Letter("a", "x", ME, ANN, id="a"), answer])
    since, until = (stored.date_of(Letter("", day=day)) for day in (-5, 5))
    assert insight.waiting_candidates(store, since=since, until=until) == ([1] if is_open else [])


def test_the_newest_date_is_that_of_a_person(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", "x", ME, ANN, day=5)])
    assert insight.newest_date(store) == stored.date_of(Letter("", day=5))
    stored.keep(store, [Letter("News", day=9, headers={"List-Id": "<news.example>"})], name="b")
    assert insight.newest_date(store) == stored.date_of(Letter("", day=5))


def test_an_empty_store_has_no_newest_date(store: Database) -> None:
    assert insight.newest_date(store) == 0


def test_languages_are_set(store: Database) -> None:
    stored.keep(store, [Letter("a")])
    with store.transaction() as tx:
        insight.set_languages(tx, [("de", 1)])
    assert store.one("SELECT language FROM messages") == ("de",)


def test_the_newest_question_is_the_one_shown(store: Database) -> None:
    stored.keep(
        store, [Letter("a", id="a"), *(Letter("Re: a", f"{n}", answers="a", day=n % 3) for n in range(6))]
    )
    sort(store, *((number, replace(ASKS, ask=f"{number}?")) for number in range(1, 8)))
    assert row(store, 1)[2] == "asks: 7?"  # of the same day as 4, and later
    sort(store, (7, replace(ASKS, ask="")))
    assert row(store, 1) == (Section.NEEDS_REPLY, 2, "")


def test_the_first_of_several_follow_ups_is_shown(store: Database) -> None:
    stored.keep(
        store, [Letter("a", id="a", sender=ME, to=ANN), Letter("a", "x", ME, ANN, answers="a", day=1)]
    )
    later = replace(waits(2), reason="No answer for 3 days")
    follow(store, (1, later, 60), (1, waits(1), 50))
    assert row(store, 1) == (Section.WAITING, 0, "No answer for 4 days")


def test_many_threads_are_refreshed_at_once(store: Database) -> None:
    stored.keep(store, [Letter(f"Subject {n}", f"body {n}", day=n / 100) for n in range(3)])
    with store.transaction() as tx:
        insight.put_categories(tx, [(1, ASKS), (3, ASKS)])
        insight.refresh_sections(tx, (*range(5, 1200), 3, 1, 2, 1))
    assert [row(store, one)[0] for one in (1, 2, 3)] == [
        Section.NEEDS_REPLY,
        Section.EVERYTHING,
        Section.NEEDS_REPLY,
    ]
    with store.transaction() as tx:
        insight.refresh_sections(tx, ())
        assert tx.changes == {Changed.THREADS}
