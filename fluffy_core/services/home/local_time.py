"""The time on the user's own clock: the zone of the computer, or the one they chose."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fluffy_core.store import settings
from fluffy_core.store.database import Database, Transaction

ZONE = "time-zone"
"""The setting with an IANA name such as "Europe/Berlin"; without it the computer's zone counts."""


def zone(store: Database | Transaction) -> tzinfo:
    """The zone in force now; UTC where the computer names none."""
    chosen = settings.get(store, ZONE)
    if isinstance(chosen, str) and chosen:
        try:
            return ZoneInfo(chosen)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # a name this computer does not know
    return _computers()


def _computers() -> tzinfo:
    """Read anew each time: people travel with the program open."""
    import tzlocal

    try:
        return tzlocal.reload_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def day(store: Database | Transaction, now: float) -> str:
    """The date on the user's clock at `now` (Unix seconds), as "2026-03-02"."""
    return datetime.fromtimestamp(now, zone(store)).date().isoformat()


def name() -> str:
    """The IANA name of the computer's zone, in which times without a zone are read."""
    import tzlocal

    return str(tzlocal.get_localzone_name() or "UTC")
