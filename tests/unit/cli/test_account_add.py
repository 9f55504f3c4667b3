"""`fluffy account add` for every kind, from the command line against servers on loopback."""

import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.cli import account_add
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import permissions
from tests.fakes.browser import Visits, browsing
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running
from tests.fakes.provider_accounts import SWITCHED_OFF, Provider, provider
from tests.fakes.stages import letter
from tests.fakes.web_server import WebServer
from tests.unit.cli.conftest import Fluffy, Ran

__all__ = ["provider"]

ADA = "ada@example.com"


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[OAuthServer, WebServer]]:
    with running() as (server, web):
        for name in ("OAUTH", "GMAIL", "GOOGLE_CALENDAR", "PEOPLE", "GRAPH"):
            monkeypatch.setenv(f"FLUFFY_{name}_ROOT", web.url)
        monkeypatch.setenv("OUR_SECRET", SECRET)
        for name in ("GOOGLE", "MICROSOFT"):
            monkeypatch.delenv(f"FLUFFY_{name}_CLIENT_ID", raising=False)
        yield server, web


@pytest.fixture
def server(servers: tuple[OAuthServer, WebServer]) -> OAuthServer:
    return servers[0]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visits]:
    """The system's browser, whose user says yes."""
    with browsing() as visits:
        monkeypatch.setattr(webbrowser, "open", visits.open)
        yield visits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def add(fluffy: Fluffy, home: Path, *words: str, kind: str = "google") -> Ran:
    ours = ("--client-id", CLIENT, "--client-secret-env", "OUR_SECRET")
    return fluffy("--home", home, "account", "add", kind, "--address", ADA, *ours, *words)


@pytest.mark.parametrize(
    ("kind", "name", "page"),
    [
        ("google", "google", "/o/oauth2/v2/auth"),
        ("gmail", "google", "/o/oauth2/v2/auth"),
        ("microsoft", "microsoft", "/common/oauth2/v2.0/authorize"),
        ("outlook", "microsoft", "/common/oauth2/v2.0/authorize"),
    ],
)
def test_a_provider_is_signed_in_to_in_the_browser(
    fluffy: Fluffy,
    home: Path,
    servers: tuple[OAuthServer, WebServer],
    provider: Provider,
    browser: Visits,
    kind: str,
    name: str,
    page: str,
) -> None:
    added = add(fluffy, home, kind=kind)
    assert added.code == 0, added.err
    assert "Signed in. Account 1 fetches Inbox, Sent, Archive, the calendar, the contacts." in added.out
    assert "Not fetched: Drafts, Junk." in added.out
    assert "Your browser opens." in added.err
    assert page in {one.path for one in servers[1].asked}
    (row,) = fluffy("--home", home, "--json", "account", "list").json["accounts"]
    assert (row["kind"], row["services"]) == (name, ["mail", "calendar", "contacts"])
    listed = fluffy("--home", home, "account", "list").out
    assert f"{ADA}  {name.capitalize()}  0 messages, calendar, contacts" in listed


def test_without_a_browser_the_address_is_printed_and_waited_for(
    fluffy: Fluffy,
    home: Path,
    server: OAuthServer,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The command's stderr is where a remote user, or a script, finds it."""
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail("no browser was wanted"))
    real = permissions.PendingSignIn.finish
    with browsing() as visits:

        def finish(pending: permissions.PendingSignIn) -> permissions.Grant:
            visits.open(pending.url)
            return real(pending, 20)

        monkeypatch.setattr(permissions.PendingSignIn, "finish", finish)
        added = add(fluffy, home, "--no-browser")
    assert added.code == 0
    lines = added.err.splitlines()
    assert lines[0] == "Open this address:"
    assert lines[1].startswith(f"{server.url}/o/oauth2/v2/auth?response_type=code&client_id={CLIENT}")


