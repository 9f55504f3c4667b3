"""Summaries of stored threads: fast, better by a language model, grown, rejected, taken back."""

import json
from collections.abc import Callable, Iterator

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.domain.commitments import Debtor, Ruling
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.services.insight import commitments, summarising
from fluffy_core.services.insight.summarising import Work
from fluffy_core.services.sorting import triage
from fluffy_core.store import summaries
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.models import NoModels, Scripted
from tests.fakes.stored import ANN, ME, Letter

THREAD = ThreadId(1)
OFFER = "The printing of 500 brochures will cost 900 euros including the delivery to Cologne."
SHORTER = "Printing 500 brochures will cost 900 euros including delivery to Cologne."


@pytest.fixture
def ids(store: Database) -> list[MessageId]:
    question = Letter("Re: Print", "Could you print them before the fair opens?", ME, ANN, answers="a", day=1)
    return stored.keep(store, [Letter("Print", OFFER, id="a"), question])


def shorter(prompt: Prompt) -> str:
    """A model that tells the offer anew."""
    return json.dumps(
        {"sentences": [SHORTER]} if OFFER in prompt.user and "Sentences:" in prompt.user else {}
    )


def keep(store: Database, done: Work) -> None:
    with store.transaction() as tx:
        done.write(tx)


def shown(store: Database) -> tuple[str, list[str]]:
    found = summaries.get(store, THREAD)
    assert found is not None
    return found[0].engine, [each.text for each in found[0].points]


def test_the_fast_summary_is_kept(store: Database, ids: list[MessageId]) -> None:
    done = summarising.work(store, THREAD, embed=None)
    keep(store, done)
    assert shown(store) == ("fast", [OFFER, "Could you print them before the fair opens?"])
    assert summaries.made_of(store, THREAD) == (ids[1], "fast")
    assert summarising.sentence(done) == "Summed up in 2 points"


def test_what_is_owed_is_kept_with_the_summary(store: Database, ids: list[MessageId]) -> None:
    done = summarising.work(store, THREAD, embed=None)
    assert commitments.in_thread(store, THREAD) == []
    keep(store, done)
    (row,) = commitments.in_thread(store, THREAD)
    assert (row.commitment.debtor, row.commitment.message_id) == (Debtor.THEM, ids[1])
    commitments.rule(store, row.id, Ruling.DONE)
    keep(store, summarising.work(store, THREAD, embed=None))
    assert commitments.in_thread(store, THREAD) == []


def test_the_better_summary_is_kept_and_fast_work_does_not_undo_it(
    store: Database, ids: list[MessageId]
) -> None:
    keep(store, summarising.better(store, THREAD, Scripted(shorter)))
    assert shown(store) == ("accurate scripted", [SHORTER, "Could you print them before the fair opens?"])
    keep(store, summarising.work(store, THREAD, embed=None))
    assert shown(store)[0] == "accurate scripted"
    stored.keep(store, [Letter("Re: Print", "Yes, on the first of March.", answers="a", day=2)])
    keep(store, summarising.work(store, THREAD, embed=None))
    engine, points = shown(store)
    assert (engine, points[-1]) == ("fast", "Yes, on the first of March.")
    assert len(ids) == 2


@pytest.mark.usefixtures("ids")
def test_what_was_asked_is_not_asked_again(store: Database) -> None:
    models = Scripted(shorter)
    keep(store, summarising.better(store, THREAD, models))
    first = list(models.prompts)
    assert len(first) == 3  # two messages, and the whole
    keep(store, summarising.better(store, THREAD, models))
    assert models.prompts == first
    stored.keep(store, [Letter("Re: Print", "Yes, on the first of March.", answers="a", day=2)])
    keep(store, summarising.better(store, THREAD, models))
    new = models.prompts[len(first) :]
    assert len(new) == 2
    assert all("first of March" in each.user for each in new)
    other = Scripted(shorter)
    other.language_model = "another"
    summarising.better(store, THREAD, other)
    assert len(other.prompts) == 4
    assert store.one("SELECT count(*) FROM thread_answers") == (8,)
    keep(store, summarising.better(store, THREAD, models))
    assert store.one("SELECT count(*) FROM thread_answers WHERE model = 'scripted'") == (4,)


