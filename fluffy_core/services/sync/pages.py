"""Messages of a server on their way in: fetched, prepared and stored by the page."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings
from fluffy_core.domain.events import MessagesStored
from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.ingest import Prepared
from fluffy_core.domain.source import RawItem
from fluffy_core.domain.sync import Fetched, Folder, MessageRef, RemoteChanges, in_batches, position_of
from fluffy_core.services.imports import ingest, prepare, prepare_process
from fluffy_core.services.imports.ahead import ahead
from fluffy_core.store import accounts, messages, remote, remote_labels, remote_missing, sources
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.remote import RemoteFolder

FIRST_PAGE, PAGE = 125, 1000
"""Messages fetched before anything is stored, and at most in one transaction: larger ones cost less."""
PAGE_SECONDS = 2.0
"""What fetching a page may take before pages become smaller, so that progress is seen."""
PAGE_BYTES = 8 << 20
CHILD_BYTES = 1 << 20
"""Pages below this are prepared in the calling thread, as long as there is no child yet."""
WINDOW = 100_000
"""Messages in one listing of those that arrived since a day."""


class AccountRemoved(Exception):
    """The user removed the account while it was synced."""


class SettingsChanged(Exception):
    """The user wants something else of the account than when the pass began."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of messages. `waiting` could not be fetched yet, `flags` have others than before."""

    stored: int = 0
    duplicates: int = 0
    unread: int = 0
    waiting: int = 0
    flags: int = 0
    removed: int = 0


Then = Callable[[Transaction], object]


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that become one transaction: fetched, then prepared. `then` moves the cursor in it."""

    fetched: tuple[Fetched, ...]
    looked_at: int
    then: Then = lambda _tx: None
    items: Sequence[Prepared] = ()


class Pages:
    """Stores messages of one account; `on_page` is called inside each transaction and may stop it."""

    def __init__(
        self,
        store: Database,
        account_id: AccountId,
        account: MailAccount,
        *,
        on_page: Callable[[Transaction, int, Tally], None],
        child: prepare_process.PreparingProcess,
    ) -> None:
        self.database = store
        self.account = account
        self.tally = Tally()
        self.settings: AccountSettings | None = None
        """What the pass began with."""
        self._account_id = account_id
        self._on_page = on_page
        self._child = child
        self._child_used = False
        self._here = prepare.preparer()

    def check(self, tx: Transaction) -> None:
        """Raises AccountRemoved when the account is gone, SettingsChanged when something else is wanted."""
        found = accounts.get(tx, self._account_id)
        if found is None:
            raise AccountRemoved
        if self.settings not in (None, found):
            raise SettingsChanged

    def store(self, source_id: int, refs: Sequence[MessageRef], *, then: Then = lambda _tx: None) -> None:
        """Fetch and store messages; `then` moves the cursor in the transaction of the last of them.

        Raises as `MailAccount.fetch`.
        """
        batches = self._prepared(self.fetched(refs, then=then))
        for batch in self._ahead(batches) if len(refs) > FIRST_PAGE else batches:
            self._put(source_id, batch)

    def store_all(self, source_id: int, batches: Iterator["Batch"]) -> None:
        """Store batches while the next are fetched and prepared; a third thread would only stall the window.

        `batches` is read in another thread, which meanwhile alone may use the account.
        """
        for batch in self._ahead(self._prepared(batches)):
            self._put(source_id, batch)

    def _ahead(self, batches: Iterator["Batch"]) -> Iterator["Batch"]:
        return ahead(batches, interrupt=self.account.close)

    def fetched(
        self, refs: Sequence[MessageRef], *, looked_at: int = 0, then: Then = lambda _tx: None
    ) -> Iterator["Batch"]:
        """Messages of an account with their bytes, the last batch with `then` and `looked_at`.

        `looked_at` counts others that the last page says something about.
        """
        groups = list(in_batches(refs, most=PAGE, most_bytes=PAGE_BYTES)) or [[]]
        for group in groups[:-1]:
            yield Batch(tuple(self.account.fetch(group)), len(group))
        last = groups[-1]
        yield Batch(tuple(self.account.fetch(last)) if last else (), len(last) + looked_at, then)

    def _prepared(self, batches: Iterator["Batch"]) -> Iterator["Batch"]:
        for batch in batches:
            here = [one for one in batch.fetched if not one.problem and not one.gone]
            threads = {one.ref.id: one.ref.thread_id for one in here}
            items = [self._threaded(one, threads[one.locator]) for one in self._prepare(here)]
            yield replace(batch, items=items)

    def _put(self, source_id: int, batch: "Batch") -> None:
        with self.database.transaction() as tx:
            self.check(tx)
            tally = self._write(tx, source_id, batch.fetched, items=batch.items)
            batch.then(tx)
            self._on_page(tx, batch.looked_at, tally)
        self.tally = tally

    def _prepare(self, fetched: Sequence[Fetched]) -> list[Prepared]:
        items = [RawItem(position_of(one.ref.id), one.ref.id, one.content, one.ref.flags) for one in fetched]
        size = sum(len(one.content) for one in items)
        if (size < CHILD_BYTES and not self._child_used) or not prepare_process.is_possible():
            return self._here(items)
        self._child_used = True
        chunk = prepare_process.CHUNK
        parts = [self._child.prepare(items[at : at + chunk]) for at in range(0, len(items), chunk)]
        return [one for part in parts for one in part]

    def _threaded(self, item: Prepared, thread_id: str) -> Prepared:
        """With the server's word for its conversation as one more thing that connects it with others."""
        if not thread_id or item.message is None:
            return item
        thread = prepare.key(f"thread {self._account_id} {thread_id}")
        return replace(item, references=(*item.references, thread))

    def _write(
        self, tx: Transaction, source_id: int, fetched: Sequence[Fetched], *, items: Sequence[Prepared]
    ) -> Tally:
        refs = {one.ref.id: one.ref for one in fetched}
        first = messages.next_id(tx)
        count = ingest.store_page(tx, source_id, items)
        remote.arrived(tx, source_id, [(one.locator, one.flags) for one in items])
        remote_labels.told(tx, source_id, [refs[one.locator] for one in items])
        for one in items:
            if one.message is None:
                remote.set_aside(tx, source_id, refs[one.locator], reason=one.reason, kept=True)
        gone = [one.ref.id for one in fetched if one.gone]
        remote.forget_aside(tx, source_id, gone, kept=True)
        for bad in fetched:
            if bad.problem:
                remote.set_aside(tx, source_id, bad.ref, reason=bad.problem, kept=False)
        sources.advance(tx, source_id, count, position=-1)
        new = tuple(MessageId(first + number) for number in range(count.stored))
        if new:
            tx.emit(MessagesStored(new))
        before = self.tally
        return replace(
            before,
            stored=before.stored + count.stored,
            duplicates=before.duplicates + count.duplicates,
            unread=before.unread + count.unread,
        )


