"""A process to be killed: imports files into a home, optionally dying at a named commit point.

Run as `python -m tests.faults.victim HOME PATH… [--die WHERE:WHEN:COUNT] [--list FILE]`. WHERE is the
function that opened the transaction, as module.function; WHEN is `before` or `after` its COMMIT; COUNT
says how often it is passed unharmed. Without --die it runs to the end. `--list` notes every commit point met.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.core import Core
from fluffy_core.services.imports import imports
from fluffy_core.store.database import Database, Transaction

ME = "me@example.com"
_passed: Counter[str] = Counter()


def settings(home: Path) -> Settings:
    """A home with a key file beside it and no models."""
    paths = Paths(home=home, models=home / "no-models", resources=resources_folder())
    return Settings(paths=paths, key_file=home.with_suffix(".key"))


def _caller() -> str:
    """The function of this program that opened the transaction."""
    frame = sys._getframe(3)
    while frame.f_back is not None and "contextlib" in frame.f_code.co_filename:
        frame = frame.f_back
    module = frame.f_globals.get("__name__", "").rpartition(".")[2]
    return f"{module}.{frame.f_code.co_name}"


def _die_if(point: str, wanted: str, count: int) -> None:
    if point == wanted:
        _passed[point] += 1
        if _passed[point] > count:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(die: str, seen: Path | None) -> None:
    """Wrap every transaction so that the process can die around its COMMIT."""
    wanted, _, count = die.rpartition(":") if die else ("", "", "0")
    original = Database.transaction

    @contextmanager
    def transaction(self: Database, *, durable: bool = False) -> Iterator[Transaction]:
        where = _caller()
        if seen is not None:
            with seen.open("a") as file:
                file.write(where + "\n")
        with original(self, durable=durable) as tx:
            yield tx
            _die_if(f"{where}:before", wanted, int(count))
        _die_if(f"{where}:after", wanted, int(count))

    Database.transaction = transaction  # type: ignore[method-assign]


def main() -> None:
    """Import everything and work until nothing is left."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--die", default="")
    parser.add_argument("--list", type=Path, default=None)
    arguments = parser.parse_args()
    arm(arguments.die, arguments.list)
    with Core.open(settings(arguments.home)) as core:
        imports.start(core.store, arguments.paths, me=[ME])
        core.start_workers()
        while not core.jobs.idle():
            time.sleep(0.02)


if __name__ == "__main__":
    main()
