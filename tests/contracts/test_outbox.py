"""What the outbox keeps, whatever the account: in memory, on a full and a bare Dovecot, Gmail, Graph."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.imap.smtp import without_bcc
from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft, OutboxState, OutgoingFile
from fluffy_core.domain.sync import FolderRole
from fluffy_core.mail.mime import mime
from fluffy_core.services.writing import outbox
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.cutter import MOMENTS, Cutter
from tests.fakes.dovecot import Dovecot
from tests.fakes.filed import Filed
from tests.fakes.google_stage import gmail_stage
from tests.fakes.outlook_stage import outlook_stage
from tests.fakes.posted import Posted
from tests.fakes.stages import MemoryStage, Stage, dovecot_stage
from tests.fakes.submission import Outbox

S = OutboxState
ANN, BEN = Address("ann@x.example", "Änn"), Address("ben@x.example")
LETTER = Draft((ANN,), bcc=(BEN,), subject="Grüße", text="Größe\n.\n..\nFrom here\n")
LARGE = replace(LETTER, files=(OutgoingFile("film.bin", b"x" * (6 << 20)),))
"""More than fits between two ends of a wire: its writer notices when that is cut."""


@dataclass
class Staged(Posted):
    """An outbox whose account is a stage's."""

    stage: Stage = field(default_factory=MemoryStage)

    def connect(self, _account_id: AccountId) -> MailAccount:
        return self.stage.account()

    def delivered(self) -> list[tuple[str, ...]]:
        return [one.recipients for one in self.stage.outbox.delivered]

    def held(self, role: FolderRole) -> list[bytes]:
        """Messages in the folder of that role."""
        with closing(self.stage.account()) as account:
            found = [one for one in account.folders() if one.role is role]
            refs = [ref for one in found for ref in account.list(one).refs]
            return [one.content for one in account.fetch(refs)]

    def among_the_sent(self) -> int:
        return len(self.held(FolderRole.SENT))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = stored.empty(tmp_path)
    yield database
    database.close()


@pytest.fixture(params=["memory", "dovecot", "bare dovecot", "gmail", "outlook"])
def posted(request: pytest.FixtureRequest, store: Database) -> Iterator[Staged]:
    if request.param == "memory":
        yield Staged(store, stage=MemoryStage())
        return
    if request.param == "gmail":
        with gmail_stage() as gmail:
            yield Staged(store, stage=gmail)
        return
    if request.param == "outlook":
        with outlook_stage() as outlook:
            yield Staged(store, stage=outlook)
        return
    server = request.getfixturevalue("full_dovecot" if request.param == "dovecot" else "bare_dovecot")
    with dovecot_stage(server, request.getfixturevalue("outbox"), request.getfixturevalue("smtp")) as stage:
        yield Staged(store, stage=stage)


def test_what_arrives_is_what_was_written_and_one_copy_is_kept(posted: Staged) -> None:
    file = OutgoingFile("plan.pdf", b"%PDF\r\n.\r\n\0", "application/pdf")
    draft = replace(LETTER, files=(file,))
    posted.send(draft)
    assert posted.settle() is S.SENT
    (sent,) = posted.stage.outbox.delivered
    assert sent.recipients == (ANN.email, BEN.email)
    read = mime.parse(sent.content, now=posted.now)
    assert (read.to, read.bcc, read.subject) == ((ANN,), (), "Grüße")
    assert read.text == "Größe\n.\n..\nFrom here"
    assert read.attachments[0].content == b"%PDF\r\n.\r\n\0"
    assert [without_bcc(one) for one in posted.held(FolderRole.SENT)] == [sent.content]
    assert posted.in_threads() == ["Grüße"]


def test_a_sync_brings_the_same_message_and_nothing_twice(posted: Staged) -> None:
    posted.run()
    posted.send(LETTER)
    posted.settle()
    assert posted.run().stored == 0
    assert posted.run().stored == 0
    assert posted.in_threads() == ["Grüße"]
    assert posted.among_the_sent() == 1


