"""Extracts of a small corpus: what it is read as, the orders of the baselines, cutting and scores."""

from pathlib import Path

import pytest

from benchmarks import extracts, labelled
from benchmarks.extracts import Order
from benchmarks.labelled import Thread
from tests.unit.benchmarks import bc3


@pytest.fixture
def fair(tmp_path: Path) -> Thread:
    return labelled.threads(bc3.write(tmp_path))[0]


def texts(thread: Thread, order: Order) -> list[str]:
    return [thread.mails[mail].body[start:end] for mail, start, end in order(thread)]


def test_quotes_and_signatures_are_not_read(fair: Thread) -> None:
    assert [[mail.body[start:end] for start, end, _ in mail.spans] for mail in fair.mails] == [
        ["Hi all,", "We want a brochure for the fair in May.", "The weather is fine."],
        ["How many pages does the brochure need?"],
        ["The brochure needs nine pages for the fair."],
    ]
    assert len(fair.annotations) == 2


def test_lead_and_first_sentences(fair: Thread) -> None:
    assert texts(fair, extracts.lead)[:2] == ["Hi all,", "We want a brochure for the fair in May."]
    assert texts(fair, extracts.firsts) == [
        "Hi all,",
        "How many pages does the brochure need?",
        "The brochure needs nine pages for the fair.",
        "We want a brochure for the fair in May.",
        "The weather is fine.",
    ]


def test_central_sentences_come_first(fair: Thread) -> None:
    for order in (extracts.textrank, extracts.lexrank):
        found = texts(fair, order)
        assert sorted(found) == sorted(texts(fair, extracts.lead))
        assert "Hi all," in found[-2:]
    assert texts(fair, extracts.textrank)[0] == "The brochure needs nine pages for the fair."


def test_an_empty_thread_has_no_order() -> None:
    empty = Thread("x", (), ())
    for order in (extracts.lead, extracts.firsts, extracts.textrank, extracts.lexrank, extracts.best):
        assert order(empty) == []
    assert extracts.score(empty, []) == (0.0, 0.0, 0.0, 0.0)


def test_ours_and_the_best(fair: Thread) -> None:
    assert texts(fair, extracts.ours())[0] == "We want a brochure for the fair in May."
    assert set(texts(fair, extracts.best)[:2]) == {
        "We want a brochure for the fair in May.",
        "The brochure needs nine pages for the fair.",
    }


def test_an_extract_is_cut_after_the_sentence_that_fills_it(fair: Thread) -> None:
    order = extracts.firsts(fair)
    assert extracts.cut(fair, order, 0) == []
    assert extracts.cut(fair, order, 3) == sorted(order[:2])
    assert extracts.cut(fair, order, 999) == sorted(order)


def test_scores(fair: Thread) -> None:
    best = extracts.score(fair, extracts.best(fair))
    assert best[3] == 1.0
    lead = extracts.score(fair, extracts.lead(fair))
    assert lead[3] == 0.5  # of the first two sentences one was chosen by both, and two such there are
    assert all(0 < each < 1 for each in lead[:3])
    assert extracts.people(fair) == (1.0, 1.0, 1.0)
    assert extracts.measure([fair, fair], extracts.lead) == dict(zip(extracts.NAMES, lead, strict=True))
    assert extracts.mean([]) == dict.fromkeys(extracts.NAMES, 0.0)
