"""Looking after a home: is everything whole, copy it, put a copy back."""

import importlib.metadata
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from fluffy_core.ai.models import catalog, fetch
from fluffy_core.config import Settings
from fluffy_core.errors import (
    DiskFullError,
    HomeBusyError,
    StoreError,
    UnreadableError,
    UsageError,
    VaultKeyError,
)
from fluffy_core.store import counts, integrity, keys, search
from fluffy_core.store.database import Database

_VERSIONS = ("fluffymail", "sqlcipher3", "sqlite-utils", "huey", "fast-mail-parser", "onnxruntime")
LOW_DISK = 500 * 10**6
"""Bytes below which the disk is called nearly full."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What the doctor found; `problems` are sentences, none when all is well."""

    versions: dict[str, str]
    key_provider: str
    counts: dict[str, int]
    integrity: dict[str, str]
    models: dict[str, str]
    database_bytes: int
    disk_free_bytes: int
    problems: tuple[str, ...]


def examine(store: Database, settings: Settings) -> Examination:
    """Check a home; changes nothing."""
    checks = {
        "database": _checked(integrity.database, store),
        "relations": _checked(integrity.relations, store),
        "search": _checked(search.check, store),
    }
    problems = list(dict.fromkeys(text for text in checks.values() if text))
    free = shutil.disk_usage(settings.paths.home).free
    if free < LOW_DISK:
        problems.append(f"The disk has only {free / 1e6:.0f} MB left.")
    known = catalog.load(settings.paths.catalog)
    models = {one.id: str(fetch.status(one, settings.paths.models)) for one in known.entries}
    return Examination(
        versions={
            "python": platform.python_version(),
            "sqlite": integrity.sqlite_version(store),
            **_installed(),
        },
        key_provider=keys.provider_name(settings),
        counts=_counted(store),
        integrity={name: text or "ok" for name, text in checks.items()},
        models=models,
        database_bytes=_bytes(settings),
        disk_free_bytes=free,
        problems=tuple(problems),
    )


def _bytes(settings: Settings) -> int:
    """The database with its write-ahead log."""
    database = settings.paths.database
    log = database.with_name(database.name + "-wal")
    return sum(one.stat().st_size for one in (database, log) if one.exists())


def _checked(check: Callable[[Database], str], store: Database) -> str:
    """What a check finds; that it cannot even run is a finding, too."""
    try:
        return check(store)
    except StoreError as error:
        return str(error)


def _counted(store: Database) -> dict[str, int]:
    try:
        return counts.totals(store)
    except StoreError:
        return {}


def _installed() -> dict[str, str]:
    found = {}
    for name in _VERSIONS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def repair(store: Database) -> None:
    """Build the search index anew."""
    search.rebuild(store)


def backup(store: Database, target: Path) -> int:
    """Write a consistent encrypted copy; its size in bytes. UsageError when the file is there already."""
    if target.exists():
        raise UsageError(f"{target} is there already; choose another name.")
    if not target.parent.is_dir():
        raise UsageError(f"The folder {target.parent} is not there.")
    integrity.copy_to(store, target)
    return target.stat().st_size


def recover(settings: Settings, code: str) -> None:
    """Lock a home anew, under the provider that `settings` name, with the key in its recovery code.

    Raises VaultKeyError when the code is mistyped or belongs to another home; nothing is changed then.
    """
    key = keys.from_recovery_code(code)
    database = settings.paths.database
    try:
        if database.exists():
            integrity.check_opens(database, key)
        else:
            settings.paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys.recover(settings, code)
    except UnreadableError as error:
        raise VaultKeyError("That recovery code belongs to another home.") from error
    except OSError as error:
        raise VaultKeyError(f"The key cannot be kept: {error.strerror}.") from error


def restore(source: Path, settings: Settings) -> Path | None:
    """Put a backup in the place of the home's database; where the old one is kept, None without one.

    Raises UnreadableError when it is not a backup of this home, HomeBusyError while the home is in use.
    """
    if not source.is_file():
        raise UnreadableError(f"There is no backup {source}.")
    database = settings.paths.database
    lock = FileLock(str(settings.paths.owner_lock))
    try:
        with lock.acquire(timeout=0):
            integrity.check_opens(source, keys.obtain(settings))
            fresh = database.with_name("fluffy.db.restoring")
            try:
                shutil.copy2(source, fresh)
            except OSError as error:
                fresh.unlink(missing_ok=True)
                raise DiskFullError(
                    f"The backup cannot be copied: {error.strerror}. Nothing was changed."
                ) from error
            kept = integrity.set_aside(database)
            fresh.replace(database)
            return kept
    except Timeout as error:
        raise HomeBusyError("FluffyMail is running on this home. Quit it first.") from error
