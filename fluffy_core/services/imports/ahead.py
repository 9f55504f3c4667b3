"""Work done ahead, in a thread: the next thing is made while the last one is used."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, cast

T = TypeVar("T")
_END = object()


def ahead(
    work: Iterator[T], *, interrupt: Callable[[], object] = lambda: None, most: int = 1
) -> Generator[T]:
    """What `work` yields, made in a thread of its own that is at most `most` finished things ahead.

    What `work` raises is raised here, after everything before it. When the taker stops early (`close`, or
    an error on its side) `interrupt` is called to end a wait inside `work`, and the thread is waited for.
    """
    with ThreadPoolExecutor(1, "ahead") as thread:
        line: deque[Future[object]] = deque(thread.submit(next, work, _END) for _ in range(most))
        while True:
            line.append(thread.submit(next, work, _END))
            made = line.popleft().result()
            if made is _END:
                return
            wanted = False
            try:
                yield cast("T", made)
                wanted = True
            finally:
                if not wanted and [one for one in line if not (one.cancel() or one.done())]:
                    interrupt()
