"""The user's zone: the one they chose, else the computer's, read anew each time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
import tzlocal

from fluffy_core.services.home import local_time
from fluffy_core.store import settings
from fluffy_core.store.database import Database

EVENING = datetime(2026, 3, 2, 23, 30, tzinfo=UTC).timestamp()


def choose(store: Database, name: object) -> None:
    with store.transaction() as tx:
        settings.put(tx, local_time.ZONE, name)


def test_a_chosen_zone_overrides_the_computers(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tzlocal, "reload_localzone", lambda: ZoneInfo("America/New_York"))
    assert str(local_time.zone(store)) == "America/New_York"
    assert local_time.day(store, EVENING) == "2026-03-02"
    choose(store, "Europe/Berlin")
    assert str(local_time.zone(store)) == "Europe/Berlin"
    assert local_time.day(store, EVENING) == "2026-03-03"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", "", 5, None, "\0", "x" * 5000])
def test_a_zone_that_is_none_leaves_the_computers(
    store: Database, monkeypatch: pytest.MonkeyPatch, name: object
) -> None:
    monkeypatch.setattr(tzlocal, "reload_localzone", lambda: ZoneInfo("Asia/Tokyo"))
    choose(store, name)
    assert str(local_time.zone(store)) == "Asia/Tokyo"


def test_a_computer_that_changes_its_zone_is_noticed(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert str(local_time.zone(store)) == "Europe/Berlin"
    monkeypatch.setenv("TZ", "America/New_York")
    assert str(local_time.zone(store)) == "America/New_York"


def test_a_computer_without_a_zone_is_in_utc(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ZoneInfoNotFoundError("no zone")

    monkeypatch.setattr(tzlocal, "reload_localzone", fails)
    assert local_time.zone(store) is UTC
