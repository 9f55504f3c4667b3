"""An account in a store whose server is in memory: what a pass makes of it, and whether both are alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.pages import Tally
from fluffy_core.services.sync.sync import Watch
from fluffy_core.store import accounts, sources
from fluffy_core.store.database import Database
from tests.fakes.memory_account import MemoryAccount, MemoryServer
from tests.fakes.stages import letter

ADDRESS = "ben@example.com"
SKIPPED = ("Drafts", "Junk")
"""Folders of the server in memory that are not fetched unasked."""

Row = tuple[str, str, bool, bool]
"""(folder, Message-ID, seen, flagged)"""


@dataclass
class Synced:
    """One account and its server."""

    store: Database
    server: MemoryServer = field(default_factory=MemoryServer)
    id: AccountId = field(init=False)

    def __post_init__(self) -> None:
        self.set_up(AccountSettings(Server("127.0.0.1", 1), ADDRESS))

    def set_up(self, settings: AccountSettings) -> None:
        """Keep the account with these settings."""
        with self.store.transaction() as tx:
            self.id = sources.open_account(tx, AccountKind.IMAP, ADDRESS, now=0.0)
            accounts.put(tx, self.id, settings, password="secret")

    def connect(self, _account_id: AccountId) -> MailAccount:
        return MemoryAccount(self.server)

    def run(self, watch: Watch | None = None) -> Tally:
        """One pass."""
        tally = sync.run(self.store, self.id, self.connect, watch=watch or Watch())
        assert tally is not None
        return tally

    def deliver(
        self, count: int, *, first: int = 0, folder: str = "Inbox", flags: Sequence[str] = ()
    ) -> list[str]:
        """New messages on the server; their ids."""
        return [self.server.deliver(folder, letter(n), flags=flags) for n in range(first, first + count)]

    def there(self) -> list[Row]:
        """What the server holds of the folders that are fetched."""
        found = []
        for name, shelf in self.server.shelves.items():
            for one in shelf.messages.values() if name not in SKIPPED else ():
                message_id = one.content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()
                found.append((name, message_id, "unseen" not in one.flags, "flagged" in one.flags))
        return sorted(found)

    def here(self) -> list[Row]:
        """What the store holds of the account."""
        return here(self.store, self.id)

    def messages(self) -> int:
        """How many messages are stored."""
        (count,) = self.store.one("SELECT count(*) FROM messages") or (0,)
        return int(count)

    def dump(self) -> list[tuple[str, object]]:
        """Every row of every table of the store."""
        return dump(self.store)


def here(store: Database, account_id: AccountId) -> list[Row]:
    """What a store holds of an account."""
    rows = store.all(
        "SELECT s.folder, m.message_id_header, m.seen, m.flagged FROM locations l "
        "JOIN sources s ON s.id = l.source_id JOIN messages m ON m.id = l.message_id "
        "WHERE s.account_id = ?",
        (account_id,),
    )
    return sorted((row[0], f"<{row[1].strip('<>')}>", bool(row[2]), bool(row[3])) for row in rows)


def dump(store: Database) -> list[tuple[str, object]]:
    """Every row of every table of a store."""
    names = store.all(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "AND name NOT LIKE 'search%' ORDER BY name"
    )
    return [(name, store.all(f"SELECT * FROM {name}")) for (name,) in names]
