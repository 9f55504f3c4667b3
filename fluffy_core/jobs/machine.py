"""What the computer can bear: cores, battery, memory; and how many workers that makes."""

import os
from typing import Protocol

from fluffy_core.domain.jobs import Queue


class Machine(Protocol):
    """The computer as the job machine sees it."""

    def cores(self) -> int:
        """How many threads can really run at once."""

    def on_battery(self) -> bool:
        """Whether it runs on battery now; False for a computer without one."""

    def memory(self) -> int:
        """Bytes of memory that this process holds."""


class ThisMachine:
    """The real one."""

    def cores(self) -> int:
        """The cores that this process may use."""
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1

    def on_battery(self) -> bool:
        """Whether the system says that no charger is plugged in."""
        import psutil

        try:
            battery = psutil.sensors_battery()
        except (AttributeError, OSError, RuntimeError, ValueError):  # a driver's file that says nonsense
            return False
        return battery is not None and battery.power_plugged is False

    def memory(self) -> int:
        """The resident set; children are not counted, they have limits of their own."""
        import psutil

        return int(psutil.Process().memory_info().rss)


def workers(cores: int, *, on_battery: bool = False) -> dict[Queue, int]:
    """Worker threads for each queue: what runs Python at once is limited, so more would only take turns."""
    half = max(1, (cores // 2 if on_battery else cores) // 2)
    return {Queue.FAST: max(2, min(5, 2 * half)), Queue.NORMAL: min(3, half), Queue.SLOW: min(2, half)}