def take_over(
    pages: Pages, folder: Folder, state: RemoteFolder, *, found: RemoteChanges, since: date | None
) -> None:
    """Store what changed in a folder since `state`; its cursor moves with the last of it.

    What lies before the day `since` is not fetched because it was touched.
    """
    source_id = state.source_id
    known = remote.known(pages.database, source_id) if found.refs else {}
    labels = remote_labels.known(pages.database, source_id) if found.refs else {}
    new = [ref for ref in found.refs if ref.id not in known]
    if new and since:
        new = found_among(pages.account, folder, [ref.id for ref in new], since=since)
    there = [ref for ref in found.refs if ref.id in known]
    other = [ref for ref in there if (known[ref.id], labels.get(ref.id, ())) != (ref.flags, ref.labels)]
    if not (new or other or found.gone) and found.cursor == state.cursor:
        return
    flags = 0

    def then(tx: Transaction) -> None:
        nonlocal flags
        flags = remote.set_flags(tx, source_id, [(ref.id, ref.flags) for ref in other])
        remote_labels.told(tx, source_id, other)
        remote_missing.mark(tx, source_id, found.gone, now=time.time())
        remote.move(tx, source_id, found.cursor)

    pages.store(source_id, new, then=then)
    pages.tally = replace(pages.tally, flags=pages.tally.flags + flags)


def found_among(
    account: MailAccount, folder: Folder, wanted: Collection[str], *, since: date | None = None
) -> list[MessageRef]:
    """Those of the `wanted` ids that arrived since a day. What has just come is at the top of the list."""
    left, found = set(wanted), list[MessageRef]()
    token, limit = "", min(WINDOW, 2 * len(left) + PAGE)
    while left:
        page = account.list(folder, since=since, token=token, limit=limit)
        found += [ref for ref in page.refs if ref.id in left]
        left.difference_update(ref.id for ref in page.refs)
        token, limit = page.next, WINDOW
        if not token:
            break
    return found