@pytest.mark.usefixtures("ids")
def test_nothing_better_is_the_fast_summary(store: Database) -> None:
    keep(store, summarising.better(store, THREAD, Scripted(lambda _prompt: '{"sentences": ["Nonsense."]}')))
    assert shown(store)[0] == "fast"


@pytest.mark.usefixtures("ids")
def test_without_a_language_model_there_is_no_better_one(store: Database) -> None:
    with pytest.raises(ModelError, match="no language model"):
        summarising.better(store, THREAD, NoModels())


class Broken(Scripted):
    """Fails for the prompts that `fails` picks."""

    def __init__(self, fails: Callable[[Prompt], bool], error: Exception) -> None:
        super().__init__(shorter)
        self._fails, self._error = fails, error

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        if self._fails(prompt):
            raise self._error
        return super().generate(prompt, interactive=interactive, deadline=deadline)


@pytest.mark.usefixtures("ids")
def test_one_answer_that_does_not_fit_costs_only_its_own_words(store: Database) -> None:
    with pytest.raises(ModelError, match="gone"):
        summarising.better(store, THREAD, Broken(lambda _each: True, ModelError("gone")))
    partly = Broken(lambda each: OFFER not in each.user, ModelError("x"))
    keep(store, summarising.better(store, THREAD, partly))
    assert shown(store)[0] == "accurate scripted"


@pytest.mark.usefixtures("ids")
def test_a_model_that_does_not_answer_is_for_the_caller(store: Database) -> None:
    with pytest.raises(TransientError):
        summarising.better(store, THREAD, Broken(lambda _each: True, TransientError("late")))


@pytest.mark.usefixtures("ids")
def test_a_job_may_stop_in_the_middle_of_an_answer(store: Database) -> None:
    closed: list[bool] = []

    class Endless(Scripted):
        def generate(
            self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
        ) -> Iterator[str]:
            try:
                while True:
                    yield "word "
            finally:
                closed.append(True)

    looks = iter([None] * 5)
    with pytest.raises(StopIteration):
        summarising.better(store, THREAD, Endless(), going_on=lambda: next(looks))
    assert closed == [True]


def test_a_rejected_point_is_gone_for_good_until_it_is_taken_back(
    store: Database, ids: list[MessageId]
) -> None:
    keep(store, summarising.work(store, THREAD, embed=None))
    token = summarising.reject(store, ids[0], OFFER)
    assert token.label == "Removed from the summary"
    assert OFFER not in shown(store)[1]
    keep(store, summarising.work(store, THREAD, embed=None))
    assert OFFER not in shown(store)[1]
    keep(store, summarising.better(store, THREAD, Scripted(shorter)))
    assert SHORTER not in shown(store)[1]
    summarising.reject(store, ids[0], OFFER)
    triage.undo(store)  # the second time changed nothing
    assert OFFER not in shown(store)[1]
    triage.undo(store)
    keep(store, summarising.work(store, THREAD, embed=None))
    assert OFFER in shown(store)[1]


def test_machines_mail_and_empty_threads_have_no_summary(store: Database) -> None:
    stored.keep(store, [Letter("News", "Many words of news.", headers={"Auto-Submitted": "auto-generated"})])
    for thread in (THREAD, ThreadId(99)):
        done = summarising.better(store, thread, Scripted())
        assert done.summary is None
        keep(store, done)
        assert summarising.sentence(done) == "Too short to need a summary"
    assert summaries.get(store, THREAD) is None


def test_quotes_and_signatures_are_not_summarised(store: Database) -> None:
    body = (
        "We take the nine pages, please print them.\n\nOn 3 May 2025, Bob wrote:\n"
        "> Shall we print a brochure of nine pages?\n\n-- \nAnn Lee\nHead of Nothing, Firm Example\n"
    )
    stored.keep(store, [Letter("Print", body)])
    done = summarising.work(store, THREAD, embed=None)
    assert done.summary is not None
    assert [each.text for each in done.summary.points] == ["We take the nine pages, please print them."]
