"""A process to be killed: fetches the mail of a home's accounts, optionally dying at a named commit point.

Run as `python -m tests.faults.sync_victim HOME [--google ROOT] [--die WHERE:WHEN:COUNT] [--list FILE]`, as
`victim` is. With a root all of Google is there, and its token is known.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fluffy_core.config import Settings
from fluffy_core.connectors.network import pace
from fluffy_core.core import Core
from fluffy_core.services.accounts import accounts, providers
from fluffy_core.services.sync import sync
from tests.fakes.google_stage import Tokens, roots
from tests.faults.victim import arm, settings


def main(of: Callable[[Path], Settings] = settings) -> None:
    """Catch up with every account and work until nothing is left; `of` are the settings of a home."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--die", default="")
    parser.add_argument("--list", type=Path, default=None)
    parser.add_argument("--google", default="")
    arguments = parser.parse_args()
    where = of(arguments.home)
    if arguments.google:
        where = replace(where, roots=roots(arguments.google))
        providers._token = lambda login: Tokens()
        pace.GMAIL = pace.Limits(1e9, 1e9)
    with Core.open(where) as core:
        arm(arguments.die, arguments.list)
        for one in accounts.listed(core.store):
            if not sync.is_first_open(core.store, one.id):
                core.jobs.enqueue(sync.LATER, {"account_id": one.id, "cursor": f"asked {time.time()}"})
        core.start_workers()
        while not core.jobs.idle():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
