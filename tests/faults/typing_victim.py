"""A process to be killed: writes a draft that is saved again and again, as while somebody types.

Run as `python -m tests.faults.typing_victim HOME COUNT [--die WHERE:WHEN:COUNT] [--list FILE]`, as `victim`.
Before and after each save it says so, with the number that the text ends with.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fluffy_core.core import Core
from fluffy_core.domain.outgoing import Written
from fluffy_core.services.writing import unsent
from tests.faults.victim import arm, settings

LINE = "A line that was typed, number {}.\n"


def text(number: int) -> str:
    """What stands there after so many lines."""
    return "".join(LINE.format(at) for at in range(1, number + 1))


def say(words: str) -> None:
    """Tell whoever will kill this process."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Write on where the last process stopped, if one did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--die", default="")
    parser.add_argument("--list", type=Path, default=None)
    arguments = parser.parse_args()
    with Core.open(settings(arguments.home)) as core:
        arm(arguments.die, arguments.list)
        found = unsent.overview(core.store)
        draft = found[0] if found else unsent.begin(core.store)
        start = draft.written.text.count("\n")
        for number in range(start + 1, start + arguments.count + 1):
            say(f"saving {number}")
            unsent.save(core.store, draft.id, replace(Written(), text=text(number)))
            say(f"saved {number}")


if __name__ == "__main__":
    main()
