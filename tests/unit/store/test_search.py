"""The query language, its order, fusion, and the index's own health."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.store import inbox, insight, integrity, search
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.effort import within
from tests.fakes.stored import ANN, BOB, ME, Letter

LETTERS = [
    Letter("Offer for the garden hall", "We could do 3,400 euros.", files=(("offer.pdf", b"%PDF"),), day=-40),
    Letter("Re: Offer for the garden hall", "Too much, says my partner.", ME, ANN, day=-39),
    Letter("Lunch?", "There is an offer on pizza until Friday.", BOB, cc=ANN, day=-2),
    Letter(
        "Größe und Maße",
        "Die Straße ist naïve; Ćirić kommt. 你好 世界",
        BOB,
        day=-1,
        flags=("flagged", "seen"),
    ),
    Letter(
        "Weekly news",
        "Garden trends.",
        "News <news@list.example>",
        headers={"List-Id": "<weekly.list.example>"},
    ),
    Letter("snake_case and 100%", 'C:\\path a_b 50% "quoted words here" don\'t', day=1),
]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Six letters: 1 offer, 2 my answer, 3 lunch, 4 umlauts, 5 newsletter in another folder, 6 odd signs."""
    store = stored.empty(tmp_path_factory.mktemp("box"))
    stored.keep(store, LETTERS[:4])
    stored.keep(store, [LETTERS[4]], folder="Archive/News", name="second")
    stored.keep(store, [LETTERS[5]], folder="Trash_1", name="third")
    with store.transaction() as tx:
        inbox.set_messages_seen(tx, [3], False)
        asks = Category(Importance.IMPORTANT, True, 2, "It asks you.", engine="rules")
        fyi = Category(Importance.FYI, False, 0, "", engine="rules")
        insight.put_categories(tx, [(1, asks), (3, fyi), (5, Category(Importance.BULK, False, 0, ""))])
    yield store
    store.close()


def found(store: Database, text: str) -> set[int]:
    return set(search.messages(store, search.parse(text)))


@contextmanager
def statements(store: Database) -> Iterator[list[str]]:
    """The SQL that is run meanwhile, without what FTS5 runs for itself."""
    said: list[str] = []
    store.connection.set_trace_callback(lambda sql: said.append(sql) if sql[:2] != "--" else None)
    try:
        yield said
    finally:
        store.connection.set_trace_callback(None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("offer", {1, 2, 3}),
        ("OFFER hall", {1, 2}),
        ("off", {1, 2, 3}),
        ("gard", {1, 2, 5}),
        ('"garden hall"', {1, 2}),
        ('"hall garden"', set()),
        ('"gard"', set()),
        ("offer -hall", {3}),
        ("-offer", {4, 5, 6}),
        ("-offer -garden", {4, 6}),
        ("-offer from:bob", {4}),
        ('-"garden hall" offer', {3}),
        ("subject:offer", {1, 2}),
        ('subject:"garden hall"', {1, 2}),
        ("-subject:offer offer", {3}),
        ("from:ann", {1, 6}),
        ("from:ANN@FIRM.example", {1, 6}),
        ("-from:ann", {2, 3, 4, 5}),
        ("to:ann", {2, 3}),
        ("to:me@example.com -to:ann", {1, 4, 5, 6}),
        ("has:attachment", {1}),
        ("has:attachments offer", {1}),
        ("-has:attachment offer", {2, 3}),
        ("is:unread", {3}),
        ("is:read -is:flagged", {1, 2, 5, 6}),
        ("is:flagged", {4}),
        ("is:bulk", {5}),
        ("in:inbox", {1, 2, 3, 4}),
        ("in:archive", {5}),
        ("-in:inbox", {5, 6}),
        ("in:trash_1", {6}),
        ("in:trash11", set()),
        ("in:%", set()),
        ("category:important", {1}),
        ("category:IMPORTANT", {1}),
        ("category:bulk", {5}),
        ("-category:bulk garden", {1, 2}),
        ("category:reply", {1}),
        ("category:needs-reply", {1}),
        ("category:urgent", {1}),
        ("category:nonsense", set()),
        ("GRÖßE", {4}),
        ("GROSSE masse", set()),
        ("gro\u0308\u00dfe", {4}),
        ("strasse", set()),
        ("naive", {4}),
        ("ciric", {4}),
        ("你好", {4}),
        ("snake_case", {6}),
        ("_", set()),
        ("100%", {6}),
        ("don't", {6}),
        ("it's -don't", set()),
        ("c:\\path", {6}),
        ("\ud800 offer", {1, 2, 3}),
    ],
)
def test_operators(box: Database, text: str, wanted: set[int]) -> None:
    assert found(box, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("after:2025-03-08", {3, 4, 5, 6}),
        ("before:2025-03-08", {1, 2}),
        ("after:2025-03-08 before:2025-03-09", {3}),
        ("-after:2025-03-08", {1, 2}),
        ("-before:2025-03-08", {3, 4, 5, 6}),
        ("after:2025-03", {3, 4, 5, 6}),
        ("before:2025-03", {1, 2}),
        ("before:2025", set()),
        ("after:2025/3/8", {3, 4, 5, 6}),
        ("after:2025.03.08 offer", {3}),
    ],
)
def test_dates(box: Database, text: str, wanted: set[int]) -> None:
    assert found(box, text) == wanted


