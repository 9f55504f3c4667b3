"""Hears from servers that something new is there, and asks for a sync at once.

Each account whose server tells by itself (IMAP IDLE, a Pub/Sub subscription) has a thread that waits on a
connection of its own. Which accounts those are follows from what the store says, and is looked at anew
whenever the bus tells of a change; what another process changed is noticed within `LOOK` seconds.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import LATER_SYNC
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import KnownError, TransientError
from fluffy_core.events import Bus, Changed, Changes, Event
from fluffy_core.services.accounts import access, network
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.sync import sync
from fluffy_core.store import accounts, pauses, remote
from fluffy_core.store.database import Database

log = logging.getLogger(__name__)
DEBOUNCE = 1.5
"""Seconds from the news to the sync: what comes in a row is fetched together."""
LOOK = 15.0
WAIT = 1800.0
"""Seconds of one wait for news."""
AT_ONCE = 0.5
"""Seconds: a wait that ends earlier, without news, says that the server tells nothing by itself."""
SHORTEST, LONGEST = 5.0, 300.0
"""Seconds before the next try to connect: few at first, more the longer it does not work."""
STALE = 60.0
"""Seconds after which the mail is fetched anew when the user comes back to the window."""
_TELLING = frozenset({Changed.ACCOUNTS, Changed.SETTINGS})

Ask = Callable[[AccountId], object]
"""Asks for a sync of an account, to begin in DEBOUNCE seconds."""


class Push:
    """Keeps one waiting thread for each account that may be listened to."""

    def __init__(self, store: Database, connect: Connect, bus: Bus, *, ask: Ask) -> None:
        self._store = store
        self._connect = connect
        self._bus = bus
        self._ask = ask
        self._ears: dict[AccountId, Ear] = {}
        self._leaving: list[Ear] = []
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Listen, in threads of its own."""
        self._stopped.clear()
        self._unsubscribe = self._bus.subscribe(self._heard)
        self._thread = threading.Thread(target=self._watch, name="push", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Listen no longer; False when a thread does not end within `timeout` seconds."""
        self._unsubscribe()
        self._stopped.set()
        self._wake.set()
        end = time.monotonic() + timeout
        if self._thread is not None:
            self._thread.join(timeout)
        ears = [*self._ears.values(), *self._leaving]
        for one in ears:
            one.leave()
        for one in ears:
            one.thread.join(max(0.0, end - time.monotonic()))
        threads = [one.thread for one in ears] + ([self._thread] if self._thread is not None else [])
        self._ears, self._leaving, self._thread = {}, [], None
        return not any(one.is_alive() for one in threads)

    def listening(self) -> frozenset[AccountId]:
        """The accounts whose servers are listened to now."""
        return frozenset(one for one, ear in tuple(self._ears.items()) if ear.listening)

    def _heard(self, event: Event) -> None:
        if isinstance(event, Changes) and event.kinds & _TELLING:
            self._wake.set()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            try:
                self._look()
            except KnownError as error:
                log.warning("new mail is not listened for: %s", error)
            self._wake.wait(LOOK)

    def _look(self) -> None:
        wanted = audible(self._store)
        for account_id, ear in tuple(self._ears.items()):
            if wanted.get(account_id) != ear.settings:
                ear.leave()
                self._leaving.append(self._ears.pop(account_id))
        self._leaving = [one for one in self._leaving if one.thread.is_alive()]
        for account_id, settings in wanted.items():
            if account_id not in self._ears:
                ear = Ear(self._store, account_id, settings, connect=self._connect, ask=self._ask)
                self._ears[account_id] = ear
                ear.thread.start()
            self._ears[account_id].hurry(accounts.synced_at(self._store, account_id))


def audible(store: Database) -> dict[AccountId, AccountSettings]:
    """The accounts that may be listened to: fetched once, not paused, and their servers want us."""
    paused = pauses.read(store)
    if paused.everything or LATER_SYNC in paused.kinds:
        return {}
    found = {}
    for one in network.worth_asking(store):
        settings = accounts.get(store, one.id)
        fetched = accounts.synced_at(store, one.id) and not sync.is_first_open(store, one.id)
        if settings is not None and Service.MAIL in settings.services and fetched:
            found[one.id] = settings
    return found


class Ear:
    """The thread that waits for one account's server to tell something."""

    def __init__(
        self, store: Database, account_id: AccountId, settings: AccountSettings, *, connect: Connect, ask: Ask
    ) -> None:
        self.settings = settings
        self.listening = False
        self.thread = threading.Thread(target=self._run, name=f"push-{account_id}", daemon=True)
        self._store = store
        self._account_id = account_id
        self._connect = connect
        self._ask = ask
        self._left = False
        self._wake = threading.Event()
        self._account: MailAccount | None = None
        self._synced_at = accounts.synced_at(store, account_id)

    def leave(self) -> None:
        """End soon; called from another thread."""
        self._left = True
        self._wake.set()
        account = self._account
        if account is not None:
            account.close()

    def hurry(self, synced_at: float) -> None:
        """A sync worked at that moment: where connecting did not, it is worth another try now."""
        if synced_at > self._synced_at:
            self._synced_at = synced_at
            self._wake.set()

    def _run(self) -> None:
        failures = 0
        while not self._left:
            self._wake.clear()
            try:
                with closing(self._connect(self._account_id)) as account:
                    self._account = account
                    if not self._left:
                        self._listen(account)
                return
            except TransientError as error:
                failures = 1 if self.listening else failures + 1
                self.listening = False
                if not self._left:
                    access.remember(self._store, self._account_id, error)
                    self._wake.wait(random.uniform(0.5, 1.0) * min(SHORTEST * 2**failures, LONGEST))
            except KnownError as error:  # refused, offline, removed: `audible` decides
                access.remember(self._store, self._account_id, error)
                return
            finally:
                self._account, self.listening = None, False

    def _listen(self, account: MailAccount) -> None:
        """Ask for a sync with all news; at first, too, for what came while nobody listened."""
        inbox = inbox_of(account, self.settings)
        if inbox is None:
            return
        news = account.cursor(inbox) != self._known(inbox)
        while not self._left:
            if news:
                self._ask(self._account_id)
            self.listening = True
            begun = time.monotonic()
            news = account.wait(inbox, WAIT)
            if news:
                account.cursor(inbox)
            elif time.monotonic() - begun < AT_ONCE:
                return

    def _known(self, inbox: Folder) -> str:
        """Up to where the inbox is synced."""
        known = remote.folders(self._store, self._account_id).get(inbox.id)
        return "" if known is None else known.cursor


def inbox_of(account: MailAccount, settings: AccountSettings) -> Folder | None:
    """The inbox, if it is fetched; of what holds every message again, that."""
    wanted = accounts_service.chosen(account.folders(), settings.folders)
    first = [one for one in wanted if one.role in (FolderRole.INBOX, FolderRole.ALL)]
    return first[0] if first else None


def ask_stale(store: Database, ask: Ask, *, now: float | None = None) -> int:
    """The user is back: ask for accounts that were not fetched for STALE seconds; how many there are."""
    at = time.time() if now is None else now
    stale = [
        one.id
        for one in network.worth_asking(store)
        if at - accounts.synced_at(store, one.id) > STALE and not sync.is_first_open(store, one.id)
    ]
    for account_id in stale:
        ask(account_id)
    return len(stale)
