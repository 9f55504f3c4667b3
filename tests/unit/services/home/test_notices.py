"""Notices: each thing once, quiet hours, a master switch, settings that survive nonsense."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import FollowUp
from fluffy_core.errors import UsageError
from fluffy_core.services.home import notices
from fluffy_core.services.home.notices import MOST_WAIT, Notice, NoticeSettings, Told
from fluffy_core.store import alerts, insight, settings
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import ME, Letter

ZONE = datetime.now().astimezone().tzinfo
NIGHT = NoticeSettings(quiet=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    made = stored.empty(tmp_path)
    yield made
    made.close()


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 3, 10, hour, minute, tzinfo=ZONE)


def fail(store: Database, about: str = "job x", *, times: int = 1) -> None:
    with store.transaction() as tx:
        for _ in range(times):
            alerts.note(tx, about, text=f"{about} failed: no disk.", cure="Make room.", now=1000.0)


def take(store: Database, now: datetime | None = None) -> Told:
    return notices.take(store, now=now or at(12))


def find(store: Database, *letters: int) -> None:
    """Follow-ups for these letters (their places), the only open ones."""
    rows = store.all("SELECT id, thread_id, date FROM messages ORDER BY id")
    chosen = [rows[place] for place in letters]
    found = [
        (row[1], FollowUp(MessageId(row[0]), "an answer", 7, "asked a week ago"), row[2]) for row in chosen
    ]
    with store.transaction() as tx:
        insight.replace_follow_ups(tx, found)


def test_an_alert_is_told_once(store: Database) -> None:
    fail(store)
    assert take(store).notices == (Notice("job x failed: no disk.", "Make room.", "activity"),)
    assert take(store) == Told()
    fail(store)
    assert take(store) == Told()


def test_an_alert_is_told_again_when_it_is_serious_and_never_after(store: Database) -> None:
    fail(store, times=2)
    take(store)
    fail(store)
    (told,) = take(store).notices
    assert (told.urgent, told.text) == (True, "Make room. It failed 3 times today.")
    fail(store, times=5)
    assert take(store) == Told()


def test_an_alert_that_was_read_before_is_not_told(store: Database) -> None:
    fail(store)
    with store.transaction() as tx:
        alerts.settle(tx, "job x")
    assert take(store) == Told()


@pytest.mark.parametrize("about", ["account 3", "folder 7"])
def test_what_is_about_an_account_leads_to_the_accounts(store: Database, about: str) -> None:
    fail(store, about)
    (told,) = take(store).notices
    assert told.page == "accounts"


def test_two_at_once_are_one_notice(store: Database) -> None:
    for number in range(6):
        fail(store, f"job {number}")
    (told,) = take(store).notices
    assert told.title == "6 things to look at"
    assert told.text.split("\n")[0].endswith(" failed: no disk.")
    assert told.text.split("\n")[-1] == "and 2 more"
    assert len(told.text.split("\n")) == 5


def test_follow_ups_are_told_when_they_are_new(store: Database) -> None:
    stored.keep(store, [Letter(f"Quote {n}", sender=ME, to="ann@firm.example", day=n) for n in range(4)])
    find(store, 0, 1)
    (told,) = take(store).notices
    assert told == Notice("2 mails of yours have no answer", "Quote 0 and 1 more", "inbox")
    find(store, 0, 1)
    assert take(store) == Told()
    find(store, 1, 2)
    assert take(store).notices == (Notice("A mail of yours has no answer", "Quote 2", "inbox"),)
    find(store)
    assert take(store) == Told()


def test_nothing_of_a_mail_is_told_but_its_subject(store: Database) -> None:
    stored.keep(store, [Letter("Offer", "The secret is 4711.\n", sender=ME, to="ann@firm.example")])
    find(store, 0)
    (told,) = take(store).notices
    assert "secret" not in told.title + told.text
    assert "ann" not in told.title + told.text


def test_the_quiet_hours_hold_everything_back_and_end_with_one_notice(store: Database) -> None:
    notices.write(store, NIGHT)
    fail(store, "job a")
    fail(store, "job b")
    assert take(store, at(23, 30)) == Told(wait=MOST_WAIT.total_seconds())
    assert take(store, at(6, 50)) == Told(wait=600.0)
    (told,) = take(store, at(7)).notices
    assert told.title == "2 things to look at"
    assert take(store, at(8)) == Told()


def test_switched_off_nothing_is_told_then_or_later(store: Database) -> None:
    notices.write(store, NoticeSettings(enabled=False, quiet=True))
    fail(store)
    assert take(store, at(23)) == Told()
    notices.write(store, NoticeSettings())
    assert take(store) == Told()
    fail(store, "job y")
    assert len(take(store).notices) == 1


@pytest.mark.parametrize(
    ("start", "end", "now", "minutes"),
    [
        ("22:00", "07:00", at(21, 59), 0),
        ("22:00", "07:00", at(22), 540),
        ("22:00", "07:00", at(0), 420),
        ("22:00", "07:00", at(7), 0),
        ("12:00", "13:30", at(12, 30), 60),
        ("12:00", "13:30", at(13, 30), 0),
        ("12:00", "13:30", at(11), 0),
        ("08:00", "08:00", at(8), 0),
    ],
)
def test_quiet_hours_may_span_midnight(start: str, end: str, now: datetime, minutes: int) -> None:
    chosen = NoticeSettings(quiet=True, quiet_from=start, quiet_until=end)
    assert notices.quiet_for(chosen, now) == timedelta(minutes=minutes)
    off = NoticeSettings(quiet=False, quiet_from=start, quiet_until=end)
    assert notices.quiet_for(off, now) == timedelta()


def test_settings_come_back_as_they_were(store: Database) -> None:
    assert notices.read(store) == NoticeSettings(True, False, "22:00", "07:00", False)
    chosen = NoticeSettings(False, True, "21:15", "06:45", True)
    notices.write(store, chosen)
    assert notices.read(store) == chosen


@pytest.mark.parametrize("nonsense", ["8", "25:00", "", "22:00:00", "late", "２２:00"])
def test_a_time_that_is_none_is_refused(store: Database, nonsense: str) -> None:
    with pytest.raises(UsageError, match="is not a time of day"):
        notices.write(store, NoticeSettings(quiet_from=nonsense))


@pytest.mark.parametrize(
    "found", [7, [], {"enabled": "yes", "quiet_from": "25:99", "quiet": 1, "quiet_until": 7, "new": True}]
)
def test_settings_written_by_hand_do_no_harm(store: Database, found: object) -> None:
    with store.transaction() as tx:
        settings.put(tx, "notices", found)
        settings.put(tx, "notices-alerts-told", found)
        settings.put(tx, "notices-follow-ups-told", found)
    assert notices.read(store) == NoticeSettings()
    fail(store)
    assert len(take(store).notices) == 1
