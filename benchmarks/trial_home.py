"""A home that lasts as long as an evaluation: mail of given files, and vectors where there is a model."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fluffy_core.config import Settings, load
from fluffy_core.core import Core
from fluffy_core.services import imports, meaning
from fluffy_core.services.searching import Embeds
from fluffy_core.store import messages


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


def embedder(core: Core) -> Embeds | None:
    """The installed embedder, given time; None where there is none."""
    return core.embed_if_installed(interactive=False, deadline=600.0)


def embed_all(core: Core, embed: Embeds) -> int:
    """Give every message its vectors; how many messages there are."""
    meaning.catch_up(core.store, embed, told=lambda _done, _total: None, going_on=lambda: True)
    return len(messages.all_ids(core.store))
