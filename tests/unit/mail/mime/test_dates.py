"""Dates as they are written in mail."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime.dates import parse_date
from tests.fakes.effort import within

NOW = 1_800_000_000.0
MARCH = 1_583_229_600  # 3 March 2020, 10:00 UTC


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("Tue, 3 Mar 2020 10:00:00 +0000", MARCH),
        ("3 Mar 2020 10:00:00", MARCH),
        ("Tue, 03 Mar 2020 10:00 GMT", MARCH),
        ("Tue, 3 Mar 2020 05:00:00 EST", MARCH),
        ("Tue, 3 Mar 2020 03:00:00 -0700 (MST)", MARCH),
        ("Tue, 3 Mar 2020 11:00:00 +0100", MARCH),
        ("Tue, 3 Mar 2020 15:30:00 +0530", MARCH),
        ("Tuesday, 3-Mar-20 10:00:00 GMT", MARCH),
        ("3 March 2020 10.00.00 +0000", MARCH),
        ("Tue, 3 Mar 2020 10:00:00 Z", MARCH),
        ("Tue Mar  3 10:00:00 2020", MARCH),
        ("2020-03-03T10:00:00Z", MARCH),
        ("2020-03-03 11:00:00 +0100", MARCH),
        ("Tue, 3 Mar 2020 10:00:00 +9999", MARCH),
        ("Tue, 3 Mar 2020 10:00:60 +0000", MARCH + 59),
        ("Sun, 18 Dec 0001 10:00:00 +0000", 1_008_669_600),
        ("3 Mar 98 10:00:00 +0000", 888_919_200),
        ("3 Mar 120 10:00:00 +0000", MARCH),
    ],
)
def test_dates_are_read(written: str, seconds: int) -> None:
    assert parse_date(written, now=NOW) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 1 Jan 1900 00:00:00 +0000",
        "Fri, 1 Jan 2100 00:00:00 +0000",
        "31 Feb 2020 10:00:00 +0000",
        "0 Jan 2020 10:00:00 +0000",
        "3 Mar 2020 25:00:00 +0000",
        "3 Mar 2020 10:61:00 +0000",
        "3 Foo 2020 10:00:00 +0000",
        "garbage",
        "",
        "99999999999999999999",
        "1 Jan 1970 00:00:00 +0100",
    ],
)
def test_what_is_no_date_or_absurd_is_none(written: str) -> None:
    assert parse_date(written, now=NOW) is None


def test_up_to_two_days_ahead_is_a_wrong_clock_not_an_absurdity() -> None:
    assert parse_date("Tue, 3 Mar 2020 10:00:00 +0000", now=MARCH - 172_800) == MARCH
    assert parse_date("Tue, 3 Mar 2020 10:00:00 +0000", now=MARCH - 172_801) is None


@given(st.integers(0, int(NOW)))
def test_what_the_standard_library_writes_is_read_back(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert parse_date(format_datetime(moment), now=NOW) == seconds


@given(st.text(max_size=100))
def test_any_text_survives(written: str) -> None:
    assert parse_date(written, now=NOW) is None or isinstance(parse_date(written, now=NOW), int)


@pytest.mark.parametrize("piece", ["1", " ", "Mon, ", "1 Jan ", "(", "10:"])
def test_a_long_header_is_quick(piece: str) -> None:
    within(1, parse_date, piece * 500_000, now=NOW)
