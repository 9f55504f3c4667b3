"""Stored mail sorted: what the mailbox knows of a sender, what is asked of me, and the language."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.sentences import intent
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.rows import Section
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.services.sorting import categories
from fluffy_core.store import inbox
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ANN, BOB, ME, Letter

ASK = "Hello,\n\ncould you send me the signed contract by Friday?\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """An empty store with today's schema."""
    database = stored.empty(tmp_path)
    yield database
    database.close()


def sort(store: Database, letters: list[Letter]) -> list[Category]:
    """Keep the letters; the category of each."""
    found = categories.sort(store, stored.keep(store, letters))
    with store.transaction() as tx:
        categories.write(tx, found)
    return [category for _, category, _ in found]


def test_a_question_to_me_needs_a_reply(store: Database) -> None:
    (found,) = sort(store, [Letter("Contract", ASK)])
    assert (found.requires_response, found.ask) == (True, "could you send me the signed contract by Friday?")
    assert inbox.ids(store, Section.NEEDS_REPLY) == (ThreadId(1),)
    assert store.one("SELECT language FROM messages") == ("en",)


def test_whom_i_wrote_to_before_is_known(store: Database) -> None:
    ask = "Which colour do you want?"
    letters = [
        Letter("One", ask, day=0),
        Letter("Mine", "It is here.", sender=ME, to=ANN, day=1),
        Letter("Two", ask, day=2),
        Letter("Other", ask, sender=BOB, day=3),
    ]
    first, _, second, other = sort(store, letters)
    assert [one.priority for one in (first, second, other)] == [1, 2, 1]


def test_what_i_answered_and_what_answers_me(store: Database) -> None:
    letters = [
        Letter("Plan", ASK, id="a"),
        Letter("Re: Plan", "Here it is.", sender=ME, to=ANN, answers="a", day=1),
        Letter("Re: Plan", "It has come.", answers="a", day=2),
    ]
    asked, mine, answer = sort(store, letters)
    assert asked.reason == "You have answered Ann Ode since"
    assert mine.reason == "You wrote this"
    assert answer.reason == "Ann Ode answered you"


def often(count: int) -> list[Letter]:
    """So many questions from one sender, each in a thread of its own."""
    return [Letter(f"Item {n}", "Have you read this?", day=n) for n in range(count)]


def test_who_writes_often_and_never_answers_is_a_service(store: Database) -> None:
    *_, last = sort(store, often(categories.OFTEN))
    assert not last.requires_response
    assert last.reason == "Ann Ode writes often and never in answer to anybody, as services do"
    assert inbox.ids(store, Section.NEEDS_REPLY) == ()


@pytest.mark.parametrize(
    "human",
    [
        [],  # one message too few
        [Letter("Re: something", "Have you read this?", day=30)],
        [Letter("Fwd: something", "Have you read this?", day=30)],
        [Letter("Hello", "It is here.", sender=ME, to=ANN, day=-1)],
        [Letter("Item 18", "As I said, have you read this?", day=18.5, answers="eighteen")],
    ],
)
def test_a_person_is_told_from_a_service(store: Database, human: list[Letter]) -> None:
    letters = often(categories.OFTEN - (0 if human else 1))
    letters[18] = replace(letters[18], id="eighteen")
    found = sort(store, [*human, *letters] if human and human[0].day < 0 else [*letters, *human])
    assert all(one.requires_response for one in found if one.reason != "You wrote this")


def test_a_crowd_in_copy_and_a_name(store: Database) -> None:
    cc = f"Max Roe <{ME}>"
    copied, named = sort(
        store,
        [
            Letter("One", ASK, to=BOB, cc=cc),
            Letter("Two", "Hello,\n\nit is done. Max, could you send the contract?\n", to=BOB, cc=cc, day=1),
        ],
    )
    assert copied.reason == "You are in copy; Ann Ode asks nothing of you"
    assert named.ask == "Max, could you send the contract?"


def test_quotes_are_not_read(store: Database) -> None:
    quoted = "On 3 April 2025, Max wrote:\n> Could you send me the contract?\n"
    (found,) = sort(
        store, [Letter("Re: x", f"Done, it is in the mail now and you will have it.\n\n{quoted}")]
    )
    assert not found.requires_response


def test_lists_and_news_are_bulk(store: Database) -> None:
    headers = {"List-Id": "<news.example>", "List-Unsubscribe": "<mailto:x@news.example>"}
    (found,) = sort(store, [Letter("News", ASK, to="news@lists.example", headers=headers)])
    assert found.importance is Importance.BULK


def test_sorting_again_changes_nothing(store: Database) -> None:
    ids = stored.keep(store, [Letter("Contract", ASK), Letter("x", "Guten Tag, anbei die Rechnung für Mai.")])
    first = categories.sort(store, ids)
    with store.transaction() as tx:
        assert categories.write(tx, first) == [1, 2]
    assert categories.sort(store, ids) == first
    assert [language for _, _, language in first] == ["en", "de"]


