"""A token bucket by a clock of its own: bursts, the long run, order, places, and giving up."""

import threading
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.connectors.network.pace import GMAIL, GRAPH, Limits, Pace, Paces
from tests.fakes.jobs import wait


class World:
    """Time passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.gives_up = False

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        if not self.gives_up:
            self.now += seconds
        return self.gives_up


@pytest.fixture
def world() -> World:
    return World()


def take(pace: Pace, world: World, cost: float = 1.0) -> float:
    """Seconds that a turn had to be waited for."""
    before = world.now
    with pace.turn(cost, world.wait) as given:
        assert given is not world.gives_up
    return world.now - before


def test_a_burst_is_free_and_the_rest_comes_at_the_rate(world: World) -> None:
    pace = Pace(Limits(rate=2.0, burst=3.0), clock=world.clock)
    assert [take(pace, world) for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    world.now += 100
    assert [take(pace, world) for _ in range(4)] == [0, 0, 0, 0.5], "no more than a burst is saved up"


def test_more_than_a_burst_at_once_is_waited_for(world: World) -> None:
    pace = Pace(Limits(rate=10.0, burst=5.0), clock=world.clock)
    assert take(pace, world, 25.0) == pytest.approx(2.0)


@given(costs=st.lists(st.floats(0.1, 50.0), min_size=1, max_size=60))
def test_in_the_long_run_the_rate_holds_whatever_is_asked_for(costs: list[float]) -> None:
    world = World()
    pace = Pace(Limits(rate=7.0, burst=20.0), clock=world.clock)
    begun = world.now
    for cost in costs:
        take(pace, world, cost)
        assert world.now - begun >= 0
    assert sum(costs) <= 20.0 + 7.0 * (world.now - begun) + 1e-6


def test_who_gives_up_takes_nothing(world: World) -> None:
    pace = Pace(Limits(rate=1.0, burst=1.0), clock=world.clock)
    take(pace, world)
    world.gives_up = True
    assert take(pace, world, 100.0) == 0
    world.gives_up = False
    assert take(pace, world) == pytest.approx(1.0)


def test_no_more_than_so_many_are_under_way_at_once(world: World) -> None:
    pace = Pace(Limits(rate=1000.0, burst=1000.0, at_once=2), clock=world.clock)
    with ExitStack() as turns:
        for _ in range(2):
            assert turns.enter_context(pace.turn(1, world.wait))
        world.gives_up = True
        with pace.turn(1, world.wait) as given:
            assert not given
    world.gives_up = False
    assert [take(pace, world) for _ in range(5)] == [0] * 5


def test_a_place_that_becomes_free_is_taken(world: World) -> None:
    pace = Pace(Limits(rate=1000.0, burst=1000.0, at_once=1))
    never, got = threading.Event(), threading.Event()

    def second() -> None:
        with pace.turn(1, never.wait) as given:
            assert given
            got.set()

    with pace.turn(1, never.wait):
        thread = threading.Thread(target=second, daemon=True)
        thread.start()
        assert not got.is_set()
    wait(got.is_set)
    thread.join(20)


def test_an_error_inside_frees_the_place(world: World) -> None:
    pace = Pace(Limits(rate=1.0, burst=10.0, at_once=1), clock=world.clock)
    with pytest.raises(ZeroDivisionError), pace.turn(1, world.wait):
        raise ZeroDivisionError
    assert take(pace, world) == 0


def test_all_that_ask_an_account_share_its_bucket() -> None:
    paces = Paces()
    assert paces.of("me", GMAIL) is paces.of("me", GMAIL)
    assert paces.of("me", GMAIL) is not paces.of("you", GMAIL)


def test_the_usual_limits_stay_below_those_of_the_providers() -> None:
    assert GMAIL.burst + 60 * GMAIL.rate <= 15_000
    assert GRAPH.burst + 600 * GRAPH.rate <= 10_000
    assert GRAPH.at_once == 4
