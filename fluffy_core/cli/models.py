"""Commands about models."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fluffy_core.ai.models import catalog
from fluffy_core.cli.answer import Answer, cut, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.models import Bench, Fit, FoundModel, ModelStatus, ModelView
from fluffy_core.services.models import bench as model_bench
from fluffy_core.services.models import downloads as model_downloads
from fluffy_core.services.models import models
from fluffy_core.services.models import shelf as model_shelf
from fluffy_core.store.database import Database

BEST = "best"
_STATES = {
    ModelStatus.READY: "installed",
    ModelStatus.MISSING: "",
    ModelStatus.PARTIAL: "download begun",
    ModelStatus.DAMAGED: "damaged",
}
_FITS = {
    Fit.FITS: "fits this computer",
    Fit.MEMORY: "too large for this computer's memory",
    Fit.DISK: "no room on the disk",
}


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Known models: what they are for and need, whether they fit, are here, are in use."""
    del arguments
    with _store(settings) as store:
        found = model_shelf.views(store, settings.paths)
        used = models.in_use(store, settings.paths)
    return Answer([_view(one) for one in found], "\n".join([*map(_line, found), "", _used_words(used)]))


def pull(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Fetch models; without ids the small ones."""
    known = catalog.load(settings.paths.catalog)
    wanted = tuple(known.get(one) for one in arguments.ids) or known.defaults
    with _store(settings) as store:
        carrier = model_downloads.carrier(store, settings.roots)
        for entry in wanted:
            show = None if arguments.json else _shown(entry.id)
            carrier.pull(entry, settings.paths.models, progress=show)
    names = [one.id for one in wanted]
    return Answer({"models": names}, f"Installed: {', '.join(names)}.")


def add(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Take a GGUF file in."""
    path = Path(arguments.path).expanduser()
    model_id = model_shelf.add(path, settings.paths, told=_shown(path.name))
    text = f"Added as {model_id}. `fluffy models use {model_id}` chooses it."
    return Answer({"id": model_id}, text)


def find(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Models of other programs; with --use one of them is taken up where it lies."""
    if arguments.use:
        key = str(Path(arguments.use).expanduser().resolve())
        model_id = model_shelf.use_found(key, settings.paths)
        return Answer({"id": model_id}, f"Known as {model_id}. `fluffy models use {model_id}` chooses it.")
    found = model_shelf.find(settings.paths)
    lines = [_found_line(one) for one in found] or ["No other program has a language model here."]
    return Answer({"found": plain(found)}, "\n".join(lines))


def use(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Choose the language model."""
    with Core.open(settings) as core:
        models.use(core.store, settings.paths, "" if arguments.id == BEST else arguments.id)
        used = models.in_use(core.store, settings.paths)
    return Answer({"in_use": used}, _used_words(used))


def server(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Use a server on this computer, or no longer; without an address, which one is used."""
    with Core.open(settings) as core:
        if arguments.url:
            models.use_server(core.store, "" if arguments.url == "off" else arguments.url)
        used, address = models.in_use(core.store, settings.paths), models.server(core.store)
    return Answer({"in_use": used, "server": address}, _used_words(used))


def bench(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Measure the language model in use."""
    del arguments
    with Core.open(settings) as core:
        name = core.models.language_model
        found = model_bench.measure(core.models)
        model_bench.keep(settings.paths.models, name, found)
    text = (
        f"{name} reads {found.reads:.0f} and writes {found.writes:.0f} tokens a second. "
        f"Summaries take about {_seconds(found.summary_seconds)} here, "
        f"drafts about {_seconds(found.draft_seconds)}."
    )
    return Answer({"model": name} | _bench(found), text)


def remove(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Delete a model's files."""
    freed = model_shelf.remove(settings.paths, arguments.id)
    return Answer({"id": arguments.id, "freed_bytes": freed}, f"{freed / 1e6:.0f} MB freed.")


@contextmanager
def _store(settings: Settings) -> Iterator[Database | None]:
    """The store of a home that is there; models can be fetched before there is one."""
    if not settings.paths.database.exists():
        yield None
        return
    with Core.open(settings) as core:
        yield core.store


def _view(one: ModelView) -> dict[str, object]:
    found = plain(one)
    assert isinstance(found, dict)
    return found | {"fits": one.fit is Fit.FITS, "bench": _bench(one.bench) if one.bench else None}


def _bench(found: Bench) -> dict[str, object]:
    return {
        "reads_per_second": round(found.reads, 1),
        "writes_per_second": round(found.writes, 1),
        "summary_seconds": round(found.summary_seconds, 1),
        "draft_seconds": round(found.draft_seconds, 1),
        "measured_at": found.at,
    }


def _line(one: ModelView) -> str:
    state = "in use" if one.in_use else _STATES[one.status]
    memory = f"needs {one.ram_hint_mb / 1024:.0f} GB of memory"
    about = ", ".join(part for part in (one.summary, one.origin, one.licence) if part)
    return (
        f"{cut(one.id, 30):30}  {state:14}  {_size(one.bytes):>7}  {memory}, {_FITS[one.fit]}\n{'':4}{about}"
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"  # noqa: PLR2004


def _found_line(one: FoundModel) -> str:
    return f"{one.name} ({one.origin}, {_size(one.bytes)}, {_FITS[one.fit]})\n  {one.key}"


def _used_words(used: str) -> str:
    if used:
        return f"Language model in use: {used}."
    return "No language model is in use: summaries and drafts are made from the mail's own sentences."


def _seconds(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"  # noqa: PLR2004


def _shown(name: str) -> Callable[[int, int], None]:
    """Progress on a terminal."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", end="", file=sys.stderr)

    return show
