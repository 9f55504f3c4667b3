"""The table of all kinds of jobs, as it is declared."""

from collections.abc import Iterable, Mapping

from fluffy_core.domain import job_words
from fluffy_core.domain.jobs import KindFacts
from fluffy_core.jobs import arguments
from fluffy_core.jobs.registry import HIGH, INTERACTIVE, MEDIUM, JobKind

_DAYS = {
    "mon": "Mondays", "tue": "Tuesdays", "wed": "Wednesdays", "thu": "Thursdays", "fri": "Fridays",
    "sat": "Saturdays", "sun": "Sundays",
}  # fmt: skip


def facts(kinds: Iterable[JobKind]) -> tuple[KindFacts, ...]:
    """What is declared, in words, in the order of declaration."""
    return tuple(
        KindFacts(
            name=kind.name,
            title=job_words.title(kind.name),
            queue=kind.queue,
            priority=priority_word(kind.priority),
            retries=kind.retries,
            batch=kind.batch,
            parallel=kind.parallel,
            time_limit=kind.time_limit,
            schedule=schedule_words(kind),
            arguments=arguments.described(kind.args),
            available=kind.handler is not None,
        )
        for kind in kinds
    )


def priority_word(priority: int) -> str:
    """A priority as people say it; the steps between are for the order inside one word."""
    if priority >= INTERACTIVE:
        return "interactive"
    return "high" if priority >= HIGH else "medium" if priority >= MEDIUM else "low"


def schedule_words(kind: JobKind) -> str:
    """When the clock asks for it: "daily 09:00", "every 15 min", "Mondays 08:00"; "" for never."""
    return "" if kind.schedule is None else cron_words(kind.schedule.fields)


def cron_words(fields: Mapping[str, str]) -> str:
    """The fields of a cron expression as people say them; as they are when nobody says such a thing."""
    for field, unit in (("minute", "min"), ("hour", "h")):
        if fields.get(field, "").startswith("*/"):
            return f"every {fields[field][2:]} {unit}"
    hour, minute = fields.get("hour", "0"), fields.get("minute", "0")
    at = f"{int(hour):02}:{int(minute):02}" if hour.isdigit() and minute.isdigit() else f"{hour}:{minute}"
    if "day_of_week" in fields:
        return f"{_DAYS.get(fields['day_of_week'], fields['day_of_week'])} {at}"
    if "day" in fields:
        return f"monthly {at}" if fields["day"].isdigit() else f"on {fields['day']} {at}"
    return f"daily {at}"
