"""From the command line: connect an account, fetch its mail, look at every connection, forget the account."""

import getpass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fluffy_core.cli import accounts, parser
from fluffy_core.config import load
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountSettings, Server
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.fakes.stages import letter
from tests.unit.cli.conftest import Fluffy, Ran

__all__ = ["certificate", "full_dovecot"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    return tmp_path / "home"


@pytest.fixture
def user(full_dovecot: Dovecot, request: pytest.FixtureRequest) -> str:
    """A user of the server with three messages."""
    name = f"{request.node.name.replace('_', '-')[:40]}@example.com"
    with full_dovecot.other_client(name) as client:
        for number in range(3):
            client.append("INBOX", letter(number))
    return name


def add(fluffy: Fluffy, home: Path, server: Dovecot, *words: str) -> Ran:
    return fluffy(
        "--home", home, "account", "add", "imap", "--host", "127.0.0.1", "--port", server.plain_port,
        "--insecure-loopback", *words,
    )  # fmt: skip


def test_from_nothing_to_mail(fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str) -> None:
    added = add(fluffy, home, full_dovecot, "--address", user, "--password-env", "MAIL_PASSWORD")
    assert (added.code, added.err) == (0, "")
    assert "fetches Inbox, Old things, Sent." in added.out
    assert "Not fetched: Drafts, Junk." in added.out
    synced = fluffy("--home", home, "sync")
    assert (synced.code, synced.out) == (0, f"{user}: 3 new messages.\n")
    again = fluffy("--home", home, "--json", "sync", user)
    assert again.json["accounts"][user] == {"state": "succeeded", "result": "0 new messages."}
    listed = fluffy("--home", home, "account", "list").out
    assert "3 messages" in listed
    assert "Up to date" in listed
    (one,) = fluffy("--home", home, "--json", "account", "list").json["accounts"]
    assert (one["address"], one["messages"], one["state"]) == (user, 3, "Up to date")
    assert fluffy("--home", home, "--json", "threads").json["count"] == 3
    assert [one["email"] for one in fluffy("--home", home, "--json", "me").json] == [user]


def test_every_connection_is_listed_and_can_be_switched_off(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str
) -> None:
    assert fluffy("--home", home, "privacy").out.startswith("No connections were made.")
    add(fluffy, home, full_dovecot, "--address", user, "--password-env", "MAIL_PASSWORD")
    (one,) = fluffy("--home", home, "--json", "privacy").json["connections"]
    assert (one["host"], one["port"], one["refused"]) == ("127.0.0.1", full_dovecot.plain_port, "")
    assert one["received"] > 0
    assert "every connection is switched off" in fluffy("--home", home, "privacy", "--offline", "on").out
    refused = fluffy("--home", home, "sync")
    assert (refused.code, "switched off" in refused.err) == (2, True)
    fluffy("--home", home, "privacy", "--offline", "off")
    assert fluffy("--home", home, "sync").code == 0


def test_a_wrong_password_is_said_and_nothing_kept(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "wrong")
    refused = add(fluffy, home, full_dovecot, "--address", user)
    assert refused.code == 1
    assert refused.err.startswith(f"The server refuses the user name or password of {user}.")
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"


def test_a_password_that_is_no_longer_right_is_said_by_sync(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(fluffy, home, full_dovecot, "--address", user, "--password-env", "MAIL_PASSWORD")
    monkeypatch.setattr("fluffy_core.store.accounts.password", lambda _store, _account: "wrong")
    synced = fluffy("--home", home, "sync")
    assert (synced.code, "refuses the user name or password" in synced.out) == (1, True)
    assert "refuses the user name or password" in fluffy("--home", home, "account", "list").out


def test_a_removed_account_leaves_its_mail(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str
) -> None:
    add(fluffy, home, full_dovecot, "--address", user, "--password-env", "MAIL_PASSWORD")
    fluffy("--home", home, "sync")
    removed = fluffy("--home", home, "account", "remove", user)
    assert "Its 3 messages stay here." in removed.out
    assert fluffy("--home", home, "--json", "threads").json["count"] == 3
    assert fluffy("--home", home, "sync").out == "No accounts.\n"


@pytest.mark.parametrize(
    "words",
    [
        (
            "account",
            "add",
            "imap",
            "--address",
            "a@b.example",
            "--host",
            "h",
            "--password-env",
            "NO_SUCH_ONE",
        ),
        ("account", "add", "imap", "--address", "a@b.example", "--host", "h", "--since", "yesterday"),
        ("account", "add", "imap", "--address", "a@b.example", "--port", "993"),
        ("account", "add", "imap", "--host", "h"),
        ("account", "remove", "nobody@example.com"),
        ("sync", "nobody@example.com"),
        ("sync", "--again"),
        ("account", "set", "nobody@example.com", "--since", "all"),
        ("account", "set", "nobody@example.com"),
        ("account", "set", "nobody@example.com", "--since", "lately"),
        ("privacy", "--offline", "perhaps"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said(fluffy: Fluffy, home: Path, words: tuple[str, ...]) -> None:
    ran = fluffy("--home", home, *words)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err) > 10


# --- the server for sending ---


def wanted(*words: str) -> AccountSettings:
    """What the options say, without asking anybody."""
    arguments = parser.build().parse_args(["account", "add", "imap", *words])
    assert arguments.host
    return accounts._named(arguments)


@pytest.mark.parametrize(
    ("words", "smtp", "files_sent"),
    [
        ((), None, False),
        (("--smtp-host", "s"), Server("s", 465, "tls"), False),
        (("--smtp-host", "s", "--smtp-security", "starttls"), Server("s", 587, "starttls"), False),
        (("--smtp-host", "s", "--smtp-port", "2525"), Server("s", 2525, "tls"), False),
        (("--smtp-host", "s", "--insecure-loopback"), Server("s", 25, "insecure-loopback"), False),
        (
            ("--smtp-host", "s", "--insecure-loopback", "--smtp-security", "tls"),
            Server("s", 465, "tls"),
            False,
        ),
        (("--smtp-host", "s", "--smtp-files-sent"), Server("s", 465, "tls"), True),
    ],
)
def test_how_to_send_is_named(words: tuple[str, ...], smtp: Server | None, files_sent: bool) -> None:
    found = wanted("--address", "me@x.example", "--host", "h", *words)
    assert (found.smtp, found.files_sent) == (smtp, files_sent)


def test_a_known_provider_is_known_for_sending_too() -> None:
    found = wanted("--address", "me@gmail.com", "--host", "IMAP.gmail.com")
    assert found.smtp is not None
    assert (found.smtp.host, found.files_sent) == ("smtp.gmail.com", True)
    assert wanted("--address", "me@gmail.com", "--host", "elsewhere.example").smtp is None


def test_what_the_address_leads_to_is_used_for_sending(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = parser.build().parse_args(["account", "add", "imap", "--address", "me@gmail.com"])
    with Core.open(load(home)) as core:
        found = accounts._found(core, arguments)
    assert found.imap == Server("imap.gmail.com", 993, "tls")
    assert found.smtp is not None
    assert (found.smtp.host, found.files_sent) == ("smtp.gmail.com", True)


def test_what_it_would_bring_is_said_before_anything_is_kept(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str
) -> None:
    words = ("--address", user, "--password-env", "MAIL_PASSWORD")
    dry = add(fluffy, home, full_dovecot, *words, "--dry-run")
    assert dry.out.startswith(f"{user}: Would bring 3 messages, ")
    assert "    Inbox: 3\n" in dry.out
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"
    add(fluffy, home, full_dovecot, *words)
    found = fluffy("--home", home, "--json", "sync", "--dry-run").json["accounts"][user]
    assert (found["messages"], found["exact"], found["folders"][0]["name"]) == (3, True, "Inbox")
    assert fluffy("--home", home, "--json", "threads").json["count"] == 0
    fluffy("--home", home, "sync")
    assert "Would bring nothing: everything is here." in fluffy("--home", home, "sync", "--dry-run", user).out


def test_how_far_back_is_said_and_can_be_changed(
    fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str
) -> None:
    with full_dovecot.other_client(user) as client:
        client.append("INBOX", letter(9), msg_time=datetime(2019, 5, 1, tzinfo=UTC))
    wanted = ("--address", user, "--password-env", "MAIL_PASSWORD", "--since", "2025-01-01")
    added = add(fluffy, home, full_dovecot, *wanted)
    assert "Fetches mail since 2025-01-01; `--since all` brings everything." in added.out
    assert fluffy("--home", home, "sync").out == f"{user}: 3 new messages.\n"
    changed = fluffy("--home", home, "account", "set", user, "--since", "all")
    assert changed.out.startswith(
        "Fetches all mail, the newest first; `--since DATE` brings less. Folders: the us"
    )
    fluffy("--home", home, "sync")
    assert fluffy("--home", home, "--json", "threads").json["count"] == 4
    other = fluffy("--home", home, "--json", "account", "set", user, "--folder", "Drafts").json
    assert (other["since"], other["folders"]) == ("all", ["Drafts"])
    usual = fluffy(
        "--home", home, "--json", "account", "set", user, "--usual-folders", "--since", "2024-01-01"
    )
    assert (usual.json["since"], usual.json["folders"]) == ("2024-01-01", [])


def test_everything_once_more(fluffy: Fluffy, home: Path, full_dovecot: Dovecot, user: str) -> None:
    add(fluffy, home, full_dovecot, "--address", user, "--password-env", "MAIL_PASSWORD")
    fluffy("--home", home, "sync")
    again = fluffy("--home", home, "sync", "--again", user)
    assert (again.code, again.out) == (0, f"{user}: 0 new messages, 3 known already.\n")
    assert fluffy("--home", home, "--json", "threads").json["count"] == 3
