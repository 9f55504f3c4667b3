"""Accounts on servers in memory, with the names of the core's face; `fault` is what the server says next."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from fluffy_core import (
    ALL,
    AccountId,
    AccountKind,
    AccountOverview,
    AccountSettings,
    AccountState,
    AccountView,
    Added,
    Bus,
    Changed,
    Client,
    Connection,
    Endpoint,
    Estimate,
    Folder,
    FolderEstimate,
    FolderRole,
    FolderState,
    Forgotten,
    Grant,
    Login,
    Looked,
    Security,
    Server,
    Servers,
    Service,
    SignInError,
    SyncEntry,
    UsageError,
)

PASSWORD = "correct-horse"
NOW = int(time.time())
FOLDERS = (
    Folder("1", "Inbox", FolderRole.INBOX),
    Folder("2", "Sent", FolderRole.SENT),
    Folder("3", "Archive/2019", FolderRole.ARCHIVE),
    Folder("4", "Junk", FolderRole.JUNK),
)
USUAL = ("Inbox", "Sent", "Archive/2019")
HISTORY = (
    SyncEntry(NOW - 130.0, "0 new messages", 4),
    SyncEntry(NOW - 4000.0, "imap.example.com does not answer.", failed=True),
    SyncEntry(NOW - 90_000.0, "Reading mail: 15,504 new messages"),
)
DISCOVERED = Servers(
    "example.com",
    Endpoint("imap.example.com", 993, Security.TLS, "imap"),
    Endpoint("smtp.example.com", 465, Security.TLS, "smtp"),
)


WORDS = {
    AccountState.UP_TO_DATE: "Up to date",
    AccountState.FETCHING: "Fetching new mail",
    AccountState.REFUSED: "Sign in again",
    AccountState.OFFLINE: "Offline",
    AccountState.UNREACHABLE: "Cannot be reached",
    AccountState.FAILING: "The last sync failed",
    AccountState.THROTTLED: "Throttled until 14:05",
}


def words(state: AccountState, done: int, total: int) -> str:
    """As the core says it."""
    if state is AccountState.FIRST_SYNC:
        return f"First sync: {done:,} of {total:,}" if done else "First sync is about to start"
    return WORDS[state]


def state(
    at: int = 1,
    *,
    folders: tuple[FolderState, ...] = (FolderState("1", "Inbox", 12_400), FolderState("2", "Sent", 3_104)),
    history: tuple[SyncEntry, ...] = HISTORY,
    **more: object,
) -> AccountView:
    """An account that is up to date."""
    made = AccountOverview(
        id=AccountId(at),
        address=f"ben{at if at > 1 else ''}@example.com",
        kind=AccountKind.IMAP,
        services=(Service.MAIL,),
        host="imap.example.com",
        state=AccountState.UP_TO_DATE,
        words="",
        messages=sum(one.messages for one in folders),
        folders=len(folders),
        waiting=0,
        last_sync=NOW - 130.0,
        throttled_until=0.0,
        refused="",
        error="",
        since=ALL,
        job_id=None,
        done=0,
        total=0,
        eta_at=None,
    )
    made = replace(made, **more)  # type: ignore[arg-type]
    return AccountView(replace(made, words=words(made.state, made.done, made.total)), folders, history)


def connection(at: float, host: str = "imap.example.com", **more: object) -> Connection:
    """A connection so many seconds ago."""
    made = Connection(time.time() - at, host, 993, "IMAP", 48_000, 3_000, "")
    return replace(made, **more)  # type: ignore[arg-type]


class FakeAccounts:
    """Answers what the accounts' services are asked."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.states: tuple[AccountView, ...] = ()
        self.broken: Exception | None = None
        self.discovered: Servers | Exception = DISCOVERED
        self.fault: Exception | None = None
        """What the server says instead of letting us in."""
        self.trusted = ""
        """Only with this certificate there is no fault."""
        self.cannot_send = ""
        self.permission = ""
        """What becomes of one when its account is removed."""
        self.offline = False
        self.held = threading.Event()
        self.held.set()
        """Not set, the server does not answer."""
        self.asked: list[tuple[object, ...]] = []
        self.added: list[tuple[str, AccountSettings, str]] = []
        self.previewed: list[AccountSettings] = []
        self.grants: list[Grant | None] = []
        self.clients: dict[AccountKind, Client] = {}
        self.settings = AccountSettings(Server("imap.example.com", 993), "ben@example.com")
        self.connections: tuple[Connection, ...] = ()

    def servers_of(self, _gateway: object, _address: str) -> Servers:
        self.held.wait(5)
        if isinstance(self.discovered, Exception):
            raise self.discovered
        return self.discovered

    def look(
        self,
        _gateway: object,
        settings: AccountSettings,
        *,
        password: str = "",
        grant: Grant | None = None,
        met: Callable[[bool], object],
    ) -> Looked:
        self.held.wait(5)
        if grant is None:
            self._let_in(settings, password, met)
        return Looked(FOLDERS, USUAL)

    def _let_in(self, settings: AccountSettings, password: str, met: Callable[[bool], object]) -> None:
        if self.fault is not None and settings.certificate != (self.trusted or "none"):
            raise self.fault
        met(settings.imap is not None and settings.imap.security == "tls")
        if password != PASSWORD:
            raise SignInError(f"The server refuses the user name or password of {settings.user}.")

    def add(
        self,
        _store: object,
        _gateway: object,
        address: str,
        *,
        settings: AccountSettings,
        password: str = "",
        grant: Grant | None = None,
    ) -> Added:
        if grant is None:
            self._let_in(settings, password, lambda _encrypted: None)
        self.added.append((address, settings, password))
        self.grants.append(grant)
        self.states = (
            *self.states,
            state(len(self.states) + 1, address=address, state=AccountState.FIRST_SYNC),
        )
        self._bus.changed(Changed.ACCOUNTS)
        return Added(self.states[-1].id, settings.folders or USUAL, (), cannot_send=self.cannot_send)

    def found(self, _store: object, *, now: float) -> tuple[AccountView, ...]:
        assert now
        if self.broken is not None:
            raise self.broken
        return self.states

    def overviews(self, store: object) -> tuple[AccountOverview, ...]:
        return tuple(one.overview for one in self.found(store, now=1.0))

    def listed(self, _store: object) -> tuple[AccountView, ...]:
        return self.states

    def preview(self, _gateway: object, settings: AccountSettings, _login: Login) -> Estimate:
        self.previewed.append(settings)
        if self.fault is not None:
            raise self.fault
        return Estimate((FolderEstimate("Inbox", 12_431, 1_400_000_000, exact=True),), 540.0)

    def note(self, *what: object) -> int:
        self.asked.append(what)
        self._bus.changed(Changed.ACCOUNTS)
        return 12_400

    def sync(self, account_id: AccountId) -> None:
        self.note("sync", account_id)

    def sign_in(self, _store: object, _gateway: object, account_id: AccountId, *, password: str) -> None:
        self._let_in(self.settings, password, lambda _encrypted: None)
        self.note("sign in", account_id)

    def folders(self, _store: object, _gateway: object, _account_id: AccountId) -> tuple[Folder, ...]:
        if self.fault is not None:
            raise self.fault
        return FOLDERS

    def chosen(self, folders: tuple[Folder, ...], _names: tuple[str, ...]) -> tuple[Folder, ...]:
        return tuple(one for one in folders if one.name in USUAL)

    def settings_now(self, _store: object, _account_id: AccountId) -> AccountSettings:
        if not self.states:
            raise UsageError("There is no such account any more.")
        return self.settings

    def set_offline(self, _store: object, offline: bool) -> None:
        self.offline = offline
        self._bus.changed(Changed.SETTINGS, Changed.TRAFFIC)

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this one's function."""
        return {
            "accounts": {
                "servers_of": self.servers_of,
                "add": self.add,
                "listed": self.listed,
                "chosen": self.chosen,
                "remove": lambda _s, _g, one: Forgotten(self.note("remove", one), self.permission),
                "existing": lambda _s, kind, _a: (None, AccountSettings(kind=kind, services=())),
            },
            "account_check": {"look": self.look},
            "account_states": {"states": self.found},
            "accounts_overview": {
                "listed": lambda _s: tuple(one.overview for one in self.found(_s, now=1.0))
            },
            "account_changes": {
                "change": lambda _s, one, _c, since, folders: self.note("change", one, folders, since),
                "again": lambda _s, one: self.note("whole", one),
            },
            "estimate": {"preview": self.preview},
            "account_care": {
                "settings": self.settings_now,
                "folders": self.folders,
                "sign_in": self.sign_in,
                "settle_gone": lambda _s, one, folder, keep: self.note("gone", one, folder, keep),
            },
            "network": {
                "is_offline": lambda _s: self.offline,
                "set_offline": self.set_offline,
                "connections": lambda _s, limit: self.connections[:limit],
            },
        }
