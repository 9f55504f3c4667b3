"""Work done ahead: in order, never far ahead, and never left behind."""

import threading
from collections.abc import Iterator

import pytest

from fluffy_core.services.imports.ahead import ahead


def test_everything_comes_in_order() -> None:
    assert list(ahead(iter(range(1000)))) == list(range(1000))
    assert list(ahead(iter(()))) == []


def test_it_is_made_beside_the_taker_and_never_far_ahead() -> None:
    made: list[int] = []
    makers = set()
    more = threading.Semaphore(0)

    def work() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            makers.add(threading.current_thread())
            more.release()
            yield number

    taken = ahead(work(), most=2)
    assert next(taken) == 0
    for _ in range(3):  # one taken, two that wait
        assert more.acquire(timeout=30)
    assert made == [0, 1, 2]
    assert list(taken) == list(range(1, 10))
    assert len(makers) == 1
    assert threading.current_thread() not in makers


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def work() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("over")

    taken = ahead(work())
    assert [next(taken), next(taken)] == [1, 2]
    with pytest.raises(ValueError, match="over"):
        next(taken)


def test_who_stops_early_ends_a_wait_inside() -> None:
    waits, ended = threading.Event(), threading.Event()

    def work() -> Iterator[int]:
        yield 1
        waits.set()
        if not ended.wait(30):
            raise AssertionError("nobody ended the wait")
        yield 2

    taken = ahead(work(), interrupt=ended.set)
    assert next(taken) == 1
    assert waits.wait(30)
    taken.close()
    assert ended.is_set()
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]


def test_two_in_a_row() -> None:
    inner = ahead(iter(range(100)))
    assert list(ahead(2 * one for one in inner)) == list(range(0, 200, 2))
