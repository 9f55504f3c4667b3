"""The jobs that conclude something from mail, most of them without a language model."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from fluffy_core.ai.base import Models
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.events import MessagesSorted
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import MEDIUM, Args, Cron, Handler, JobKind, ids_key
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks import summaries
from fluffy_core.jobs.tasks.arguments import number, numbers
from fluffy_core.jobs.tasks.later import today
from fluffy_core.services.insight import commitments, follow_ups
from fluffy_core.services.sorting import categories, closer_look, learning, topics
from fluffy_core.store import counts, threads
from fluffy_core.store.database import Database

LOOKBACK = 3
"""Days after which an unanswered question of mine is worth a reminder."""
PAGE = 200
"""Messages that are looked at again in one transaction."""
PATIENCE = 60.0
"""Seconds that the embedder may take for a page of messages; after that it stays as words sorted it."""


def kinds(models: Models) -> tuple[JobKind, ...]:
    """The jobs that conclude something from mail."""
    return (
        JobKind(
            name="categorize-emails",
            queue=Queue.FAST,
            priority=MEDIUM,
            args={"message_ids": Arg(list), "force": Arg(int, 0), "closer": Arg(int, 0, least=0, most=1)},
            key=_key,
            handler=_categorize(models),
            batch=50,
        ),
        summaries.kind(models),
        JobKind(
            name="check-follow-ups",
            queue=Queue.NORMAL,
            priority=MEDIUM,
            args={"lookback_days": Arg(int, LOOKBACK, least=1, most=60), "as_of": Arg(str, today)},
            key=lambda args: f"{args['lookback_days']}/{args['as_of']}",
            handler=_follow_ups,
            schedule=Cron({"hour": "9", "minute": "0"}, _each_morning),
        ),
    )


def _key(args: Args) -> str:
    closer = ".closer" if args["closer"] else ""
    version = f"{categories.MODEL_VERSION}.{number(args, 'force')}{closer}"
    return ids_key(numbers(args, "message_ids"), version)


def _each_morning(store: Database, slot: datetime) -> Iterator[Args]:
    if counts.any_mail(store):
        yield {"lookback_days": LOOKBACK, "as_of": slot.date().isoformat()}


def _categorize(models: Models) -> Handler:
    def handle(run: JobRun) -> str:
        if run.job.args["closer"]:
            return _look_closer(run, models)
        ids, force = numbers(run.job.args, "message_ids"), number(run.job.args, "force")
        again = force < 0  # the rules say the same as before
        if again and not ids:
            return _learn_again(run, -force)
        found = [] if again else categories.sort(run.store, ids)
        about = topics.look(run.store) if topics.due(run.store) else None
        owed = commitments.find(run.store, threads.of_messages(run.store, ids))
        with run.store.transaction() as tx:
            if again:
                categories.learn_again(tx, ids)
            else:
                categories.write(tx, found)
            if personal := categories.personal(found):
                if models.is_installed:
                    tx.emit(MessagesSorted(tuple(MessageId(one) for one in personal), force))
                else:
                    closer_look.note_missed(tx, personal)
            commitments.write(tx, owed)
            if about is not None:
                topics.keep(tx, about)
            asking = sum(1 for _, category, _ in found if category.requires_response)
            told = f"Sorted {number_of(len(found), 'message')}; {asking:,} ask you something"
            return run.succeed(
                tx, f"Looked at {number_of(len(ids), 'message')} by what was learned" if again else told
            )

    return handle


def _learn_again(run: JobRun, correction: int) -> str:
    """Page by page, so that nobody waits long to write; what is done twice is the same."""
    ids = learning.left(run.store, correction)
    for start in range(0, len(ids), PAGE):
        run.checkpoint()
        with run.store.transaction() as tx:
            categories.learn_again(tx, ids[start : start + PAGE])
        run.progress(min(start + PAGE, len(ids)), len(ids), "Looking at mail by what was learned")
    with run.store.transaction() as tx:
        learning.reached(tx, correction)
        return run.succeed(tx, f"Looked at {number_of(len(ids), 'message')} by what was learned")


def _look_closer(run: JobRun, models: Models) -> str:
    ids = numbers(run.job.args, "message_ids")
    with run.child(models.interrupt):
        found = categories.look_closer(run.store, ids, partial(models.embed, deadline=PATIENCE))
    run.checkpoint()  # where this job was to end, it was not the embedder that failed
    with run.store.transaction() as tx:
        categories.write(tx, found)
        return run.succeed(
            tx, f"Looked closer at {number_of(len(ids), 'message')}; meaning decided {len(found):,}"
        )


def _follow_ups(run: JobRun) -> str:
    found = follow_ups.find(run.store, lookback_days=number(run.job.args, "lookback_days"))
    with run.store.transaction() as tx:
        count = follow_ups.write(tx, found)
        waiting = f"{number_of(count, 'message of yours waits', 'messages of yours wait')} for an answer"
        return run.succeed(tx, waiting if count else "Nobody owes you an answer")
