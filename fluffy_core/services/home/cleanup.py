"""`cleanup-old-data`: what nothing refers to any more, in small steps. Mail is never deleted."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fluffy_core.config import Paths
from fluffy_core.domain.counting import number_of
from fluffy_core.errors import DamagedStoreError, DiskFullError, StoreError
from fluffy_core.store import cleanup, ledger, search, settings, suggestions, unsent
from fluffy_core.store import undo as log
from fluffy_core.store.database import Database

DAY = 86400.0
KEEP_JOBS = KEEP_UNDONE = KEEP_DRAFTS = 30 * DAY
"""Seconds for which an ended job keeps its key, what was undone its entry, a suggested draft its text."""
KEEP_FILES = 2 * DAY
"""Seconds after which an untouched temporary file has no owner any more."""
ARCHIVE_YEARS = "archive-after-years"
"""The setting that has threads without mail for so many years marked done; 0, the default, for never."""
ARCHIVED = "archived"
"""The setting that remembers how far that went, so that what the user brings back stays."""
FREE_SHARE = 0.20
MERGES = 400
"""Steps of merging the search index in one night, about 2 MB each."""
_LEFT_BEHIND = ("fluffy.db.restoring", "fluffy.db.before-*.new")
Checkpoint = Callable[[], None]


@dataclass(slots=True)
class Tidied:
    """What was removed, in numbers."""

    jobs: int = 0
    addresses: int = 0
    derived: int = 0
    undone: int = 0
    files: int = 0
    archived: int = 0
    freed_bytes: int = 0
    drafts: int = 0

    def sentence(self) -> str:
        """What was done, in words."""
        counted = [
            (self.jobs, "old job record", "old job records"),
            (self.addresses, "unused address", "unused addresses"),
            (self.derived, "left-over note about mail", "left-over notes about mail"),
            (self.undone, "old undo entry", "old undo entries"),
            (self.drafts, "old suggested draft", "old suggested drafts"),
            (self.files, "temporary file", "temporary files"),
        ]
        parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in counted if count]
        told = [f"Removed {', '.join(parts)}"] if parts else []
        if self.archived:
            told.append(f"marked {self.archived:,} old {'thread' if self.archived == 1 else 'threads'} done")
        if self.freed_bytes > 0:
            told.append(f"gave {self.freed_bytes / 1e6:,.1f} MB back to the disk")
        text = "; ".join(told)
        return text[:1].upper() + text[1:] if text else "Nothing to tidy up"


def run(store: Database, paths: Paths, *, now: float, checkpoint: Checkpoint = lambda: None) -> Tidied:
    """Tidy a home up; stopped at any `checkpoint`, what was done is done and the rest comes next time."""
    done = Tidied()
    _rows(store, done, now=now, checkpoint=checkpoint)
    done.files = _files(store, paths, now)
    done.archived = _archive(store, now)
    for _ in range(MERGES):
        checkpoint()
        if not search.merge_step(store):
            break
    checkpoint()
    done.freed_bytes = _shrink(store, paths.database)
    return done


def _rows(store: Database, done: Tidied, *, now: float, checkpoint: Checkpoint) -> None:
    with store.transaction() as tx:
        done.jobs = ledger.prune(tx, before=now - KEEP_JOBS)
    after: int | None = 0
    while after is not None:
        checkpoint()
        with store.transaction() as tx:
            count, after = cleanup.unused_addresses(tx, after=after)
        done.addresses += count
    with store.transaction() as tx:
        done.derived = cleanup.orphans(tx)
        done.undone = cleanup.undone(tx, before=now - KEEP_UNDONE)
        unsent.prune(tx, before=now - KEEP_UNDONE)
        done.drafts = suggestions.prune(tx, before=now - KEEP_DRAFTS)


def _files(store: Database, paths: Paths, now: float) -> int:
    """Delete temporary files that nobody touched for days, none while an import may use them."""
    if ledger.open_count(store, ("sync-emails-initial",)):
        return 0
    found = [path for path in paths.scratch.rglob("*") if path.is_file() or path.is_symlink()]
    found += [path for pattern in _LEFT_BEHIND for path in paths.home.glob(pattern)]
    count = 0
    for path in found:
        try:
            if path.lstat().st_mtime < now - KEEP_FILES:
                path.unlink()
                count += 1
        except OSError:
            continue  # somebody has it open, or was faster
    return count


def _archive(store: Database, now: float) -> int:
    """Mark threads done that are older than the user wants to see; one entry of the undo log for all."""
    years = settings.get(store, ARCHIVE_YEARS, 0)
    if not isinstance(years, int) or years < 1:
        return 0
    limit = int(now - years * 365.25 * DAY)
    before = settings.get(store, ARCHIVED, {})
    known = before if isinstance(before, dict) else {}
    already = int(known.get("before", 0))
    with store.transaction() as tx:
        ids = cleanup.archive(
            tx,
            older_than=limit,
            already=already,
            known_thread=int(known.get("thread", 0)),
        )
        settings.put(tx, ARCHIVED, {"before": max(limit, already), "thread": cleanup.newest_thread(tx)})
        if ids:
            what = number_of(len(ids), "thread")
            when = number_of(years, "year")
            log.note(tx, f"Archived {what} older than {when}", "done", inverse={"ids": ids, "done": False})
    return len(ids)


def _shrink(store: Database, database: Path) -> int:
    """Cut the WAL; write the file anew when much of it is empty and there is room. Bytes given back."""
    store.checkpoint()
    share, used = cleanup.free_share(store)
    if share <= FREE_SHARE or not _has_room(database.parent, used):
        return 0
    before = database.stat().st_size
    try:
        store.vacuum()
    except DamagedStoreError:
        raise
    except (StoreError, DiskFullError):
        return 0  # another program is writing, or the room is gone by now: there are more nights
    return before - database.stat().st_size


def _has_room(folder: Path, used: int) -> bool:
    """Twice the size beside the database, once in the temporary folder."""
    wanted = 2 * used + 50_000_000
    return min(shutil.disk_usage(folder).free, shutil.disk_usage(tempfile.gettempdir()).free) > wanted
