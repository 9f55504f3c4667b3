"""Google's contacts as cards, their sync tokens, and wrong answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from fluffy_core.connectors.base import ContactSource
from fluffy_core.connectors.google.contacts import card
from fluffy_core.domain.pim import ContactCard
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError
from tests.fakes.google_pim_stages import GoogleCardStage, google_card_stage
from tests.fakes.google_server import BROKEN, HTML, RATE, failure
from tests.fakes.web_server import Reply

FULL: dict[str, Any] = {
    "resourceName": "people/c1",
    "names": [
        {"displayName": "Old Name"},
        {"displayName": "Ann Öde", "givenName": "Ann", "familyName": "Öde", "metadata": {"primary": True}},
    ],
    "nicknames": [{"value": "Annie"}],
    "emailAddresses": [
        {"value": "private@example.com"},
        {"value": "Ann@Firm.example", "metadata": {"primary": True}},
        {"value": "ann@firm.example"},
        {"value": " "},
    ],
    "phoneNumbers": [{"value": "+49 30 1234567"}, {"value": "+49 30 1234567"}],
    "organizations": [{"name": "Firm", "department": "Sales", "title": "Head"}],
    "urls": [{"value": "https://firm.example"}],
    "addresses": [{"formattedValue": "Street 1\n10115 Berlin\nGermany"}],
    "birthdays": [{"date": {"year": 1980, "month": 2, "day": 9}}],
    "biographies": [{"value": "Met in Hamburg"}],
}


def test_everything_that_a_person_says() -> None:
    assert card(FULL) == ContactCard(
        name="Ann Öde",
        emails=("ann@firm.example", "private@example.com"),
        phones=("+49 30 1234567",),
        given="Ann",
        family="Öde",
        nickname="Annie",
        org="Firm",
        department="Sales",
        title="Head",
        urls=("https://firm.example",),
        addresses=("Street 1, 10115 Berlin, Germany",),
        birthday="1980-02-09",
        notes="Met in Hamburg",
        uid="people/c1",
    )


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ({"organizations": [{"name": "Firm"}], "emailAddresses": [{"value": "a@b.example"}]}, "Firm"),
        ({"emailAddresses": [{"value": "a@b.example"}]}, "a@b.example"),
        ({}, ""),
    ],
)
def test_who_has_no_name(person: dict[str, Any], name: str) -> None:
    assert card({"resourceName": "people/c1", **person}).name == name


@pytest.mark.parametrize(
    ("told", "birthday"),
    [
        ({"month": 2, "day": 9}, "--02-09"),
        ({"year": 1980}, ""),
        ({}, ""),
    ],
)
def test_birthdays(told: dict[str, int], birthday: str) -> None:
    assert card({"resourceName": "people/c1", "birthdays": [{"date": told}]}).birthday == birthday


@pytest.fixture
def stage() -> Iterator[GoogleCardStage]:
    with google_card_stage() as found:
        yield found


@pytest.fixture
def source(stage: GoogleCardStage) -> ContactSource:
    return stage.account()


def test_a_broken_person_costs_no_other(stage: GoogleCardStage, source: ContactSource) -> None:
    people = b'{"connections": [{"resourceName": "people/c1", "names": 5}, {"resourceName": "people/c2"}]}'
    stage.server.web.faults.append(Reply(content=people))
    page = source.cards()
    assert [one.id for one in page.changed] == ["people/c2"]
    assert page.problems == ("The contact people/c1 was left out: its values make no sense.",)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (failure(400, "Sync token is expired.", "EXPIRED_SYNC_TOKEN"), CursorExpiredError),
        (failure(410, "Gone", "gone"), CursorExpiredError),
        (failure(403, "The caller does not have permission", "forbidden"), AnswerError),
        (RATE, TransientError),
        (BROKEN, TransientError),
        (HTML, TransientError),
        (Reply(content=b'{"connections": [{}]}'), TransientError),
        (Reply(content=b'{"connections": [5]}'), TransientError),
        (Reply(content=b'{"nextPageToken": "t"}'), TransientError),
    ],
)
def test_what_a_failure_means(
    stage: GoogleCardStage, source: ContactSource, fault: Reply, error: type[Exception]
) -> None:
    cursor = source.cards().cursor
    stage.server.web.faults.append(fault)
    with pytest.raises(error):
        source.cards(cursor=cursor, token="t")
    assert source.cards(cursor=cursor).changed == ()


def test_a_whole_listing_that_is_refused_is_no_expired_cursor(
    stage: GoogleCardStage, source: ContactSource
) -> None:
    stage.server.web.faults.append(failure(400, "Bad field mask", "invalid"))
    with pytest.raises(AnswerError):
        source.cards()
