"""Homes that last as long as an evaluation: mail of given files, sorted or not, and vectors where wanted."""

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
from fluffy_core.services.imports import imports
from fluffy_core.services.reading import meaning
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store import messages

LIMIT = 3600.0
"""Seconds that an import may take."""


@contextmanager
def opened(paths: Sequence[Path], *, me: Sequence[str] = ()) -> Iterator[Core]:
    """A core whose home holds the mail of these paths and nothing else; no jobs run."""
    with tempfile.TemporaryDirectory(prefix="fluffy-trial-") as folder:
        settings = load(Path(folder) / "home")
        with Core.open(Settings(settings.paths, key_file=Path(folder) / "trial.key")) as core:
            account_id = imports.start(core.store, list(paths), me=list(me))
            imports.run(
                core.store, account_id, scratch=settings.paths.scratch, on_page=lambda _tx, _step: None
            )
            with core.store.transaction() as tx:
                imports.settle(tx, account_id)
            yield core


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


def embedder(core: Core) -> Embeds | None:
    """The installed embedder, given time; None where there is none."""
    return core.embed_if_installed(interactive=False, deadline=600.0)


def embed_all(core: Core, embed: Embeds) -> int:
    """Give every message its vectors; how many messages there are."""
    meaning.catch_up(core.store, embed, told=lambda _done, _total: None, going_on=lambda: True)
    return len(messages.all_ids(core.store))
