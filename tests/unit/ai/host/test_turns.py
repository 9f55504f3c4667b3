"""The lock with priorities."""

import threading
import time

import pytest

from fluffy_core.ai.host.turns import Turns
from fluffy_core.errors import TransientError


def soon() -> float:
    return time.monotonic() + 5


def wait_for_waiters(turns: Turns, count: int) -> None:
    until = soon()
    while len(turns._waiting) < count:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_waiters_enter_by_priority_then_in_order() -> None:
    turns, order = Turns(), list[str]()

    def enter(name: str, priority: int) -> None:
        with turns.take(priority, soon()):
            order.append(name)

    threads = []
    with turns.take(1, soon()):
        for number, (name, priority) in enumerate([("b1", 1), ("b2", 1), ("i1", 0), ("b3", 1), ("i2", 0)]):
            thread = threading.Thread(target=enter, args=(name, priority))
            thread.start()
            threads.append(thread)
            wait_for_waiters(turns, number + 1)
    for thread in threads:
        thread.join(5)
    assert order == ["i1", "i2", "b1", "b2", "b3"]


def test_only_one_holds_the_turn() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def work(number: int) -> None:
        for _ in range(50):
            with turns.take(number % 2, soon()):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(most) == 300
    assert max(most) == 1


def test_who_cannot_wait_longer_is_told_and_holds_up_nobody() -> None:
    turns = Turns()
    with turns.take(1, soon()):
        started = time.monotonic()
        with pytest.raises(TransientError, match="busy"), turns.take(0, time.monotonic() + 0.1):
            pass
        assert 0.09 < time.monotonic() - started < 1
    with turns.take(1, soon()):
        pass


def test_the_turn_is_given_back_after_any_exception() -> None:
    turns = Turns()
    for error in (ValueError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error), turns.take(1, soon()):
            raise error
    with turns.take(1, time.monotonic() + 0.1):
        pass


def test_a_past_deadline_is_no_obstacle_when_nobody_waits() -> None:
    turns = Turns()
    with turns.take(1, time.monotonic() - 1):
        pass


def test_close_sends_waiters_and_latecomers_away() -> None:
    turns, told = Turns(), list[str]()

    def enter() -> None:
        try:
            with turns.take(0, soon()):
                told.append("entered")
        except TransientError as error:
            told.append(str(error))

    with turns.take(1, soon()):
        thread = threading.Thread(target=enter)
        thread.start()
        wait_for_waiters(turns, 1)
        turns.close()
        thread.join(5)
    enter()
    assert told == ["The model is closed: the program is ending."] * 2
