"""A store filled by hand: letters written in a line each, kept by the import's own last step."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.source import RawItem, SourceFile, SourceKind
from fluffy_core.services.imports import ingest, prepare
from fluffy_core.store import addresses, sources
from fluffy_core.store.database import Database
from fluffy_core.store.migrations import migrate

ME = "me@example.com"
ANN, BOB = "Ann Ode <ann@firm.example>", "Bob Roe <bob@shop.example>"
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to be stored; `day` counts from NOON."""

    subject: str
    body: str = "Hello,\n\nthis is it.\n"
    sender: str = ANN
    to: str = ME
    day: float = 0
    cc: str = ""
    id: str = ""
    answers: str = ""
    flags: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, bytes], ...] = ()

    def raw(self, number: int) -> bytes:
        """The bytes of the message; `number` makes a Message-ID where none is given."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, self.to, self.subject
        mail["Date"] = format_datetime(datetime.fromtimestamp(date_of(self), UTC))
        mail["Message-ID"] = f"<{self.id or f'n{number}'}@letters.example>"
        if self.cc:
            mail["Cc"] = self.cc
        if self.answers:
            mail["References"] = f"<{self.answers}@letters.example>"
        for name, value in self.headers.items():
            mail[name] = value
        mail.set_content(self.body)
        for name, content in self.files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        return mail.as_bytes()


def date_of(letter: Letter) -> int:
    """The Unix seconds in a letter's Date."""
    return int(NOON.timestamp() + letter.day * 86400)


def empty(folder: Path) -> Database:
    """A new store with today's schema and a key of its own."""
    store = Database(folder / "fluffy.db", secrets.token_bytes(32))
    migrate(store)
    return store


def keep(
    store: Database, letters: Sequence[Letter], *, folder: str = "Inbox", name: str = "box"
) -> list[MessageId]:
    """Store letters as one page of one file; the ids of the new messages. ME is mine."""
    items = [RawItem(n, str(n), one.raw(n), one.flags) for n, one in enumerate(letters)]
    file = SourceFile(f"/{name}", SourceKind.MBOX, folder, sum(len(one.content) for one in items))
    with store.transaction() as tx:
        before = _highest(store)
        account = sources.open_account(tx, "files", name, now=time.time())
        addresses.set_mine(tx, [ME], confirmed=False)
        sources.begin(tx, account, [file])
        source = sources.of_account(tx, account)[-1]
        count = ingest.store_page(tx, source.id, prepare.preparer()(items))
        sources.advance(tx, source.id, count, position=len(items) - 1)
        return [
            MessageId(row[0]) for row in tx.all("SELECT id FROM messages WHERE id > ? ORDER BY id", (before,))
        ]


def _highest(store: Database) -> int:
    row = store.one("SELECT coalesce(max(id), 0) FROM messages")
    return int(row[0]) if row else 0