def test_a_day_begins_at_the_users_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone, offset in (("UTC", 0), ("Asia/Tokyo", -9), ("America/New_York", 5)):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            ((_, (start,)),) = search.parse("after:2025-01-31").conditions
            assert start == datetime.fromisoformat("2025-01-31T00:00:00+00:00").timestamp() + offset * 3600
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "before:yesterday",
        "after:2025-02-30",
        "after:99999999999999999999",
        "before:0",
        "after:-1",
        "after:1--",
    ],
)
def test_what_is_no_date_is_said_and_left_out(box: Database, text: str) -> None:
    query = search.parse(f"{text} pizza")
    assert "is not a date; write it as 2025-01-31" in query.notes[0]
    assert search.messages(box, query) == [3]


@pytest.mark.parametrize("text", ["has:wings", "is:blue", 'has:"two words"'])
def test_unknown_values_are_said_and_left_out(box: Database, text: str) -> None:
    query = search.parse(f"{text} pizza")
    assert len(query.notes) == 1
    assert "is not known and was left out" in query.notes[0]
    assert search.messages(box, query) == [3]


def test_unknown_fields_are_words() -> None:
    query = search.parse("re:offer http://firm.example")
    assert query.words == ["re", "offer", "http", "firm", "example"]
    assert query.conditions == []


def test_operators_without_a_value_are_nothing() -> None:
    query = search.parse('from: to:"" -')
    assert (query.match, query.conditions, query.words) == (
        [
            '"from"*',
        ],
        [],
        ["from"],
    )


def test_nothing_asked_is_nothing_found(box: Database) -> None:
    for text in ("", "   ", '""', "-", "***", "()", "_ - %"):
        assert search.messages(box, search.parse(text)) == []


WORDS = "from: - subject: AND OR NOT NEAR( ) * ^ { } : + in: before: category: has:attachment ; -- % _ é 你"
SPICE = st.sampled_from([*WORDS.split(), '"', "'", " ", "col : x", chr(92), chr(0), chr(0xD800)])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=80), st.lists(st.one_of(SPICE, st.text(max_size=4)), max_size=25).map("".join)
    )
)
@example(text="-a " * 700)
@example(text="a " * 1000)
@example(text="from:a " * 300)
@example(text="a:" * 1000)
@example(text='"' * 2001)
@example(text="NEAR(a b, 5) AND OR NOT ^x {y} : z*")
@example(text="before:" + "9" * 1900)
def test_no_text_breaks_it(box: Database, text: str) -> None:
    query = search.parse(text)
    ids = search.messages(box, query)
    assert set(ids) <= {1, 2, 3, 4, 5, 6}
    assert set(search.matching(box, query, [MessageId(n) for n in range(1, 7)])) <= {1, 2, 3, 4, 5, 6}


def test_a_long_query_is_read_in_no_time() -> None:
    for text in ("-" * 1_000_000, '"a' * 500_000, "a:" * 500_000, "from:" * 200_000):
        within(1, search.parse, text)


def test_words_in_the_subject_come_before_words_in_the_body(store: Database) -> None:
    body = stored.keep(store, [Letter("Something else", "the budget is the budget", day=9)])
    subject = stored.keep(store, [Letter("The budget", "see below", day=1)], name="b")
    people = stored.keep(store, [Letter("Hello", "see below", "Budget Office <b@firm.example>")], name="c")
    assert search.messages(store, search.parse("budget")) == subject + people + body


