"""`python -m fluffy_core` and the `fluffy` command."""

import gc
import sys

from fluffy_core.cli import main as command_line

THRESHOLDS = (50_000, 20, 20)
"""New objects, and rounds of the generation below, after which Python looks for cycles.

A page of messages is tens of thousands of objects without any: to look through them as often as usual takes a
twentieth of an import.
"""


def main() -> int:
    """Run the command of this process; returns its exit code."""
    gc.set_threshold(*THRESHOLDS)
    return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
