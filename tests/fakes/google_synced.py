"""A Google account in a store, with its loopback server: what passes make of it, whether both are alike."""

from dataclasses import dataclass, field

from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.domain.accounts import AccountKind, AccountSettings
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import KnownError
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.pages import Tally
from fluffy_core.services.sync.sync import Watch
from fluffy_core.store import accounts, sources
from fluffy_core.store.database import Database
from tests.fakes.google_mailbox import ADDRESS
from tests.fakes.google_server import TOKEN
from tests.fakes.google_stage import GmailStage
from tests.fakes.stages import letter

NAMES = {
    "INBOX": "Inbox", "SENT": "Sent", "STARRED": "Starred", "IMPORTANT": "Important",
    "CATEGORY_PROMOTIONS": "Category Promotions",
}  # fmt: skip
"""What a user calls the labels that tests use."""

Row = tuple[str, bool, bool, tuple[str, ...]]
"""(Message-ID, seen, flagged, labels)"""


@dataclass
class GmailSynced:
    """One account. `tokens` are what its token hands out, one after the other as they are refused."""

    store: Database
    stage: GmailStage
    tokens: tuple[str, ...] = (TOKEN,)
    address: str = ADDRESS
    id: AccountId = field(init=False)
    units: list[int] = field(default_factory=list)
    """Quota units of each pass."""

    def __post_init__(self) -> None:
        with self.store.transaction() as tx:
            self.id = sources.open_account(tx, AccountKind.GOOGLE, self.address, now=0.0)
            accounts.put(tx, self.id, AccountSettings(kind=AccountKind.GOOGLE), password="")

    def set_up(self, settings: AccountSettings) -> None:
        """Other settings."""
        with self.store.transaction() as tx:
            accounts.put(tx, self.id, settings, password="")

    def run(self) -> Tally:
        """One pass."""
        made: list[GmailAccount] = []

        def connect(_account_id: AccountId) -> GmailAccount:
            made.append(self.stage.gmail(*self.tokens))
            return made[-1]

        try:
            tally = sync.run(self.store, self.id, connect, watch=Watch())
        finally:
            self.units += [one.units for one in made]
        assert tally is not None
        return tally

    def run_until_done(self, tries: int = 30) -> list[KnownError]:
        """Passes until one comes to its end, as the job queue tries again; what went wrong before."""
        errors: list[KnownError] = []
        for _ in range(tries):
            try:
                self.run()
            except KnownError as error:
                errors.append(error)
            else:
                return errors
        raise AssertionError(errors[-1])

    def deliver(self, count: int, *, first: int = 0) -> None:
        """New mail on the server."""
        for number in range(first, first + count):
            self.stage.mail.deliver(letter(number))

    def there(self) -> list[Row]:
        """What the server holds of "All Mail"."""
        found = []
        labels = self.stage.mail.labels
        for one in self.stage.mail.messages.values():
            if not one.labels & {"SPAM", "TRASH", "DRAFT"}:
                shown = sorted(NAMES.get(key, labels[key]) for key in one.labels - {"UNREAD"})
                row = (id_of(one.raw), "UNREAD" not in one.labels, "STARRED" in one.labels, tuple(shown))
                found.append(row)
        return sorted(found)

    def here(self) -> list[Row]:
        """What the store holds of the account."""
        found = []
        for row in self.store.all(
            "SELECT m.message_id_header, m.seen, m.flagged, m.id FROM locations l "
            "JOIN sources s ON s.id = l.source_id JOIN messages m ON m.id = l.message_id "
            "WHERE s.account_id = ?",
            (self.id,),
        ):
            labels = self.store.all(
                "SELECT label FROM message_labels WHERE message_id = ? ORDER BY label", (row[3],)
            )
            shown = tuple(label for (label,) in labels)
            found.append((f"<{row[0].strip('<>')}>", bool(row[1]), bool(row[2]), shown))
        return sorted(found)

    def messages(self) -> int:
        """How many messages are stored."""
        (count,) = self.store.one("SELECT count(*) FROM messages") or (0,)
        return int(count)
