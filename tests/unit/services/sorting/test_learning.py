"""Corrections reach the mail they are about at once, survive what is worked out anew, and leave no trace."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluffy_core.domain.events import CorrectionMade, DomainEvent
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import Scope, Trait
from fluffy_core.domain.rows import Section
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import categories, labels, learning, rules, triage
from fluffy_core.store import inbox, learned, messages, tags
from fluffy_core.store.database import Database, Transaction
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

SHOP = "Shop <orders@store.example>"
ASK = "Hello,\n\ncould you send me the signed contract by Friday?\n"
BULK = {"Precedence": "bulk"}
LIST = {"List-Id": "Boats <boats.list.example>", "Precedence": "list"}
LETTERS = (
    Letter("Invoice 1 for boats", sender=SHOP, headers=BULK, id="s1"),
    Letter("Parcel on its way", sender=SHOP, headers=BULK, day=1, id="s2"),
    Letter("Sale", sender=SHOP, headers=BULK, day=2, id="s3"),
    Letter("Contract", ASK, day=3, id="a1"),
    Letter("Lunch", sender=ME, to=ANN, day=-5, id="me"),
    Letter("Figures", "Hello,\n\nhere they are.\n", day=4, id="a2"),
    Letter("Varnish", sender=BOB, to="boats@list.example", headers=LIST, day=5, id="l1"),
    Letter("Ropes", sender="Cy <cy@sea.example>", to="boats@list.example", headers=LIST, day=6, id="l2"),
    Letter("Ihre Rechnung", sender="Eva <eva@licht.example>", day=7, id="e1"),
    Letter("Rechnung 7", sender="Udo <udo@strom.example>", day=8, id="u1"),
)


def filled(folder: Path, letters: Sequence[Letter] = LETTERS) -> Database:
    """A store with these letters, sorted."""
    store = stored.empty(folder)
    found = categories.sort(store, stored.keep(store, letters))
    with store.transaction() as tx:
        tx.execute(
            "UPDATE address_stats SET written_to = 1 WHERE address_id = (SELECT id FROM addresses "
            "WHERE email = 'ann@firm.example')"
        )
        tx.execute(
            "INSERT OR IGNORE INTO address_stats (address_id, written_to) SELECT id, 1 FROM addresses "
            "WHERE email = 'ann@firm.example'"
        )
        categories.write(tx, found)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = filled(tmp_path)
    yield database
    database.close()


def thread(store: Database, subject: str) -> ThreadId:
    (found,) = store.all("SELECT id FROM threads WHERE subject = ?", (subject,))
    return ThreadId(found[0])


def predictions(store: Database) -> list[tuple[object, ...]]:
    """Everything that learning may change, by message."""
    rows = store.all("SELECT * FROM categories ORDER BY message_id")
    rows += store.all("SELECT * FROM message_tags ORDER BY message_id, tag_id")
    return rows + store.all("SELECT id, section, priority, note FROM threads ORDER BY id")


def tagged(store: Database, name: str) -> set[str]:
    return {
        row.subject
        for row in inbox.rows(store, inbox.ids(store, Section.EVERYTHING)).values()
        if name in {tag.name for tag in row.tags}
    }


def importance(store: Database, subject: str) -> str:
    (row,) = store.all(
        "SELECT c.importance FROM categories c JOIN messages m ON m.id = c.message_id WHERE m.subject = ?",
        (subject,),
    )
    return str(row[0])


def say(
    store: Database, subject: str, category: str, scope: Scope | None = None, belongs: bool = True
) -> str:
    return labels.categorize(store, thread(store, subject), category, scope=scope, belongs=belongs).label


def test_words_are_cut_as_the_search_index_cuts_them(store: Database) -> None:
    assert learning.words("Re: AW: [Boats] Überführung der Größe 12, FLORÍDA!") == [
        "boats", "uberfuhrung", "der", "grosse", "florida",
    ]  # fmt: skip
    for word in ("invoice", "rechnung", "boats"):
        found = learned.having(store, Trait(Scope.TOPIC, word))
        seen = [
            one for one in learned.seen(store, messages.all_ids(store)) if word in learning.words(one.subject)
        ]
        assert {int(one.id) for one in seen} == set(found) != set()
    assert learned.having(store, Trait(Scope.TOPIC, 'a" OR "b')) == []


def test_what_a_message_has_in_common_with_others(store: Database) -> None:
    seen = {one.subject: one for one in learned.seen(store, messages.all_ids(store))}
    assert [(one.scope, one.value) for one in learning.traits(seen["Varnish"])] == [
        (Scope.SENDER, "bob@shop.example"), (Scope.LIST, "boats.list.example"),
        (Scope.DOMAIN, "shop.example"), (Scope.TOPIC, "varnish"),
    ]  # fmt: skip
    assert learning.sighting(seen["Figures"]).personal
    assert not learning.sighting(seen["Varnish"]).personal
    for bulk, told in (("", (True, True)), ("list", (True, False)), ("bulk", (False, False))):
        one = learning.sighting(replace(seen["Figures"], bulk=bulk))
        assert (one.acquainted, one.personal) == told
    assert Trait(Scope.TOPIC, "rechnung 7") not in learning.sighting(seen["Rechnung 7"]).traits
    assert Trait(Scope.TOPIC, "invoice for") in learning.sighting(seen["Invoice 1 for boats"]).traits


def test_one_word_about_a_shop_reaches_all_its_mail_at_once(store: Database) -> None:
    before = predictions(store)
    assert say(store, "Parcel on its way", "Receipts", Scope.SENDER) == "Receipts"
    assert tagged(store, "Receipts") == {"Invoice 1 for boats", "Parcel on its way", "Sale"}
    triage.undo(store)
    assert predictions(store) == before


def test_one_word_about_a_person_stays_with_the_conversation(store: Database) -> None:
    say(store, "Figures", "bulk", Scope.SENDER)
    assert importance(store, "Figures") == "bulk"
    assert importance(store, "Contract") == "important"
    say(store, "Contract", "fyi")
    assert inbox.ids(store, Section.NEEDS_REPLY) == ()


def test_new_mail_is_judged_by_what_was_learned(store: Database) -> None:
    say(store, "Varnish", "important", Scope.LIST)
    new = Letter(
        "Sails", sender="Di <di@sea.example>", to="boats@list.example", headers=LIST, day=20, id="l3"
    )
    found = categories.sort(store, stored.keep(store, [new], name="later"))
    with store.transaction() as tx:
        categories.write(tx, found)
    assert importance(store, "Sails") == "important"
    triage.undo(store)
    assert importance(store, "Sails") == "bulk"


def test_what_is_sorted_anew_keeps_the_users_word_and_what_lies_beneath(store: Database) -> None:
    before = predictions(store)
    say(store, "Sale", "important", Scope.SENDER)
    now = predictions(store)
    found = categories.sort(store, messages.all_ids(store))
    with store.transaction() as tx:
        categories.write(tx, found)
        categories.learn_again(tx, messages.all_ids(store))
    assert predictions(store) == now
    triage.undo(store)
    assert predictions(store) == before


def test_a_change_of_mind_leaves_no_evidence(store: Database) -> None:
    say(store, "Sale", "important")
    say(store, "Sale", "bulk")
    assert [one.category for one in rules.listed(store)] == ["bulk"]
    triage.undo(store)
    assert [one.category for one in rules.listed(store)] == ["important"]


def test_words_in_common_are_learned_over_senders_and_languages(tmp_path: Path) -> None:
    noise = [Letter(f"Nothing {n}", sender=f"N <n{n}@x{n}.example>", day=n, id=f"n{n}") for n in range(60)]
    bills = [
        Letter(f"Rechnung {n} von {n}", sender=f"B <b@shop{n}.example>", day=n, id=f"b{n}") for n in range(6)
    ]
    store = filled(tmp_path, [*noise, *bills])
    for n in range(3):
        say(store, f"Rechnung {n} von {n}", "Receipts")
    assert tagged(store, "Receipts") == {one.subject for one in bills}
    (rule,) = rules.listed(store)
    assert rule.sentence == "You said “Receipts” of 3 conversations with “rechnung” in the subject"
    store.close()


def test_what_a_correction_does_not_reach_at_once_a_job_is_asked_to_reach(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[DomainEvent] = []
    store.add_trigger(lambda _tx, event: events.append(event))
    monkeypatch.setattr(learning, "AT_ONCE", 2)
    say(store, "Parcel on its way", "Receipts", Scope.SENDER)
    (event,) = events
    assert isinstance(event, CorrectionMade)
    assert len(tagged(store, "Receipts")) == 2
    left = learning.left(store, event.number)
    assert left == [3, 2, 1], "all mail of the shop, the newest first: what was reached stays as it is"
    with store.transaction() as tx:
        categories.learn_again(tx, left)
        learning.reached(tx, event.number)
    assert len(tagged(store, "Receipts")) == 3
    assert learning.left(store, event.number) == []


def test_what_one_correction_has_left_is_kept_apart_from_what_another_has(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers: list[int] = []
    store.add_trigger(lambda _tx, event: numbers.append(event.number))  # type: ignore[union-attr]
    monkeypatch.setattr(learning, "AT_ONCE", 1)
    say(store, "Sale", "Receipts", Scope.SENDER)
    say(store, "Ropes", "Boats", Scope.LIST)
    shop, boats = numbers
    assert [len(learning.left(store, one)) for one in numbers] == [3, 2]
    with store.transaction() as tx:
        learning.reached(tx, shop)
    assert [len(learning.left(store, one)) for one in (shop, boats)] == [0, 2]


def test_a_company_is_its_domain_and_what_is_below_it(store: Database) -> None:
    letters = [
        Letter(f"Hello {n}", sender=f"<{email}>", id=f"d{n}")
        for n, email in enumerate(
            ("a@sea.example", "a@mail.sea.example", "a@oversea.example", "sea.example@x.example")
        )
    ]
    kept = stored.keep(store, letters, name="later")
    found = set(learned.having(store, Trait(Scope.DOMAIN, "sea.example")))
    assert found & {int(one) for one in kept} == {int(one) for one in kept[:2]}
    assert learned.count(store, Trait(Scope.DOMAIN, "sea.example")) == len(found) == 3, (
        "with the one there was"
    )


def test_only_the_newest_mail_of_each_kind_is_looked_up_at_once(store: Database) -> None:
    shop, boats = Trait(Scope.SENDER, "orders@store.example"), Trait(Scope.LIST, "boats.list.example")
    assert learned.newest_having(store, [shop], most=2) == set(learned.having(store, shop)[1:])
    assert learned.newest_having(store, [shop, boats], most=9) == {
        *learned.having(store, shop), *learned.having(store, boats)
    }  # fmt: skip
    for trait in (Trait(Scope.DOMAIN, "store.example"), Trait(Scope.TOPIC, "sale"), shop):
        assert learned.newest_having(store, [trait], most=1) == {3}
    assert learned.newest_having(store, [Trait(Scope.TOPIC, 'a" OR "b')], most=9) == set()


def test_a_message_that_goes_takes_its_tags_but_not_what_was_learned(store: Database) -> None:
    say(store, "Sale", "Receipts", Scope.SENDER)
    with store.transaction() as tx:
        gone = tx.one("SELECT id FROM messages WHERE subject = 'Sale'")
        assert gone is not None
        tx.execute("DELETE FROM message_texts WHERE id = ?", gone)
        tx.execute("DELETE FROM messages WHERE id = ?", gone)
    (rule,) = rules.listed(store)
    assert rule.examples == ()
    with store.transaction() as tx:
        categories.learn_again(tx, messages.all_ids(store))
    assert len(store.all("SELECT * FROM message_tags")) == 2
    rules.remove(store, rule.id)
    triage.undo(store)
    assert [one.sentence for one in rules.listed(store)] == [rule.sentence]


def test_threads_that_become_one_keep_what_was_said_of_both(store: Database) -> None:
    from fluffy_core.store import threads

    say(store, "Varnish", "Boats", Scope.THREAD)
    one, other = thread(store, "Ropes"), thread(store, "Varnish")
    with store.transaction() as tx:
        threads.absorb(tx, one, [other])
        threads.refresh(tx, [one])
        categories.learn_again(tx, messages.all_ids(store))
    assert len(store.all("SELECT * FROM message_tags")) == 2


def test_errors_in_words(store: Database) -> None:
    with pytest.raises(UsageError, match="no thread 999"):
        labels.categorize(store, ThreadId(999), "important")
    with pytest.raises(UsageError, match="no list of its own"):
        say(store, "Sale", "Receipts", Scope.LIST)
    with pytest.raises(UsageError, match="needs a name"):
        say(store, "Sale", " \u202e\x00 ")


OPERATIONS = st.sampled_from(
    [
        ("Sale", "Receipts", None), ("Parcel on its way", "Receipts", None),
        ("Ihre Rechnung", "Receipts", None),
        ("Rechnung 7", "Receipts", None), ("Varnish", "important", Scope.LIST), ("Ropes", "fyi", None),
        ("Contract", "no-reply", None), ("Figures", "reply", Scope.THREAD), ("Figures", "bulk", Scope.SENDER),
        ("Sale", "important", Scope.DOMAIN), ("Invoice 1 for boats", "bulk", None),
        ("Ropes", "Boats", Scope.LIST), ("Sale", "Receipts", None, False),
        ("Parcel on its way", "Receipts", None, False), ("Ropes", "important", None, False),
    ]
)  # fmt: skip
STEPS = st.lists(st.one_of(OPERATIONS, st.just("undo"), st.integers(0, 3)), max_size=9)
Step = tuple[str, str, Scope | None] | tuple[str, str, Scope | None, bool] | str | int


def perform(store: Database, step: Step) -> bool:
    """Do one thing; False when there was nothing to do."""
    if isinstance(step, tuple):
        say(store, *step)
    elif isinstance(step, int):
        known = rules.listed(store)
        if not known:
            return False
        rule = known[step % len(known)]
        change = (rules.remove, lambda s, r: rules.pause(s, r, not rule.paused))[step % 2]
        change(store, rule.id)
    return True


def jobs_of(store: Database) -> Callable[[], None]:
    """Calling this does what corrections have left to a job."""
    waiting: list[int] = []

    def note(_tx: Transaction, event: DomainEvent) -> None:
        if isinstance(event, CorrectionMade):
            waiting.append(event.number)

    def work() -> None:
        for number in waiting:
            with store.transaction() as tx:
                categories.learn_again(tx, learning.left(tx, number))
                learning.reached(tx, number)
        waiting.clear()

    store.add_trigger(note)
    return work


@pytest.mark.parametrize("at_once", [learning.AT_ONCE, 1])
def test_whatever_was_taken_back_never_was(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(learning, "AT_ONCE", at_once)
    store = filled(tmp_path_factory.mktemp("machine"))
    empty, work = predictions(store), jobs_of(store)

    def state() -> tuple[object, ...]:
        work()
        return predictions(store), [rule.sentence for rule in rules.listed(store)]

    @settings(deadline=None, max_examples=50, database=None)
    @given(STEPS)
    def check(steps: list[Step]) -> None:
        kept: list[Step] = []
        for step in steps:
            if step == "undo":
                if kept:
                    triage.undo(store)
                    kept.pop()
            elif perform(store, step):
                kept.append(step)
        told = state()
        for _ in kept:
            triage.undo(store)
        assert state() == (empty, [])
        for step in kept:
            perform(store, step)
        assert state() == told
        for _ in kept:
            triage.undo(store)

    check()
    assert tags.listed(store) == []
    store.close()


def test_a_name_that_is_markup_stays_letters(store: Database) -> None:
    name = "<b>Robert'); DROP TABLE tags;--</b>"
    assert say(store, "Sale", f"{name}\n\x1b[31m", Scope.SENDER) == f"{name} [31m"
    assert len(tagged(store, f"{name} [31m")) == 3
    assert rules.listed(store)[0].category == f"{name} [31m"


def test_ten_thousand_corrections_leave_one_more_possible(store: Database) -> None:
    known = learning.said(store, thread(store, "Sale"), ("importance", "fyi"), scope=Scope.TOPIC)
    with store.transaction() as tx:
        for _ in range(10_000):
            learned.add(tx, known)
    say(store, "Varnish", "Boats", Scope.LIST)
    assert tagged(store, "Boats") == {"Varnish", "Ropes"}
    assert len(rules.listed(store)) == 2
    assert len(rules.listed(store)[1].examples) == 10_000
