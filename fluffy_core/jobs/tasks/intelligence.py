"""`categorize-emails`, `summarize-email-thread` and `check-follow-ups`, without a language model."""

from collections.abc import Iterator
from datetime import datetime

from fluffy_core.ai.base import Models
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import ModelError, UsageError
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import LOW, MEDIUM, Args, Cron, Handler, JobKind, ids_key
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks import meaning
from fluffy_core.jobs.tasks.arguments import number, numbers
from fluffy_core.jobs.tasks.later import today
from fluffy_core.services import categories, follow_ups, summarising, topics
from fluffy_core.store import counts, ledger, summaries
from fluffy_core.store.database import Database

LOOKBACK = 3
"""Days after which an unanswered question of mine is worth a reminder."""
SUMMARY_VERSION = "fast-1"
BACKLOG = 200
"""Threads that are summarised in one idle half-hour."""


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
            handler=_categorize,
            batch=50,
        ),
        JobKind(
            name="summarize-email-thread",
            queue=Queue.NORMAL,
            priority=MEDIUM,
            args={
                "thread_id": int,
                "last_message_id": int,
                "model": Arg(str, "fast", choices=("fast", "accurate", "meaning")),
            },
            key=lambda args: (
                f"{args['thread_id']}/{args['last_message_id']}/{args['model']}/{SUMMARY_VERSION}"
            ),
            handler=_summarize(models),
            batch=4,
            schedule=Cron({"minute": "*/30"}, _backlog, LOW),
        ),
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


def _backlog(store: Database, _slot: datetime) -> Iterator[Args]:
    """Threads of old mail without a summary, and mail without vectors, when there is nothing else to do."""
    if ledger.open_count(store) == 0:
        for thread_id, last in summaries.missing(store, f"/fast/{SUMMARY_VERSION}", limit=BACKLOG):
            yield {"thread_id": thread_id, "last_message_id": last, "model": "fast"}
        yield from meaning.backlog(store)


def _categorize(run: JobRun) -> str:
    ids = numbers(run.job.args, "message_ids")
    if number(run.job.args, "force") < 0:  # the rules say the same as before
        with run.store.transaction() as tx:
            categories.learn_again(tx, ids)
            return run.succeed(tx, f"Looked at {len(ids):,} messages by what you said of others")
    found = categories.sort(run.store, ids)
    about = topics.look(run.store) if topics.due(run.store) else None
    with run.store.transaction() as tx:
        categories.write(tx, found)
        if about is not None:
            topics.keep(tx, about)
        asking = sum(1 for _, category, _ in found if category.requires_response)
        return run.succeed(tx, f"Sorted {len(found):,} messages; {asking:,} ask you something")


def _summarize(models: Models) -> Handler:
    def handle(run: JobRun) -> str:
        if run.job.args["model"] == "meaning":
            return meaning.catch_up(run, models)
        if run.job.args["model"] != "fast":
            raise UsageError("Only the fast summary is available yet.")
        thread_id = ThreadId(number(run.job.args, "thread_id"))
        try:
            with run.child(models.interrupt):
                done = summarising.work(run.store, thread_id, embed=models.embed)
        except ModelError:
            done = summarising.work(run.store, thread_id, embed=None)
        with run.store.transaction() as tx:
            done.write(tx)
            return run.succeed(tx, summarising.sentence(done))

    return handle


def _follow_ups(run: JobRun) -> str:
    found = follow_ups.find(run.store, lookback_days=number(run.job.args, "lookback_days"))
    with run.store.transaction() as tx:
        count = follow_ups.write(tx, found)
        return run.succeed(
            tx, f"{count:,} of your messages wait for an answer" if count else "Nobody owes you an answer"
        )
