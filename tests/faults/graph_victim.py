"""A process to be killed: as `sync_victim` and `calendar_victim`, with accounts at a loopback Graph.

Run as `python -m tests.faults.graph_victim mail|calendars HOME …`. FLUFFY_GRAPH_ROOT says where Graph is.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from fluffy_core.config import Settings
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import Roots
from fluffy_core.services.accounts import accounts
from tests.fakes.graph_server import TOKEN
from tests.faults import calendar_victim, sync_victim, victim

ROOT = "FLUFFY_GRAPH_ROOT"


def settings(home: Path) -> Settings:
    """A home whose Graph is on this computer."""
    return replace(victim.settings(home), roots=Roots(graph=os.environ[ROOT]))


def main() -> None:
    """Sign every account in by the token that Graph takes, then do as the others."""
    accounts.login = lambda *_: Login("ben@example.com", token=lambda rejected="": TOKEN)
    (sync_victim if sys.argv.pop(1) == "mail" else calendar_victim).main(settings)


if __name__ == "__main__":
    main()
