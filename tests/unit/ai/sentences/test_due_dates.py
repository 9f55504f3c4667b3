"""Dates in requests and promises, English and German, relative to the day of the message."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.sentences.due_dates import Due, find, iso
from tests.fakes.effort import within

TUESDAY = date(2025, 5, 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by Thursday", "2025-05-08"),
        ("Could you do it by next Friday?", "2025-05-16"),
        ("by Tuesday", "2025-05-13"),
        ("this Tuesday", "2025-05-06"),
        ("tomorrow", "2025-05-07"),
        ("the day after tomorrow", "2025-05-08"),
        ("by EOD", "2025-05-06"),
        ("by close of business on Thursday", "2025-05-08"),
        ("this week", "2025-05-09"),
        ("by the end of next week", "2025-05-16"),
        ("at the weekend", "2025-05-11"),
        ("end of the month", "2025-05-31"),
        ("by the end of next month", "2025-06-30"),
        ("by the end of the quarter", "2025-06-30"),
        ("by the end of the year", "2025-12-31"),
        ("by end of May", "2025-05-31"),
        ("by end of January", "2026-01-31"),
        ("on May 12", "2025-05-12"),
        ("on the 12th of May", "2025-05-12"),
        ("no later than June 3rd, 2025", "2025-06-03"),
        ("2025-06-01", "2025-06-01"),
        ("before 5/12", "2025-05-12"),
        ("by 25/5", "2025-05-25"),
        ("by 5/12/25", "2025-05-12"),
        ("within two weeks", "2025-05-20"),
        ("within 48 hours", "2025-05-08"),
        ("in 3 days", "2025-05-09"),
        ("within 5 business days", "2025-05-13"),
        ("within 4 business days", "2025-05-12"),
        ("bis Freitag", "2025-05-09"),
        ("bis nächsten Freitag", "2025-05-16"),
        ("spätestens am 3. Juni um 10 Uhr", "2025-06-03"),
        ("am 12. Mai", "2025-05-12"),
        ("bis 12.05.", "2025-05-12"),
        ("bis zum 12.5.2026", "2026-05-12"),
        ("morgen früh", "2025-05-07"),
        ("bis übermorgen", "2025-05-08"),
        ("am Montagmorgen", "2025-05-12"),
        ("bis Ende nächster Woche", "2025-05-16"),
        ("bis Monatsende", "2025-05-31"),
        ("bis Ende des Jahres", "2025-12-31"),
        ("in zwei Wochen", "2025-05-20"),
        ("innerhalb von 14 Tagen", "2025-05-20"),
        ("in zwei Werktagen", "2025-05-08"),
        ("innerhalb von drei Arbeitstagen", "2025-05-09"),
        ("by 3rdjune", "2025-06-03"),
        ("by Monday 12 May", "2025-05-12"),
        ("by Monday, May 19th", "2025-05-19"),
        ("no later than the end of business on Monday 19 May", "2025-05-19"),
        ("bis Montag, den 19. Mai", "2025-05-19"),
        ("by the 3rd", "2025-06-03"),
        ("on the 15th", "2025-05-15"),
        ("am 3. kommen wir", "2025-06-03"),
        ("bis zum 31.", "2025-05-31"),
        ("by Friday the 16th", "2025-05-16"),
        ("bis Mittwoch, den 14.", "2025-05-14"),
        ("by noon", "2025-05-06"),
        ("before 5 pm", "2025-05-06"),
        ("by 5 pm on Thursday", "2025-05-08"),
        ("this afternoon", "2025-05-06"),
        ("two weeks from now", "2025-05-20"),
        ("übernächste Woche", "2025-05-23"),
        ("by\u00a0Thursday", "2025-05-08"),
    ],
)
def test_named_dates(text: str, expected: str) -> None:
    assert iso(text, TUESDAY) == expected
    assert iso(text.upper(), TUESDAY) == expected
    assert iso(f"({text})", TUESDAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Could you send it soon?",
        "Guten Morgen zusammen",
        "I may ask you 5 times",
        "half of it, 1/2 a page",
        "the report of May 3",
        "the numbers from Monday",
        "last Friday it was fine",
        "bis zum 31.2.2026",
        "on February 30, 2026",
        "since 2024-01-01",
        "the march to the sea",
        "section 12.5 of the contract",
        "the 3rd edition",
        "1. First of all",
        "version 2.",
        "we met at 5 pm",
        "two weeks ago",
        "ten days",
        "call 12/345-678",
    ],
)
def test_no_date(text: str) -> None:
    assert iso(text, TUESDAY) == ""


@pytest.mark.parametrize(
    "text", ["by \u017funday", "by augu\u017ft 5", "within \u017fix days", "by \u017fep 5"]
)
def test_letters_that_only_look_like_others_in_some_case_are_survived(text: str) -> None:
    """Expressions that ignore case take the long s for an s."""
    due = find(f"{text} or tomorrow", TUESDAY)
    assert due is not None
    assert due.day > TUESDAY


def test_a_deadline_wins_over_a_date_that_is_only_mentioned() -> None:
    due = find("About our meeting on May 20: please answer by Friday.", TUESDAY)
    assert due == Due(date(2025, 5, 9), "by Friday", deadline=True)


def test_a_mentioned_date_sets_no_deadline() -> None:
    due = find("Are you free on Thursday?", TUESDAY)
    assert due == Due(date(2025, 5, 8), "Thursday", deadline=False)
    assert due is not None
    assert due.iso == "2025-05-08"


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 31))
def test_a_day_of_the_month_is_the_next_of_that_number(sent: date, number: int) -> None:
    due = find(f"bis zum {number}. bitte", sent)
    assert due is not None
    assert due.deadline
    assert due.day.day == number
    assert 0 <= (due.day - sent).days <= 61


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 99))
def test_days_and_weeks_are_counted(sent: date, number: int) -> None:
    assert iso(f"within {number} days", sent) == (sent + timedelta(days=number)).isoformat()
    assert iso(f"in {number} Wochen", sent) == (sent + timedelta(weeks=number)).isoformat()


def test_a_day_without_a_year_lies_ahead() -> None:
    assert iso("by January 10", date(2025, 12, 20)) == "2026-01-10"
    assert iso("by Friday", date(2025, 12, 30)) == "2026-01-02"


def test_written_on_a_weekend_this_week_is_the_coming_one() -> None:
    assert iso("this week", date(2025, 5, 10)) == "2025-05-16"


@given(st.text(max_size=200), st.dates(date(1971, 1, 1), date(2100, 12, 31)))
def test_a_due_date_is_never_before_the_message(text: str, sent: date) -> None:
    due = find(text, sent)
    assert due is None or due.day >= sent


@given(
    st.lists(
        st.sampled_from(
            [
                "by",
                "end",
                "of",
                "next",
                "week",
                "may",
                "31",
                "30",
                "february",
                "29",
                "12/31",
                "2099",
                "in",
                "999",
                "months",
                "bis",
            ]
        )
    )
)
def test_heaps_of_date_words_are_survived(words: list[str]) -> None:
    due = find(" ".join(words), date(2096, 2, 28))
    assert due is None or due.day >= date(2096, 2, 28)


@pytest.mark.parametrize("unit", ["by ", "may 1 ", "1/1/", "end of the ", "1.1.", "in a ", " "])
def test_a_hostile_megabyte_takes_no_time(unit: str) -> None:
    within(1, find, unit * (1_000_000 // len(unit)), TUESDAY)
