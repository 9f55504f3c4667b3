"""What gets vectors, when, and how far that is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.errors import TransientError
from fluffy_core.services.reading import conversations, meaning
from fluffy_core.store import vectors
from tests.fakes.embedders import HashEmbedder
from tests.unit.services.homes import letter, mailboxes_of, opened, read

LONG = " ".join(f"Sentence number {n} says a little about the garden." for n in range(60)) + "\n"
embed = HashEmbedder(Path()).encode


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        letters = [
            letter("First", body=LONG, mid="a"),
            letter("Re: First", body="Short.\n", mid="b", refs=["a"], hour=1),
            letter("Re: First", body=f"{LONG}And the end.\n", mid="c", refs=["a", "b"], hour=2),
        ]
        read(core, mailboxes_of(tmp_path, *letters))
        yield core


def thread(core: Core) -> list[ThreadMessage]:
    return conversations.load(core.store, ThreadId(1))


def test_short_messages_are_told_by_their_heads_long_ones_by_passages_too(core: Core) -> None:
    first, short, _ = thread(core)
    assert meaning.places(short) == []
    places = meaning.places(first)
    assert len(places) > 4
    assert first.body[places[0].start :].startswith("Sentence number 0")
    assert meaning.head(short) == "Re: First\nShort."


def test_everything_is_made_once(core: Core) -> None:
    made = meaning.make(core.store, thread(core), embed)
    assert len(made.ids) == len(made.cuts) == 3
    with core.store.transaction() as tx:
        made.write(tx)
    assert vectors.coverage(core.store) == (3, 3)
    assert meaning.make(core.store, thread(core), embed) == meaning.Made()


def test_what_somebody_else_wrote_meanwhile_is_kept(core: Core) -> None:
    made, again = (meaning.make(core.store, thread(core), embed) for _ in range(2))
    with core.store.transaction() as tx:
        made.write(tx)
    rows = core.store.all("SELECT id FROM vectors ORDER BY id")
    with core.store.transaction() as tx:
        again.write(tx)
    assert core.store.all("SELECT id FROM vectors ORDER BY id") == rows


def test_on_the_way_the_newest_passages_come_first_and_few(core: Core) -> None:
    newest = thread(core)[-1]
    made = meaning.make(core.store, thread(core), embed, most=len(meaning.places(newest)))
    assert [one.message_id for one in made.cuts] == [newest.id, thread(core)[1].id]
    assert len(made.ids) == 3
    none = meaning.make(core.store, thread(core), embed, most=0)
    assert none.cuts == []


def test_an_idle_hour_catches_up_in_portions_and_stops_when_told(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "PORTION", 1)
    told: list[tuple[int, int]] = []
    meaning.catch_up(core.store, embed, told=lambda *how: told.append(how), going_on=lambda: len(told) < 2)
    assert told == [(1, 3), (2, 3)]
    assert meaning.gap(core.store) == ["Meaning search covers 2 of 3 messages."]
    meaning.catch_up(core.store, embed, told=lambda *how: told.append(how), going_on=lambda: True)
    assert told[-1] == (3, 3)
    assert meaning.gap(core.store) == []


def test_what_was_done_stays_when_the_model_fails(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "PORTION", 1)
    calls: list[int] = []

    def failing(texts: Sequence[str]) -> NDArray[np.float32]:
        calls.append(len(texts))
        if len(calls) > 1:
            raise TransientError("The model process died.")
        return embed(texts)

    with pytest.raises(TransientError):
        meaning.catch_up(core.store, failing, told=lambda *_how: None, going_on=lambda: True)
    assert vectors.coverage(core.store) == (1, 3)
