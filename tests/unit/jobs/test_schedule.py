"""The clock asks for jobs: once a day, and once for what was missed."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

import pytest

from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.registry import Args, Daily, JobKind, Registry
from fluffy_core.jobs.schedule import Schedule

Asked = list[tuple[str, Args]]
KINDS = (
    JobKind(
        "tidy", Queue.SLOW, 10, {"day": str}, lambda args: str(args["day"]), lambda run: "",
        daily=Daily(time(9, 0), lambda day: {"day": day.isoformat()}),
    ),
    JobKind("on-demand", Queue.FAST, 10, {}, lambda args: "", lambda run: ""),
)  # fmt: skip


def schedule(asked: Asked, hour: int, kinds: tuple[JobKind, ...] = KINDS) -> Schedule:
    return Schedule(
        Registry(kinds),
        lambda name, args: asked.append((name, args)),
        now=lambda: datetime(2026, 3, 2, hour, 30, tzinfo=UTC),
    )


@pytest.fixture
def asked() -> Asked:
    return []


@pytest.fixture
def started(asked: Asked, request: pytest.FixtureRequest) -> Iterator[Schedule]:
    made = schedule(asked, request.param)
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize("started", [9, 23], indirect=True)
def test_what_the_day_had_before_the_start_is_asked_for_once(started: Schedule, asked: Asked) -> None:
    assert asked == [("tidy", {"day": "2026-03-02"})]


@pytest.mark.parametrize("started", [8], indirect=True)
def test_before_its_time_nothing_is_due(started: Schedule, asked: Asked) -> None:
    assert asked == []


@pytest.mark.parametrize("started", [8], indirect=True)
def test_the_trigger_fires_daily_and_forgives_sleep(started: Schedule, asked: Asked) -> None:
    assert started._scheduler is not None
    (job,) = started._scheduler.get_jobs()
    assert (str(job.trigger), job.misfire_grace_time, job.coalesce) == (
        "cron[hour='9', minute='0']",
        None,
        True,
    )
    job.func(*job.args)
    job.func(*job.args)
    assert asked == [("tidy", {"day": "2026-03-02"})] * 2


def test_without_daily_jobs_there_is_no_clock_to_follow(asked: Asked) -> None:
    made = schedule(asked, 10, KINDS[1:])
    made.start()
    assert made._scheduler is None
    made.stop()
