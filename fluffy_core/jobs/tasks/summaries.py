"""`summarize-email-thread`: fast at once; told by the language model where that was asked for."""

import logging
from collections.abc import Iterator
from datetime import datetime

from fluffy_core.ai.base import Models
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import ACCURATE, FAST
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import LOW, MEDIUM, Args, Cron, Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks import meaning
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.services.insight import summarising
from fluffy_core.services.insight.summarising import Work
from fluffy_core.store import ledger, summaries
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
NAME = "summarize-email-thread"
VERSION = "2"
"""Of what a summary holds: with another, threads are summarised anew."""
BACKLOG = 200
"""Threads that are summarised in one idle half-hour."""
RETRIES = 2


def kind(models: Models) -> JobKind:
    """The declaration."""
    return JobKind(
        name=NAME,
        queue=Queue.NORMAL,
        priority=MEDIUM,
        args={
            "thread_id": int,
            "last_message_id": int,
            "model": Arg(str, FAST, choices=(FAST, ACCURATE, meaning.NAME)),
        },
        key=lambda args: f"{args['thread_id']}/{args['last_message_id']}/{args['model']}/{VERSION}",
        handler=_summarize(models),
        retries=RETRIES,
        batch=4,
        schedule=Cron({"minute": "*/30"}, _backlog, LOW),
    )


def _backlog(store: Database, _slot: datetime) -> Iterator[Args]:
    """Threads of old mail without a summary, and mail without vectors, when there is nothing else to do."""
    if ledger.open_count(store) == 0:
        for thread_id, last in summaries.missing(store, f"/{FAST}/{VERSION}", limit=BACKLOG):
            yield {"thread_id": thread_id, "last_message_id": last, "model": FAST}
        yield from meaning.backlog(store)


def _summarize(models: Models) -> Handler:
    def handle(run: JobRun) -> str:
        if run.job.args["model"] == meaning.NAME:
            return meaning.catch_up(run, models)
        thread_id = ThreadId(number(run.job.args, "thread_id"))
        done = _fast(run, models, thread_id)
        words = summarising.sentence(done)
        if run.job.args["model"] == ACCURATE:
            with run.store.transaction() as tx:
                done.write(tx)  # something to read meanwhile
            done, words = _accurate(run, models, thread_id, fast=done)
        with run.store.transaction() as tx:
            done.write(tx)
            return run.succeed(tx, words)

    return handle


def _fast(run: JobRun, models: Models, thread_id: ThreadId) -> Work:
    try:
        with run.child(models.interrupt):
            return summarising.work(run.store, thread_id, embed=models.embed)
    except ModelError:
        return summarising.work(run.store, thread_id, embed=None)


def _accurate(run: JobRun, models: Models, thread_id: ThreadId, *, fast: Work) -> tuple[Work, str]:
    """The better summary, or the fast one and why: a model that fails is no reason to have none."""
    try:
        with run.child(models.interrupt):
            done = summarising.better(run.store, thread_id, models, going_on=run.checkpoint)
    except ModelError as error:
        return fast, f"The fast summary stays: {error}"
    except TransientError as error:
        run.checkpoint()  # it was this job that was to end, not the model that failed
        if run.job.attempt <= RETRIES:
            raise
        log.warning("The language model did not summarise: %s", type(error).__name__)
        return fast, "The fast summary stays: the language model did not answer"
    if done.summary is not None and done.summary.engine == FAST:
        return done, "The fast summary stays: nothing that the language model said was sure enough"
    return done, summarising.sentence(done)
