"""`analyze-writing-style` and `generate-email-draft`."""

import uuid

from fluffy_core.ai.base import Models
from fluffy_core.domain.drafting import DraftRequest, Suggestion
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.jobs import Queue
from fluffy_core.events import DraftGrew
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import HIGH, LOW, Args, Handler, JobKind
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks.arguments import number
from fluffy_core.jobs.tasks.later import HOUR, this_month
from fluffy_core.services.writing import drafting, styles

ONE_DRAFT = 180.0
"""Seconds that a draft may take."""


def kinds(models: Models) -> tuple[JobKind, ...]:
    """The jobs about what the user writes."""
    return (
        JobKind(
            name="analyze-writing-style", queue=Queue.SLOW, priority=LOW,
            args={"sample_size": Arg(int, styles.SAMPLE, least=10, most=1000), "month": Arg(str, this_month)},
            key=lambda args: f"{args['month']}/{args['sample_size']}",
            handler=_analyze, time_limit=HOUR,
        ),
        JobKind(
            name=drafting.JOB, queue=Queue.FAST, priority=HIGH,
            args={
                "recipient_id": Arg(int, 0), "recipient": Arg(str, ""), "thread_id": Arg(int, 0),
                "purpose": Arg(str, ""), "key_points": Arg(list, list, of=str), "tone": Arg(str, ""),
                "hint": Arg(str, ""), "model": Arg(str, "accurate", choices=("fast", "accurate")),
                "request_id": Arg(str, lambda: uuid.uuid4().hex),
            },
            key=lambda args: str(args["request_id"]),
            handler=_generate(models), batch=3, parallel=3, time_limit=ONE_DRAFT,
        ),
    )  # fmt: skip


def _analyze(run: JobRun) -> str:
    sample = number(run.job.args, "sample_size")
    found = styles.learn(run.store, sample=sample, checkpoint=run.checkpoint)
    with run.store.transaction() as tx:
        changed = styles.compare(tx)
        styles.write(tx, found)
        return run.succeed(tx, styles.sentence(found, changed=changed))


def _generate(models: Models) -> Handler:
    def handle(run: JobRun) -> str:
        request = _request(run)
        with run.store.transaction() as tx:
            styles.compare(tx)  # what was changed of the last draft holds for this one

        def first(found: Suggestion) -> None:
            with run.store.transaction() as tx:
                drafting.keep(tx, request, found)

        def tell(text: str) -> None:
            run.checkpoint()
            run.publish(DraftGrew(request.id, text))

        with run.child(models.interrupt):
            found = drafting.suggest(run.store, request, models=models, first=first, tell=tell)
        with run.store.transaction() as tx:
            drafting.keep(tx, request, found)
            return run.succeed(tx, drafting.sentence(found))

    return handle


def _request(run: JobRun) -> DraftRequest:
    args = run.job.args
    thread_id = number(args, "thread_id")
    contact = number(args, "recipient_id")
    return DraftRequest(
        id=_text(args, "request_id"),
        thread_id=ThreadId(thread_id) if thread_id else None,
        recipient=drafting.address_of(run.store, contact) if contact else _text(args, "recipient"),
        purpose=_text(args, "purpose"),
        key_points=_texts(args, "key_points"),
        tone=_text(args, "tone"),
        hint=_text(args, "hint"),
        model=_text(args, "model"),
    )


def _text(args: Args, name: str) -> str:
    return str(args[name])


def _texts(args: Args, name: str) -> tuple[str, ...]:
    value = args[name]
    return tuple(map(str, value)) if isinstance(value, list) else ()