def test_equally_good_ones_are_newest_first(store: Database) -> None:
    old, new = stored.keep(store, [Letter("Same words", day=1), Letter("Same words", day=5)])
    assert search.messages(store, search.parse("same")) == [new, old]
    assert search.messages(store, search.parse("from:ann")) == [new, old]
    assert search.messages(store, search.parse("same"), limit=1) == [new]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("of", set()), ("off", {1, 2, 3}), ("th", set()), ("the", {1, 2, 3}), ("你", {4}), ("subject:re", {2})],
)
def test_one_or_two_letters_stand_for_themselves_only(box: Database, text: str, wanted: set[int]) -> None:
    assert found(box, text) == wanted


def test_words_that_must_not_stand_there(box: Database) -> None:
    assert found(box, "offer -pizza") == {1, 2}
    assert found(box, "offer -pizza -subject:re") == {1}
    assert found(box, "offer -has:attachment -pizza") == {2}
    assert 3 not in found(box, "-pizza in:inbox")
    assert set(search.matching(box, search.parse("x -pizza"), [MessageId(1), MessageId(3)])) == {1}


@pytest.mark.parametrize(
    "text", ["offer is:read", "offer before:2025-03-01", "garden -has:attachment", "offer in:in"]
)
def test_both_ways_of_keeping_to_the_conditions_find_the_same(
    box: Database, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = search.parse(text)
    with statements(box) as said:
        monkeypatch.setattr(search, "RANKED", 1_000_000)
        by_set = search.messages(box, query)
        assert "+search.rowid IN (SELECT m.id" in said[-1]
        monkeypatch.setattr(search, "RANKED", 0)
        by_look_ups = search.messages(box, query)
        assert "EXISTS (SELECT 1 FROM messages m" in said[-1]
    assert by_set == by_look_ups
    assert by_set


def test_few_or_many_is_estimated_by_some_messages(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = stored.keep(store, [Letter(f"Note {n}", id=f"n{n}", day=n) for n in range(40)])
    with store.transaction() as tx:
        tx.execute("UPDATE messages SET seen = 0 WHERE id IN (8, 24)")
    monkeypatch.setattr(search, "SAMPLE", 10)
    monkeypatch.setattr(search, "RANKED", 4)
    with statements(store) as said:
        few = search.messages(store, search.parse("note is:unread"), ranked=100)
        assert "+search.rowid IN (SELECT m.id" in said[-1]
        many = search.messages(store, search.parse("note is:read"), ranked=100)
        assert "EXISTS (SELECT 1 FROM messages m" in said[-1]
    assert few == [24, 8]
    assert many == [one for one in reversed(ids) if one not in few]
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages")
    assert search.messages(store, search.parse("note is:unread")) == []


def test_no_row_of_messages_is_read_while_thousands_are_ranked(box: Database) -> None:
    with statements(box) as said:
        for text in (
            "offer",
            "offer has:attachment",
            "offer is:read -pizza",
            "from:ann after:2020 is:flagged",
        ):
            query = search.parse(text)
            ids = search.messages(box, query)
            search.filtered(box, query)
            search.matching(box, query, ids)
            search.threads_of(box, ids)
    plans = [row[3] for sql in said if "messages m" in sql for row in box.all(f"EXPLAIN QUERY PLAN {sql}")]
    ours = [one for one in plans if one.split()[1] == "m"]
    assert len(ours) > 10
    assert [one for one in ours if "COVERING INDEX" not in one] == []


def test_reciprocal_rank_fusion() -> None:
    """1 / (60 + rank), ranks from 1, summed over the rankings."""
    a, b, c, d = (MessageId(n) for n in (1, 2, 3, 4))
    assert search.fuse([[a, b, c], [b, d]]) == [b, a, d, c]
    assert search.fuse([[a], [b]]) == [b, a]
    assert search.fuse([[], [c]]) == [c]
    assert search.fuse([]) == []


def test_meaning_hits_obey_the_operators(box: Database) -> None:
    everything = [MessageId(n) for n in (6, 5, 4, 3, 2, 1)]
    assert search.matching(box, search.parse("anything -pizza from:bob"), everything) == [4]
    assert search.matching(box, search.parse("anything"), everything) == everything
    assert search.matching(box, search.parse("from:bob"), []) == []
    assert search.matching(box, search.parse("x is:unread from:bob"), everything) == [3]
    assert search.matching(box, search.parse("x is:unread from:ann"), everything) == []
    assert search.matching(box, search.parse("x -pizza -subject:offer"), everything[3:]) == []


def test_the_few_that_satisfy_the_operators(box: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that must not stand there is left to `matching`: it never leaves few."""
    assert search.filtered(box, search.parse("x from:bob")) == [3, 4]
    assert search.filtered(box, search.parse("x from:bob -pizza")) == [3, 4]
    assert search.filtered(box, search.parse("x from:bob is:unread")) == [3]
    assert search.filtered(box, search.parse("x from:ann is:unread")) == []
    assert search.filtered(box, search.parse("x has:attachment")) == [1]
    assert search.filtered(box, search.parse("x -pizza")) is None
    monkeypatch.setattr(search, "ENOUGH", 1)
    assert search.filtered(box, search.parse("x from:bob")) is None
    assert search.filtered(box, search.parse("x has:attachment")) == [1]
    assert search.filtered(box, search.parse("x is:read")) is None


def test_threads_come_in_the_order_of_their_best_message(box: Database) -> None:
    threads = search.threads_of(box, [MessageId(n) for n in (3, 2, 1, 99, 4)])
    assert len(threads) == 3
    assert search.threads_of(box, []) == {}


def test_hits_show_who_and_what(box: Database) -> None:
    first, second = search.hits(box, [MessageId(3), MessageId(99), MessageId(2)])
    assert (first.message_id, first.sender, first.subject) == (3, "Bob Roe", "Lunch?")
    assert second.sender == ME
    assert first.preview.startswith("There is an offer")
    assert search.hits(box, []) == ()


def damage(store: Database) -> None:
    with store.transaction() as tx:
        tx.execute("UPDATE message_texts SET body = 'something else entirely' WHERE id = 1")


def test_an_index_that_lies_is_found_and_mended(store: Database) -> None:
    stored.keep(store, LETTERS[:3])
    assert search.check(store) == ""
    damage(store)
    assert "does not match the messages" in search.check(store)
    search.rebuild(store)
    assert search.check(store) == ""
    assert found(store, "entirely") == {1}


def test_a_torn_index_is_found_and_mended(store: Database) -> None:
    stored.keep(store, LETTERS[:3])
    with store.transaction() as tx:
        tx.execute("UPDATE search_data SET block = zeroblob(40) WHERE id > 10")
    assert "does not match the messages" in search.check(store)
    assert "Restore a backup" not in integrity.database(store)
    search.rebuild(store)
    assert (search.check(store), integrity.database(store)) == ("", "")
    assert found(store, "pizza") == {3}


def test_a_busy_database_is_no_damaged_index(store: Database, tmp_path: Path) -> None:
    other = Database(store.path, store._key)
    other.connection.execute("BEGIN IMMEDIATE")
    store.connection.execute("PRAGMA busy_timeout = 20")
    with pytest.raises(Exception, match="in use by another program"):
        search.check(store)
    other.close()


def test_snippets_are_those_of_the_index_itself(box: Database) -> None:
    """Texts are indexed anew for the moment, by the same rules: umlauts, beginnings, phrases, fields."""
    everything = [MessageId(n) for n in (6, 5, 4, 3, 2, 1, 99)]
    direct = "SELECT rowid, snippet(search, 3, ?, ?, '…', ?) FROM search WHERE search MATCH ?"
    for text in (
        "offer",
        "strasse",
        "cir",
        '"quoted words"',
        "from:bob friday",
        "gard trends",
        "subject:re too",
    ):
        query = search.parse(text)
        rows = box.all(direct, (*search.MARKS, search.SNIPPET, " AND ".join(query.match)))
        wanted = {row[0]: row[1] for row in rows if search.MARKS[0] in row[1]}
        assert search.snippets(box, query, everything) == wanted
    assert search.snippets(box, search.parse("cir"), everything)[MessageId(4)].count(search.MARKS[0]) == 1
    assert search.snippets(box, search.parse("cir"), everything[:2]) == {}
    assert search.snippets(box, search.parse("is:read"), everything) == {}


def test_deleted_messages_leave_the_index(store: Database) -> None:
    stored.keep(store, LETTERS[:3])
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages WHERE id = 3")
    assert found(store, "pizza") == set()
    assert search.check(store) == ""


def test_loading_much_at_once_is_prepared_and_ended(store: Database) -> None:
    def look() -> tuple[object, ...]:
        settings: dict[str, int] = dict(
            store.all("SELECT k, v FROM search_config WHERE k IN ('automerge', 'crisismerge')")
        )
        return settings["automerge"], settings["crisismerge"], *(store.one("PRAGMA cache_size") or ())

    for on, wanted in ((True, (0, 100, -64_000)), (False, (4, 16, -16_000))):
        with store.transaction() as tx:
            search.bulk_loading(tx, on)
        assert look() == wanted
