"""Calendars and address books of an import, into the store."""

from fluffy_core.domain.source import SourceFile, SourceKind
from fluffy_core.store.database import Transaction
from fluffy_core.store.sources import SourceState

_KINDS = (SourceKind.CALENDAR, SourceKind.VCARD, SourceKind.CONTACTS_CSV)


def is_pim(file: SourceFile) -> bool:
    """Whether a file holds events or contacts instead of mail."""
    return file.kind in _KINDS


def store_file(tx: Transaction, state: SourceState) -> str:
    """Read one calendar or address book whole; returns what was wrong with it, "" mostly."""
    return ""
