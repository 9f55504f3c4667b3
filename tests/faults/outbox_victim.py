"""A process to be killed: sends what is in a home's outbox, optionally dying at a named commit point.

Run as `python -m tests.faults.outbox_victim HOME [--send | --draft] [--die WHERE:WHEN:COUNT] [--list FILE]`,
as `victim` is. With --send or --draft it puts a message in first.
"""

import argparse
import time
from pathlib import Path

from fluffy_core.core import Core
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft
from fluffy_core.services.accounts import senders
from fluffy_core.services.writing import outbox, outgoing
from tests.faults.victim import arm, settings

LETTER = Draft((Address("ann@x.example"),), subject="Killed", text="But not lost.")
LOOKS = (0.05, 0.05, 0.1)


def main() -> None:
    """Send until nothing is on its way any more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--send", action="store_true")
    parser.add_argument("--draft", action="store_true")
    parser.add_argument("--die", default="")
    parser.add_argument("--list", type=Path, default=None)
    arguments = parser.parse_args()
    outgoing.LOOKS = LOOKS  # type: ignore[assignment]
    with Core.open(settings(arguments.home)) as core:
        arm(arguments.die, arguments.list)
        me = senders.sender(core.store)
        if arguments.send:
            outbox.send(core.store, me.id, LETTER, hold=0.0)
        if arguments.draft:
            outbox.save_draft(core.store, me.id, LETTER)
        core.jobs.pause()  # no sync, no categories: only the outbox
        core.start_workers()
        while not core.idle():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
