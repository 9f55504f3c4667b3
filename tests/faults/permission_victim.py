"""A process to be killed: asks a provider's interface once with an account's permission.

Run as `python -m tests.faults.permission_victim HOME URL [--die WHERE:WHEN:COUNT]`, as `victim` is.
"""

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from fluffy_core.connectors.network.rest import Rest
from fluffy_core.core import Core
from fluffy_core.services.accounts import accounts, permissions
from tests.fakes.provider_accounts import roots
from tests.faults.victim import arm, settings


def main() -> None:
    """One request, with the token that the permission gives."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("url")
    parser.add_argument("--die", default="")
    arguments = parser.parse_args()
    with Core.open(replace(settings(arguments.home), roots=roots(arguments.url))) as core:
        arm(arguments.die, None)
        (account,) = accounts.listed(core.store)
        token = permissions.token(core.store, core.gateway, account.id)
        with closing(Rest(core.gateway, arguments.url, reason="trying", token=token)) as rest:
            rest.ask("GET", "api/anything")


if __name__ == "__main__":
    main()
