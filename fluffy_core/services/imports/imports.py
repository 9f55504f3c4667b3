"""Importing files: looking at what is there, asking for the job, doing a page, telling how it went."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from fluffy_core.connectors.files import files
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.events import AccountConnected, MessagesStored, SyncFinished
from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.ingest import Page, PageCount
from fluffy_core.domain.jobs import MEDIUM, JobState
from fluffy_core.domain.rows import ImportReport
from fluffy_core.domain.source import SourceFile
from fluffy_core.errors import UnreadableError
from fluffy_core.services.imports import ingest, ownership, pim, prepare, prepare_process
from fluffy_core.services.imports.ahead import ahead
from fluffy_core.services.imports.ownership import OwnAddress, confirm_own, own_addresses
from fluffy_core.services.imports.prepare import Start
from fluffy_core.store import addresses, ledger, messages, search, sources
from fluffy_core.store import counts as totals
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.sources import SourceState

__all__ = [
    "ImportPlan",
    "OwnAddress",
    "confirm_own",
    "failure",
    "is_read",
    "is_settled",
    "is_whole",
    "look",
    "own_addresses",
    "report",
    "run",
    "sentence",
    "settle",
    "start",
    "summaries_waiting",
    "sync_key",
    "told",
    "unread_reasons",
]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What the chosen paths hold, before anything is read."""

    files: tuple[SourceFile, ...]
    size: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One committed step of a running import: bytes read of all bytes, and its counts so far.

    `rescued` is how often the process that reads ended and its page was read again.
    """

    done: int
    total: int
    count: PageCount
    file: str
    rescued: int = 0

    @property
    def sentence(self) -> str:
        """How far it is, for those who watch."""
        read = f"{number_of(self.count.messages, 'message')} read"
        if not self.rescued:
            return read
        times = "was" if self.rescued == 1 else f"was {self.rescued} times"
        return f"{read}. The reading process ended and {times} started again; nothing is lost"


def look(paths: Sequence[Path]) -> ImportPlan:
    """Find out what the paths hold. Raises NotMailError or UnreadableError with a sentence."""
    found: dict[tuple[str, str], SourceFile] = {}
    for path in paths:
        for one in files.discover(path):
            found.setdefault((one.path, one.member), one)
    chosen = tuple(found.values())
    return ImportPlan(
        chosen, sum(one.size for one in chosen), tuple(sorted({one.kind.value for one in chosen}))
    )


def start(store: Database, paths: Sequence[Path], *, me: Sequence[str] = ()) -> AccountId:
    """Ask for an import; the job follows from the event in the same transaction.

    Paths whose last import was interrupted go on where it stopped.
    """
    own = ownership.checked(me)
    plan = look(paths)
    name = "\n".join(sorted({str(path.absolute()) for path in paths}))
    with store.transaction(durable=True) as tx:
        account_id = sources.open_account(tx, "files", name, now=time.time())
        interrupted = not sources.is_settled(tx, account_id)
        afresh = not interrupted and (sources.is_new(tx, account_id) or is_settled(tx))
        if own:
            ownership.add_confirmed(tx, own)
        if afresh:
            sources.begin(tx, account_id, plan.files)
        tx.emit(AccountConnected(account_id, afresh=afresh or interrupted))
    return account_id


def sync_key(account_id: int, start_date: str = "") -> str:
    """The idempotency key of an account's first full listing."""
    return f"{account_id}/{start_date}"


def _unwatched(_kill: Callable[[], object]) -> AbstractContextManager[None]:
    return nullcontext()


def run(
    store: Database,
    account_id: AccountId,
    *,
    scratch: Path,
    on_page: Callable[[Transaction, Step], None],
    watched: Callable[[Callable[[], object]], AbstractContextManager[None]] = _unwatched,
) -> None:
    """Read everything that is left of an import, page by page; safe to call again after any interruption.

    `on_page` is called inside each page's transaction. `watched` is given what kills the parsing child, for
    as long as there is one.
    """
    with store.transaction() as tx:
        search.bulk_loading(tx, True)
    states = sources.of_account(store, account_id)
    left = sum(one.file.size for one in states if not one.finished)
    reading = _Reading(store, states, scratch=scratch, on_page=on_page)
    if left < prepare_process.WORTH_BYTES or not prepare_process.is_possible():
        reading.read_all(partial(prepare.read, make=prepare.preparer()))
        return
    with prepare_process.PreparingProcess() as child, watched(child.kill):
        reading.read_all(child.pages)


class _Pages(Protocol):
    """Reads and prepares what is left of a source."""

    def __call__(self, source: SourceFile, *, start: Start, scratch: Path) -> Iterator[Page]: ...


