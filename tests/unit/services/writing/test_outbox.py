"""What the user does with the outbox; and that nobody else can."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import fluffy_core
from fluffy_core.domain.accounts import Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft, OutboxState, OutgoingFile
from fluffy_core.errors import RejectedError, UncertainError, UsageError
from fluffy_core.services.home import activity
from fluffy_core.services.writing import attaching, outbox
from fluffy_core.store import outbox as rows
from tests.fakes import stored
from tests.fakes.posted import BEN, CLEO, LETTER, START, Posted
from tests.fakes.synced import ADDRESS

S = OutboxState
HERE = Server("127.0.0.1", 1)


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    store = stored.empty(tmp_path)
    yield Posted(store)
    store.close()


# --- only the user ---

ROOT = Path(fluffy_core.__file__).parent
MAY_ACT = ("cli/", "__init__.py")


def importers(module: str) -> set[str]:
    """Modules of the core that import a module or part of it, however they write it."""
    package, _, name = module.rpartition(".")
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [alias.name for alias in node.names]
            whole = isinstance(node, ast.ImportFrom) and node.module == package and name in names
            plain = isinstance(node, ast.Import) and module in names
            part = isinstance(node, ast.ImportFrom) and node.module == module
            if whole or plain or part:
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_only_front_ends_can_do_what_the_user_does() -> None:
    """No job, trigger, connector or model can: none of them knows the module."""
    found = importers("fluffy_core.services.writing.outbox")
    assert "cli/outbox.py" in found
    assert {one for one in found if not one.startswith(MAY_ACT)} == set()


def test_only_the_users_act_puts_anything_in() -> None:
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("outbox.add", "outbox.rewrite")
    }
    assert calls == {"services/writing/outbox.py"}


def test_only_the_worker_of_the_outbox_hands_over() -> None:
    worker = "jobs/outbox.py"
    assert importers("fluffy_core.services.writing.outgoing") == {worker, "services/writing/outbox.py"}
    sends = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if "connectors" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("send", "save_draft", "keep_sent")
        if ast.unparse(node.value).endswith("account")
    }
    assert sends == {"services/writing/outgoing.py"}


# --- sending and taking back ---


def test_sending_is_a_row_that_waits(posted: Posted) -> None:
    row = posted.send()
    assert (row.state, row.not_before, row.can_be_taken_back) == (S.WAITING, START + outbox.HOLD, True)
    assert (row.sender, row.recipients, row.subject) == (ADDRESS, (BEN.email, CLEO.email), "Hello")
    assert row.message_id.endswith("@example.com")
    assert outbox.listed(posted.store) == (row,)


def test_taking_it_back_leaves_nothing(posted: Posted) -> None:
    posted.send()
    posted.now += 9.9
    assert outbox.take_back(posted.store, 1) == LETTER
    posted.now += 100
    assert posted.step() == 0
    assert posted.delivered() == []
    assert posted.among_the_sent() == 0
    assert posted.in_threads() == []
    outbox.discard(posted.store, 1)
    assert outbox.listed(posted.store, done=True) == ()


def test_what_was_written_comes_back_whole(posted: Posted) -> None:
    draft = Draft(
        (Address("ann@x.example", "Änn Ode"),),
        (CLEO,),
        (BEN,),
        "Grüße",
        "Hello,\n\n> quoted\n\nBye",
        (OutgoingFile("plan ü.pdf", b"%PDF\r\n\x00", "application/pdf"),),
        ("first@x.example", "second@x.example"),
    )
    posted.send(draft)
    assert outbox.take_back(posted.store, 1) == draft


@pytest.mark.parametrize("state", [one for one in S if one is not S.WAITING])
def test_it_can_be_too_late(posted: Posted, state: OutboxState) -> None:
    posted.send()
    with posted.store.transaction() as tx:
        rows.move(tx, 1, S.WAITING, after=rows.Next(state))
    with pytest.raises(UsageError, match="too late"):
        outbox.take_back(posted.store, 1)
    assert posted.state() is state


def test_one_that_was_taken_back_can_be_sent_after_all(posted: Posted) -> None:
    posted.send()
    outbox.take_back(posted.store, 1)
    outbox.retry(posted.store, 1, now=posted.now)
    assert posted.settle() is S.SENT
    assert len(posted.delivered()) == 1


@pytest.mark.parametrize("state", [S.SENDING, S.CHECKING, S.FILING, S.SENT, S.SAVED])
def test_what_has_or_may_have_a_copy_elsewhere_is_neither_sent_again_nor_forgotten(
    posted: Posted, state: OutboxState
) -> None:
    posted.send()
    with posted.store.transaction() as tx:
        rows.move(tx, 1, S.WAITING, after=rows.Next(state))
    for act in (outbox.retry, outbox.discard, outbox.confirm):
        with pytest.raises(UsageError):
            act(posted.store, 1)
    assert posted.state() is state


def test_nobody_confirms_what_was_surely_not_sent(posted: Posted) -> None:
    posted.faulty.sending = [RejectedError("No.")]
    posted.send()
    posted.settle()
    with pytest.raises(UsageError, match="not sent"):
        outbox.confirm(posted.store, 1)


def test_what_is_discarded_takes_its_alert_along(posted: Posted) -> None:
    posted.faulty.sending = [UncertainError("lost")]
    posted.send()
    posted.settle()
    assert len(activity.alerts(posted.store)) == 1
    outbox.discard(posted.store, 1)
    assert activity.alerts(posted.store) == ()
    assert outbox.listed(posted.store) == ()


def test_what_makes_no_message_is_refused(posted: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no recipients"):
        posted.send(Draft(subject="Hello"))
    monkeypatch.setattr(attaching, "MOST_BYTES", 2000)
    with pytest.raises(UsageError, match="larger than"):
        posted.send(replace(LETTER, files=(OutgoingFile("x", b"x" * 2000),)))
    with pytest.raises(UsageError, match="cannot send"):
        outbox.send(posted.store, AccountId(99), LETTER)
    for act in (outbox.get, outbox.take_back, outbox.retry, outbox.confirm, outbox.discard, outbox.draft_of):
        with pytest.raises(UsageError, match="no number 5"):
            act(posted.store, 5)
    assert outbox.listed(posted.store, done=True) == ()


def test_the_text_of_what_was_sent_lies_with_the_mail(posted: Posted) -> None:
    posted.send()
    posted.settle()
    with pytest.raises(UsageError, match="lies with the mail"):
        outbox.draft_of(posted.store, 1)


# --- drafts ---


def test_a_draft_needs_no_recipients_and_keeps_its_id(posted: Posted) -> None:
    row = outbox.save_draft(posted.store, posted.id, Draft(subject="One"), now=START)
    newer = outbox.save_draft(posted.store, posted.id, Draft(subject="Two"), replaces=row.id, now=START + 1)
    assert (newer.id, newer.message_id, newer.subject, newer.draft) == (row.id, row.message_id, "Two", True)
    assert len(outbox.listed(posted.store)) == 1


def test_a_message_that_is_sent_is_no_draft_to_replace(posted: Posted) -> None:
    posted.send()
    with pytest.raises(UsageError, match="is no draft"):
        outbox.save_draft(posted.store, posted.id, LETTER, replaces=1)
    assert posted.row().subject == "Hello"


def test_every_state_has_its_word() -> None:
    assert all(outbox.words(one) for one in S)
    assert outbox.words(S.SENDING, draft=True) == "being saved"