@pytest.mark.parametrize(
    ("where", "reply", "state"),
    [
        (BEN.email, "550 no such user", S.FAILED),
        ("data", "554 spam", S.FAILED),
        (ANN.email, "451 greylisted", S.WAITING),
        ("data", "452 full", S.WAITING),
    ],
)
def test_refusals_for_good_and_for_now(posted: Staged, where: str, reply: str, state: OutboxState) -> None:
    posted.stage.outbox.refusals[where] = reply
    posted.send(LETTER)
    posted.now += outbox.HOLD
    posted.step()
    assert posted.state() is state
    assert reply[4:] in posted.row().error
    assert (posted.delivered(), posted.among_the_sent()) == ([], 0)
    posted.stage.outbox.refusals.clear()
    if state is S.FAILED:
        outbox.retry(posted.store, 1, now=posted.now)
    assert posted.settle() is S.SENT
    assert (len(posted.delivered()), posted.among_the_sent()) == (1, 1)


def test_taken_back_nothing_is_left_anywhere(posted: Staged) -> None:
    posted.send(LETTER)
    outbox.take_back(posted.store, 1)
    posted.now += 1000
    posted.step()
    assert (posted.delivered(), posted.among_the_sent(), posted.in_threads()) == ([], 0, [])


def test_a_draft_is_kept_once(posted: Staged) -> None:
    row = outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    assert posted.settle() is S.SAVED
    newer = Draft(LETTER.to, subject="Newer")
    outbox.save_draft(posted.store, posted.id, newer, replaces=row.id, now=posted.now)
    assert posted.settle() is S.SAVED
    (kept,) = posted.held(FolderRole.DRAFTS)
    assert mime.parse(kept, now=posted.now).subject == "Newer"
    assert posted.delivered() == []


# --- the wire is cut ---


@pytest.fixture
def cutter(smtp: Endpoint) -> Cutter:
    return Cutter(smtp)


@pytest.fixture(params=[False, True], ids=["keeps no copy", "files itself"])
def wired(
    request: pytest.FixtureRequest, store: Database, full_dovecot: Dovecot, outbox: Outbox, cutter: Cutter
) -> Iterator[Staged]:
    """A Dovecot, and an SMTP server behind a wire that can be cut."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(cutter.wire())
        stage = stack.enter_context(dovecot_stage(full_dovecot, outbox, endpoint))
        if request.param:
            outbox.delivered = Filed(full_dovecot, stage.user)
        yield Staged(store, stage=stage)


@pytest.mark.parametrize("moment", MOMENTS)
def test_one_copy_wherever_the_wire_is_cut(wired: Staged, cutter: Cutter, moment: str) -> None:
    files_itself = isinstance(wired.stage.outbox.delivered, Filed)
    cutter.cuts = [moment]
    wired.send(LARGE if moment == "content" else LETTER)
    state = wired.settle()
    taken = len(wired.delivered())
    if moment not in ("dot", "answer") or (moment == "answer" and files_itself):
        assert (state, taken, wired.among_the_sent()) == (S.SENT, 1, 1)
        return
    assert (state, taken) == (S.UNCERTAIN, int(moment == "answer"))
    decide = outbox.confirm if taken else outbox.retry
    decide(wired.store, 1, now=wired.now)
    assert wired.settle() is S.SENT
    assert (len(wired.delivered()), wired.among_the_sent()) == (1, 1)
    assert wired.in_threads() == ["Grüße"]


def test_a_bad_day(wired: Staged, cutter: Cutter) -> None:
    """Everything goes wrong once that surely leaves the message here."""
    cutter.cuts = [one for one in MOMENTS if one not in ("dot", "answer")] * 2
    wired.send(LARGE)
    assert wired.settle() is S.SENT
    assert wired.row().attempts == 13
    assert (len(wired.delivered()), wired.among_the_sent()) == (1, 1)
