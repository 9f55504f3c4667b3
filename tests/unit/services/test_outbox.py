"""What the user does with the outbox; and that nobody else can."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import fluffy_core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server, Service
from fluffy_core.domain.ids import AccountId, MessageId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft, OutboxState, OutgoingFile
from fluffy_core.errors import RejectedError, UncertainError, UnreadableError, UsageError
from fluffy_core.services import activity, outbox
from fluffy_core.store import accounts, sources
from fluffy_core.store import outbox as rows
from tests.fakes import stored
from tests.fakes.posted import BEN, CLEO, LETTER, START, Posted
from tests.fakes.stored import ANN, ME, Letter
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
    found = importers("fluffy_core.services.outbox")
    assert "cli/outbox.py" in found
    assert {one for one in found if not one.startswith(MAY_ACT)} == set()


def test_only_the_users_act_puts_anything_in() -> None:
    calls = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("outbox.add", "outbox.rewrite")
    }
    assert calls == {"services/outbox.py"}


def test_only_the_worker_of_the_outbox_hands_over() -> None:
    assert importers("fluffy_core.services.outgoing") == {"jobs/outbox.py", "services/outbox.py"}
    sends = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if "connectors" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("send", "save_draft", "keep_sent")
        if ast.unparse(node.value).endswith("account")
    }
    assert sends == {"services/outgoing.py"}


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
    monkeypatch.setattr(outbox, "MOST_BYTES", 2000)
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


# --- recipients as they are typed ---


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ann@x.example", ["ann@x.example"]),
        ("Ann Ode <ann@x.example>, bob@x.example", ["ann@x.example", "bob@x.example"]),
        ('"Ode, Ann" <ann@x.example>', ["ann@x.example"]),
        ("ann@x.example; ANN@x.example,", ["ann@x.example"]),
        ("o'hara+x@x.example", ["o'hara+x@x.example"]),
        ("Jürgen <j@größe.example>", ["j@xn--gre-6ka8i.example"]),
    ],
)
def test_recipients(typed: str, found: list[str]) -> None:
    assert [one.email for one in outbox.people([typed])] == found


def test_names_are_kept() -> None:
    assert outbox.people(['"Ode, Ann" <ann@x.example>'])[0].name == "Ode, Ann"
    assert outbox.people([r'"Ann \"the\" Ode" <ann@x.example>'])[0].name == 'Ann "the" Ode'
    assert outbox.people(["Änn Ode<ann@x.example>"])[0].name == "Änn Ode"
    assert outbox.people(["ann@x.example"])[0].name == ""


@pytest.mark.parametrize(
    "typed",
    [
        "bob",
        "ann@x.example, bob",
        "@x.example",
        "ann@",
        "<>",
        "",
        "ann@x.example bob@x.example",
        "Ann <ann@x.example> <bob@x.example>",
        "ann@x.example\r\nBcc: spy@evil.example",
        "a b@x.example",
        '"ann@x.example',
        "ann@@x.example",
        "x@" + "ä" * 300 + ".example",
    ],
)
def test_what_is_no_address_is_said_and_nobody_is_left_out_silently(typed: str) -> None:
    with pytest.raises(UsageError, match="no mail address"):
        outbox.people([typed])


# --- who sends ---


def test_who_can_send(posted: Posted) -> None:
    with posted.store.transaction() as tx:
        for kind, name, settings in (
            (AccountKind.IMAP, "mute@x.example", AccountSettings(HERE)),
            (AccountKind.GOOGLE, "g@x.example", AccountSettings(kind=AccountKind.GOOGLE)),
            (
                AccountKind.GOOGLE,
                "calendar@x.example",
                AccountSettings(kind=AccountKind.GOOGLE, services=(Service.CALENDAR,)),
            ),
        ):
            account_id = sources.open_account(tx, kind, name, now=0.0)
            accounts.put(tx, account_id, settings, password="")
    assert [one.address.email for one in outbox.senders(posted.store)] == [ADDRESS, "g@x.example"]
    assert outbox.sender(posted.store, ADDRESS).id == posted.id
    assert outbox.sender(posted.store, str(posted.id)).id == posted.id
    with pytest.raises(UsageError, match=f"Say which account sends: {ADDRESS}, g@x.example"):
        outbox.sender(posted.store)
    with pytest.raises(UsageError, match=r"mute@x\.example cannot send"):
        outbox.sender(posted.store, "mute@x.example")
    with pytest.raises(UsageError, match="no account"):
        outbox.sender(posted.store, "nobody@x.example")


def test_the_only_account_needs_no_name_and_no_account_cannot(posted: Posted, tmp_path: Path) -> None:
    assert outbox.sender(posted.store).id == posted.id
    (tmp_path / "other").mkdir()
    other = stored.empty(tmp_path / "other")
    with pytest.raises(UsageError, match="No account can send"):
        outbox.sender(other)
    other.close()


def test_the_name_is_the_one_written_under_last(posted: Posted) -> None:
    stored.keep(posted.store, [Letter("Hi", sender=f"Ben Old <{ADDRESS}>", day=0)], name="a")
    stored.keep(posted.store, [Letter("Ho", sender=f"Ben New <{ADDRESS}>", day=1)], name="b")
    assert outbox.sender(posted.store).address == Address(ADDRESS, "Ben New")
    posted.send()
    posted.settle()
    assert f"From: Ben New <{ADDRESS}>".encode() in posted.server.outbox.delivered[0].content


# --- answers and files ---


def test_an_answer_begins_with_everything_it_needs(posted: Posted) -> None:
    letters = [
        Letter("Plan", id="one", body="Shall we?\n"),
        Letter("Re: Plan", id="two", answers="one", body="And?\n"),
    ]
    ids = stored.keep(posted.store, letters)
    found = outbox.answer(posted.store, ids[1])
    assert (found.to, found.subject) == ((Address("ann@firm.example", "Ann Ode"),), "Re: Plan")
    assert found.references == ("one@letters.example", "two@letters.example")
    assert found.text.startswith("\n\nOn 2025-03-10")
    assert found.text.endswith("Ann Ode wrote:\n> And?")
    assert outbox.answer(posted.store, ids[1], quote=False).text == ""
    with pytest.raises(UsageError, match="no message 99"):
        outbox.answer(posted.store, MessageId(99))


def test_an_answer_goes_where_it_is_wanted(posted: Posted) -> None:
    headers = {"Reply-To": "Desk <desk@firm.example>"}
    (one,) = stored.keep(posted.store, [Letter("Plan", sender=ANN, to=ME, headers=headers)])
    assert [each.email for each in outbox.answer(posted.store, one).to] == ["desk@firm.example"]


def test_files_are_read_with_their_kind(tmp_path: Path) -> None:
    for name, kind in (("a.pdf", "application/pdf"), ("b.tar.gz", ""), ("c", ""), ("d.txt", "text/plain")):
        (tmp_path / name).write_bytes(b"x")
        assert outbox.file(tmp_path / name) == OutgoingFile(name, b"x", kind or "application/octet-stream")
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(UnreadableError, match="cannot be read"):
            outbox.file(missing)


def test_every_state_has_its_word() -> None:
    assert all(outbox.words(one) for one in S)
    assert outbox.words(S.SENDING, draft=True) == "being saved"
