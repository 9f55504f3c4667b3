"""Kinds of jobs whose skill comes with a later version: all but the handler is declared."""

from datetime import datetime

from fluffy_core.domain.jobs import Queue
from fluffy_core.jobs.arguments import Arg
from fluffy_core.jobs.registry import HIGH, LOW, MEDIUM, JobKind, ids_key
from fluffy_core.jobs.tasks.arguments import number, numbers

HOUR = 3600.0
VERSION = "1"


def today() -> str:
    """The day in the user's zone: 2025-03-10."""
    return f"{datetime.now().astimezone():%Y-%m-%d}"


def this_week() -> str:
    """The week in the user's zone: 2025-W11."""
    return f"{datetime.now().astimezone():%G-W%V}"


def this_month() -> str:
    """The month in the user's zone: 2025-03."""
    return f"{datetime.now().astimezone():%Y-%m}"


def kinds() -> tuple[JobKind, ...]:
    """What nothing schedules and nobody can ask for yet."""
    return (*_accounts(), *_people(), *_business())


def _accounts() -> tuple[JobKind, ...]:
    return (
        JobKind(
            name="prepare-meeting", queue=Queue.NORMAL, priority=HIGH,
            args={"meeting_id": int, "starts_at": Arg(int, 0)},
            key=lambda args: f"{args['meeting_id']}/{args['starts_at']}",
            handler=None, retries=1, batch=2, parallel=2,
        ),
    )  # fmt: skip


def _people() -> tuple[JobKind, ...]:
    return (
        JobKind(
            name="enrich-contact", queue=Queue.SLOW, priority=LOW,
            args={"contact_id": int, "sources": Arg(list, list, of=str), "day": Arg(str, today)},
            key=lambda args: f"{args['contact_id']}/{args['sources']}/{args['day']}",
            handler=None, batch=5, parallel=2,
        ),
        JobKind(
            name="analyze-relationships", queue=Queue.SLOW, priority=LOW,
            args={
                "contact_id": Arg(int, 0),  # 0 stands for all
                "timeframe": Arg(str, "90d", choices=("30d", "90d", "1y")),
                "day": Arg(str, today),
            },
            key=lambda args: f"{args['contact_id']}/{args['timeframe']}/{args['day']}",
            handler=None, time_limit=HOUR,
        ),
        JobKind(
            name="find-dormant-relationships", queue=Queue.SLOW, priority=LOW,
            args={
                "inactive_days": Arg(int, 90, least=1, most=3650),
                "min_score": Arg(int, 0, least=0, most=100),
                "week": Arg(str, this_week),
            },
            key=lambda args: str(args["week"]),
            handler=None, time_limit=HOUR,
        ),
        JobKind(
            name="score-leads", queue=Queue.NORMAL, priority=LOW,
            args={"contact_ids": Arg(list, list), "day": Arg(str, today)},
            key=lambda args: f"{ids_key(numbers(args, 'contact_ids'), VERSION)}/{args['day']}",
            handler=None, time_limit=900.0,
        ),
    )  # fmt: skip


def _business() -> tuple[JobKind, ...]:
    return (
        JobKind(
            name="update-deal-pipeline", queue=Queue.FAST, priority=MEDIUM,
            args={
                "deal_id": int, "activity_type": Arg(str, choices=("email", "meeting", "signature")),
                "activity_id": Arg(int, 0),
            },
            key=lambda args: f"{args['deal_id']}/{args['activity_type']}/{args['activity_id']}",
            handler=None, batch=10,
        ),
        JobKind(
            name="monitor-competitors", queue=Queue.SLOW, priority=LOW,
            args={"competitors": Arg(list, list, of=str), "day": Arg(str, today)},
            key=lambda args: f"{args['day']}/{ids_key([str(args['competitors'])], VERSION)}",
            handler=None, time_limit=HOUR,
        ),
        JobKind(
            name="analyze-contract", queue=Queue.SLOW, priority=MEDIUM,
            args={"attachment_id": int, "sha256": Arg(str, "")},
            key=lambda args: f"{args['sha256'] or number(args, 'attachment_id')}/{VERSION}",
            handler=None, batch=2, time_limit=900.0,
        ),
    )  # fmt: skip
