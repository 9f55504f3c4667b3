"""The words that name days, in all languages at once."""

import re

import pytest

from fluffy_core.ai.sentences.date_words import words

LANGUAGES = 9


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("monday", 0),
        ("dienstag", 1),
        ("mercredi", 2),
        ("jueves", 3),
        ("venerdì", 4),
        ("zaterdag", 5),
        ("niedzielę", 6),
    ],
)
def test_weekdays_count_from_monday(name: str, day: int) -> None:
    assert words().weekdays[name] == day


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_its_names(month: int) -> None:
    named = [name for name, number in words().months.items() if number == month]
    assert len(named) >= 5
    assert all(re.fullmatch(words().parts["month"], name) for name in named)


def test_no_name_stands_for_two_things() -> None:
    """A name twice in the file would silently count once."""
    known = words()
    assert not known.weekdays.keys() & known.months.keys() - {"mar"}
    assert set(known.numbers.values()) == {*range(1, 11), 14}


@pytest.mark.parametrize("unit", ["day", "week", "month", "hour", "working_day"])
def test_units_are_told_apart(unit: str) -> None:
    fitting = {
        "day": ["days", "Tage", "jours", "días", "giorni", "dagen", "dagar", "dni"],
        "week": ["weeks", "Wochen", "semaines", "semanas", "settimane", "weken", "veckor", "tygodnie"],
        "month": ["months", "Monaten", "mois", "meses", "mesi", "maanden", "månader", "miesiące"],
        "hour": ["hours", "Stunden", "heures", "horas", "ore", "uur", "timmar", "godziny", "h"],
        "working_day": ["business days", "Werktage", "jours ouvrés", "días hábiles", "giorni lavorativi"],
    }[unit]
    for text in fitting:
        found = [name for name, pattern in words().units.items() if pattern.fullmatch(text.lower())]
        assert found[:1] == [unit]


@pytest.mark.parametrize(
    ("text", "is_deadline"),
    [
        ("please send it by the end of ", True),
        ("spätestens bis zum ", True),
        ("avant la fin de ", True),
        ("antes del ", True),
        ("até o ", True),
        ("we met on ", False),
        ("baby ", False),
    ],
)
def test_what_stands_before_a_deadline(text: str, is_deadline: bool) -> None:
    match = re.compile("x").search(f"{text}x", len(text))
    assert match is not None
    assert bool(words().before(match, words().deadline)) is is_deadline


@pytest.mark.parametrize(
    ("text", "is_past"), [("since x", True), ("x dernier", True), ("by x", False), ("x or y", False)]
)
def test_what_is_over(text: str, is_past: bool) -> None:
    match = re.search("x", text)
    assert match is not None
    assert words().is_past(match) is is_past
