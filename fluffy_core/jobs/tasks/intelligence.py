"""The jobs that conclude something from mail, most of them without a language model."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from fluffy_core.ai.base import Models
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import MEDIUM, Args, Cron, Handler, JobKind, ids_key
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks import summaries
from fluffy_core.jobs.tasks.arguments import number, numbers
from fluffy_core.jobs.tasks.later import today
from fluffy_core.services import categories, commitments, follow_ups, topics
from fluffy_core.services.categories import Sorted
from fluffy_core.store import counts, threads
from fluffy_core.store.database import Database

LOOKBACK = 3
"""Days after which an unanswered question of mine is worth a reminder."""
PATIENCE = 60.0
"""Seconds that the embedder may take for a page of messages; after that words alone sort it."""


def kinds(models: Models) -> tuple[JobKind, ...]:
    """The jobs that conclude something from mail."""
    return (
        JobKind(
            name="categorize-emails",
            queue=Queue.FAST,
            priority=MEDIUM,
            args={"message_ids": Arg(list), "force": Arg(int, 0)},
            key=lambda args: ids_key(
                numbers(args, "message_ids"), f"{categories.MODEL_VERSION}.{number(args, 'force')}"
            ),
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


def _each_morning(store: Database, slot: datetime) -> Iterator[Args]:
    if counts.any_mail(store):
        yield {"lookback_days": LOOKBACK, "as_of": slot.date().isoformat()}


def _categorize(models: Models) -> Handler:
    def handle(run: JobRun) -> str:
        ids = numbers(run.job.args, "message_ids")
        again = number(run.job.args, "force") < 0  # the rules say the same as before
        found = [] if again else _sort(run, models, ids)
        about = topics.look(run.store) if topics.due(run.store) else None
        owed = commitments.find(run.store, threads.of_messages(run.store, ids))
        with run.store.transaction() as tx:
            if again:
                categories.learn_again(tx, ids)
            else:
                categories.write(tx, found)
            commitments.write(tx, owed)
            if about is not None:
                topics.keep(tx, about)
            asking = sum(1 for _, category, _ in found if category.requires_response)
            told = f"Sorted {len(found):,} messages; {asking:,} ask you something"
            return run.succeed(tx, f"Looked at {len(ids):,} messages by what was learned" if again else told)

    return handle


def _sort(run: JobRun, models: Models, ids: Sequence[int]) -> list[Sorted]:
    embed = partial(models.embed, deadline=PATIENCE) if models.is_installed else None
    with run.child(models.interrupt):
        found = categories.sort(run.store, ids, embed=embed)
    run.checkpoint()  # where this job was to end, it was not the embedder that failed
    return found


def _follow_ups(run: JobRun) -> str:
    found = follow_ups.find(run.store, lookback_days=number(run.job.args, "lookback_days"))
    with run.store.transaction() as tx:
        count = follow_ups.write(tx, found)
        return run.succeed(
            tx, f"{count:,} of your messages wait for an answer" if count else "Nobody owes you an answer"
        )
