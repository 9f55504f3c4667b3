"""Connections of a span of time, added up for each host."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fluffy_core import Connection

SPANS = (("Today", 0), ("7 days", 6), ("3 months", 90))


@dataclass(frozen=True)
class HostSum:
    """What went to and came from one host; `refused` counts connections that were not let out."""

    host: str
    times: int
    received: int
    sent: int
    refused: int

    @property
    def bytes(self) -> int:
        """Both ways."""
        return self.received + self.sent


def since(days: int, *, now: float) -> float:
    """Midnight so many days ago, in Unix seconds."""
    today = datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=days)).timestamp()


def by_host(connections: Sequence[Connection]) -> list[HostSum]:
    """One sum for each host, what carried most first."""
    found: dict[str, list[Connection]] = {}
    for one in connections:
        found.setdefault(one.host, []).append(one)
    sums = [
        HostSum(
            host,
            sum(not one.refused for one in some),
            sum(one.received for one in some),
            sum(one.sent for one in some),
            sum(bool(one.refused) for one in some),
        )
        for host, some in found.items()
    ]
    return sorted(sums, key=lambda one: (-one.bytes, -one.times, one.host))
