"""The folders of an account at Microsoft: whatever they are called, however deep, whatever a server says."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.microsoft import folders as outlook_folders
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.domain.sync import FolderRole
from fluffy_core.errors import TransientError
from tests.fakes.graph_clients import JSON, strike
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.web_server import Reply


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


@pytest.fixture
def account(server: GraphServer) -> Iterator[OutlookAccount]:
    with closing(OutlookAccount(gateway(), server.web.url, server.token)) as found:
        yield found


def names(account: OutlookAccount) -> list[str]:
    return [one.name for one in account.folders()]


def test_roles_first_then_names(server: GraphServer, account: OutlookAccount) -> None:
    server.mail.make("Clients", "Ann", "2026")
    server.mail.make("Archive", "2019")
    server.mail.make("Birds")
    assert [(one.name, one.role.value) for one in account.folders()] == [
        ("Inbox", "inbox"),
        ("Archive", "archive"),
        ("Sent Items", "sent"),
        ("Drafts", "drafts"),
        ("Junk Email", "junk"),
        ("Deleted Items", "trash"),
        ("Archive/2019", "other"),
        ("Birds", "other"),
        ("Clients", "other"),
        ("Clients/Ann", "other"),
        ("Clients/Ann/2026", "other"),
    ]


def test_more_folders_than_a_page(
    server: GraphServer, account: OutlookAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_folders, "_PAGE", 3)
    for number in range(10):
        server.mail.make("Clients", f"{number:02}")
    assert len(names(account)) == len(set(names(account))) == 17


def test_an_account_without_an_archive(server: GraphServer, account: OutlookAccount) -> None:
    server.mail.drop(server.mail.shelf("archive").id)
    assert FolderRole.ARCHIVE not in {one.role for one in account.folders()}
    assert len(names(account)) == 5


def test_a_folder_in_another_language_keeps_its_role(server: GraphServer, account: OutlookAccount) -> None:
    inbox = server.mail.shelf("inbox")
    found = {one.id: one for one in account.folders()}
    inbox.name = "Posteingang"
    again = {one.id: one for one in account.folders()}
    assert (found[inbox.id].name, again[inbox.id].name) == ("Inbox", "Posteingang")
    assert again[inbox.id].role is FolderRole.INBOX


@pytest.mark.parametrize(
    ("name", "shown"),
    [("A/B", "A_B"), (" \u202eevil\x00 ", "evil"), ("", "Folder"), (None, "Folder"), (5, "Folder")],
)
def test_names_are_one_step_of_a_path(
    server: GraphServer, account: OutlookAccount, name: object, shown: str
) -> None:
    account.folders()
    content = {"value": [{"id": "x", "displayName": name, "childFolderCount": 0}]}
    strike(server, "/mailFolders", Reply(200, json.dumps(content).encode(), JSON))
    assert names(account) == [shown]


def test_saved_searches_are_no_folders(server: GraphServer, account: OutlookAccount) -> None:
    account.folders()
    search = {"@odata.type": "#microsoft.graph.mailSearchFolder", "id": "x", "displayName": "Unread"}
    strike(server, "/mailFolders", Reply(200, json.dumps({"value": [search]}).encode(), JSON))
    assert names(account) == []


def test_a_folder_within_itself_ends(server: GraphServer, account: OutlookAccount) -> None:
    account.folders()
    server.web.struck = lambda asked: asked.path.endswith(("/mailFolders", "/childFolders"))
    folder = {"id": "x", "displayName": "Loop", "childFolderCount": 1}
    server.web.faults.extend([Reply(200, json.dumps({"value": [folder]}).encode(), JSON)] * 50)
    assert names(account) == ["Loop"]
    assert len(server.web.faults) == 48


def test_folders_without_end(
    server: GraphServer, account: OutlookAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_folders, "MOST", 20)
    account.folders()
    server.web.struck = lambda asked: asked.path.endswith(("/mailFolders", "/childFolders"))
    for number in range(50):
        folder = {"id": f"x{number}", "displayName": "Loop", "childFolderCount": 1}
        server.web.faults.append(Reply(200, json.dumps({"value": [folder]}).encode(), JSON))
    with pytest.raises(TransientError, match="without end"):
        account.folders()


def test_roles_are_asked_once(server: GraphServer, account: OutlookAccount) -> None:
    account.folders()
    begun = len(server.web.asked)
    account.folders()
    assert len(server.web.asked) - begun == 1
