"""Counting a thread, adding days up, and the words that a trend is told in."""

import pytest

from fluffy_core.domain.figures import Figures, Letter, count_thread, span, total, trends

HOUR = 3600


def them(date: int, *, personal: bool = True) -> Letter:
    return Letter(f"day {date // 86400}", date // HOUR % 24, date, mine=False, personal=personal)


def me(date: int) -> Letter:
    return Letter(f"day {date // 86400}", date // HOUR % 24, date, mine=True, personal=True)


def counted(*letters: Letter) -> dict[str, Figures]:
    days: dict[str, Figures] = {}
    count_thread(days, letters)
    return days


def test_a_question_and_its_answer_on_one_day() -> None:
    (day,) = counted(them(9 * HOUR), me(11 * HOUR)).values()
    assert (day.received, day.personal, day.sent, day.threads) == (1, 1, 1, 1)
    assert (day.answered, day.got_answer) == (1, 0)
    assert (day.my_waits, day.their_waits) == ([2 * HOUR], [])
    assert (day.my_response, day.their_response) == (2 * HOUR, None)
    assert (day.busiest(), day.busiest(sent=True)) == (9, 11)


def test_an_answer_counts_on_its_own_day_the_question_on_its_own() -> None:
    days = counted(me(20 * HOUR), them(30 * HOUR))
    first, second = days["day 0"], days["day 1"]
    assert (first.sent, first.got_answer, first.their_waits, first.threads) == (1, 1, [], 1)
    assert (second.received, second.got_answer, second.their_waits, second.threads) == (1, 0, [10 * HOUR], 0)


def test_the_wait_runs_from_the_last_message_of_the_other_side() -> None:
    (day,) = counted(them(1 * HOUR), them(2 * HOUR), me(5 * HOUR), me(6 * HOUR), them(7 * HOUR)).values()
    assert (day.my_waits, day.their_waits) == ([3 * HOUR], [1 * HOUR])
    assert (day.answered, day.got_answer) == (2, 2)


def test_mail_of_machines_is_received_and_nothing_more() -> None:
    (day,) = counted(them(HOUR, personal=False), them(2 * HOUR, personal=False)).values()
    assert (day.received, day.personal, day.threads, day.answered) == (2, 0, 0, 0)
    assert day.busiest() is None
    (mixed,) = counted(them(HOUR, personal=False), them(2 * HOUR), me(3 * HOUR)).values()
    assert (mixed.received, mixed.personal, mixed.threads, mixed.my_waits) == (2, 1, 1, [HOUR])


def test_nothing_counts_as_nothing() -> None:
    assert counted() == {}
    assert total([]) == Figures()


def test_days_add_up_and_medians_are_of_all_their_waits() -> None:
    days = [Figures(received=1, my_waits=[10, 20]), Figures(received=2, sent=3, my_waits=[90])]
    days[0].hours_received[4] = 2
    days[1].hours_received[4] = 1
    whole = total(days)
    assert (whole.received, whole.sent, whole.my_response) == (3, 3, 20)
    assert whole.hours_received[4] == 3
    assert days[0].my_waits == [10, 20]


def week(received: int = 0, waits: tuple[int, ...] = ()) -> Figures:
    return Figures(received=received, my_waits=list(waits))


TRENDS = [
    (60, [50, 50, 50, 50], 0.2, "60 messages received, 20% more than usual (50.0 a week)"),
    (25, [50, 50, 50, 50], -0.5, "25 messages received, 50% fewer than usual (50.0 a week)"),
    (52, [50, 50, 50, 50], 0.04, "52 messages received, as usual (50.0 a week)"),
    (1, [1, 1, 1, 1], 0.0, "1 message received, as usual (1.0 a week)"),
    (3, [0, 0, 0, 0], None, "3 messages received, none in the four weeks before"),
    (0, [0, 0, 0, 0], None, "0 messages received, as in the four weeks before"),
    (0, [10, 20, 30, 40], -1.0, "0 messages received, 100% fewer than usual (25.0 a week)"),
]


@pytest.mark.parametrize(("now", "before", "change", "text"), TRENDS)
def test_counts_beside_what_is_usual(now: int, before: list[int], change: float | None, text: str) -> None:
    trend = trends(week(now), [week(one) for one in before])[0]
    assert (trend.name, trend.now, trend.text) == ("received", now, text)
    assert trend.change == (None if change is None else pytest.approx(change))


def test_times_beside_what_is_usual() -> None:
    slow, usual = week(waits=(6 * HOUR,)), [week(waits=(2 * HOUR,)), week(waits=(4 * HOUR,)), week(), week()]
    by_name = {one.name: one for one in trends(slow, usual)}
    mine = by_name["my_response"]
    assert (mine.now, mine.usual, mine.text) == (
        6 * HOUR,
        3 * HOUR,
        "You answer within 6 hours, 100% slower than usual",
    )
    assert by_name["their_response"].text == "Nobody answered you"
    quick = {one.name: one for one in trends(week(waits=(HOUR,)), usual)}["my_response"]
    assert quick.text == "You answer within 1 hour, 67% faster than usual"
    first = {one.name: one for one in trends(slow, [])}["my_response"]
    assert (first.change, first.text) == (None, "You answer within 6 hours")


SPANS = [
    (0, "1 minute"), (59, "1 minute"), (600, "10 minutes"), (3600, "1 hour"), (86400, "24 hours"),
    (36 * 3600, "36 hours"), (2 * 86400, "2 days"), (400 * 86400, "400 days"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "words"), SPANS)
def test_lengths_of_time_in_words(seconds: int, words: str) -> None:
    assert span(seconds) == words
