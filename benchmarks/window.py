"""The window, offscreen: seconds from its start to the first painted inbox, and stalls during an import."""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from benchmarks import programs
from benchmarks.results import Row, at_most
from benchmarks.workshop import Workshop

START_BAR, STALL_BAR = 1.5, 100.0
LIMIT = 300.0


def measure(shop: Workshop) -> Iterator[Row]:
    """Start-up with the large home, stalls during a small import; both in processes of their own."""
    if find_spec("PySide6") is None:
        yield Row(
            "window", "start to painted inbox", None, "s", at_most(START_BAR), "PySide6 is not installed"
        )
        return
    count = shop.sizes.large
    home = shop.filled(count).home
    starts = [
        drive(shop, "start", "--home", str(home), "--since", str(time.monotonic()))
        for _ in range(max(2, shop.sizes.rounds))
    ]
    yield start_row(starts, count)
    yield from _stalls(shop)


def _stalls(shop: Workshop) -> Iterator[Row]:
    count = shop.sizes.small
    home = shop.folder / "window"
    found = drive(shop, "stall", "--home", str(home), "--mail", str(shop.maildir(count)))
    shutil.rmtree(home, ignore_errors=True)
    yield from stall_rows(found, count, "an import")


def drive(shop: Workshop, *arguments: str, password: str = "") -> dict[str, Any]:
    """Run `benchmarks.window_driver` and read what it found."""
    env = {**shop.environment, "QT_QPA_PLATFORM": "offscreen", "FLUFFY_BENCH_PASSWORD": password}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium's sandbox refuses to run as root
    command = [sys.executable, "-m", "benchmarks.window_driver", *arguments]
    told: dict[str, Any] = json.loads(programs.run(command, env=env, limit=LIMIT).output.splitlines()[-1])
    return told


def start_row(starts: Sequence[Mapping[str, float]], count: int) -> Row:
    """The best start, with where its time went."""
    best = min(starts, key=lambda one: one["painted"])
    how = f"{count:,} messages, best of {len(starts)}: window shown after {best['shown']:.2f} s"
    details = {"runs": [dict(one) for one in starts]}
    return Row("window", "start to painted inbox", best["painted"], "s", at_most(START_BAR), how, details)


def stall_rows(found: Mapping[str, Any], count: int, what: str) -> Iterator[Row]:
    """The longest gap in the main thread's heartbeat, beside that of the same window at rest."""
    how = (
        f"{what} of {count:,} in {found['seconds']:.1f} s; {found['over_50']} gaps over 50 ms; "
        f"at rest the longest was {found['rest_ms']:.0f} ms"
    )
    yield Row(
        "window", f"longest stall during {what}", found["worst_ms"], "ms", at_most(STALL_BAR), how, found
    )
