"""From the command line: send, take back, decide; nothing goes out that was not agreed to."""

import io
import sys
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from fluffy_core.cli import start
from fluffy_core.connectors.network.gateway import Endpoint
from fluffy_core.services.writing import outbox, outgoing
from tests.fakes import submission
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.stages import letter
from tests.fakes.submission import Outbox
from tests.unit.cli.conftest import Fluffy, Ran

__all__ = ["certificate", "full_dovecot"]

ANN = "ann@x.example"


@pytest.fixture
def delivery() -> Outbox:
    return Outbox()


@pytest.fixture
def smtp(delivery: Outbox) -> Iterator[Endpoint]:
    with submission.serve(delivery) as endpoint:
        yield endpoint


@pytest.fixture
def user(request: pytest.FixtureRequest, delivery: Outbox) -> str:
    name = f"{request.node.name.partition('[')[0].replace('_', '-')[:50]}@example.com"
    delivery.passwords[name] = PASSWORD
    return name


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "HOLD", 0.0)
    monkeypatch.setattr(outbox.send, "__kwdefaults__", {"hold": 0.0, "now": None})
    monkeypatch.setattr(outgoing, "LOOKS", (0.0, 0.0))
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes by the standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("Hello,\nthis is it.\n"))


@pytest.fixture
def home(
    fluffy: Fluffy, full_dovecot: Dovecot, smtp: Endpoint, user: str, tmp_path: Path, typed: None
) -> Path:
    home = tmp_path / "home"
    added = add(fluffy, home, full_dovecot, user, "--smtp-host", "127.0.0.1", "--smtp-port", smtp.port)
    assert (added.code, "cannot send" in added.out) == (0, False)
    return home


def add(fluffy: Fluffy, home: Path, server: Dovecot, user: str, *words: object) -> Ran:
    return fluffy(
        "--home", home, "account", "add", "imap", "--address", user, "--host", "127.0.0.1", "--port",
        server.plain_port, "--insecure-loopback", "--password-env", "MAIL_PASSWORD", *words,
    )  # fmt: skip


def send(fluffy: Fluffy, home: Path, *words: object) -> Ran:
    return fluffy("--home", home, "send", "--to", ANN, "--subject", "Grüße", *words)


def test_sending_waits_until_it_is_sent(
    fluffy: Fluffy, home: Path, delivery: Outbox, user: str, tmp_path: Path
) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF")
    ran = send(fluffy, home, "--cc", "Bob <bob@x.example>", "--bcc", "cleo@x.example", "--yes",
               "--attach", tmp_path / "plan.pdf")  # fmt: skip
    assert (ran.code, ran.out) == (0, "Number 1: sent.\n")
    assert "`fluffy outbox cancel 1` takes it back" in ran.err
    (one,) = delivery.delivered
    assert (one.sender, one.recipients) == (user, (ANN, "bob@x.example", "cleo@x.example"))
    message = message_from_bytes(one.content)
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "application/pdf"]
    assert fluffy("--home", home, "outbox").out == "The outbox is empty.\n"
    listed = fluffy("--home", home, "--json", "outbox", "list", "--all").json
    assert [row["state"] for row in listed["outbox"]] == ["sent"]
    assert fluffy("--home", home, "--json", "threads").json["count"] == 1


def test_an_answer_goes_into_its_thread(
    fluffy: Fluffy, home: Path, delivery: Outbox, full_dovecot: Dovecot, user: str
) -> None:
    with full_dovecot.other_client(user) as client:
        client.append("INBOX", letter(7))
    fluffy("--home", home, "sync")
    ran = fluffy("--home", home, "--json", "send", "--reply-to-message", 1, "--quote", "--yes")
    assert (ran.code, ran.json["state"], ran.json["recipients"]) == (0, "sent", ["ann@example.com"])
    message = message_from_bytes(delivery.delivered[0].content)
    assert (message["Subject"], message["In-Reply-To"]) == ("Re: Letter 7", "<7@example.com>")
    assert "> Hello 7" in message.get_payload()
    assert fluffy("--home", home, "--json", "threads").json["threads"][0]["message_count"] == 2
    synced = fluffy("--home", home, "sync", user)
    assert "0 new messages, 1 known already" in synced.out


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_without_a_yes_nothing_goes(
    fluffy: Fluffy, home: Path, delivery: Outbox, words: tuple[str, ...]
) -> None:
    ran = send(fluffy, home, *words)
    assert (ran.code, "--yes" in ran.err) == (2, True)
    assert fluffy("--home", home, "outbox").out == "The outbox is empty.\n"
    assert delivery.delivered == []


