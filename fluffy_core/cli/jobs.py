"""Commands about background jobs."""

import argparse
import json
from dataclasses import asdict

from fluffy_core.cli.answer import Answer, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import JobState
from fluffy_core.errors import UsageError
from fluffy_core.services.home import activity
from fluffy_core.store import ledger


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Jobs, newest change first."""
    try:
        states = (JobState(arguments.state),) if arguments.state else ()
    except ValueError as error:
        known = ", ".join(state.value for state in JobState)
        raise UsageError(f"“{arguments.state}” is not a state. The states are: {known}.") from error
    with Core.open(settings) as core:
        names = [core.jobs.registry.kind(one).name for one in arguments.kind]
        found = activity.jobs(
            core.store, states=states, names=names, account_id=arguments.account, limit=arguments.limit
        )
    lines = [f"{one.id:>7}  {one.state:13}  {activity.sentence(one)}" for one in found]
    return Answer(plain(found), "\n".join(lines) or "No jobs.")


def show(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Everything about one job."""
    with Core.open(settings) as core:
        found = ledger.get(core.store, JobId(arguments.id))
    if found is None:
        raise UsageError(f"There is no job {arguments.id}.")
    data = plain(found)
    lines = [
        activity.sentence(found),
        f"state {found.state}, try {found.attempt}, asked for {day(found.created_at)}",
    ]
    if found.state is JobState.DEAD:
        letter = activity.dead_letter(found)
        told = {"cause": letter.cause, "consequence": letter.consequence, "cure": letter.cure}
        lines += [f"{name}: {words}" for name, words in told.items()]
        data = data | told if isinstance(data, dict) else data
    lines += [f"arguments {json.dumps(found.args)[:500]}"]
    return Answer(data, "\n".join(lines))


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
    """Try a job again, or every dead one."""
    with Core.open(settings) as core:
        if _is_bulk(arguments):
            count = core.jobs.retry_dead(_kind(core, arguments))
            return Answer(
                {"count": count}, f"{number_of(count, 'failed job is', 'failed jobs are')} waiting again."
            )
        core.jobs.retry(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is waiting again.")


def _is_bulk(arguments: argparse.Namespace) -> bool:
    """Whether every dead job is meant; UsageError when it is unclear which."""
    bulk = bool(arguments.all_dead or arguments.kind)
    if bulk == (arguments.id is not None):
        raise UsageError(
            "Say which job by its number, or --all-dead, or --kind NAME for the dead ones of a kind."
        )
    return bulk


def _kind(core: Core, arguments: argparse.Namespace) -> str:
    """The kind that was named, "" without one. A name of an older version may still have dead jobs."""
    name = str(arguments.kind or "")
    if name and not activity.jobs(core.store, names=[name], limit=1):
        core.jobs.registry.kind(name)
    return name


def cancel(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Cancel a job."""
    with Core.open(settings) as core:
        core.jobs.cancel(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is cancelled, or stops at its next step.")


def discard(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Forget a failed job, or every dead one."""
    with Core.open(settings) as core:
        if _is_bulk(arguments):
            count = core.jobs.discard_dead(_kind(core, arguments))
            return Answer(
                {"count": count}, f"{number_of(count, 'failed job is', 'failed jobs are')} forgotten."
            )
        core.jobs.discard(JobId(arguments.id))
    return Answer({"id": arguments.id}, f"Job {arguments.id} is forgotten.")


def stats(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Counts by state and kind, depth, age of the oldest, throughput, alerts."""
    del arguments
    with Core.open(settings) as core:
        found, health = activity.stats(core.store, core.jobs.registry.names()), activity.health(core.store)
        alerts = activity.alerts(core.store)
    queue = found["queue"]
    lines = [health.text, *(f"{state}: {count}" for state, count in found["states"].items())]
    oldest = activity.span(float(str(queue["oldest_seconds"])))
    lines += [
        f"{queue['depth']} could run now, the oldest for {oldest}; {queue['done_last_hour']} done in an hour"
    ]
    had = {name: counts for name, counts in found["kinds"].items() if counts != {"runs": 0}}
    lines += [f"{activity.title(name)}: {_counts(counts)}" for name, counts in had.items()]
    lines += [f"Alert {one.id}: {one.text} {one.cure}" for one in alerts]
    return Answer({**found, "health": plain(health), "alerts": plain(alerts)}, "\n".join(lines))


def _counts(counts: object) -> str:
    """Counts as people read them: "1 run, 1 dead"."""
    found = counts.items() if isinstance(counts, dict) else ()
    return ", ".join(f"{count:,} {'run' if (name, count) == ('runs', 1) else name}" for name, count in found)


def kinds(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The table of all kinds of jobs."""
    del arguments
    with Core.open(settings) as core:
        found, paused = core.jobs.kinds(), activity.paused(core.store)
    rows = [("JOB", "QUEUE", "PRIORITY", "RETRIES", "BATCH", "LIMIT", "SCHEDULE", "")]
    rows += [
        (
            one.name, one.queue, one.priority, str(one.retries), f"{one.batch} x {one.parallel}",
            activity.span(one.time_limit), one.schedule or "-",
            "not available yet" if not one.available else "paused" if one.name in paused.kinds else "",
        )
        for one in found
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    data = [{**fields, "paused": fields["name"] in paused.kinds} for one in found for fields in [asdict(one)]]
    return Answer(plain(data), "\n".join(lines))


def pause(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Let all jobs wait, or those of one kind, or background work on battery."""
    with Core.open(settings) as core:
        if arguments.on_battery:
            core.jobs.pause_on_battery(True)
        else:
            core.jobs.pause(arguments.kind)
        return _paused(core)


def resume(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Go on."""
    with Core.open(settings) as core:
        if arguments.on_battery:
            core.jobs.pause_on_battery(False)
        else:
            core.jobs.resume(arguments.kind)
        return _paused(core)


def _paused(core: Core) -> Answer:
    found = activity.paused(core.store)
    names = ", ".join(activity.title(name) for name in sorted(found.kinds))
    text = (
        "Everything is paused."
        if found.everything
        else f"Paused: {names}."
        if names
        else "Nothing is paused."
    )
    text += (
        " On battery, background work waits." if found.on_battery else " Background work goes on on battery."
    )
    return Answer({**asdict(found), "kinds": sorted(found.kinds)}, text)


def alerts(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What failed and was not read yet; with --read N, that one is read."""
    with Core.open(settings) as core:
        if arguments.read is not None:
            activity.acknowledge(core.store, arguments.read)
        found = activity.alerts(core.store)
    lines = [f"{one.id:>5}  {day(one.last_at)}  {one.text} {one.cure}" for one in found]
    return Answer(plain(found), "\n".join(lines) or "No alerts.")
