"""Commands that look after a home: doctor, privacy, backup, restore."""

import argparse
from pathlib import Path

from fluffy_core.cli.answer import Answer, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.services.accounts import network
from fluffy_core.services.home import care


def doctor(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Versions, key provider, counts, integrity, models and disk; exit code 1 when something is wrong."""
    with Core.open(settings) as core:
        if arguments.repair:
            care.repair(core.store)
        report = care.examine(core.store, settings)
    lines = [f"{name}: {version}" for name, version in report.versions.items()]
    lines += [f"key provider: {report.key_provider}", f"database: {report.database_bytes / 1e6:.1f} MB"]
    lines += [f"{name}: {count:,}" for name, count in report.counts.items()]
    lines += [f"model {name}: {state}" for name, state in report.models.items()]
    lines += [f"disk: {report.disk_free_bytes / 1e9:.1f} GB free"]
    lines += [f"PROBLEM: {problem}" for problem in report.problems] or ["Everything is as it should be."]
    data = {
        "healthy": not report.problems, "problems": list(report.problems), "counts": report.counts,
        "versions": report.versions, "key_provider": report.key_provider, "models": report.models,
        "database_bytes": report.database_bytes, "disk_free_bytes": report.disk_free_bytes,
        "integrity": report.integrity, "home": str(settings.paths.home),
    }  # fmt: skip
    return Answer(data, "\n".join(lines), 1 if report.problems else 0)


def privacy(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The newest connections, and the switch for all of them."""
    with Core.open(settings) as core:
        if arguments.offline:
            network.set_offline(core.store, arguments.offline == "on")
        offline = network.is_offline(core.store)
        found = network.connections(core.store, limit=arguments.limit)
    lines = ["Offline: every connection is switched off."] if offline else []
    lines += [
        f"{day(one.at)}  {one.host}:{one.port}  {one.reason}  "
        + (f"refused: {one.refused}" if one.refused else f"{one.received:,} bytes in, {one.sent:,} out")
        for one in found
    ] or ["No connections were made."]
    return Answer({"offline": offline, "connections": plain(found)}, "\n".join(lines))


def backup(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Copy the encrypted database while it may be in use."""
    target = Path(arguments.path).expanduser()
    with Core.open(settings) as core:
        size = care.backup(core.store, target)
    text = (
        f"Backup of {size / 1e6:.1f} MB written to {target}. It opens with this home's key or recovery code."
    )
    return Answer({"path": str(target), "bytes": size}, text)


def restore(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Put a backup in place; what was there is kept beside it."""
    kept = care.restore(Path(arguments.path).expanduser(), settings)
    text = f"Restored. The database that was there is now {kept}." if kept else "Restored."
    return Answer({"kept": str(kept) if kept else None}, text)