class Terminal(io.StringIO):
    """A standard input that a person sits at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "sent"), [("y", 1), ("yes", 1), ("n", 0), ("", 0), ("perhaps", 0)])
def test_a_person_is_asked(
    fluffy: Fluffy, home: Path, delivery: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    answer: str, sent: int,
) -> None:  # fmt: skip
    (tmp_path / "text").write_text("Hello")
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda _prompt: answer)
    ran = send(fluffy, home, "--text", tmp_path / "text")
    assert (ran.code, len(delivery.delivered)) == (0 if sent else 1, sent)
    assert f"to {ANN}" in ran.err


def test_taken_back_it_is_kept_as_text_until_it_is_discarded(
    fluffy: Fluffy, home: Path, delivery: Outbox
) -> None:
    assert "outbox cancel 1" in send(fluffy, home, "--yes", "--no-wait").out
    assert "taken back" in fluffy("--home", home, "outbox", "cancel", 1).out
    shown = fluffy("--home", home, "--json", "outbox", "show", 1).json
    assert (shown["subject"], shown["text"]) == ("Grüße", "Hello,\nthis is it.")
    assert f"To: {ANN}" in fluffy("--home", home, "outbox", "show", 1).out
    assert fluffy("--home", home, "outbox", "cancel", 1).code == 2
    assert fluffy("--home", home, "outbox", "discard", 1).code == 0
    assert fluffy("--home", home, "outbox", "list", "--all").out == "The outbox is empty.\n"
    assert delivery.delivered == []


def test_stopping_the_wait_takes_it_back(
    fluffy: Fluffy, home: Path, delivery: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "work", interrupted)
    ran = send(fluffy, home, "--yes")
    assert (ran.code, "nothing was sent" in ran.out) == (130, True)
    monkeypatch.undo()
    assert delivery.delivered == []
    assert fluffy("--home", home, "--json", "outbox").json["outbox"][0]["state"] == "cancelled"


def test_a_refusal_is_told_and_can_be_tried_again(fluffy: Fluffy, home: Path, delivery: Outbox) -> None:
    delivery.refusals[ANN] = "550 no such user"
    ran = send(fluffy, home, "--yes")
    assert (ran.code, "not sent" in ran.out, "no such user" in ran.out) == (1, True, True)
    assert "no such user" in fluffy("--home", home, "outbox").out
    assert "A message was not sent" in fluffy("--home", home, "jobs", "alerts").out
    delivery.refusals.clear()
    again = fluffy("--home", home, "outbox", "retry", 1)
    assert (again.code, again.out, len(delivery.delivered)) == (0, "Number 1: sent.\n", 1)
    assert fluffy("--home", home, "jobs", "alerts").out == "No alerts.\n"


def test_what_waits_is_said_and_goes_on_by_itself(fluffy: Fluffy, home: Path, delivery: Outbox) -> None:
    delivery.refusals[ANN] = "451 greylisted"
    ran = send(fluffy, home, "--yes")
    assert (ran.code, "It is tried again by itself" in ran.out) == (1, True)
    delivery.refusals.clear()
    fluffy("--home", home, "run", "--until-idle")
    assert len(delivery.delivered) == 1


def test_offline_it_waits(fluffy: Fluffy, home: Path, delivery: Outbox) -> None:
    fluffy("--home", home, "privacy", "--offline", "on")
    ran = send(fluffy, home, "--yes")
    assert (ran.code, ran.out.startswith("Offline: number 1 waits")) == (0, True)
    assert "Offline" in fluffy("--home", home, "outbox").out
    assert fluffy("--home", home, "run", "--until-idle").code == 0
    assert delivery.delivered == []
    fluffy("--home", home, "privacy", "--offline", "off")
    fluffy("--home", home, "run", "--until-idle")
    assert len(delivery.delivered) == 1


def test_what_nobody_can_tell_is_decided_here(
    fluffy: Fluffy, home: Path, delivery: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fluffy_core.connectors.imap.imap import ImapAccount
    from fluffy_core.errors import UncertainError

    def broken(*_: object, **__: object) -> None:
        raise UncertainError("It broke at the very end.")

    monkeypatch.setattr(ImapAccount, "send", broken)
    ran = send(fluffy, home, "--yes")
    if "perhaps sent" in ran.out:  # told as soon as it broke
        fluffy("--home", home, "run", "--until-idle")
    shown = fluffy("--home", home, "outbox")
    assert "Nobody can tell whether it was sent" in shown.out
    assert "counts as sent" in fluffy("--home", home, "outbox", "confirm", 1).out
    fluffy("--home", home, "run", "--until-idle")
    assert fluffy("--home", home, "outbox").out == "The outbox is empty.\n"
    assert fluffy("--home", home, "--json", "threads").json["count"] == 1
    assert delivery.delivered == []


def test_a_draft_is_saved_and_replaced(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str, delivery: Outbox
) -> None:
    saved = fluffy("--home", home, "draft", "save", "--subject", "One")
    assert (saved.code, saved.out) == (0, "Number 1: saved.\n")
    again = fluffy("--home", home, "--json", "draft", "save", "--subject", "Two", "--replace", 1)
    assert (again.code, again.json["state"], again.json["draft"]) == (0, "saved", True)
    with full_dovecot.other_client(user) as client:
        client.select_folder("Drafts")
        (uid,) = client.search()
        assert b"Subject: Two" in client.fetch([uid], ["BODY[]"])[uid][b"BODY[]"]
    assert delivery.delivered == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("send", "--yes"), "--to ADDRESS"),
        (("send", "--yes", "--to", "bob"), "no mail address"),
        (("send", "--yes", "--to", ANN, "--account", "nobody@x.example"), "no account"),
        (("send", "--yes", "--to", ANN, "--reply-to-message", 99), "no message 99"),
        (("outbox", "cancel", 5), "no number 5"),
        (("outbox", "retry", 5), "no number 5"),
        (("outbox", "confirm", 5), "no number 5"),
        (("outbox", "discard", 5), "no number 5"),
        (("outbox", "show", 5), "no number 5"),
        (("draft", "save", "--replace", 5), "no number 5"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_said(fluffy: Fluffy, home: Path, words: tuple[object, ...], why: str) -> None:
    ran = fluffy("--home", home, *words)
    assert (ran.code, ran.out, why in ran.err) == (2, "", True)


@pytest.mark.parametrize("option", ["--text", "--attach"])
def test_a_file_that_is_not_there_is_said(fluffy: Fluffy, home: Path, tmp_path: Path, option: str) -> None:
    ran = send(fluffy, home, "--yes", option, tmp_path / "none")
    assert (ran.code, "cannot be read" in ran.err) == (1, True)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    ran = send(fluffy, home, "--yes", "--text", tmp_path / "binary")
    assert (ran.code, "no text" in ran.err) == (1, True)


# --- setting up ---


def test_an_account_without_a_server_for_sending_says_so(
    fluffy: Fluffy, full_dovecot: Dovecot, user: str, tmp_path: Path, typed: None
) -> None:
    home = tmp_path / "home"
    assert "It cannot send" in add(fluffy, home, full_dovecot, user).out
    assert "It cannot send" in fluffy("--home", home, "account", "list").out
    ran = send(fluffy, home, "--yes")
    assert (ran.code, ran.err) == (2, "No account can send.\n")
    assert "cannot send: add it again" in send(fluffy, home, "--yes", "--account", user).err


@pytest.mark.parametrize("words", [("--smtp-port", "25"), ("--smtp-security", "tls")])
def test_how_to_send_needs_where(
    fluffy: Fluffy, full_dovecot: Dovecot, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ran = add(fluffy, tmp_path / "home", full_dovecot, "me@example.com", *words)
    assert (ran.code, "--smtp-host" in ran.err) == (2, True)
