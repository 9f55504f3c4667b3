"""Every server of calendars and address books that the contracts hold for, by name."""

from collections.abc import Iterator

import pytest

from tests.fakes.calendar_stages import (
    CalendarStage,
    CardStage,
    MemoryCalendarStage,
    MemoryCardStage,
    radicale_card_stage,
    radicale_stage,
)
from tests.fakes.google_pim_stages import google_calendar_stage, google_card_stage
from tests.fakes.outlook_pim_stages import outlook_calendar_stage, outlook_card_stage

SERVERS = ("memory", "radicale", "google", "outlook")


def calendars(request: pytest.FixtureRequest) -> Iterator[CalendarStage]:
    """The calendars of the server that a fixture has for its parameter."""
    if request.param == "memory":
        yield MemoryCalendarStage()
    elif request.param == "google":
        with google_calendar_stage() as google:
            yield google
    elif request.param == "outlook":
        with outlook_calendar_stage() as outlook:
            yield outlook
    else:
        with radicale_stage(request.getfixturevalue("radicale_server")) as radicale:
            yield radicale


def cards(request: pytest.FixtureRequest) -> Iterator[CardStage]:
    """Its address books."""
    if request.param == "memory":
        yield MemoryCardStage()
    elif request.param == "google":
        with google_card_stage() as google:
            yield google
    elif request.param == "outlook":
        with outlook_card_stage() as outlook:
            yield outlook
    else:
        with radicale_card_stage(request.getfixturevalue("radicale_server")) as radicale:
            yield radicale
