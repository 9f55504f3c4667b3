"""The composition root: opens store, models and jobs, and passes them to whoever needs them."""

import threading
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from fluffy_core.ai.host.host import ModelHost, embedder_engine
from fluffy_core.config import Settings
from fluffy_core.domain.ids import AccountId, JobId, ThreadId
from fluffy_core.errors import FluffyError, StoreError
from fluffy_core.events import Bus
from fluffy_core.services.accounts import network
from fluffy_core.services.accounts.lookout import Lookout
from fluffy_core.services.models.downloads import Downloads
from fluffy_core.services.models.in_use import language_model
from fluffy_core.store import keys
from fluffy_core.store.database import Database
from fluffy_core.store.migrations import migrate

if TYPE_CHECKING:
    from fluffy_core.jobs.system import JobSystem
    from fluffy_core.services.reading.searching import Embeds
    from fluffy_core.works import Works


class Core:
    """One open home. A context manager; `close` is safe to call twice."""

    def __init__(self, settings: Settings, store: Database) -> None:
        self.settings = settings
        self.store = store
        self.bus = Bus()
        self._lookout = Lookout(store)
        self.gateway = network.gateway(store, settings.roots, reached=self._lookout.reached)
        self._lookout.door = self.gateway
        paths = settings.paths
        self.models = ModelHost(
            embedder_engine(paths.models), partial(language_model, store, paths, self.gateway)
        )
        self.downloads = Downloads(store, self.gateway, settings.paths, bus=self.bus)
        self._works: Works | None = None
        self._loading = threading.Lock()
        # The jobs hear of the first write, too: they join the end of the line while it is told.
        store.add_trigger(lambda _tx, _event: self._needs_works())
        store.add_after_commit(lambda _changes, _jobs: self._needs_works())

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

    @property
    def works(self) -> "Works":
        """Its jobs and what works beside them; loaded when they are first asked for, or something is written.

        Half a second, which a window that only shows mail, and a command that only reads, need not wait.
        """
        return self._works or self._load()

    def _load(self) -> "Works":
        with self._loading:
            if self._works is None:
                from fluffy_core.works import Works

                self._works = Works(
                    self.store, self.gateway, self.bus,
                    models=self.models, lookout=self._lookout, paths=self.settings.paths,
                )  # fmt: skip
            return self._works

    def _needs_works(self) -> None:
        _ = self.works

    @property
    def jobs(self) -> "JobSystem":
        """The jobs of this home."""
        return self.works.jobs

    def start_workers(self) -> bool:
        """Run this home's jobs in this process; False when another process does."""
        return self.jobs.start()

    @property
    def owned_elsewhere(self) -> bool:
        """Whether another process ran this home's jobs when its workers were last to start here."""
        return self._works is not None and self._works.jobs.owned_elsewhere

    def idle(self) -> bool:
        """Whether there is nothing left to do: no job, and no message on its way out."""
        return self.works.idle()

    def fetch(self, account_id: AccountId) -> list[JobId]:
        """Ask for everything of an account now; the jobs, of which the first sync may be one."""
        return self.works.fetch(account_id)

    def fetch_stale(self) -> int:
        """The user comes back to the window: ask for accounts not fetched for a minute; how many."""
        return self.works.fetch_stale()

    def embed_if_installed(self, *, interactive: bool, deadline: float = 60.0) -> "Embeds | None":
        """The embedder as a function, or None where its model is not installed.

        It raises TransientError when it does not answer within `deadline` seconds; while the model still
        loads that happens at once for short deadlines, and the next call finds it ready.
        """
        if not self.models.is_installed:
            return None
        return lambda texts: self.models.embed(texts, interactive=interactive, deadline=deadline)

    def summarize_better(self, thread_id: ThreadId, *, afresh: bool = False) -> JobId | None:
        """Ask for the language model's summary; None where there is no model, or it was asked for before."""
        return self.works.summarize_better(thread_id, afresh=afresh) if self.models.language_model else None

    def close(self) -> None:
        """Stop the workers and the model host, and close the database."""
        self.downloads.close()
        let_go = self._works is None or self._works.jobs.stop()
        self.models.close()
        if let_go:  # closing a connection under a thread that uses it would crash
            self.store.close()

    def __enter__(self) -> "Core":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
