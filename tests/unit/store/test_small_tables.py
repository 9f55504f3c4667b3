"""Settings, the undo log, summaries, counts, and where a file was read up to."""

from dataclasses import replace

import pytest

from fluffy_core.domain.ids import AccountId, MessageId, ThreadId
from fluffy_core.domain.ingest import PageCount
from fluffy_core.domain.intelligence import Sentiment, Summary, SummaryPoint, Tone, Urgency
from fluffy_core.domain.source import SourceFile, SourceKind
from fluffy_core.events import Changed
from fluffy_core.store import addresses, counts, settings, sources, summaries, undo
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import BOB, ME, Letter

FILE = SourceFile("/box", SourceKind.MBOX, "Inbox", 100)


def test_settings_keep_what_json_keeps(store: Database) -> None:
    values: list[object] = ["é", 1, 1.5, True, None, [1, "a"], {"b": []}]
    for value in values:
        with store.transaction() as tx:
            settings.put(tx, "some", value)
        assert settings.get(store, "some") == value
    assert settings.get(store, "other") is None
    assert settings.get(store, "other", 7) == 7
    with pytest.raises(TypeError), store.transaction() as tx:
        settings.put(tx, "some", object())


def test_numbers_count_up(store: Database) -> None:
    with store.transaction() as tx:
        assert [settings.next_number(tx, "n") for _ in range(3)] == [1, 2, 3]
        settings.put(tx, "n", "nonsense")
        assert settings.next_number(tx, "n") == 1


def test_the_newest_that_was_not_undone(store: Database) -> None:
    assert undo.latest(store) is None
    with store.transaction() as tx:
        first = undo.note(tx, "Marked 1 thread done", "done", inverse={"ids": [1]})
        second = undo.note(tx, "Merged", "identity", inverse=[1, 2])
    assert undo.latest(store) == (second, "identity", [1, 2])
    with store.transaction() as tx:
        undo.mark_undone(tx, second.id)
    assert undo.latest(store) == (first, "done", {"ids": [1]})


def test_a_summary_is_kept_and_replaced(store: Database) -> None:
    stored.keep(store, [Letter("a")])
    point = SummaryPoint("The price is 300.", MessageId(1))
    told = SummaryPoint("Bob names the price.", MessageId(1), "The price is 300.")
    tone = Tone(Sentiment.NEGATIVE, point, Urgency.URGENT, told)
    summary = Summary((point,), "fast", gist=(told,), decisions=(point, point), tone=tone)
    assert summaries.get(store, ThreadId(1)) is None
    for wanted in (summary, replace(summary, engine="accurate m", tone=Tone())):
        with store.transaction() as tx:
            summaries.put(tx, ThreadId(1), wanted, last_message_id=1)
            assert tx.changes == {Changed.SUMMARIES}
        found = summaries.get(store, ThreadId(1))
        assert found is not None
        assert found[0] == wanted
    assert summaries.made_of(store, ThreadId(1)) == (1, "accurate m")
    assert summaries.made_of(store, ThreadId(2)) == (0, "")


def test_what_is_wrong_is_not_shown_wherever_it_stands(store: Database) -> None:
    first, second = stored.keep(store, [Letter("a"), Letter("Re: a", day=1)])
    point, other = SummaryPoint("The price is 300.", first), SummaryPoint("The price is 300.", second)
    told = SummaryPoint("Bob names the price.", first, "The price is 300.")
    summary = Summary((point, other), "fast", gist=(told,), decisions=(other, point))
    with store.transaction() as tx:
        summaries.put(tx, ThreadId(1), summary, last_message_id=1)
        assert summaries.reject(tx, first, "The price is 300.")
        assert not summaries.reject(tx, first, "The price is 300.")
        assert Changed.SUMMARIES in tx.changes
    found = summaries.get(store, ThreadId(1))
    assert found is not None
    assert (found[0].points, found[0].gist, found[0].decisions) == ((other,), (), (other,))
    assert summaries.rejected(store, ThreadId(1)) == {(first, "The price is 300.")}
    assert summaries.rejected(store, ThreadId(2)) == frozenset()
    with store.transaction() as tx:
        summaries.accept(tx, first, "The price is 300.")
    found = summaries.get(store, ThreadId(1))
    assert found is not None
    assert found[0] == summary


