"""What the user lets wait, and why background work waits by itself; both outlive the program."""

from fluffy_core.domain.jobs import Pauses
from fluffy_core.events import Changed
from fluffy_core.store import settings
from fluffy_core.store.database import Database, Transaction

_KEY = "job-pauses"
_HELD = "jobs-held"
HELD_REASONS = ("", "battery", "memory")


def read(store: Database | Transaction) -> Pauses:
    """Today's pauses; what was written by hand and makes no sense counts as not paused."""
    found, held = settings.get(store, _KEY, {}), settings.get(store, _HELD, "")
    chosen = found if isinstance(found, dict) else {}
    names = chosen.get("kinds", [])
    return Pauses(
        everything=chosen.get("everything") is True,
        kinds=frozenset(map(str, names)) if isinstance(names, list) else frozenset(),
        on_battery=chosen.get("on_battery", True) is not False,
        held=str(held) if held in HELD_REASONS else "",
    )


def write(tx: Transaction, pauses: Pauses) -> None:
    """Keep what the user chose."""
    chosen = {"everything": pauses.everything, "kinds": sorted(pauses.kinds), "on_battery": pauses.on_battery}
    settings.put(tx, _KEY, chosen)
    tx.jobs_enqueued = True
    tx.changed(Changed.JOBS, Changed.SETTINGS)


def hold(tx: Transaction, reason: str) -> None:
    """Note why background work waits by itself, one of HELD_REASONS."""
    settings.put(tx, _HELD, reason)
    tx.changed(Changed.JOBS)
