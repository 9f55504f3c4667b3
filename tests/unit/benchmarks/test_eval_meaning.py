"""Known-item queries come from a mailbox without labels, and ranks are counted as they are told."""

import random
from pathlib import Path

import pytest

from benchmarks import eval_meaning
from benchmarks.eval_meaning import Query
from fluffy_core.domain.ids import MessageId
from fluffy_core.services.reading import searching
from tests.unit.services.homes import letter, mailboxes_of, opened, read

QUESTION = "Could you send me the long list of roses for the garden?\n"
ANSWER = "The list of roses and of the other plants is in the blue folder upstairs.\n"


def test_queries_come_from_replies_and_sentences(tmp_path: Path) -> None:
    letters = [
        letter("Roses", body=QUESTION, mid="q@x.example"),
        letter("Re: Roses", body=ANSWER, mid="a@x.example", refs=["q@x.example"], sender="Ben <b@x.example>"),
    ]
    with opened(tmp_path / "home") as core:
        read(core, mailboxes_of(tmp_path, *letters))
        texts = searching.texts(core.store, [MessageId(1), MessageId(2)])
        thread = sorted(texts.values(), key=lambda one: one.id)
        found = {one.kind: one for one in eval_meaning._of(thread, 1, random.Random(1))}
        assert eval_meaning.queries(core.store, 5)
    reply = found["reply"]
    assert (reply.wanted, reply.source) == (1, 2)
    assert reply.text == ANSWER.strip(" .\n")
    assert set(found["recall"].text.split()) <= set(ANSWER.strip(" .\n").split())
    assert found["filter"].text.startswith(found["recall"].text)
    assert "from:b@x.example after:2025-" in found["filter"].text


def test_what_may_not_count_is_left_out_of_the_ranking() -> None:
    asked = [Query("reply", "a", MessageId(1), MessageId(2)), Query("reply", "b", MessageId(9), MessageId(0))]
    ranked = {"a": [MessageId(2), MessageId(1)], "b": [MessageId(n) for n in range(10, 60)]}
    assert eval_meaning.score(asked, ranked.__getitem__) == {"reply mrr": 0.5, "reply recall": 0.5}


@pytest.mark.parametrize("text", ["from:ann", '"quoted"', "a-b_c", "??"])
def test_words_are_no_operators(text: str) -> None:
    assert not set(eval_meaning._words(text)) & set(':"-?_')
