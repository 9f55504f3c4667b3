"""The bus: who hears what, and who does not any more."""

from concurrent.futures import ThreadPoolExecutor

from fluffy_core.domain.ids import JobId
from fluffy_core.events import Bus, Changed, Changes, Event, Progress

STEP = Progress(JobId(1), "small", 1, 2, "half")


def test_every_listener_hears_every_event_in_order() -> None:
    bus, one, two = Bus(), list[Event](), list[Event]()
    bus.subscribe(one.append)
    bus.publish(STEP)
    bus.subscribe(two.append)
    bus.changed(Changed.JOBS, Changed.THREADS)
    assert one == [STEP, Changes(frozenset({Changed.JOBS, Changed.THREADS}))]
    assert two == one[1:]


def test_no_change_is_no_event() -> None:
    bus, heard = Bus(), list[Event]()
    bus.subscribe(heard.append)
    bus.changed()
    assert heard == []


def test_who_left_hears_nothing_and_may_leave_twice() -> None:
    bus, left, stays = Bus(), list[Event](), list[Event]()
    leave = bus.subscribe(left.append)
    bus.subscribe(stays.append)
    leave()
    leave()
    bus.publish(STEP)
    assert (left, stays) == ([], [STEP])


def test_a_listener_may_leave_while_it_listens() -> None:
    bus, heard = Bus(), list[Event]()

    def once(event: Event) -> None:
        heard.append(event)
        leave()

    leave = bus.subscribe(once)
    bus.publish(STEP)
    bus.publish(STEP)
    assert heard == [STEP]


def test_many_threads_subscribe_at_once() -> None:
    bus, heard = Bus(), list[Event]()

    def listen(_number: int) -> None:
        bus.subscribe(heard.append)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(listen, range(200)))
    bus.publish(STEP)
    assert len(heard) == 200
