"""A first sync into an empty home, in its own process: `python -m benchmarks.first_sync HOME PORT USER`."""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

from fluffy_core.config import load
from fluffy_core.core import Core
from fluffy_core.domain.accounts import ALL, AccountSettings, Server
from fluffy_core.services.accounts import accounts
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.sync import Watch


def first_sync(home: Path, port: int, user: str) -> dict[str, float]:
    """Seconds from signing in to the last message stored and found, and how many came."""
    with Core.open(load(home)) as core:
        settings = AccountSettings(Server("127.0.0.1", port, "insecure-loopback"), user, since=ALL)
        started = time.perf_counter()
        added = accounts.add(
            core.store, core.gateway, user, settings=settings, password=os.environ["FLUFFY_BENCH_PASSWORD"]
        )
        connect = partial(accounts.connect, core.store, core.gateway)
        tally = sync.run(core.store, added.id, connect, watch=Watch())
        seconds = time.perf_counter() - started
    came = tally.stored + tally.duplicates + tally.unread if tally is not None else 0
    return {"seconds": seconds, "messages": came}


if __name__ == "__main__":
    print(json.dumps(first_sync(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
