"""`python -m app`: the window; with `--shots` pictures of every view instead."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="fluffymail", description="FluffyMail's window")
    parser.add_argument("--home", type=Path, help="the folder with the mailbox (default: yours)")
    parser.add_argument("--theme", choices=("light", "dark"), default="", help="not as the system says")
    parser.add_argument("--scale", type=float, help="size of everything, 2 for twice")
    parser.add_argument("--shots", type=Path, metavar="DIR", help="save pictures of every view and exit")
    options = parser.parse_args()
    if options.scale:
        _set_scale(options.scale)
    if options.shots:
        from app.shots import take

        return take(options.home, options.shots, theme=options.theme, scale=options.scale)
    from app.application import run

    return run(options.home, theme=options.theme)


def _set_scale(scale: float) -> None:
    """Qt reads the factor once, before it starts."""
    import os

    os.environ["QT_SCALE_FACTOR"] = str(scale)


if __name__ == "__main__":
    sys.exit(main())
