"""What a pass keeps, whatever the account: in memory, on a full and a bare Dovecot, Gmail, Graph."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import ALL, AccountKind, AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts import changes as account_changes
from fluffy_core.services.sync import estimate, sync
from fluffy_core.services.sync.pages import Tally
from fluffy_core.services.sync.sync import Watch
from fluffy_core.store import accounts, sources
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.google_stage import gmail_stage
from tests.fakes.outlook_stage import outlook_stage
from tests.fakes.stages import MemoryStage, Stage, dovecot_stage, letter
from tests.fakes.synced import Row, dump, here

TURNS = 8


@pytest.fixture(params=["memory", "dovecot", "bare dovecot", "gmail", "outlook"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "memory":
        yield MemoryStage()
        return
    if request.param == "gmail":
        with gmail_stage() as gmail:
            yield gmail
        return
    if request.param == "outlook":
        with outlook_stage() as outlook:
            yield outlook
        return
    server = request.getfixturevalue("full_dovecot" if request.param == "dovecot" else "bare_dovecot")
    with dovecot_stage(server, request.getfixturevalue("outbox"), request.getfixturevalue("smtp")) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = stored.empty(tmp_path)
    yield database
    database.close()


class Mirror:
    """A store that syncs with a stage."""

    def __init__(self, store: Database, stage: Stage, *, since: str = "") -> None:
        self.store = store
        self.stage = stage
        with store.transaction() as tx:
            self.id = sources.open_account(tx, AccountKind.IMAP, "ben@example.com", now=0.0)
            accounts.put(tx, self.id, AccountSettings(Server("h", 1), "ben", since=since), password="")
        self.looking = stage.account()

    def connect(self, _account_id: AccountId) -> MailAccount:
        return self.stage.account()

    def run(self) -> Tally:
        tally = sync.run(self.store, self.id, self.connect, watch=Watch())
        assert tally is not None
        return tally

    def folders(self) -> tuple[Folder, ...]:
        return accounts_service.chosen(self.looking.folders(), ())

    def there(self) -> list[Row]:
        """What the server holds."""
        found = []
        for folder in self.folders():
            names = self.looking.message_ids(folder)
            refs = self.looking.list(folder, limit=10_000).refs
            for ref in [one.ref for one in self.looking.fetch(refs)]:
                row = (folder.name, names[ref.id], "unseen" not in ref.flags, "flagged" in ref.flags)
                found.append(row)
        return sorted(found)

    def role(self, role: FolderRole) -> Folder:
        """A folder by its role; where all mail is one the archive is a label like others."""
        folders = self.looking.folders()
        return next(one for one in folders if one.role is role or one.name == role.value.title())


@pytest.fixture
def mirror(store: Database, stage: Stage) -> Mirror:
    return Mirror(store, stage)


def test_whatever_others_do_both_sides_are_alike_afterwards(mirror: Mirror) -> None:
    dice, stage = random.Random(5), mirror.stage
    inbox, archive = mirror.role(FolderRole.INBOX), mirror.role(FolderRole.ARCHIVE)
    mail: list[int] = []
    for turn in range(TURNS):
        for number in range(turn * 5, turn * 5 + 5):
            stage.deliver(inbox, letter(number), flags=dice.choice([(), ("seen",), ("seen", "flagged")]))
            mail.append(number)
        stage.flag(inbox, f"<{dice.choice(mail)}@example.com>", dice.choice([(), ("seen", "flagged")]))
        moved = mail.pop(dice.randrange(len(mail)))
        stage.remove(inbox, f"<{moved}@example.com>")
        stage.deliver(archive, letter(moved), flags=("seen",) if turn % 2 else ())
        if turn == TURNS // 2:
            stage.renumber(archive)
        mirror.run()
    mirror.run()
    assert here(mirror.store, mirror.id) == mirror.there()
    assert len(mirror.store.all("SELECT id FROM messages")) == TURNS * 5
    before = dump(mirror.store)
    assert mirror.run() == Tally()
    assert dump(mirror.store) == before


def test_a_folder_that_is_new_and_one_that_goes(mirror: Mirror) -> None:
    mirror.run()
    mirror.stage.make("Projects")
    projects = next(one for one in mirror.looking.folders() if "Projects" in one.name)
    mirror.stage.deliver(projects, letter(1))
    assert mirror.run().stored == 1
    mirror.stage.drop(projects)
    mirror.run()
    mirror.run()
    if any(one.role is FolderRole.ALL for one in mirror.folders()):
        assert here(mirror.store, mirror.id) == mirror.there() != []
        assert "Projects" not in dict(mirror.store.all("SELECT label, label FROM message_labels"))
        return
    assert here(mirror.store, mirror.id) == []
    assert mirror.store.all("SELECT done FROM threads") == [(1,)]


def test_mail_since_a_day_only(store: Database, stage: Stage) -> None:
    mirror = Mirror(store, stage, since="2026-01-10")
    inbox = mirror.role(FolderRole.INBOX)
    stage.deliver(inbox, letter(1), arrived=date(2026, 1, 1))
    stage.deliver(inbox, letter(2), arrived=date(2026, 1, 20))
    assert mirror.run().stored == 1
    stage.flag(inbox, "<1@example.com>", ("flagged",))
    stage.deliver(inbox, letter(3), arrived=date(2026, 1, 21))
    assert mirror.run().stored == 1
    assert [row[1] for row in here(store, mirror.id)] == ["<2@example.com>", "<3@example.com>"]


def widen(mirror: Mirror, since: str) -> None:
    account_changes.change(mirror.store, mirror.id, mirror.connect, since=since)


def test_older_mail_later_and_none_of_it_gone_when_it_is_left_out(store: Database, stage: Stage) -> None:
    mirror = Mirror(store, stage, since="2026-01-10")
    archive = mirror.role(FolderRole.ARCHIVE)
    for number in range(6):
        stage.deliver(archive, letter(number), arrived=date(2026, 1, 7 + number))
    assert mirror.run().stored == 3
    widen(mirror, ALL)
    assert mirror.run() == Tally(stored=3)
    assert here(store, mirror.id) == mirror.there()
    widen(mirror, "2026-01-10")
    stage.flag(archive, "<1@example.com>", ("flagged",))
    stage.renumber(archive)
    for _ in range(3):
        tally = mirror.run()
        assert (tally.stored, tally.removed) == (0, 0)
    assert len(here(store, mirror.id)) == 6
    before = dump(store)
    assert mirror.run() == Tally()
    assert dump(store) == before


def test_everything_once_more_changes_nothing_that_is_right(mirror: Mirror) -> None:
    inbox, archive = mirror.role(FolderRole.INBOX), mirror.role(FolderRole.ARCHIVE)
    for number in range(5):
        mirror.stage.deliver(inbox, letter(number), flags=("seen",) if number % 2 else ())
    mirror.stage.deliver(archive, letter(0))
    mirror.run()
    with mirror.store.transaction() as tx:
        tx.execute("UPDATE threads SET note = 'mine' || id")
    threads = mirror.store.all("SELECT * FROM threads ORDER BY id")
    messages = mirror.store.all("SELECT * FROM messages ORDER BY id")
    account_changes.again(mirror.store, mirror.id)
    tally = mirror.run()
    assert (tally.stored, tally.duplicates, tally.removed) == (0, 6, 0)
    assert here(mirror.store, mirror.id) == mirror.there()
    assert mirror.store.all("SELECT * FROM threads ORDER BY id") == threads
    assert mirror.store.all("SELECT * FROM messages ORDER BY id") == messages
    assert mirror.run() == Tally()


def test_what_it_would_bring_is_what_it_brings(mirror: Mirror) -> None:
    inbox = mirror.role(FolderRole.INBOX)
    for number in range(4):
        mirror.stage.deliver(inbox, letter(number))
    before = dump(mirror.store)
    found = estimate.of_account(mirror.store, mirror.id, mirror.connect)
    assert dump(mirror.store) == before
    assert found.messages == 4
    assert found.bytes > 4 * 100
    assert found.seconds is not None
    assert mirror.run().stored == found.messages
    assert estimate.of_account(mirror.store, mirror.id, mirror.connect).messages == 0
