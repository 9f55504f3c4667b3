"""Commands about background jobs."""

import argparse
import json

from fluffy_core.cli.answer import Answer, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState
from fluffy_core.errors import UsageError
from fluffy_core.services import activity
from fluffy_core.store import ledger


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Jobs, newest change first."""
    try:
        states = (JobState(arguments.state),) if arguments.state else ()
    except ValueError as error:
        known = ", ".join(state.value for state in JobState)
        raise UsageError(f"“{arguments.state}” is not a state. The states are: {known}.") from error
    with Core.open(settings) as core:
        found = activity.jobs(core.store, states=states, limit=arguments.limit)
    lines = [f"{one.id:>7}  {one.state:13}  {activity.sentence(one)}" for one in found]
    return Answer(plain(found), "\n".join(lines) or "No jobs.")


def show(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Everything about one job."""
    with Core.open(settings) as core:
        found = ledger.get(core.store, JobId(arguments.id))
    if found is None:
        raise UsageError(f"There is no job {arguments.id}.")
    lines = [
        activity.sentence(found),
        f"state {found.state}, try {found.attempt}, asked for {day(found.created_at)}",
    ]
    lines += [f"arguments {json.dumps(found.args)[:500]}"]
    return Answer(plain(found), "\n".join(lines))


def run(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Ask for a job; it runs with `fluffy run` or in the app."""
    try:
        given = json.loads(arguments.arguments)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The arguments are not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise UsageError('The arguments must be a JSON object, such as {"thread_id": 1}.')
    with Core.open(settings) as core:
        job_id = core.jobs.enqueue(arguments.name, given)
    text = f"Job {job_id} is waiting." if job_id else "The same job was asked for before; nothing was added."
    return Answer({"id": job_id}, text)


def retry(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Try a job again."""
    with Core.open(settings) as core:
        core.jobs.retry(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is waiting again.")


def cancel(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Cancel a job."""
    with Core.open(settings) as core:
        core.jobs.cancel(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is cancelled, or stops at its next step.")


def discard(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Forget a failed job."""
    with Core.open(settings) as core:
        core.jobs.discard(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is forgotten.")


def stats(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Counts by state and kind."""
    del arguments
    with Core.open(settings) as core:
        found = activity.stats(core.store)
    lines = [f"{state}: {count}" for state, count in found["states"].items()]
    lines += [f"{activity.title(name)}: {counts}" for name, counts in found["kinds"].items()]
    return Answer(found, "\n".join(lines))
