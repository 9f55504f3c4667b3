"""From nothing to mail with each provider: signed in, fetched, renewed, refused, in again, forgotten."""

import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.browser import browsing
from tests.fakes.google_server import google
from tests.fakes.graph_server import serve_graph
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running
from tests.fakes.stages import letter
from tests.unit.cli.conftest import Fluffy

ADDRESS = "ann@example.com"


@dataclass
class There:
    """A provider: its sign-in, where its interfaces are, and how mail comes to it."""

    sign_in: OAuthServer
    roots: tuple[str, ...]
    url: str
    deliver: Callable[[bytes], object]


@contextmanager
def a_google(sign_in: OAuthServer) -> Iterator[There]:
    with google() as found:
        found.tokens = sign_in.access
        roots = ("GMAIL", "GOOGLE_CALENDAR", "PEOPLE", "PUBSUB")
        yield There(sign_in, roots, found.web.url, found.mail.deliver)


@contextmanager
def a_microsoft(sign_in: OAuthServer) -> Iterator[There]:
    with serve_graph() as found:
        found.tokens = sign_in.access
        yield There(sign_in, ("GRAPH",), found.web.url, lambda raw: found.mail.deliver("Inbox", raw))


@pytest.fixture(params=["google", "microsoft"])
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def there(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[There]:
    with running() as (sign_in, _web), browsing() as browser:
        sign_in.address, sign_in.rotates = ADDRESS, True
        with (a_google if kind == "google" else a_microsoft)(sign_in) as found:
            for name in found.roots:
                monkeypatch.setenv(f"FLUFFY_{name}_ROOT", found.url)
            monkeypatch.setenv("FLUFFY_OAUTH_ROOT", sign_in.url)
            monkeypatch.setenv("OUR_SECRET", SECRET)
            monkeypatch.setattr(webbrowser, "open", browser.open)
            yield found


def test_from_nothing_to_mail_and_back(fluffy: Fluffy, tmp_path: Path, there: There, kind: str) -> None:
    home = tmp_path / "home"
    for number in range(3):
        there.deliver(letter(number))
    add = ("--home", home, "account", "add", kind, "--address", ADDRESS)
    added = fluffy(*add, "--client-id", CLIENT, "--client-secret-env", "OUR_SECRET", "--json")
    assert added.code == 0, added.err
    assert (added.json["services"], added.json["missing"]) == (["mail", "calendar", "contacts"], [])
    synced = fluffy("--home", home, "sync")
    assert (synced.code, "3 new messages" in synced.out) == (0, True), synced.out
    there.deliver(letter(3))
    there.sign_in.access.clear()  # an hour later
    synced = fluffy("--home", home, "sync")
    assert (synced.code, "1 new message" in synced.out) == (0, True), synced.out
    assert fluffy("--home", home, "--json", "threads").json["count"] == 4
    there.sign_in.access.clear()
    there.sign_in.refresh.clear()  # the user took it back
    refused = fluffy("--home", home, "sync")
    assert (refused.code, "Sign in again" in refused.out) == (1, True), refused.out
    (alert,) = fluffy("--home", home, "--json", "jobs", "alerts").json
    assert f"fluffy account add {kind} --address {ADDRESS}" in alert["cure"]
    assert fluffy(*add).code == 0
    there.deliver(letter(4))
    assert fluffy("--home", home, "sync").code == 0
    assert fluffy("--home", home, "--json", "threads").json["count"] == 5
    removed = fluffy("--home", home, "--json", "account", "remove", ADDRESS).json
    assert removed["messages_kept"] == 5
    assert len(there.sign_in.revoked) == (1 if kind == "google" else 0)
    hosts = {one["host"] for one in fluffy("--home", home, "--json", "privacy").json["connections"]}
    assert hosts == {"127.0.0.1"}
