"""`python -m fluffy_core` and the `fluffy` command."""

import sys

from fluffy_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