class _Reading:
    """One run over the files of an import, with its progress."""

    def __init__(
        self,
        store: Database,
        states: Sequence[SourceState],
        *,
        scratch: Path,
        on_page: Callable[[Transaction, Step], None],
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._on_page = on_page
        self._states = states
        self._total = sum(one.file.size for one in states)
        self._done = sum(one.file.size for one in states if one.finished)
        self._count = _sum([one.count for one in states])
        self._rescued = 0

    def read_all(self, pages: _Pages) -> None:
        """Read what is not finished."""
        for state in self._states:
            if not state.finished:
                self._read(state, pages)
                self._done += state.file.size

    def _read(self, state: SourceState, pages: _Pages) -> None:
        if pim.is_pim(state.file):
            with self._store.transaction() as tx:
                problem = pim.store_file(tx, state.account_id, state.file, scratch=self._scratch)
                sources.finish(tx, state.id, problem)
            return
        problem, read = "", 0
        try:
            start = Start(state.position, state.count.messages + state.count.skipped)
            prepared = pages(state.file, start=start, scratch=self._scratch)
            for page in ahead(prepared):
                read += page.size
                self._commit(state, page, read=read)
        except UnreadableError as error:
            problem = str(error)
        with self._store.transaction() as tx:
            sources.finish(tx, state.id, problem)

    def _commit(self, state: SourceState, page: Page, *, read: int) -> None:
        with self._store.transaction() as tx:
            count = replace(ingest.store_page(tx, state.id, page.items), skipped=page.skipped)
            sources.advance(tx, state.id, count, position=page.position)
            so_far = _sum([self._count, count])
            done = min(self._done + min(read, state.file.size), self._total)
            self._rescued += page.rescued
            self._on_page(tx, Step(done, self._total, so_far, state.file.folder, self._rescued))
        self._count = so_far


def settle(tx: Transaction, account_id: AccountId) -> PageCount:
    """End an import: decide whose mailbox it is and tell that its messages are there. Returns the totals."""
    states = sources.of_account(tx, account_id)
    if not addresses.has_confirmed(tx):
        evidence = [
            sources.owner_evidence(tx, one.id, one.file.folder) for one in states if one.count.messages
        ]
        ownership.note_inferred(tx, ownership.infer(evidence)[:8])
    stored = tuple(MessageId(one) for one in sources.new_message_ids(tx, account_id))
    if stored:
        tx.emit(MessagesStored(stored))
    tx.emit(SyncFinished(account_id))
    sources.end(tx, account_id)
    search.bulk_loading(tx, False)
    return _sum([one.count for one in states])


def _sum(counts: Sequence[PageCount]) -> PageCount:
    return PageCount(
        messages=sum(one.messages for one in counts),
        stored=sum(one.stored for one in counts),
        duplicates=sum(one.duplicates for one in counts),
        unread=sum(one.unread for one in counts),
        skipped=sum(one.skipped for one in counts),
    )


def sentence(count: PageCount) -> str:
    """What became of an import, in words."""
    read = count.messages - count.unread
    text = f"{read:,} of {number_of(count.messages, 'message')} read"
    if count.duplicates:
        text += f", {count.duplicates:,} of them known already"
    if count.unread:
        text += f", {count.unread:,} kept unread"
    skipped = number_of(count.skipped, "chat or deleted message", "chats or deleted messages")
    return text + (f", {skipped} skipped" if count.skipped else "") + "."


def report(store: Database, account_id: AccountId, *, seconds: float = 0.0) -> ImportReport:
    """What an import did so far; threads and contacts count the whole home."""
    states = sources.of_account(store, account_id)
    count = _sum([one.count for one in states])
    own = addresses.mine_with_certainty(store)
    whole = totals.totals(store)
    return ImportReport(
        messages=count.messages,
        stored=count.stored,
        duplicates=count.duplicates,
        unread=count.unread,
        skipped=count.skipped,
        threads=whole["threads"],
        contacts=whole["contacts"],
        seconds=round(seconds, 3),
        me=tuple(email for email, _ in own),
        me_confirmed=bool(own) and all(sure for _, sure in own),
        problems=tuple(f"{Path(one.file.path).name}: {one.problem}" for one in states if one.problem),
        events=whole["events"],
        cards=whole["cards"],
    )


def is_whole(store: Database, account_id: AccountId) -> bool:
    """Whether every file of mail could be read to its end; calendars and address books may have oddities."""
    return not any(one.problem for one in sources.of_account(store, account_id) if not pim.is_pim(one.file))


def is_read(store: Database, account_id: AccountId) -> bool:
    """Whether an import came to its end: read, people found, mail sorted; or its job failed."""
    state = ledger.state_of(store, "sync-emails-initial", sync_key(account_id))
    if state in (JobState.DEAD, JobState.CANCELLED, None):
        return True
    return state is JobState.SUCCEEDED and is_settled(store)


def is_settled(store: Database | Transaction) -> bool:
    """Whether nobody is looking for people or sorting mail any more, but in the background."""
    names = ("extract-contacts", "categorize-emails", "check-follow-ups")
    return ledger.open_count(store, names, least=MEDIUM) == 0


def failure(store: Database, account_id: AccountId) -> str:
    """Why the import's job gave up, in words; "" when it did not."""
    return ledger.error_of(store, "sync-emails-initial", sync_key(account_id))


def summaries_waiting(store: Database) -> int:
    """How many threads wait for their summary."""
    return ledger.open_count(store, ("summarize-email-thread",))


def unread_reasons(store: Database, account_id: AccountId) -> list[str]:
    """What an import kept unread: "file, place: reason" for each."""
    return [
        f"{Path(path).name}, {place}: {why}"
        for path, place, why in messages.unread_reasons(store, account_id)
    ]


def told(one: ImportReport) -> str:
    """An import in one sentence, with what the home holds now."""
    text = sentence(PageCount(one.messages, one.stored, one.duplicates, one.unread, one.skipped))
    people = number_of(one.contacts, "person", "people")
    whole = f"Your home holds {number_of(one.threads, 'thread')} and {people}"
    extras = [f"{one.events:,} calendar entries"] if one.events else []
    return f"{text} {' and '.join([whole, *extras])}. It took {one.seconds:.1f} s."
