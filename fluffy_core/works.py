"""What works in an open home: its jobs, its outbox, and who listens for news from servers.

All of it takes longer to load than the rest of the core together; `Core` does so when it is first needed.
"""

import time
from functools import partial

from fluffy_core.ai.base import Models
from fluffy_core.config import Paths
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.domain.accounts import Service
from fluffy_core.domain.ids import AccountId, JobId, ThreadId
from fluffy_core.domain.intelligence import ACCURATE
from fluffy_core.domain.jobs import FIRST_SYNC, LATER_SYNC
from fluffy_core.events import Bus
from fluffy_core.jobs import catalogue
from fluffy_core.jobs.outbox import OutboxWorker
from fluffy_core.jobs.registry import Registry
from fluffy_core.jobs.system import JobSystem
from fluffy_core.jobs.tasks import summaries
from fluffy_core.services.accounts import accounts
from fluffy_core.services.accounts.lookout import Lookout
from fluffy_core.services.sync import calendars, push, sync
from fluffy_core.services.sync.calendars import PimConnectors
from fluffy_core.services.sync.push import Push
from fluffy_core.store import ledger, messages
from fluffy_core.store.accounts import fetches
from fluffy_core.store.database import Database


class Works:
    """Made once for a home; its parts start and stop with `jobs`."""

    def __init__(
        self, store: Database, gateway: Gateway, bus: Bus, *, models: Models, lookout: Lookout, paths: Paths
    ) -> None:
        self._store = store
        connect = partial(accounts.connect, store, gateway)
        pim = PimConnectors(
            partial(accounts.connect_calendar, store, gateway),
            partial(accounts.connect_contacts, store, gateway),
        )
        kinds = catalogue.kinds(paths, models, connect=connect, pim=pim)
        self.push = Push(store, connect, bus, ask=self._ask_soon)
        self.outbox = OutboxWorker(store, connect)
        self.jobs = JobSystem(store, Registry(kinds), bus, paths=paths)
        self.jobs.beside = (self.outbox, lookout, self.push)

    def idle(self) -> bool:
        """Whether there is nothing left to do: no job, and no message on its way out."""
        return self.jobs.idle() and self.outbox.idle()

    def fetch(self, account_id: AccountId) -> list[JobId]:
        """Ask for everything of an account now; the jobs, of which the first sync may be one."""
        now = f"asked {time.time():.3f}"
        wanted = []
        if fetches(self._store, account_id, Service.MAIL):
            wanted.append((FIRST_SYNC, LATER_SYNC, {"account_id": account_id, "cursor": now}))
        if any(fetches(self._store, account_id, one) for one in (Service.CALENDAR, Service.CONTACTS)):
            wanted.append((calendars.JOB, calendars.JOB, {"account_id": account_id, "sync_token": now}))
        jobs: list[JobId | None] = []
        for waiting, name, arguments in wanted:
            jobs += ledger.open_of_account(self._store, account_id, waiting)[:1] or [
                self.jobs.enqueue(name, arguments)
            ]
        return [one for one in jobs if one is not None]

    def fetch_stale(self) -> int:
        """The user comes back to the window: ask for accounts not fetched for a minute; how many."""
        return push.ask_stale(self._store, self._ask_soon)

    def summarize_better(self, thread_id: ThreadId, *, afresh: bool) -> JobId | None:
        """Ask for the language model's summary; None where it was asked for before."""
        last = messages.last_of_thread(self._store, thread_id)
        args = {"thread_id": thread_id, "last_message_id": last, "model": ACCURATE}
        return self.jobs.enqueue(summaries.NAME, args, afresh=afresh)

    def _ask_soon(self, account_id: AccountId) -> None:
        if not sync.is_asked(self._store, account_id):
            args = {"account_id": account_id, "cursor": f"news {time.time():.3f}"}
            self.jobs.enqueue(LATER_SYNC, args, delay=push.DEBOUNCE)
