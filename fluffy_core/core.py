"""The composition root: opens store, jobs and models, and passes them to whoever needs them."""

import time
from functools import partial
from types import TracebackType

from fluffy_core.ai.host import ModelHost, embedder_engine
from fluffy_core.config import Settings
from fluffy_core.domain.accounts import Service
from fluffy_core.domain.ids import AccountId, JobId, ThreadId
from fluffy_core.domain.intelligence import ACCURATE
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC
from fluffy_core.errors import FluffyError, StoreError
from fluffy_core.events import Bus
from fluffy_core.jobs import catalogue
from fluffy_core.jobs.outbox import OutboxWorker
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.system import JobSystem
from fluffy_core.jobs.tasks import summaries
from fluffy_core.services import accounts, calendars, network, push, sync
from fluffy_core.services.calendars import PimConnectors
from fluffy_core.services.lookout import Lookout
from fluffy_core.services.model_downloads import Downloads
from fluffy_core.services.model_in_use import language_model
from fluffy_core.services.push import Push
from fluffy_core.services.searching import Embeds
from fluffy_core.store import keys, ledger, messages
from fluffy_core.store.accounts import fetches
from fluffy_core.store.database import Database
from fluffy_core.store.migrations import migrate


class Core:
    """One open home. A context manager; `close` is safe to call twice."""

    def __init__(self, settings: Settings, store: Database) -> None:
        self.settings = settings
        self.store = store
        self.bus = Bus()
        lookout = Lookout(store)
        self.gateway = lookout.door = network.gateway(store, settings.roots, reached=lookout.reached)
        paths = settings.paths
        self.models = ModelHost(
            embedder_engine(paths.models), partial(language_model, store, paths, self.gateway)
        )
        self.downloads = Downloads(store, self.gateway, settings.paths, bus=self.bus)
        connect = partial(accounts.connect, store, self.gateway)
        kinds = catalogue.kinds(
            settings.paths,
            self.models,
            connect=connect,
            pim=PimConnectors(
                partial(accounts.connect_calendar, store, self.gateway),
                partial(accounts.connect_contacts, store, self.gateway),
            ),
        )
        self.push = Push(store, connect, self.bus, ask=self._ask_soon)
        self.outbox = OutboxWorker(store, connect)
        self.jobs = JobSystem(store, Registry(kinds), self.bus, paths=settings.paths)
        self.jobs.beside = (self.outbox, lookout, self.push)

    @classmethod
    def open(cls, settings: Settings) -> "Core":
        """Open the home, making it on first use. Raises StoreError, VaultKeyError or NewerStoreError."""
        try:
            settings.paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The folder {settings.paths.home} cannot be made: {error.strerror}.") from error
        store = Database(settings.paths.database, keys.obtain(settings))
        try:
            migrate(store)
        except FluffyError:
            store.close()
            raise
        return cls(settings, store)

    def start_workers(self) -> bool:
        """Run this home's jobs in this process; False when another process does."""
        return self.jobs.start()

    def idle(self) -> bool:
        """Whether there is nothing left to do: no job, and no message on its way out."""
        return self.jobs.idle() and self.outbox.idle()

    def fetch(self, account_id: AccountId) -> list[JobId]:
        """Ask for everything of an account now; the jobs, of which the first sync may be one."""
        now = f"asked {time.time():.3f}"
        wanted = []
        if fetches(self.store, account_id, Service.MAIL):
            wanted.append((FIRST_SYNC, LATER_SYNC, {"account_id": account_id, "cursor": now}))
        if any(fetches(self.store, account_id, one) for one in (Service.CALENDAR, Service.CONTACTS)):
            wanted.append((calendars.JOB, calendars.JOB, {"account_id": account_id, "sync_token": now}))
        jobs: list[JobId | None] = []
        for waiting, name, arguments in wanted:
            jobs += ledger.open_of_account(self.store, account_id, waiting)[:1] or [
                self.jobs.enqueue(name, arguments)
            ]
        return [one for one in jobs if one is not None]

    def fetch_stale(self) -> int:
        """The user comes back to the window: ask for accounts not fetched for a minute; how many."""
        return push.ask_stale(self.store, self._ask_soon)

    def _ask_soon(self, account_id: AccountId) -> None:
        if not sync.is_asked(self.store, account_id):
            args = {"account_id": account_id, "cursor": f"news {time.time():.3f}"}
            self.jobs.enqueue(LATER_SYNC, args, delay=push.DEBOUNCE)

    def embed_if_installed(self, *, interactive: bool, deadline: float = 60.0) -> Embeds | None:
        """The embedder as a function, or None where its model is not installed.

        It raises TransientError when it does not answer within `deadline` seconds; while the model still
        loads that happens at once for short deadlines, and the next call finds it ready.
        """
        if not self.models.is_installed:
            return None
        return lambda texts: self.models.embed(texts, interactive=interactive, deadline=deadline)

    def summarize_better(self, thread_id: ThreadId, *, afresh: bool = False) -> JobId | None:
        """Ask for the language model's summary; None where there is no model, or it was asked for before."""
        if not self.models.language_model:
            return None
        last = messages.last_of_thread(self.store, thread_id)
        args = {"thread_id": thread_id, "last_message_id": last, "model": ACCURATE}
        return self.jobs.enqueue(summaries.NAME, args, afresh=afresh)

    def close(self) -> None:
        """Stop the workers and the model host, and close the database."""
        self.downloads.close()
        let_go = self.jobs.stop()
        self.models.close()
        if let_go:  # closing a connection under a thread that uses it would crash
            self.store.close()

    def __enter__(self) -> "Core":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