def test_everything_is_counted(store: Database) -> None:
    assert set(counts.totals(store).values()) == {0}
    stored.keep(store, [Letter("a", files=(("a", b"1"), ("b", b"2"))), Letter("b", "other")])
    found = counts.totals(store)
    assert (found["messages"], found["threads"], found["attachments"], found["contacts"]) == (2, 2, 2, 0)


def test_a_file_is_read_up_to_its_cursor(store: Database) -> None:
    with store.transaction() as tx:
        account = sources.open_account(tx, "files", "box", now=1.0)
        assert sources.open_account(tx, "files", "box", now=2.0) == account
        assert sources.is_settled(tx, account)
        assert sources.is_new(tx, account)
        sources.begin(tx, account, [FILE, replace(FILE, path="/b", kind=SourceKind.EML)])
        assert not sources.is_settled(tx, account)
        assert not sources.is_new(tx, account)
        one, two = sources.of_account(tx, account)
        assert (one.file, one.position, one.finished, two.file.kind) == (FILE, -1, False, SourceKind.EML)
        sources.advance(tx, one.id, PageCount(5, 3, 1, 1, 2), position=6)
        sources.advance(tx, one.id, PageCount(2, 2), position=8)
        sources.finish(tx, two.id, "It is cut off.")
        sources.end(tx, account)
        assert sources.is_settled(tx, account)
    one, two = sources.of_account(store, account)
    assert (one.position, one.count, one.finished) == (8, PageCount(7, 5, 1, 1, 2), False)
    assert (two.finished, two.problem) == (True, "It is cut off.")
    with store.transaction() as tx:
        sources.begin(tx, account, [FILE])
    assert sources.of_account(store, account)[0].count == PageCount()


def test_only_what_the_current_reading_stored_is_new(store: Database) -> None:
    first = stored.keep(store, [Letter("a"), Letter("b")])
    second = stored.keep(store, [Letter("a"), Letter("c", id="c")], name="other")
    assert sources.new_message_ids(store, AccountId(1)) == first
    assert sources.new_message_ids(store, AccountId(2)) == second


def test_whose_mailbox_it_may_be(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b", sender=ME, to=BOB), Letter("c", cc=BOB)])
    evidence = sources.owner_evidence(store, 1, "Inbox")
    assert (evidence.folder, evidence.messages) == ("Inbox", 3)
    by_address = {row[0]: row[1:] for row in evidence.by_address}
    assert by_address[ME] == (1, 2, 0)
    assert by_address["bob@shop.example"] == (0, 2, 0)


def test_addresses_get_one_row_each(store: Database) -> None:
    many = [f"p{n}@x.example" for n in range(1100)]
    with store.transaction() as tx:
        ids = addresses.ids_for(tx, many)
        assert addresses.ids_for(tx, [*many[:3], "new@x.example"])[many[0]] == ids[many[0]]
    assert len(set(ids.values())) == 1100
    assert addresses.known_ids(store, ["nobody@x.example", many[7]]) == {many[7]: ids[many[7]]}


def test_a_confirmed_own_address_replaces_inferred_ones(store: Database) -> None:
    with store.transaction() as tx:
        assert addresses.set_mine(tx, ["a@x.example", "b@x.example"], confirmed=False)
        assert not addresses.set_mine(tx, ["a@x.example"], confirmed=False)
        assert not addresses.has_confirmed(tx)
        assert addresses.set_mine(tx, ["b@x.example"], confirmed=True)
        assert addresses.has_confirmed(tx)
        assert not addresses.set_mine(tx, ["b@x.example"], confirmed=False)
    assert addresses.mine(store) == {"b@x.example"}
    assert addresses.mine_with_certainty(store) == [("b@x.example", True)]


def test_deliveries_add_up(store: Database) -> None:
    with store.transaction() as tx:
        (one,) = addresses.ids_for(tx, ["a@x.example"]).values()
        addresses.count_deliveries(tx, [(one, 2)])
        addresses.count_deliveries(tx, [(one, 3)])
    assert store.one("SELECT messages FROM delivered_to") == (5,)


def test_threads_are_summarised_up_to_their_last_message(store: Database) -> None:
    stored.keep(store, [Letter("a", id="a"), Letter("b", "x"), Letter("Re: a", answers="a", day=1)])
    assert summaries.last_messages(store, [2, 1, 99]) == {1: 3, 2: 2}
    assert summaries.last_messages(store, []) == {}
    with store.transaction() as tx:
        tx.execute("UPDATE threads SET last_message_id = NULL WHERE id = 2")
    assert summaries.last_messages(store, [2, *range(100, 2100)]) == {2: 0}
