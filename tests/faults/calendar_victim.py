"""A process to be killed: fetches calendars and address books of a home, as `sync_victim` does mail.

Run as `python -m tests.faults.calendar_victim HOME [--die WHERE:WHEN:COUNT] [--list FILE]`.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.services.accounts import accounts
from fluffy_core.services.sync import calendars
from fluffy_core.store import ledger
from tests.faults.victim import arm, settings


def main(of: Callable[[Path], Settings] = settings) -> None:
    """Catch up with every account and work until nothing is left; `of` are the settings of a home."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--die", default="")
    parser.add_argument("--list", type=Path, default=None)
    arguments = parser.parse_args()
    with Core.open(of(arguments.home)) as core:
        arm(arguments.die, arguments.list)
        for one in accounts.listed(core.store):
            if not ledger.open_of_account(core.store, one.id, calendars.JOB):
                args = {"account_id": one.id, "sync_token": f"asked {time.time()}"}
                core.jobs.enqueue(calendars.JOB, args)
        core.start_workers()
        while not core.jobs.idle():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
