"""The table of the twenty jobs, as it was specified, against what is declared."""

from pathlib import Path

import pytest

from fluffy_core.domain import job_words
from fluffy_core.domain.jobs import KindFacts, Queue
from fluffy_core.errors import UsageError
from fluffy_core.jobs import catalogue, kinds
from fluffy_core.jobs.registry import HIGH, INTERACTIVE, LOW, MEDIUM, Registry
from tests.fakes.jobs import NO_PIM, kind, nowhere, paths
from tests.fakes.models import NoModels

TABLE = """
sync-emails-initial         slow    high    5  2 x 1   -
sync-emails-incremental     normal  high    3  2 x 1   every 15 min
extract-contacts            fast    medium  3  10 x 5  -
sync-calendar-events        normal  medium  3  2 x 1   daily
enrich-contact              slow    low     2  5 x 2   weekly
summarize-email-thread      normal  medium  2  4 x 1   idle
analyze-relationships       slow    low     2  1 x 1   daily
categorize-emails           fast    medium  2  50 x 1  -
analyze-writing-style       slow    low     2  1 x 1   monthly
check-follow-ups            normal  medium  2  1 x 1   daily 09:00
prepare-meeting             normal  high    1  2 x 2   -
score-leads                 normal  low     2  1 x 1   weekly
find-dormant-relationships  slow    low     2  1 x 1   Mondays 08:00
generate-email-draft        fast    high    2  3 x 3   -
update-deal-pipeline        fast    medium  2  10 x 1  -
monitor-competitors         slow    low     2  1 x 1   daily
analyze-contract            slow    medium  2  2 x 1   -
cleanup-old-data            slow    low     2  1 x 1   daily 03:00
check-sync-health           normal  medium  2  1 x 1   every 6 h
aggregate-analytics         slow    low     2  1 x 1   daily 02:00
"""
ROWS = [line.split(maxsplit=4) for line in TABLE.strip().splitlines()]
DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(catalogue.kinds(paths(tmp_path), NoModels(), connect=nowhere, pim=NO_PIM))


@pytest.fixture
def facts(registry: Registry) -> dict[str, KindFacts]:
    return {one.name: one for one in kinds.facts(registry)}


def test_there_are_these_twenty(registry: Registry) -> None:
    assert registry.names() == tuple(sorted(row[0] for row in ROWS))
    assert len(registry.names()) == 20


@pytest.mark.parametrize(("name", "queue", "priority", "retries", "rest"), ROWS, ids=[row[0] for row in ROWS])
def test_a_kind_is_declared_as_specified(
    facts: dict[str, KindFacts], name: str, queue: str, priority: str, retries: str, rest: str
) -> None:
    found = facts[name]
    batch, parallel, schedule = rest.replace(" x ", " ").split(maxsplit=2)
    assert (found.queue, found.priority, found.retries) == (Queue(queue), priority, int(retries))
    assert (found.batch, found.parallel) == (int(batch), int(parallel))
    if found.schedule:
        assert fits(found.schedule, schedule)
    if name == "check-follow-ups":
        assert found.schedule == "daily 09:00"


def fits(found: str, wanted: str) -> bool:
    """Whether the words of a schedule are those of the specification; it leaves some hours open."""
    if wanted == "weekly":
        return found.startswith(DAYS)
    return found.startswith("every " if wanted == "idle" else wanted)


def test_every_kind_has_words_and_a_limit(registry: Registry, facts: dict[str, KindFacts]) -> None:
    assert set(job_words.KINDS) == set(registry.names())
    for one in registry:
        assert one.time_limit > 0, one.name
        assert (one.backoff_cap, one.backoff_base) == (900.0, 2.0)
        assert facts[one.name].title == job_words.title(one.name)
        assert job_words.consequence(one.name).endswith(".")
    assert len({one.title for one in facts.values()}) == 20


def test_what_is_not_available_cannot_be_asked_for(registry: Registry, facts: dict[str, KindFacts]) -> None:
    later = [one.name for one in facts.values() if not one.available]
    assert {"enrich-contact", "prepare-meeting", "score-leads"} <= set(later)
    for name in later:
        with pytest.raises(UsageError, match=rf"\({name}\) is not available yet\.$"):
            registry.new_job(name, {}, run_after=0)
        assert registry.kind(name).handler is None


SAMPLES: dict[str, object] = {
    "account_id": 1, "contact_id": 2, "meeting_id": 3, "deal_id": 4, "attachment_id": 5, "thread_id": 6,
    "last_message_id": 7, "message_ids": [8, 9], "activity_type": "email", "start_date": "",
}  # fmt: skip


def test_every_kind_has_arguments_that_make_a_key(registry: Registry) -> None:
    for one in registry:
        given = {name: value for name, value in SAMPLES.items() if name in one.args}
        args = registry.checked(one, given)
        assert set(args) == set(one.args), one.name
        assert 0 < len(one.key(args)) < 200
        if one.name != "generate-email-draft":  # each request is its own
            assert one.key(registry.checked(one, given)) == one.key(args), one.name


def test_defaults_are_those_of_the_specification(registry: Registry) -> None:
    def defaults(name: str, **given: object) -> dict[str, object]:
        return registry.checked(registry.kind(name), given)

    assert defaults("analyze-writing-style")["sample_size"] == 100
    assert defaults("find-dormant-relationships")["inactive_days"] == 90
    assert defaults("check-follow-ups")["lookback_days"] == 3
    assert defaults("sync-emails-initial", account_id=1)["batch_size"] == 500
    with pytest.raises(UsageError, match="batch_size is less than 100"):
        defaults("sync-emails-initial", account_id=1, batch_size=99)
    with pytest.raises(UsageError, match="timeframe is not one of 30d, 90d, 1y"):
        defaults("analyze-relationships", timeframe="2y")
    with pytest.raises(UsageError, match="model is not one of fast, accurate"):
        defaults("summarize-email-thread", thread_id=1, last_message_id=1, model="best")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minute": "*/15"}, "every 15 min"),
        ({"hour": "*/6"}, "every 6 h"),
        ({"hour": "*/6", "minute": "0"}, "every 6 h"),
        ({"hour": "3"}, "daily 03:00"),
        ({"hour": "3", "minute": "5"}, "daily 03:05"),
        ({"day_of_week": "mon", "hour": "8"}, "Mondays 08:00"),
        ({"day_of_week": "mon-fri", "hour": "8"}, "mon-fri 08:00"),
        ({"day": "1", "hour": "4"}, "monthly 04:00"),
        ({"day": "last", "hour": "4"}, "on last 04:00"),
        ({"hour": "8,20"}, "daily 8,20:0"),
    ],
)
def test_a_schedule_in_words(fields: dict[str, str], words: str) -> None:
    assert kinds.cron_words(fields) == words


def test_priorities_in_words() -> None:
    assert [kinds.priority_word(one) for one in (0, LOW, MEDIUM, MEDIUM + 1, HIGH, INTERACTIVE)] == [
        "low", "low", "medium", "medium", "high", "interactive"
    ]  # fmt: skip


def test_a_kind_that_the_clock_never_asks_for_has_no_schedule() -> None:
    (one,) = kinds.facts([kind()])
    assert (one.schedule, one.available, one.arguments) == ("", True, "n")
