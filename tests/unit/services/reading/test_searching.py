"""Search by words and by meaning: operators hold for both, and nothing breaks when the model does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, current_thread

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.core import Core
from fluffy_core.domain.ids import MessageId
from fluffy_core.errors import DamagedStoreError, ModelError, TransientError
from fluffy_core.services.reading import meaning, searching
from fluffy_core.store import search, vectors
from fluffy_core.store.database import Database
from tests.unit.services.homes import letter, mailboxes_of, opened, read

TOPICS = {
    "money": ("invoice", "payment", "bill"),
    "garden": ("roses", "compost", "spade"),
    "sea": ("boat", "harbour"),
}


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """A direction for each topic: texts about one topic are alike whatever their words."""
    found = np.zeros((len(texts), vectors.SIZE), dtype=np.float32)
    for row, text in enumerate(texts):
        for axis, words in enumerate(TOPICS.values()):
            found[row, axis] = float(any(word in text.lower() for word in words))
        found[row, -1] = 0.05
        found[row] /= np.linalg.norm(found[row])
    return found


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        letters = [
            letter("The invoice", body="It is attached.\n", sender="ada@x.example"),
            letter("Your payment", body="Thank you.\n", sender="ben@x.example", hour=1),
            letter("In spring", body="The roses need compost.\n", sender="ada@x.example", hour=2),
            letter("Sailing", body="The boat is in the harbour.\n", sender="carl@x.example", hour=3),
        ]
        read(core, mailboxes_of(tmp_path, *letters), embed=embed)
        yield core


def subjects(core: Core, text: str, *, with_meaning: bool = True) -> list[str]:
    found = searching.messages(core.store, text, embed=embed if with_meaning else None)
    return [one.subject for one in searching.hits(core.store, found.messages)]


def test_words_alone_find_words(core: Core) -> None:
    assert subjects(core, "invoice", with_meaning=False) == ["The invoice"]
    assert subjects(core, "bill", with_meaning=False) == []


def test_meaning_finds_what_no_word_says_and_words_come_first(core: Core) -> None:
    assert sorted(subjects(core, "bill")) == ["The invoice", "Your payment"]
    assert subjects(core, "payment")[0] == "Your payment"
    assert sorted(subjects(core, "payment")) == ["The invoice", "Your payment"]


def test_operators_hold_for_meaning_too(core: Core) -> None:
    assert subjects(core, "bill from:ben") == ["Your payment"]
    assert subjects(core, "bill from:carl") == []
    assert subjects(core, "bill -invoice") == ["Your payment"]


def test_without_words_the_model_is_not_asked(core: Core) -> None:
    def fail(texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError(texts)

    assert len(searching.messages(core.store, "from:ada", embed=fail).messages) == 2
    assert searching.messages(core.store, "", embed=fail).messages == ()


def broken(error: Exception) -> searching.Embeds:
    def fail(texts: Sequence[str]) -> NDArray[np.float32]:
        raise error

    return fail


@pytest.mark.parametrize(
    "error", [ModelError("The model is damaged."), TransientError("The model process died.")]
)
def test_a_model_that_fails_leaves_the_words_and_says_so(core: Core, error: Exception) -> None:
    found = searching.messages(core.store, "invoice", embed=broken(error))
    assert [one.subject for one in searching.hits(core.store, found.messages)] == ["The invoice"]
    assert found.notes == (f"Searched by words only: {error}",)
    assert found.late is isinstance(error, TransientError)  # asked again, a damaged one answers the same


def test_threads_come_once_in_the_order_of_their_best_message(core: Core) -> None:
    found = searching.threads(core.store, "the", embed=embed)
    assert set(found.best.values()) <= set(found.found.messages)
    assert list(found.best.values()) == sorted(found.best.values(), key=found.found.messages.index)
    assert searching.threads(core.store, "roses", embed=embed).best


def test_hits_keep_their_order_and_leave_out_what_is_gone(core: Core) -> None:
    shown = searching.hits(core.store, [MessageId(3), MessageId(99), MessageId(1)])
    assert [one.message_id for one in shown] == [3, 1]


def test_what_was_not_understood_is_noted(core: Core) -> None:
    assert len(searching.messages(core.store, "invoice before:soon has:wings", embed=embed).notes) == 2


def why(core: Core, text: str, *, with_meaning: bool = True) -> dict[str, searching.Match]:
    """Subject -> match of every result."""
    found = searching.messages(core.store, text, embed=embed if with_meaning else None)
    matches = searching.explain(core.store, found, found.messages)
    return {
        one.subject: matches[one.message_id]
        for one in searching.hits(core.store, found.messages)
        if one.message_id in matches
    }


def test_a_result_by_words_shows_them_in_their_surroundings(core: Core) -> None:
    match = why(core, "roses", with_meaning=False)["In spring"]
    assert [match.text[start:stop] for start, stop in match.marks] == ["roses"]
    assert (match.text, match.why) == ("The roses need compost.", "words")


def test_a_result_by_meaning_shows_its_passage_and_says_so(core: Core) -> None:
    match = why(core, "bill")["Your payment"]
    assert (match.text, match.marks, match.why) == ("Thank you.", (), "close in meaning")
    both = why(core, "roses compost")["In spring"]
    assert both.why == "words, close in meaning"
    assert len(both.marks) == 2


def test_what_only_an_operator_found_needs_no_passage(core: Core) -> None:
    assert why(core, "from:carl") == {}


def test_the_passage_of_a_long_message_is_the_one_that_matched(core: Core, tmp_path: Path) -> None:
    filler = " ".join(f"Sentence {n} tells of nothing in particular at all." for n in range(40))
    long = f"{filler}\n\nThe boat needs new paint below the water.\n\n{filler}\n"
    read(core, mailboxes_of(tmp_path, letter("All sorts", body=long, hour=9), name="more.mbox"), embed=embed)
    meaning.catch_up(core.store, embed, told=lambda _done, _total: None, going_on=lambda: True)
    match = why(core, "harbour")["All sorts"]
    assert "The boat needs new paint" in match.text
    assert len(match.text) <= searching.SHOWN + 2
    assert match.why == "close in meaning"


@pytest.fixture
def all_sorts(core: Core, tmp_path: Path) -> Core:
    body = "Hello Ann,\nthe weather is fine today. The boat needs paint. Mind the cat.\n"
    read(core, mailboxes_of(tmp_path, letter("All", body=body, hour=9), name="all.mbox"), embed=embed)
    return core


def test_what_may_be_chance_is_not_called_close(all_sorts: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why(all_sorts, "harbour")["All"].why == searching.CLOSE_WHY
    monkeypatch.setattr(searching, "CLOSE", 1.01)
    assert why(all_sorts, "harbour")["All"].why == searching.LOOSE_WHY
    assert why(all_sorts, "roses compost")["In spring"].why == "words"


def test_where_all_may_be_chance_it_is_said(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    assert searching.messages(core.store, "harbour bill", embed=embed).notes == ()
    monkeypatch.setattr(searching, "CLOSE", 1.01)
    assert searching.messages(core.store, "spade", embed=embed).notes == (searching.LOOSE_NOTE,)
    assert searching.messages(core.store, "roses", embed=embed).notes == ()
    assert searching.messages(core.store, "zeppelin", embed=embed).notes == ()


def test_a_filter_that_leaves_few_still_finds_their_best(core: Core) -> None:
    found = searching.messages(core.store, "invoice from:ada before:2030", embed=embed)
    assert [one.subject for one in searching.hits(core.store, found.messages)] == ["The invoice"]
    assert search.filtered(core.store, search.parse("x from:ada")) == [1, 3]
    assert search.filtered(core.store, search.parse("x")) is None


def test_many_that_satisfy_a_filter_are_ranked_first(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ENOUGH", 1)
    assert search.filtered(core.store, search.parse("x from:ada")) is None
    assert subjects(core, "bill from:ben") == ["Your payment"]
    assert subjects(core, "bill from:carl") == []


def test_where_no_message_has_all_words_some_will_do_and_it_is_said(core: Core) -> None:
    found = searching.messages(core.store, "roses compost zeppelin")
    assert [one.subject for one in searching.hits(core.store, found.messages)] == ["In spring"]
    assert found.notes == (searching.SOME_NOTE,)
    assert len(why(core, "roses compost zeppelin", with_meaning=False)["In spring"].marks) == 2
    assert searching.messages(core.store, "roses zeppelin").messages == ()
    assert searching.messages(core.store, "roses compost zeppelin from:ben").messages == ()


@pytest.mark.parametrize(
    "text",
    [
        '"', "???", "AND OR NOT", "NEAR(a b)", "a* OR *", "from:", 'from:"', "-", "{body}: x", "'; DROP",
        "\ud800 word", "\ue000\ue001", "x" * 5000, "roses " * 900, "before:9999999-99", "\0roses", "🌹🌹🌹",
    ],
)  # fmt: skip
def test_hostile_queries_find_something_or_nothing(core: Core, text: str) -> None:
    found = searching.messages(core.store, text, embed=embed)
    matches = searching.explain(core.store, found, found.messages)
    assert set(matches) <= set(found.messages)
    threads = searching.threads(core.store, text, embed=embed)
    assert set(searching.explain_threads(core.store, threads, threads.best)) <= set(threads.best)


def test_a_snippet_s_marks_survive_odd_spaces(core: Core, tmp_path: Path) -> None:
    body = "One\n\n   two\tcompost\n three compost heap.\n"
    read(core, mailboxes_of(tmp_path, letter("Odd", body=body, hour=5), name="odd.mbox"), embed=embed)
    match = why(core, "compost subject:odd", with_meaning=False)["Odd"]
    assert match.text == "One two compost three compost heap."
    assert [match.text[start:stop] for start, stop in match.marks] == ["compost", "compost"]


def test_what_says_nothing_is_not_looked_for_alone(core: Core) -> None:
    found = searching.messages(core.store, "the roses of zeppelin")
    assert [one.subject for one in searching.hits(core.store, found.messages)] == ["In spring"]
    assert searching.messages(core.store, "the of in zeppelin").messages == ()


def test_marks_of_quotes_are_no_part_of_a_passage(core: Core, tmp_path: Path) -> None:
    body = "Yes.\n\n> > a marmalade\n> for you\n"
    read(core, mailboxes_of(tmp_path, letter("Jam", body=body, hour=6), name="jam.mbox"), embed=embed)
    assert why(core, "marmalade", with_meaning=False)["Jam"].text == "Yes. a marmalade for you"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Our plum shop <https://evil.example/a> is open.", "Our plum shop is open."),
        ("The plum is at https://x.example/a now.", "The plum is at https://x.example/a now."),
        (f"{'so ' * 22}plum https://pay.x.example/a/b/c", None),
    ],
)
def test_links_behind_words_or_cut_short_are_no_part_of_a_passage(
    core: Core, tmp_path: Path, body: str, shown: str | None
) -> None:
    read(core, mailboxes_of(tmp_path, letter("Plum", body=body, hour=6), name="plum.mbox"), embed=embed)
    match = why(core, "plum subject:plum", with_meaning=False)["Plum"]
    assert shown in (None, match.text)
    assert "evil" not in match.text
    assert not match.text.endswith("/…")


def test_the_model_reads_the_query_while_its_words_are_looked_up(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_words, began, looked = search.messages, Event(), Event()
    threads = []

    def reads(texts: Sequence[str]) -> NDArray[np.float32]:
        threads.append(current_thread())
        began.set()
        assert looked.wait(20)
        return embed(texts)

    def looks(store: Database, query: search.Query, *, limit: int) -> list[MessageId]:
        assert began.wait(20)
        looked.set()
        return by_words(store, query, limit=limit)

    monkeypatch.setattr(search, "messages", looks)
    for _ in range(2):
        found = searching.messages(core.store, "roses", embed=reads)
        assert list(found.near) == list(found.messages)[: len(found.near)]
        assert found.messages
    assert threads[0] is threads[1] is not current_thread()


def test_a_search_that_fails_leaves_nobody_at_work(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Event()

    def reads(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = embed(texts)
        done.set()
        return rows

    def fails(*_: object, **__: object) -> list[MessageId]:
        raise DamagedStoreError("The index is damaged.")

    monkeypatch.setattr(search, "messages", fails)
    with pytest.raises(DamagedStoreError):
        searching.messages(core.store, "roses", embed=reads)
    assert done.is_set()


@pytest.mark.parametrize(
    ("snippet", "text"),
    [
        ("…0044 0532 and \ue000pay\ue001 now", "…and pay now"),
        ("please \ue000pay\ue001 to DE89 3704…", "please pay to…"),
        ("…the \ue0000532\ue001…", "…the 0532…"),
        ("at 10 we \ue000pay\ue001", "at 10 we pay"),
    ],
)
def test_a_snippet_ends_in_no_number_in_groups(snippet: str, text: str) -> None:
    assert searching._marked(snippet)[0] == text
