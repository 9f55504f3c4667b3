"""Bringing an account's mail here: the first listing and what changed since, folder by folder.

One pass does both: a folder that was not listed to its end goes on with its listing, any other takes over
what changed. Every page is one transaction with its cursor, so that a kill at any instant loses and doubles
nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.events import SyncFinished
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC, Job, JobState
from fluffy_core.domain.sync import Folder
from fluffy_core.errors import (
    BlockedError,
    CursorExpiredError,
    FolderGoneError,
    TransientError,
    UnreachableError,
)
from fluffy_core.services.accounts import access, network
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.imports import prepare_process
from fluffy_core.services.sync import gone as sync_gone
from fluffy_core.services.sync import pages as sync_pages
from fluffy_core.services.sync.pages import FIRST_PAGE, PAGE, PAGE_SECONDS, Batch, Pages, Tally
from fluffy_core.store import accounts, ledger, remote, remote_missing, search, sources
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.remote import RemoteFolder

RENUMBERED_MOST = 3
"""Times that a folder may be numbered anew within one pass; a server that does it more often is not well."""
MANY = 2000
"""Messages in the listings of a pass that are worth loading in bulk."""
GOES_ON = "Every connection is switched off; it goes on when they are allowed again."
REMOVED = "The account was removed meanwhile"
FIRST, LATER = FIRST_SYNC, LATER_SYNC


@dataclass(frozen=True, slots=True)
class Step:
    """One stored page: messages looked at of all messages to look at (0: not known)."""

    done: int
    total: int
    tally: Tally

    @property
    def sentence(self) -> str:
        """How far it is, for those who watch."""
        return f"{number_of(self.done, 'message')} fetched"


@dataclass(frozen=True, slots=True)
class Watch:
    """How a pass is watched: `on_page` inside each transaction, `checkpoint` between; both may stop it.

    `child` is given what ends a wait for the server or for the process that parses.
    """

    on_page: Callable[[Transaction, Step], None] = lambda _tx, _step: None
    checkpoint: Callable[[], None] = lambda: None
    child: Callable[[Callable[[], object]], AbstractContextManager[None]] = lambda _kill: nullcontext()


def run(store: Database, account_id: AccountId, connect: Connect, *, watch: Watch) -> Tally | None:
    """One pass over an account; safe to call again after any interruption. None when it was removed.

    Raises as `MailAccount` does; what the server says of being asked is remembered (`access.asking`).
    """
    try:
        while True:
            settings = accounts.get(store, account_id)
            if settings is None:
                return None
            with suppress(sync_pages.SettingsChanged):
                return _run(store, account_id, settings, connect=connect, watch=watch)
    except sync_pages.AccountRemoved:
        return None
    except BlockedError as error:
        if network.is_offline(store):
            raise UnreachableError(GOES_ON) from error
        raise


def _run(
    store: Database, account_id: AccountId, settings: AccountSettings, *, connect: Connect, watch: Watch
) -> Tally:
    with (
        access.asking(store, account_id),
        closing(connect(account_id)) as account,
        prepare_process.PreparingProcess() as child,
        watch.child(child.kill),
        watch.child(account.close),
    ):
        return _Pass(store, account_id, account, watch=watch, child=child).run(settings)


def may_ask(store: Database, account_id: AccountId) -> None:
    """Nothing when an account may be asked now; else raises what says when to try again."""
    if network.is_offline(store):
        raise UnreachableError(GOES_ON)
    until = access.throttled_until(store, account_id)
    if until:
        raise TransientError(f"{access.throttled(store, until)}.", retry_after=until - time.time())


class _Pass:
    """One pass over the folders of an account."""

    def __init__(
        self,
        store: Database,
        account_id: AccountId,
        account: MailAccount,
        *,
        watch: Watch,
        child: prepare_process.PreparingProcess,
    ) -> None:
        self._store = store
        self._account_id = account_id
        self._account = account
        self._watch = watch
        self._pages = Pages(store, account_id, account, on_page=self._noted, child=child)
        self._done = 0
        self._total = 0
        self._since: date | None = None

    def run(self, settings: AccountSettings) -> Tally:
        """Look into every folder that is wanted, then let go of what is gone for the second time."""
        everything = self._account.folders()
        folders = accounts_service.chosen(everything, settings.folders)
        self._since = settings.first_day
        self._pages.settings = settings
        known = remote.folders(self._store, self._account_id)
        missing = {key: remote_missing.marked(self._store, one.source_id) for key, one in known.items()}
        self._expect(folders)
        with self._loading():
            for folder in folders:
                self._watch.checkpoint()
                with suppress(FolderGoneError):
                    self._folder(folder)
        there = {one.id: one for one in everything}
        for one in remote.folders(self._store, self._account_id).values():
            self._watch.checkpoint()
            was = missing.get(one.id, [])
            sync_gone.second_pass(self._pages, one, there.get(one.id), missing=was)
        return replace(self._pages.tally, waiting=len(remote.aside_reasons(self._store, self._account_id)))

    @contextmanager
    def _loading(self) -> Iterator[None]:
        """While very many messages come the search index is written as an import writes it."""
        if self._total < MANY:
            yield
            return
        with self._store.transaction() as tx:
            search.bulk_loading(tx, True)
        try:
            yield
        finally:
            with self._store.transaction() as tx:
                search.bulk_loading(tx, False)

    def _expect(self, folders: tuple[Folder, ...]) -> None:
        """Count what is to be listed, so that the first progress already says of how much."""
        known = remote.folders(self._store, self._account_id)
        for folder in folders:
            state = known.get(folder.id)
            if state is not None and state.listed:
                continue
            with suppress(FolderGoneError):
                found = self._account.list(folder, since=self._since, limit=1)
                self._total += found.total or 0
            if state is not None and state.token:  # one that begins anew meets what is here once more
                self._done += remote.count(self._store, state.source_id)

    def _noted(self, tx: Transaction, looked_at: int, tally: Tally) -> None:
        done = self._done + looked_at
        self._watch.on_page(tx, Step(done, max(self._total, done) if self._total else 0, tally))
        self._done = done

    def _folder(self, folder: Folder) -> None:
        for _ in range(RENUMBERED_MOST):
            state = remote.folders(self._store, self._account_id).get(folder.id)
            try:
                if state is None or not (state.listed and state.cursor):
                    self._list(folder, state)
                else:
                    self._try_again(folder, state)
                self._catch_up(folder)
                return
            except CursorExpiredError:
                self._begin(folder)
        raise TransientError(f"The mail server numbers the folder {folder.name} anew again and again.")

    def _begin(self, folder: Folder) -> int:
        """From where changes count is asked for first: nothing falls between that and the listing."""
        cursor = self._account.cursor(folder)
        with self._store.transaction() as tx:
            self._pages.check(tx)
            return remote.begin(tx, self._account_id, folder, cursor=cursor, now=time.time())

    def _list(self, folder: Folder, state: RemoteFolder | None) -> None:
        """The listing of a folder, newest first, from where it stopped."""
        source_id = self._begin(folder) if state is None or not state.cursor else state.source_id
        known = frozenset(remote.known(self._store, source_id))
        again = remote.count(self._store, source_id) > 0
        token = "" if state is None else state.token
        lost = remote_missing.marked_letters(self._store, source_id) if self._since and again else {}
        batches = self._listing(folder, source_id, (token, known), again=again, lost=lost)
        self._pages.store_all(source_id, batches)

    def _listing(
        self,
        folder: Folder,
        source_id: int,
        start: tuple[str, frozenset[str]],
        *,
        again: bool,
        lost: Mapping[str, str],
    ) -> Iterator[Batch]:
        """Everything of a folder but what is `known`, from a token on. Runs beside the storing.

        With `again` the last page compares what is stored with what is there, `lost` messages with it.
        """
        token, known = start
        listed = set(known)
        limit = FIRST_PAGE
        while True:
            begun = time.monotonic()
            page = self._account.list(folder, since=self._since, token=token, limit=limit)
            token = page.next
            listed.update(ref.id for ref in page.refs)
            there = self._account.present(folder) if again and not token else None
            if there is not None and lost and not any(one in there for one in lost):
                moved = sync_gone.moved(self._account, folder, lost, listed=listed)
                page = replace(page, refs=(*page.refs, *moved))
            fresh = [ref for ref in page.refs if ref.id not in known]
            then = partial(_listed, source_id=source_id, token=token, there=there)
            for batch in self._pages.fetched(fresh, looked_at=len(page.refs) - len(fresh), then=then):
                taken = time.monotonic() - begun
                yield batch
                begun = time.monotonic()
            if not token:
                return
            limit = min(PAGE, 2 * limit) if taken < PAGE_SECONDS else max(FIRST_PAGE, limit // 2)

    def _try_again(self, folder: Folder, state: RemoteFolder) -> None:
        """What could not be fetched before."""
        waiting = remote.aside(self._store, state.source_id, folder.id)
        if waiting:
            self._pages.store(state.source_id, waiting)

    def _catch_up(self, folder: Folder) -> None:
        """What happened since the cursor: a listing that took days has one of days ago."""
        state, more = remote.folders(self._store, self._account_id)[folder.id], True
        while more:
            if not state.cursor:
                raise CursorExpiredError("Everything is wanted once more.")
            self._watch.checkpoint()
            known = partial(remote.known, self._store, state.source_id)
            found = self._account.changes(folder, state.cursor, known)
            sync_pages.take_over(self._pages, folder, state, found=found, since=self._since)
            state, more = replace(state, cursor=found.cursor), found.more


def _listed(tx: Transaction, *, source_id: int, token: str, there: frozenset[str] | None) -> None:
    """A page is stored; after the last one what lies here is compared with what is `there`."""
    if there is not None:
        sync_gone.compare(tx, source_id, there)
    remote.listed_until(tx, source_id, token)


def whole(store: Database | Transaction, account_id: AccountId) -> Tally:
    """What became of all messages of an account since its folders were listed."""
    counts = [one.count for one in sources.of_account(store, account_id)]
    return Tally(
        stored=sum(one.stored for one in counts),
        duplicates=sum(one.duplicates for one in counts),
        unread=sum(one.unread for one in counts),
        waiting=len(remote.aside_reasons(store, account_id)),
    )


def sentence(tally: Tally) -> str:
    """What came of a pass, in words."""
    new = tally.stored + tally.unread
    parts = [number_of(new, "new message")]
    if tally.waiting:
        arrived = new + tally.duplicates
        listed = number_of(arrived + tally.waiting, "message")
        parts = [f"Partial: {arrived:,} of {listed}; the rest is tried again"]
    if tally.duplicates:
        parts.append(f"{tally.duplicates:,} known already")
    if tally.unread:
        parts.append(f"{tally.unread:,} kept unread")
    if tally.flags:
        parts.append(f"{tally.flags:,} with other flags")
    if tally.removed:
        parts.append(f"{tally.removed:,} gone from their folder")
    return ", ".join(parts)


def note_whole(tx: Transaction, account_id: AccountId, *, first: bool) -> None:
    """A pass came to its end, perhaps the `first` one."""
    accounts.set_synced(tx, account_id, time.time())
    if first:
        tx.emit(SyncFinished(account_id))


def is_asked(store: Database, account_id: AccountId) -> bool:
    """Whether a sync of an account is to begin anyway: it will see whatever is new by then."""
    return any(one.state is not JobState.RUNNING for one in _open(store, account_id))


def is_first_open(store: Database, account_id: AccountId) -> bool:
    """Whether the first listing of an account still waits or runs."""
    return bool(ledger.open_of_account(store, account_id, FIRST))


def waits_for_network(store: Database, account_id: AccountId) -> bool:
    """Whether a sync of an account waits for a way to its server."""
    return any(
        one.state is JobState.WAITING_RETRY and one.failure == UnreachableError.__name__
        for one in _open(store, account_id)
    )


def _open(store: Database, account_id: AccountId) -> list[Job]:
    """The syncs of an account that are not done yet."""
    ids = [one for name in (FIRST, LATER) for one in ledger.open_of_account(store, account_id, name)]
    return [job for one in ids if (job := ledger.get(store, one)) is not None]


def allow_deletions(store: Database, account_id: AccountId) -> None:
    """The user says yes: what went from the server in great numbers may go from its folders here."""
    with store.transaction() as tx:
        for one in remote.folders(tx, account_id).values():
            if one.removal == sync_gone.ASKED:
                remote.set_removal(tx, one.source_id, sync_gone.ALLOWED)