def test_messages_that_are_gone_are_left_out(store: Database) -> None:
    assert categories.sort(store, [1, 2, 3]) == []
    with store.transaction() as tx:
        assert categories.write(tx, []) == []


TIP = "Keep your head up."
"""Worded as a request; its words alone leave it in doubt."""


class Embedder:
    """Counts what it is asked; each text means the likelihood that is given for it."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, likely: float, error: Exception | None = None
    ) -> None:
        self.asked: list[list[str]] = []
        self.error = error
        monkeypatch.setattr(intent, "probabilities", lambda texts, _vectors: np.full(len(texts), likely))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(list(texts))
        if self.error is not None:
            raise self.error
        return np.zeros((len(texts), DIMENSIONS), np.float32)


def test_a_page_is_embedded_in_one_call(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [Letter(f"n{n}", f"Hello,\n\n{TIP} This is letter {n}.\n") for n in range(3)]
    ids = stored.keep(store, [*letters, Letter("sure", ASK)])
    embed = Embedder(monkeypatch, 0.1)
    found = categories.look_closer(store, ids, embed)
    assert embed.asked == [[TIP]]
    assert [(number, one.requires_response) for number, one, _ in found] == [(n, False) for n in ids[:3]]
    assert {one.engine for _, one, _ in found} == {"rules 2, all-minilm-l6-v2"}
    assert [one.requires_response for _, one, _ in categories.sort(store, ids)] == [True] * 4


def test_what_meaning_decides_is_written_over_what_words_said(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = stored.keep(store, [Letter("x", TIP), Letter("Contract", ASK)])
    sections = []
    for found in (
        categories.sort(store, ids),
        categories.look_closer(store, ids, Embedder(monkeypatch, 0.1)),
    ):
        with store.transaction() as tx:
            categories.write(tx, found)
        sections.append(inbox.ids(store, Section.NEEDS_REPLY))
    assert [set(one) for one in sections] == [{1, 2}, {2}]


def test_where_nothing_is_in_doubt_nothing_is_embedded(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed = Embedder(monkeypatch, 0.1)
    ids = stored.keep(store, [Letter("Contract", ASK)])
    assert categories.look_closer(store, ids, embed) == []
    assert embed.asked == []


@pytest.mark.parametrize("error", [ModelError("damaged"), TransientError("too late")])
def test_an_embedder_without_an_answer_changes_nothing(
    store: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    ids = stored.keep(store, [Letter("x", TIP), Letter("Contract", ASK)])
    embed = Embedder(monkeypatch, 0.1, error)
    assert categories.look_closer(store, ids, embed) == []
    assert embed.asked == [[TIP]]


def test_a_message_is_sorted_alike_on_every_page(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same sentence of somebody known, which another message of the page has in doubt, too."""
    hint = "It would be an honour to have you join us."
    letters = [
        Letter("Mine", "It is here.", sender=ME, to=ANN),
        Letter("From Ann", hint, day=1),
        Letter("From Bob", f"{hint} {TIP}", sender=BOB, day=1),
    ]
    ids = stored.keep(store, letters)
    embed = Embedder(monkeypatch, 0.9)
    together = categories.look_closer(store, ids, embed)
    assert [(number, one.ask) for number, one, _ in together] == [(ids[1], hint), (ids[2], TIP)]
    assert together == [row for one in ids for row in categories.look_closer(store, [one], embed)]


def test_a_service_is_not_embedded(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    embed = Embedder(monkeypatch, 0.9)
    ids = stored.keep(store, [replace(one, body=TIP) for one in often(categories.OFTEN)])
    assert categories.look_closer(store, ids, embed) == []
    assert embed.asked == []


def test_bulk_mail_is_worth_no_closer_look(store: Database) -> None:
    headers = {"List-Id": "<news.example>", "List-Unsubscribe": "<mailto:x@news.example>"}
    news = Letter("News", ASK, to="news@lists.example", headers=headers)
    ids = stored.keep(store, [news, Letter("Contract", ASK)])
    assert categories.personal(categories.sort(store, ids)) == ids[1:]


def test_the_language_is_known_the_first_time_already(store: Database) -> None:
    """Requests are told from other sentences in English and German only."""
    french = "Bonjour,\n\nmerci pour votre message, je vous envoie tout. Please call me.\n"
    ids = stored.keep(store, [Letter("Lettre", french)])
    first = categories.sort(store, ids)
    with store.transaction() as tx:
        categories.write(tx, first)
    ((_, found, language),) = first
    assert (language, found.requires_response) == ("fr", False)
    assert categories.sort(store, ids) == first
