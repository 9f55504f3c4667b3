"""Dates in requests and promises, English and German, relative to the day of the message."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.sentences.due_dates import Due, comes_day_first, find, iso
from tests.fakes.effort import within

TUESDAY = date(2025, 5, 6)


WEDNESDAY = date(2025, 5, 7)


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
    ("text", "expected"),
    [
        ("bitte bis Freitag 12 Uhr", "2025-05-09"),
        ("bis Ende Mai", "2025-05-31"),
        ("bis zum 15. bitte", "2025-05-15"),
        ("Anfang nächster Woche melde ich mich", "2025-05-12"),
        ("heute in zwei Wochen", "2025-05-21"),
        ("bis morgen Abend", "2025-05-08"),
        ("am 12.11. treffen wir uns", "2025-11-12"),
        ("bis spätestens Mittwoch, den 14. Mai", "2025-05-14"),
        ("Merci de répondre avant vendredi", "2025-05-09"),
        ("d'ici la fin de la semaine", "2025-05-09"),
        ("il me le faut pour demain", "2025-05-08"),
        ("avant le 15 mai", "2025-05-15"),
        ("d'ici fin mai", "2025-05-31"),
        ("dans deux semaines", "2025-05-21"),
        ("lundi prochain", "2025-05-12"),
        ("avant la fin du mois", "2025-05-31"),
        ("rendez-vous le 12/11", "2025-11-12"),
        ("d'ici le 1er juin", "2025-06-01"),
        ("sous 48 heures", "2025-05-09"),
        ("antes del viernes", "2025-05-09"),
        ("lo necesito para mañana por la tarde", "2025-05-08"),
        ("a finales de mes", "2025-05-31"),
        ("antes del 15 de mayo", "2025-05-15"),
        ("la semana que viene", "2025-05-16"),
        ("el próximo martes", "2025-05-13"),
        ("en dos semanas", "2025-05-21"),
        ("a más tardar el 12/11", "2025-11-12"),
        ("pasado mañana", "2025-05-09"),
        ("entro venerdì", "2025-05-09"),
        ("entro domani", "2025-05-08"),
        ("entro fine mese", "2025-05-31"),
        ("entro il 15 maggio", "2025-05-15"),
        ("tra due settimane", "2025-05-21"),
        ("lunedì prossimo", "2025-05-12"),
        ("entro la fine della prossima settimana", "2025-05-16"),
        ("dopodomani", "2025-05-09"),
        ("até sexta-feira", "2025-05-09"),
        ("até amanhã", "2025-05-08"),
        ("até o fim do mês", "2025-05-31"),
        ("até 15 de maio", "2025-05-15"),
        ("na próxima terça", "2025-05-13"),
        ("em duas semanas", "2025-05-21"),
        ("até o dia 20", "2025-05-20"),
        ("vóór vrijdag", "2025-05-09"),
        ("uiterlijk morgen", "2025-05-08"),
        ("voor het eind van de maand", "2025-05-31"),
        ("over twee weken", "2025-05-21"),
        ("volgende week dinsdag", "2025-05-13"),
        ("vóór 15 mei", "2025-05-15"),
        ("senast på fredag", "2025-05-09"),
        ("vi ses i morgon", "2025-05-08"),
        ("om två veckor", "2025-05-21"),
        ("senast den 15 maj", "2025-05-15"),
        ("i slutet av månaden", "2025-05-31"),
        ("nästa tisdag", "2025-05-13"),
        ("do piątku", "2025-05-09"),
        ("do jutra", "2025-05-08"),
        ("za dwa tygodnie", "2025-05-21"),
        ("do 15 maja", "2025-05-15"),
        ("do końca miesiąca", "2025-05-31"),
        ("w przyszłym tygodniu", "2025-05-16"),
    ],
)
def test_dates_in_other_languages(text: str, expected: str) -> None:
    assert iso(text, WEDNESDAY, day_first=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can you send it by EOD Friday?", "2025-05-09"),
        ("I need this by COB tomorrow", "2025-05-08"),
        ("Can we have it in two weeks?", "2025-05-21"),
        ("Please finish by the end of the month", "2025-05-31"),
        ("please reply by 12/11", "2025-12-11"),
        ("I will send it by mid-May", "2025-05-15"),
        ("no later than June 3", "2025-06-03"),
        ("I will call you early next week", "2025-05-12"),
        ("we need it by the end of next week", "2025-05-16"),
        ("a week from Friday works", "2025-05-16"),
        ("pay within 10 business days", "2025-05-21"),
        ("Friday the 23rd", "2025-05-23"),
        ("by the first of June", "2025-06-01"),
        ("I will have it in a month", "2025-06-07"),
    ],
)
def test_dates_as_people_write_them(text: str, expected: str) -> None:
    assert iso(text, WEDNESDAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kannst du mir das bis heute Abend schicken?", "2025-09-11"),
        ("in der kommenden Woche", "2025-09-19"),
        ("bis Mitte Oktober", "2025-10-15"),
        ("innerhalb der nächsten zwei Wochen", "2025-09-25"),
        ("übernächsten Montag", "2025-09-22"),
        ("vor Monatsende", "2025-09-30"),
        ("Peux-tu me l'envoyer au plus tard mardi ?", "2025-09-16"),
        ("dans les 10 jours", "2025-09-21"),
        ("fin de semaine prochaine", "2025-09-19"),
        ("jeudi 18 septembre", "2025-09-18"),
        ("en fin de journée", "2025-09-11"),
        ("¿Puedes enviarlo el lunes por la mañana?", "2025-09-15"),
        ("antes de fin de mes", "2025-09-30"),
        ("dentro de tres días hábiles", "2025-09-16"),
        ("el viernes 19 de septiembre", "2025-09-19"),
        ("esta semana", "2025-09-12"),
        ("entro la fine della settimana", "2025-09-12"),
        ("entro e non oltre il 30 settembre 2025", "2025-09-30"),
        ("per giovedì prossimo", "2025-09-18"),
        ("entro 5 giorni lavorativi", "2025-09-18"),
        ("até ao final da semana", "2025-09-12"),
        ("até segunda-feira, dia 15", "2025-09-15"),
        ("dentro de 3 dias úteis", "2025-09-16"),
        ("depois de amanhã", "2025-09-13"),
        ("graag voor het einde van de week", "2025-09-12"),
        ("binnen 3 werkdagen", "2025-09-16"),
        ("uiterlijk 30 september", "2025-09-30"),
        ("aanstaande maandag", "2025-09-15"),
        ("före fredag", "2025-09-12"),
        ("inom tre dagar", "2025-09-14"),
        ("nästa vecka", "2025-09-19"),
        ("senast 30/9", "2025-09-30"),
        ("najpóźniej w piątek", "2025-09-12"),
        ("do końca tygodnia", "2025-09-12"),
        ("w ciągu 3 dni", "2025-09-14"),
        ("do 30.09.2025", "2025-09-30"),
        ("w poniedziałek", "2025-09-15"),
    ],
)
def test_more_dates_in_other_languages(text: str, expected: str) -> None:
    assert iso(text, date(2025, 9, 11), day_first=True) == expected


def test_next_is_of_the_next_week_also_on_the_day_before() -> None:
    assert iso("let us meet next Tuesday", date(2025, 5, 5)) == "2025-05-13"
    assert iso("nächsten Dienstag", date(2025, 5, 5)) == "2025-05-13"


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "America/Chicago", "2025-12-11"),
        ("en", "Europe/London", "2025-11-12"),
        ("en", "Australia/Sydney", "2025-11-12"),
        ("", "UTC", "2025-12-11"),
        ("fr", "America/Chicago", "2025-11-12"),
    ],
)
def test_whether_days_come_before_months(language: str, zone: str, expected: str) -> None:
    day_first = comes_day_first(language, ZoneInfo(zone))
    assert iso("by 12/11", TUESDAY, day_first=day_first) == expected
    assert iso("by 12/25", TUESDAY, day_first=day_first) == "2025-12-25"
    assert iso("by 25/12", TUESDAY, day_first=day_first) == "2025-12-25"


def test_a_zone_without_a_name_tells_nothing() -> None:
    assert not comes_day_first("en", UTC)


def test_words_as_the_text_has_them() -> None:
    due = find("Please, By THE end of\u00a0May, not later", WEDNESDAY)
    assert due is not None
    assert due.words == "By THE end of May"
    assert due.deadline


@pytest.mark.parametrize(
    "text",
    [
        "",
        "le rapport de lundi dernier",
        "la reunión del lunes pasado",
        "esta mañana hablamos",
        "at the meeting last Tuesday",
        "il verbale del 3 maggio",
        "sinds maandag is het stuk",
        "a segunda versão",
        "chapitre 15, page 3",
        "jeden Morgen um acht",
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
