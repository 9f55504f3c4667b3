"""Temporary homes that evaluations fill with the mail they were given."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.programs import BenchmarkError
from fluffy_core.config import Settings, load
from fluffy_core.core import Core

LIMIT = 3600.0
"""Seconds that an import may take."""


@contextmanager
def imported(paths: Sequence[Path], *, me: Sequence[str] = ()) -> Iterator[Core]:
    """A home with the mail of these files and folders, its people known and its mail sorted; gone afterwards.

    `me` are the owner's addresses; without them the program finds out, as it does for a user.

    Raises:
        BenchmarkError: the mail cannot be imported.
    """
    with tempfile.TemporaryDirectory(prefix="fluffy-evaluation-") as folder:
        home, key = Path(folder) / "home", Path(folder) / "key"
        owner = [word for one in me for word in ("--me", one)]
        command = [
            sys.executable,
            "-m",
            "fluffy_core",
            "--home",
            str(home),
            "import",
            *owner,
            *map(str, paths),
        ]
        env = os.environ | {"FLUFFY_KEY_FILE": str(key)}
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=LIMIT, check=False)
        if ended.returncode:
            raise BenchmarkError(ended.stderr.strip() or f"the import ended with {ended.returncode}")
        settings = load(home)
        with Core.open(Settings(settings.paths, key_file=key)) as core:
            yield core
