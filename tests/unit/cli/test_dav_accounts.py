"""From nothing to a calendar: an account with a real server of calendars and address books."""

from pathlib import Path

import pytest

from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.radicale_servers import radicale_server
from tests.unit.cli.conftest import Fluffy, Ran

__all__ = ["radicale_server"]

USER, ADDRESS = "cli-ada", "ada@example.com"


@pytest.fixture
def home(radicale_server: Radicale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a user of the server with a calendar and an address book."""
    monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
    monkeypatch.setenv("WRONG", "wrong")
    if not (radicale_server.folder / "collections" / "collection-root" / USER).is_dir():
        radicale_server.add_user(USER)
        radicale_server.make_calendar(f"/{USER}/work", "Work")
        radicale_server.make_book(f"/{USER}/people", "People")
    return tmp_path / "home"


def add(fluffy: Fluffy, home: Path, url: str, *words: str, variable: str = "DAV_PASSWORD") -> Ran:
    return fluffy(
        "--home", home, "--json", "account", "add", "caldav", "--address", ADDRESS, "--user", USER,
        "--url", url, "--password-env", variable, *words,
    )  # fmt: skip


def test_from_nothing_to_a_calendar(fluffy: Fluffy, home: Path, radicale_server: Radicale) -> None:
    added = add(fluffy, home, radicale_server.url, "--insecure-loopback")
    assert (added.code, added.json["services"]) == (0, ["calendar", "contacts"]), added.err
    assert fluffy("--home", home, "sync").code == 0
    again = add(fluffy, home, radicale_server.url, "--insecure-loopback", "--only", "contacts")
    assert (again.json["id"], again.json["services"]) == (added.json["id"], ["contacts"])
    removed = fluffy("--home", home, "account", "remove", ADDRESS)
    assert "Nothing was changed on the server." in removed.out


def test_a_wrong_password_keeps_nothing(fluffy: Fluffy, home: Path, radicale_server: Radicale) -> None:
    refused = add(fluffy, home, radicale_server.url, "--insecure-loopback", variable="WRONG")
    assert refused.code == 1
    assert fluffy("--home", home, "account", "list").out == "No accounts.\n"


def test_plain_text_has_to_be_asked_for(fluffy: Fluffy, home: Path, radicale_server: Radicale) -> None:
    refused = add(fluffy, home, radicale_server.url)
    assert (refused.code, "--insecure-loopback" in refused.json["error"]) == (2, True)
