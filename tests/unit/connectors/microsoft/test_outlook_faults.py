"""A sync with a Graph that is not well: once it is again, both sides are alike, nothing is written twice."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountKind, AccountSettings
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import AnswerError, SignInError, TransientError
from fluffy_core.services.sync import sync
from fluffy_core.services.sync.pages import Tally
from fluffy_core.services.sync.sync import Watch
from fluffy_core.store import accounts, sources
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.outlook_stage import OutlookStage, outlook_stage
from tests.fakes.stages import letter
from tests.fakes.synced import Row, dump, here
from tests.fakes.web_server import Asked, Reply

COUNT = 12
JSON = {"Content-Type": "application/json"}
LISTING, DELTA, CONTENT, FOLDERS = "/messages", "/delta", "/$value", "/mailFolders"
WHERE = [FOLDERS, LISTING, DELTA, CONTENT]
ELSEWHERE = "https://graph.example.net/v1.0/me/messages?$skiptoken=x"
PASSING = {
    "a fault of its own": Reply(500, b'{"error":{"code":"InternalServerError","message":"Oops."}}', JSON),
    "busy": Reply(503, b"", {"Retry-After": "37"}),
    "throttled": Reply(429, b'{"error":{"code":"TooManyRequests","message":"Slow."}}', JSON),
    "a web page": Reply(200, b"<!DOCTYPE html><title>Welcome</title>", {"Content-Type": "text/html"}),
    "cut short": Reply(200, json.dumps({"value": [{"id": "x" * 500}]}).encode(), JSON, drop_at=90),
    "gone at once": Reply(200, b"x" * 100, JSON, drop_at=0),
    "empty": Reply(200, b"", JSON),
}
NONSENSE = {
    "no JSON": b'{"value": [',
    "a list": b"[]",
    "no value": b"{}",
    "a number for a page": b'{"value": 3}',
    "an entry without id": b'{"value": [{"isRead": true}]}',
    "an id that is none": b'{"value": [{"id": 7}]}',
    "on to another server": json.dumps({"value": [], "@odata.nextLink": ELSEWHERE}).encode(),
    "a link that is none": b'{"value": [], "@odata.nextLink": 5}',
}


class Mirror:
    """A store that syncs with a mailbox."""

    def __init__(self, store: Database, stage: OutlookStage) -> None:
        self.store = store
        self.stage = stage
        with store.transaction() as tx:
            self.id = sources.open_account(tx, AccountKind.MICROSOFT, "ben@example.com", now=0.0)
            accounts.put(tx, self.id, AccountSettings(kind=AccountKind.MICROSOFT), password="")
        self.looking = stage.account()
        self.inbox, self.archive = (self.role(one) for one in (FolderRole.INBOX, FolderRole.ARCHIVE))
        for number in range(COUNT):
            stage.deliver(self.inbox, letter(number), flags=["seen"] if number % 2 else [])

    def connect(self, _account_id: AccountId) -> MailAccount:
        return self.stage.account()

    def role(self, role: FolderRole) -> Folder:
        return next(one for one in self.looking.folders() if one.role is role)

    def run(self) -> Tally:
        tally = sync.run(self.store, self.id, self.connect, watch=Watch())
        assert tally is not None
        return tally

    def change(self) -> None:
        """What other programs do."""
        self.stage.deliver(self.inbox, letter(COUNT), flags=["flagged"])
        self.stage.flag(self.inbox, "<2@example.com>", ["seen", "flagged"])
        self.stage.remove(self.inbox, "<3@example.com>")
        (moved,) = self.stage.server.mail.named(self.inbox.id, "<4@example.com>")
        self.stage.server.mail.move(moved, self.archive.id)

    def there(self) -> list[Row]:
        """What the server holds."""
        found = []
        for folder in (self.inbox, self.archive):
            names = self.looking.message_ids(folder)
            for ref in self.looking.list(folder, limit=1000).refs:
                row = (folder.name, names[ref.id], "unseen" not in ref.flags, "flagged" in ref.flags)
                found.append(row)
        return sorted(found)

    def heals(self) -> None:
        """After the faults end, both sides are alike, and another pass writes nothing."""
        self.stage.server.web.faults.clear()
        for _ in range(3):
            self.run()
        assert here(self.store, self.id) == self.there()
        before = dump(self.store)
        assert self.run() == Tally()
        assert dump(self.store) == before


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    database = stored.empty(tmp_path)
    with outlook_stage() as stage:
        yield Mirror(database, stage)
    database.close()


def strike(mirror: Mirror, where: str, *replies: Reply) -> None:
    """The next requests to paths that end so get these answers."""
    web = mirror.stage.server.web
    web.struck = lambda asked: asked.path.endswith(where) and asked.method == "GET"
    web.faults.extend(replies)


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("fault", PASSING)
def test_faults_that_pass(mirror: Mirror, where: str, fault: str) -> None:
    strike(mirror, where, PASSING[fault])
    if where == CONTENT and fault in ("a fault of its own", "empty"):
        assert mirror.run().stored == COUNT  # a single message failed, and came with the second try
    else:
        with pytest.raises(TransientError) as told:
            mirror.run()
        assert told.value.retry_after == (37.0 if fault == "busy" else None)
    assert not mirror.stage.server.web.faults
    mirror.change()
    strike(mirror, where, PASSING[fault])
    with suppress(TransientError):
        mirror.run()
    mirror.heals()
    assert len(mirror.store.all("SELECT id FROM messages")) in (COUNT, COUNT + 1)


@pytest.mark.parametrize("where", [FOLDERS, LISTING, DELTA])
@pytest.mark.parametrize("fault", NONSENSE)
def test_answers_that_make_no_sense(mirror: Mirror, where: str, fault: str) -> None:
    for change in (False, True) if where != LISTING else (False,):
        if change:
            mirror.change()
        strike(mirror, where, Reply(200, NONSENSE[fault], JSON))
        with pytest.raises(TransientError):
            mirror.run()
        mirror.heals()
    assert {one.headers["authorization"] for one in mirror.stage.server.web.asked} == {"Bearer good"}


def test_a_storm_of_faults(mirror: Mirror) -> None:
    for where in (FOLDERS, LISTING, CONTENT, DELTA):
        strike(mirror, where, *[Reply(500, b"", JSON)] * 40)
        with pytest.raises(TransientError):
            mirror.run()
        mirror.stage.server.web.faults.clear()
    mirror.change()
    mirror.heals()
    assert len(mirror.store.all("SELECT id FROM messages")) == COUNT + 1


def test_a_third_of_the_messages_fails(mirror: Mirror) -> None:
    """The others come; those that failed come with the next pass."""
    web = mirror.stage.server.web
    met = 0

    def every_third(asked: Asked) -> bool:
        nonlocal met
        met += asked.path.endswith(CONTENT)
        return asked.path.endswith(CONTENT) and met % 3 == 2

    web.struck = every_third
    web.faults.extend([Reply(500, b"", JSON)] * 100)
    tally = mirror.run()
    assert tally.waiting > 0
    assert tally.stored + tally.waiting == COUNT
    mirror.heals()


def test_a_token_that_is_refused_once_and_for_ever(mirror: Mirror) -> None:
    strike(mirror, LISTING, Reply(401, b"", JSON))
    assert mirror.run().stored == COUNT
    mirror.change()
    strike(mirror, DELTA, *[Reply(401, b"", JSON)] * 2)
    with pytest.raises(SignInError):
        mirror.run()
    mirror.heals()


@pytest.mark.parametrize("where", WHERE)
def test_a_permission_that_is_missing(mirror: Mirror, where: str) -> None:
    words = b'{"error":{"code":"ErrorAccessDenied","message":"Access is denied. Check credentials."}}'
    strike(mirror, where, *[Reply(403, words, JSON)] * 20)
    with pytest.raises(AnswerError, match="Access is denied") as told:
        mirror.run()
    assert told.value.status == 403
    mirror.heals()


def test_cursors_that_expire(mirror: Mirror) -> None:
    mirror.run()
    mirror.change()
    mirror.stage.server.rounds.forget()
    web = mirror.stage.server.web
    begun = len(web.asked)
    mirror.run()
    fetched = [one for one in web.asked[begun:] if one.path.endswith(CONTENT)]
    assert len(fetched) == 2  # the new one, and the one that is in another folder now
    mirror.heals()


def test_cursors_that_expire_for_ever_end_the_pass(mirror: Mirror) -> None:
    mirror.run()
    strike(mirror, DELTA, *[Reply(410, b"", JSON)] * 50)
    with pytest.raises(TransientError):
        mirror.run()
    mirror.change()
    mirror.heals()


def test_sizes_that_are_lies(mirror: Mirror) -> None:
    for size, letter_ in zip((0, -5, 10**9, 10**15), mirror.stage.server.mail.letters.values(), strict=False):
        letter_.size = size
    mirror.run()
    mirror.change()
    mirror.heals()


def test_a_message_that_moves_is_the_same_message(mirror: Mirror) -> None:
    mirror.run()
    before = mirror.store.all("SELECT id FROM messages ORDER BY id")
    mirror.change()
    mirror.heals()
    after = mirror.store.all("SELECT id FROM messages ORDER BY id")
    assert [row for row in after if row not in before] == [(max(before)[0] + 1,)]
    assert len({one.headers["prefer"] for one in mirror.stage.server.web.asked}) > 0
    assert all('IdType="ImmutableId"' in one.headers["prefer"] for one in mirror.stage.server.web.asked)
