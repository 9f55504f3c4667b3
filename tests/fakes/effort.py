"""How much work something is: the least of a few measurements, so that a busy machine fails no test."""

import functools
import sys
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 5
SHORTEST = 0.01
"""Seconds; what takes less cannot be told from noise."""


def least(measure: Callable[[], float], *, enough: float) -> float:
    """The least of up to five measurements; the first of at most `enough` is the last.

    Noise makes one of them large, a fault all of them. What the core remembers by input is forgotten in
    between, or the second try would only look it up; other state `measure` has to make anew.
    """
    best = measure()
    for _ in range(TRIES - 1):
        if best > enough:
            _forget()
            best = min(best, measure())
    return best


def seconds(work: Callable[[], object]) -> float:
    """The CPU time that one call takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def within(limit: float, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns for these arguments; fails when it never takes at most `limit` seconds of CPU."""
    results: list[T] = []
    spent = least(lambda: seconds(lambda: results.append(work(*args, **kwargs))), enough=limit)
    assert spent <= limit, f"{spent:.3g} s of CPU where {limit:.3g} s are allowed"
    return results[-1]


def linear(work: Callable[[int], object], small: int, large: int) -> None:
    """Fail when the CPU time of `work` grows more than 2.5 times as much as its argument."""
    base = least(lambda: seconds(lambda: work(small)), enough=SHORTEST)
    within(2.5 * large / small * max(base, SHORTEST), work, large)


def _forget() -> None:
    """Empty the caches of the core, but for those that keep one thing that was loaded."""
    modules = [module for name, module in sys.modules.items() if name.startswith("fluffy_core.")]
    for one in [value for module in modules for value in vars(module).values()]:
        if isinstance(one, functools._lru_cache_wrapper) and (one.cache_parameters()["maxsize"] or 0) > 1:
            one.cache_clear()
