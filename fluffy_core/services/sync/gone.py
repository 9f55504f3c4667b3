"""Messages that a server does not list any more: gone when missing twice, and never very many unasked."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.sync import Folder, MessageRef
from fluffy_core.errors import FolderGoneError
from fluffy_core.services.sync.pages import Pages, found_among
from fluffy_core.store import alerts, remote, remote_missing
from fluffy_core.store.database import Transaction
from fluffy_core.store.remote import RemoteFolder

MANY, SHARE = 50, 0.2
"""More than so many messages, and more than this share of their folder: the user is asked first."""
ASKED, ALLOWED = "asked", "allowed"


def compare(tx: Transaction, source_id: int, there: Collection[str]) -> None:
    """After a listing: let go of old ids of messages that have new ones; others are missing from now on."""
    old = [one for one in remote.ids(tx, source_id) if one not in there]
    remote_missing.mark(tx, source_id, remote_missing.renumbered(tx, source_id, old), now=time.time())


def moved(
    account: MailAccount, folder: Folder, lost: Mapping[str, str], *, listed: Collection[str]
) -> list[MessageRef]:
    """Where messages lie now that were `lost` (id -> Message-ID) when their folder was numbered anew.

    Those from before the day since which it is listed would else count as gone; the others are `listed`.
    """
    letters = set(lost.values())
    names = account.message_ids(folder)
    wanted = [one for one, name in names.items() if one not in listed and name.strip("<>") in letters]
    return found_among(account, folder, wanted)


def second_pass(pages: Pages, known: RemoteFolder, folder: Folder | None, *, missing: Sequence[str]) -> None:
    """Let go of what was `missing` before this pass and still is; `folder` is None when it is gone itself."""
    there: Collection[str] = ()
    try:
        if folder is not None and missing:
            there = pages.account.present(folder)
    except FolderGoneError:
        folder = None
    if folder is None and not missing:
        _mark_all(pages, known)
    if missing:
        _let_go(pages, known, missing, there=there)


def _mark_all(pages: Pages, known: RemoteFolder) -> None:
    stored = list(remote.known(pages.database, known.source_id))
    if stored:
        with pages.database.transaction() as tx:
            pages.check(tx)
            remote_missing.mark(tx, known.source_id, stored, now=time.time())


def _let_go(pages: Pages, known: RemoteFolder, missing: Sequence[str], *, there: Collection[str]) -> None:
    gone = [one for one in missing if one not in there]
    total = remote.count(pages.database, known.source_id)
    many = len(gone) > MANY and len(gone) > SHARE * total
    ask = many and known.removal != ALLOWED
    if ask and known.removal == ASKED and len(gone) == len(missing):
        return
    about = f"folder {known.source_id}"
    with pages.database.transaction() as tx:
        pages.check(tx)
        remote_missing.unmark(tx, known.source_id, [one for one in missing if one in there])
        if ask:
            text = f"{len(gone):,} of {total:,} messages went from the folder {known.name} at once."
            cure = "They are kept here. If that is right: `fluffy sync --apply-deletions`."
            alerts.note(tx, about, text=text, cure=cure, now=time.time())
            remote.set_removal(tx, known.source_id, ASKED)
            return
        remote_missing.remove(tx, known.source_id, gone)
        if known.removal:
            remote.set_removal(tx, known.source_id, "")
            alerts.settle(tx, about)
    pages.tally = replace(pages.tally, removed=pages.tally.removed + len(gone))
