"""The models on this computer: which there are and what fits; add one, find some, take one away."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fluffy_core.ai.models import fetch
from fluffy_core.ai.models import found as found_models
from fluffy_core.ai.models import local as local_models
from fluffy_core.ai.models.catalog import Entry, Task
from fluffy_core.ai.models.local import LocalModel
from fluffy_core.config import Paths
from fluffy_core.domain.models import FoundModel, ModelStatus, ModelView
from fluffy_core.errors import ModelError
from fluffy_core.services.models import bench as model_bench
from fluffy_core.services.models.computer import Computer, this_computer
from fluffy_core.services.models.models import in_use, shelf
from fluffy_core.store.database import Database


def views(store: Database | None, paths: Paths) -> tuple[ModelView, ...]:
    """Every known model: the catalog's in its order, then the user's own."""
    all_, here = shelf(paths), this_computer(paths.models)
    used, measured = in_use(store, paths), model_bench.kept(paths.models)
    found = [_entry_view(one, paths.models, here) for one in all_.catalog.entries]
    found += [_own_view(one, here) for one in all_.own]
    return tuple(replace(one, in_use=one.id == used, bench=measured.get(one.id)) for one in found)


def computer(paths: Paths) -> Computer:
    """What this computer has for models."""
    return this_computer(paths.models)


def add(path: Path, paths: Paths, *, told: Callable[[int, int], object] = lambda done, total: None) -> str:
    """Take a GGUF file in as a model of the user's own; its id. Raises ModelError or DiskFullError."""
    return local_models.add(path, paths.models, taken=shelf(paths).ids, told=told).id


def find(paths: Paths, places: found_models.Places | None = None) -> tuple[FoundModel, ...]:
    """Models of other programs that can be used where they lie and are not yet; may take a second."""
    known = {one.path.resolve() for one in local_models.listed(paths.models)}
    here = this_computer(paths.models)
    found = found_models.find(places or found_models.usual_places())
    return tuple(_found(one, here) for one in found if one.path not in known)


def use_found(key: str, paths: Paths, places: found_models.Places | None = None) -> str:
    """Take up a model that `find` found, where it lies; its id. Raises ModelError when it is gone."""
    for one in found_models.find(places or found_models.usual_places()):
        if str(one.path) == key:
            return local_models.use_in_place(one, paths.models, taken=shelf(paths).ids).id
    raise ModelError("That model is not there any more.")


def remove(paths: Paths, model_id: str) -> int:
    """Delete a model's files; gives the bytes that this freed, 0 when it was not installed.

    A file of another program is only forgotten.

    Raises:
        ModelError: the id is unknown, or the files cannot be deleted.
    """
    everything = shelf(paths)
    if model_id not in everything.ids:
        everything.catalog.get(model_id)
    folder = paths.models / model_id
    if not folder.is_dir():
        return 0
    try:
        freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder)
    except OSError as error:
        raise ModelError(f"The model {model_id} cannot be removed: {error.strerror}.") from error
    return freed


def _entry_view(entry: Entry, models_dir: Path, here: Computer) -> ModelView:
    wanted = fetch.wanted_files(entry, models_dir)
    size, partial = fetch.download_bytes(wanted), fetch.partial_bytes(wanted, models_dir / entry.id)
    return ModelView(
        id=entry.id,
        name=entry.name,
        summary=entry.summary,
        licence=entry.licence,
        writes=entry.task is Task.GENERATE,
        origin="",
        context=entry.context,
        bytes=entry.bytes,
        download_bytes=size,
        partial_bytes=partial,
        ram_hint_mb=entry.ram_hint_mb,
        status=fetch.status(entry, models_dir),
        fit=here.fit(ram_hint_mb=entry.ram_hint_mb, bytes_needed=size - partial),
    )


def _own_view(model: LocalModel, here: Computer) -> ModelView:
    return ModelView(
        id=model.id,
        name=model.name,
        summary=model.quantisation,
        licence=model.licence,
        writes=True,
        origin=model.origin,
        context=model.context,
        bytes=model.bytes,
        download_bytes=0,
        partial_bytes=0,
        ram_hint_mb=model.ram_hint_mb,
        status=ModelStatus.READY if model.is_there else ModelStatus.DAMAGED,
        fit=here.fit(ram_hint_mb=model.ram_hint_mb),
    )


def _found(model: LocalModel, here: Computer) -> FoundModel:
    fit = here.fit(ram_hint_mb=model.ram_hint_mb)
    return FoundModel(
        str(model.path), model.name, model.origin, model.licence, model.bytes, model.ram_hint_mb, fit
    )