def test_only_what_is_wanted_is_asked_for(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    added = add(fluffy, home, "--only", "calendar", "--json")
    assert added.json["services"] == ["calendar"]
    assert "gmail" not in server.pages[0]["scope"]
    later = add(fluffy, home, "--only", "calendar", "--only", "mail", "--folder", "Sent", "--json")
    assert (later.json["id"], later.json["services"]) == (added.json["id"], ["mail", "calendar"])
    assert later.json["folders"] == ["Sent"]


def test_signing_in_again_needs_only_the_address(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    """The client id, its secret and what is fetched are those from before."""
    add(fluffy, home, "--only", "mail", "--folder", "Sent", "--since", "2024-01-31")
    server.refresh.clear()
    server.access.clear()
    synced = fluffy("--home", home, "sync")
    assert (synced.code, "Sign in again" in synced.out) == (1, True)
    listed = fluffy("--home", home, "account", "list").out
    assert "Sign in again" in listed
    (alert,) = fluffy("--home", home, "--json", "jobs", "alerts").json
    assert "`fluffy account add google --address ada@example.com`" in alert["cure"]
    again = fluffy("--home", home, "--json", "account", "add", "google", "--address", ADA)
    assert (again.code, again.json["services"], again.json["folders"]) == (0, ["mail"], ["Sent"])
    assert fluffy("--home", home, "sync").code == 0
    assert fluffy("--home", home, "run", "--until-idle").code == 0
    assert fluffy("--home", home, "--json", "jobs", "list", "--state", "dead").json == []
    assert fluffy("--home", home, "--json", "jobs", "alerts").json == []


def test_the_environment_may_say_who_we_are(
    fluffy: Fluffy,
    home: Path,
    server: OAuthServer,
    provider: Provider,
    browser: Visits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = fluffy("--home", home, "account", "add", "google", "--address", ADA)
    assert refused.code == 2
    assert "docs/own-client-id.md" in refused.err
    monkeypatch.setenv("FLUFFY_GOOGLE_CLIENT_ID", CLIENT)
    monkeypatch.setenv("FLUFFY_GOOGLE_CLIENT_SECRET", SECRET)
    assert fluffy("--home", home, "account", "add", "google", "--address", ADA).code == 0
    monkeypatch.delenv("FLUFFY_GOOGLE_CLIENT_ID")
    server.access.clear()
    assert fluffy("--home", home, "sync").code == 0


def test_a_refresh_token_from_elsewhere_needs_no_browser(
    fluffy: Fluffy,
    home: Path,
    server: OAuthServer,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THEIRS", server.invite())
    added = add(fluffy, home, "--refresh-token-env", "THEIRS")
    assert (added.code, added.err) == (0, "")
    assert server.pages == []
    monkeypatch.setenv("THEIRS", "nothing of the kind")
    refused = add(fluffy, home, "--refresh-token-env", "THEIRS")
    assert (refused.code, "Sign in again" in refused.err) == (1, True)


@pytest.mark.parametrize(
    ("denies", "words"),
    [("access_denied", "was not allowed to let FluffyMail in"), ("server_error", "Try again later")],
)
def test_a_sign_in_that_fails_keeps_nothing(
    fluffy: Fluffy,
    home: Path,
    server: OAuthServer,
    provider: Provider,
    browser: Visits,
    denies: str,
    words: str,
) -> None:
    server.denies = denies
    refused = add(fluffy, home, "--json")
    assert (refused.code, words in refused.json["error"]) == (1, True)
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"


def test_a_wrong_client_id_is_said(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    server.secret = "another"
    refused = add(fluffy, home)
    assert (refused.code, "does not know this client id, or its secret is wrong" in refused.err) == (1, True)


def test_a_dry_run_keeps_nothing(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    for number in range(3):
        provider.server.deliver("Inbox", letter(number))
    found = add(fluffy, home, "--dry-run", "--json").json["accounts"][ADA]
    assert found["messages"] == 3
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"


def test_what_does_not_work_is_told(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    provider.broken["contacts"] = SWITCHED_OFF
    added = add(fluffy, home)
    assert added.code == 0
    assert f"Not fetched. Contacts: {SWITCHED_OFF}" in added.out


def test_a_removed_account_is_told_to_the_provider(
    fluffy: Fluffy,
    home: Path,
    servers: tuple[OAuthServer, WebServer],
    provider: Provider,
    browser: Visits,
) -> None:
    add(fluffy, home)
    removed = fluffy("--home", home, "--json", "account", "remove", ADA)
    assert removed.json == {
        "id": 1, "messages_kept": 0, "permission": "Google was told to end the permission."
    }  # fmt: skip
    assert len(servers[0].revoked) == 1
    add(fluffy, home)
    fluffy("--home", home, "privacy", "--offline", "on")
    removed = fluffy("--home", home, "account", "remove", ADA)
    assert (removed.code, "could not be told" in removed.out) == (0, True)
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"


def test_two_accounts_of_one_address_are_told_apart(
    fluffy: Fluffy, home: Path, server: OAuthServer, provider: Provider, browser: Visits
) -> None:
    add(fluffy, home)
    add(fluffy, home, kind="outlook")
    synced = fluffy("--home", home, "--json", "sync").json["accounts"]
    assert sorted(synced) == [f"google:{ADA}", f"microsoft:{ADA}"]
    ambiguous = fluffy("--home", home, "account", "remove", ADA)
    assert (ambiguous.code, "several accounts" in ambiguous.err) == (2, True)
    assert fluffy("--home", home, "account", "remove", f"google:{ADA}").code == 0
    assert fluffy("--home", home, "--json", "sync", ADA).json["accounts"][ADA]["state"] == "succeeded"


def test_a_server_of_calendars(
    fluffy: Fluffy, home: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", "pw")
    words = ("--url", "http://127.0.0.1:1/dav", "--insecure-loopback", "--password-env", "DAV_PASSWORD")
    added = fluffy("--home", home, "account", "add", "caldav", "--address", ADA, *words)
    assert (added.code, added.err) == (0, "")
    assert "Account 1 fetches the calendar, the contacts." in added.out
    (row,) = fluffy("--home", home, "--json", "account", "list").json["accounts"]
    assert (row["kind"], row["host"], row["services"]) == ("dav", "127.0.0.1", ["calendar", "contacts"])
    again = fluffy("--home", home, "--json", "account", "add", "caldav", "--address", ADA, *words, "--only",
                   "contacts")  # fmt: skip
    assert again.json["services"] == ["contacts"]


@pytest.mark.parametrize(
    ("url", "plain", "found"),
    [
        ("cloud.example/dav", False, "https://cloud.example/dav"),
        ("https://cloud.example:8443/", False, "https://cloud.example:8443/"),
        ("http://127.0.0.1:5232/", True, "http://127.0.0.1:5232/"),
    ],
)
def test_addresses_of_servers(url: str, plain: bool, found: str) -> None:
    assert account_add._url(url, plain=plain) == found


@pytest.mark.parametrize(
    "url",
    [
        "http://cloud.example",
        "ftp://cloud.example",
        "https://",
        "https://a:b",
        "https://[",
        "https://ann:pw@cloud.example",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        account_add._url(url, plain=False)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ("google",),
        ("google", "--address", ADA, "--only", "tasks"),
        ("google", "--address", ADA, "--client-secret-env", "OUR_SECRET"),
        ("google", "--address", ADA, "--client-id", "x", "--client-secret-env", "NO_SUCH_ONE"),
        ("google", "--address", ADA, "--client-id", "x", "--refresh-token-env", "NO_SUCH_ONE"),
        ("microsoft", "--address", ADA, "--client-id", "x", "--subscription", "projects/p/subscriptions/s"),
        ("caldav", "--address", ADA),
        ("caldav", "--address", ADA, "--url", "https://x.example", "--only", "mail"),
        ("caldav", "--address", ADA, "--url", "https://x.example", "--password-env", "NO_SUCH_ONE"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_said(
    fluffy: Fluffy, home: Path, servers: object, words: tuple[str, ...]
) -> None:
    ran = fluffy("--home", home, "account", "add", *words)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err) > 10
