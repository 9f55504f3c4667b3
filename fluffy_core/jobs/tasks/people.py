"""`extract-contacts`: people from headers and signatures."""

from fluffy_core.domain.counting import number_of
from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import MEDIUM, JobKind, ids_key
from fluffy_core.jobs.run import JobRun
from fluffy_core.jobs.tasks.arguments import number, numbers
from fluffy_core.services.people import contacts


def kinds() -> tuple[JobKind, ...]:
    """The jobs about people. `force` above 0 counts everything anew once for each number."""
    return (
        JobKind(
            name="extract-contacts",
            queue=Queue.FAST,
            priority=MEDIUM + 1,  # people first: categories ask who is known
            args={"message_ids": Arg(list), "force": Arg(int, 0)},
            key=lambda args: ids_key(
                numbers(args, "message_ids"), f"{contacts.VERSION}.{number(args, 'force')}"
            ),
            handler=_extract,
            retries=3,
            batch=10,
            parallel=5,
        ),
    )


def _extract(run: JobRun) -> str:
    ids, force = numbers(run.job.args, "message_ids"), number(run.job.args, "force")
    with run.store.transaction() as tx:
        looked_at = contacts.extract(tx, ids, generation=force)
        return run.succeed(tx, f"Looked at {number_of(looked_at, 'message')}")
