"""Which language model is in use: what the user chose, else the best that is installed and fits."""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from fluffy_core.ai.host.process import Engine
from fluffy_core.ai.models import catalog, fetch
from fluffy_core.ai.models import local as local_models
from fluffy_core.ai.models.catalog import Catalog, Task
from fluffy_core.ai.models.local import LocalModel
from fluffy_core.config import Paths
from fluffy_core.domain.models import NO_MODEL, Fit, ModelStatus
from fluffy_core.errors import ModelError, UsageError
from fluffy_core.events import Changed
from fluffy_core.services.models.computer import this_computer
from fluffy_core.store import settings
from fluffy_core.store.database import Database

_CHOSEN, _SERVER = "language_model", "model_server"
_CEILING_MB = 1_536
"""Memory beside the weights: context, buffers, the runtime itself."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All models of a computer: those of the catalog, and the user's own."""

    catalog: Catalog
    own: tuple[LocalModel, ...]
    folder: Path

    @property
    def ids(self) -> frozenset[str]:
        """Every id that is taken."""
        return frozenset([one.id for one in self.catalog.entries] + [one.id for one in self.own])


def shelf(paths: Paths) -> Shelf:
    """What there is now. Raises ModelError when the catalog is not sound."""
    return Shelf(catalog.load(paths.catalog), local_models.listed(paths.models), paths.models)


def chosen(store: Database | None) -> str:
    """The id that the user chose, NO_MODEL, or "" for whatever is best."""
    value = settings.get(store, _CHOSEN, "") if store is not None else ""
    return value if isinstance(value, str) else ""


def use(store: Database, paths: Paths, model_id: str) -> None:
    """Choose the language model: an id, NO_MODEL, or "" for the best that is installed and fits.

    Raises:
        ModelError: there is no such language model, or it is not installed.
    """
    if model_id not in ("", NO_MODEL) and model_id not in {one.id for one in _usable(paths)}:
        if any(one.id == model_id for one in shelf(paths).own):
            raise ModelError(f"The file of {model_id} is not there any more.")
        entry = shelf(paths).catalog.get(model_id)
        if entry.task is not Task.GENERATE:
            raise ModelError(f"{entry.name} searches; it does not write.")
        raise ModelError(f"{model_id} is not installed. `fluffy models pull {model_id}` fetches it.")
    with store.transaction(durable=True) as tx:
        settings.put(tx, _CHOSEN, model_id)
        settings.put(tx, _SERVER, "")
        tx.changed(Changed.MODELS, Changed.SETTINGS)


def server(store: Database | None) -> str:
    """The address of a model server on this computer that is used instead of a file; "" for none."""
    value = settings.get(store, _SERVER, "") if store is not None else ""
    return value if isinstance(value, str) else ""


def use_server(store: Database, url: str) -> None:
    """Ask a server that the user runs on this computer (llama-server, Ollama); "" for none any more.

    Raises:
        UsageError: the address is not one of this computer.
    """
    if url and not _is_loopback(url):
        raise UsageError(
            f"{url} is not on this computer. The server has to be at an address like http://127.0.0.1:8080."
        )
    with store.transaction(durable=True) as tx:
        settings.put(tx, _SERVER, url.rstrip("/"))
        tx.changed(Changed.MODELS, Changed.SETTINGS)


def in_use(store: Database | None, paths: Paths) -> str:
    """Id of the language model in use; the address of the server, or "" for none."""
    engine = language_engine(store, paths)
    return server(store) or (engine.name if engine is not None else "")


def language_engine(store: Database | None, paths: Paths) -> Engine | None:
    """The file to write with: the model that was chosen, else the best that is installed and fits.

    Looks at the settings and at sizes of files each time, so that a change holds at once.
    """
    choice = chosen(store)
    if choice == NO_MODEL:
        return None
    found = _usable(paths)
    here = this_computer(paths.models)
    wanted = [one for one in found if one.id == choice] or [
        one for one in found if here.fit(ram_hint_mb=one.ram_hint_mb) is Fit.FITS
    ]
    return max(wanted, key=lambda one: one.ram_hint_mb).engine() if wanted else None


_FILE_FACTORY = "fluffy_core.ai.llm.llama:LlamaModel"


@dataclass(frozen=True, slots=True)
class _Usable:
    """A language model whose file is there."""

    id: str
    path: Path
    bytes: int
    ram_hint_mb: int
    context: int
    prompt_template: str = ""

    def engine(self) -> Engine:
        return Engine(
            name=self.id,
            factory=_FILE_FACTORY,
            model_dir=self.path.parent,
            files=(self.path.name,),
            memory_mb=_CEILING_MB + self.bytes // 1_000_000 * 5 // 4,
            options={
                "file": self.path.name,
                "name": self.id,
                "context": self.context,
                "template": self.prompt_template,
            },
        )


_MOST_CONTEXT = 8_192
"""Tokens: more is not asked for, and would take memory."""


def _usable(paths: Paths) -> list[_Usable]:
    """Language models that are installed, the catalog's first."""
    everything = shelf(paths)
    entries = [
        _Usable(
            one.id, paths.models / one.id / one.files[0].name, one.bytes, one.ram_hint_mb, one.context,
            one.prompt_template,
        )
        for one in everything.catalog.entries
        if one.task is Task.GENERATE and fetch.status(one, paths.models) is ModelStatus.READY
    ]  # fmt: skip
    own = [
        _Usable(
            one.id, one.path, one.bytes, one.ram_hint_mb, min(one.context or _MOST_CONTEXT, _MOST_CONTEXT)
        )
        for one in everything.own
        if one.is_there
    ]
    return entries + own


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or parts.username or parts.password or not host:
        return False
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
