"""Commands about models."""

import argparse
import sys

from fluffy_core.ai import catalog
from fluffy_core.ai.catalog import Entry
from fluffy_core.cli.answer import Answer
from fluffy_core.config import Settings
from fluffy_core.services import models


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Known models and whether they are here."""
    del arguments
    found = models.list_models(catalog.load(settings.paths.catalog), settings.paths.models)
    data = [
        {
            "id": one.entry.id,
            "status": str(one.status),
            "licence": one.entry.licence,
            "download_bytes": one.download_bytes,
        }
        for one in found
    ]
    return Answer(data, "\n".join(f"{one['id']}: {one['status']} ({one['licence']})" for one in data))


def pull(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Fetch models; without ids the small ones."""
    show = None if arguments.json else _progress
    found = models.pull(
        catalog.load(settings.paths.catalog), settings.paths.models, arguments.ids, progress=show
    )
    names = [one.id for one in found]
    return Answer({"models": names}, f"Installed: {', '.join(names)}.")


def _progress(entry: Entry, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{entry.id}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", end="", file=sys.stderr)


def remove(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Delete a model's files."""
    freed = models.remove(catalog.load(settings.paths.catalog), settings.paths.models, arguments.id)
    return Answer({"id": arguments.id, "freed_bytes": freed}, f"{freed / 1e6:.0f} MB freed.")
