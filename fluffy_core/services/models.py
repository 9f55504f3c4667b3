"""The models on this computer: what there is, fetch one, take one away."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fluffy_core.ai import fetch
from fluffy_core.ai.catalog import Catalog, Entry
from fluffy_core.ai.fetch import Download, Status
from fluffy_core.errors import ModelError

Progress = Callable[[Entry, int, int], None]
"""Told (model, bytes done, bytes in all)."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model of the catalog and what lies in its folder. `download_bytes` is what a fetch would cost now."""

    entry: Entry
    status: Status
    download_bytes: int


def list_models(catalog: Catalog, models_dir: Path, *, thorough: bool = False) -> tuple[ModelState, ...]:
    """Every known model; with `thorough` the installed files are read and compared with their checksums."""
    return tuple(
        ModelState(
            entry,
            fetch.status(entry, models_dir, thorough=thorough),
            fetch.download_bytes(fetch.wanted_files(entry, models_dir, thorough=thorough)),
        )
        for entry in catalog.entries
    )


def pull(
    catalog: Catalog,
    models_dir: Path,
    ids: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    download: Download | None = None,
) -> tuple[Entry, ...]:
    """Install or mend these models, or the small ones that belong to every installation; gives their entries.

    Raises:
        ModelError: an id is unknown (then nothing is fetched), or a model cannot be had here.
        TransientError: a download failed; models fetched before it stay.
        DiskFullError: there is no room.
    """
    entries = tuple(catalog.get(model_id) for model_id in ids) or catalog.defaults
    for entry in entries:
        fetch.pull(entry, models_dir, progress=_for(entry, progress), download=download)
    return entries


def remove(catalog: Catalog, models_dir: Path, model_id: str) -> int:
    """Delete a model's files; gives the bytes that this freed, 0 when it was not installed.

    Raises:
        ModelError: the id is unknown, or the files cannot be deleted.
    """
    folder = models_dir / catalog.get(model_id).id
    if not folder.is_dir():
        return 0
    try:
        freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder)
    except OSError as error:
        raise ModelError(f"The model {model_id} cannot be removed: {error.strerror}.") from error
    return freed


def _for(entry: Entry, progress: Progress | None) -> fetch.Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(entry, done, total)
