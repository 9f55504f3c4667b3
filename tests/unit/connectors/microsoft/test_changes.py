"""Changes by delta: rounds that begin after the listing, entries that tell a part, places that are lost."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from fluffy_core.connectors.microsoft import changes as outlook_changes
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.domain.sync import Folder, RemoteChanges
from fluffy_core.errors import AnswerError, CursorExpiredError, FolderGoneError, TransientError
from tests.fakes.graph_clients import JSON, inbox, strike
from tests.fakes.graph_mail import name
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.stages import letter
from tests.fakes.web_server import Asked, Reply


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


@pytest.fixture
def account(server: GraphServer) -> Iterator[OutlookAccount]:
    with closing(OutlookAccount(gateway(), server.web.url, server.token)) as found:
        yield found


@pytest.fixture
def folder(server: GraphServer) -> Folder:
    return inbox(server)


def nothing_known() -> dict[str, tuple[str, ...]]:
    return {}


def not_asked() -> dict[str, tuple[str, ...]]:
    raise AssertionError("nobody needs to know")


def link(account: OutlookAccount, folder: Folder) -> str:
    """A cursor behind everything that is there."""
    return account.changes(folder, account.cursor(folder), nothing_known).cursor


def test_a_cursor_costs_no_request(server: GraphServer, account: OutlookAccount, folder: Folder) -> None:
    account.cursor(folder)
    assert server.web.asked == []


def test_the_first_round_is_compared_with_what_is_known(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    same, other, new = (server.mail.deliver("inbox", letter(number)) for number in range(3))
    server.mail.flag(other, ["flagged", "seen"])
    ids = [name(one, lasting=True) for one in (same, other, new)]
    known = {ids[0]: ("unseen",), ids[1]: ("unseen",), "gone": ("seen",)}
    found = account.changes(folder, account.cursor(folder), lambda: known)
    assert {ref.id: ref.flags for ref in found.refs} == {ids[1]: ("flagged", "seen"), ids[2]: ("unseen",)}
    assert (found.gone, found.more) == (("gone",), False)
    assert account.changes(folder, found.cursor, not_asked) == RemoteChanges((), (), found.cursor)


def test_a_first_round_of_many_pages(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_changes, "SIZE", 3)
    for number in range(10):
        server.mail.deliver("inbox", letter(number))
    known = {ref.id: ref.flags for ref in account.list(folder).refs}
    begun = len(server.web.asked)
    found = account.changes(folder, account.cursor(folder), lambda: known)
    assert (found.refs, found.gone, found.more) == ((), (), False)
    assert len(server.web.asked) - begun == 4


def test_only_what_changed_is_told_and_the_rest_is_known(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    mail = server.mail.deliver("inbox", letter(1), flags=["flagged"])
    cursor = link(account, folder)
    server.mail.flag(mail, ["flagged", "seen"])
    key = name(mail, lasting=True)
    found = account.changes(folder, cursor, lambda: {key: ("flagged", "unseen")})
    assert [ref.flags for ref in found.refs] == [("flagged", "seen")]


def test_a_part_of_a_message_that_nobody_knows_is_asked_for(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    first, second = (server.mail.deliver("inbox", letter(number), flags=["flagged"]) for number in (1, 2))
    cursor = link(account, folder)
    for one in (first, second):
        server.mail.flag(one, ["flagged", "seen"])
    server.web.faults.append(Reply(404, b"", JSON))
    server.web.struck = lambda asked: first.item in asked.path
    found = account.changes(folder, cursor, nothing_known)
    assert [(ref.id, ref.flags) for ref in found.refs] == [(name(second, lasting=True), ("flagged", "seen"))]
    assert found.refs[0].size == len(letter(2))


def test_what_is_known_is_asked_once(server: GraphServer, account: OutlookAccount, folder: Folder) -> None:
    mail = [server.mail.deliver("inbox", letter(number)) for number in range(5)]
    cursor = link(account, folder)
    for one in mail:
        server.mail.flag(one, ["seen"])
    asked = 0

    def known() -> dict[str, tuple[str, ...]]:
        nonlocal asked
        asked += 1
        return {name(one, lasting=True): ("unseen",) for one in mail}

    assert len(account.changes(folder, cursor, known).refs) == 5
    assert asked == 1


def test_the_later_word_about_a_message_counts(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    cursor = link(account, folder)
    gone, back = {"id": "a", "@removed": {"reason": "deleted"}}, {"id": "a", "isRead": True}
    whole = {"id": "a", "isRead": False, "isDraft": False, "flag": {"flagStatus": "flagged"}}
    for entries, refs, away in (
        ([whole, gone], [], ("a",)),
        ([gone, whole], [("a", ("flagged", "unseen"))], ()),
        ([whole, back], [("a", ("flagged", "seen"))], ()),
        ([gone, gone], [], ("a",)),
    ):
        content = {"value": entries, "@odata.deltaLink": cursor}
        strike(server, "/delta", Reply(200, json.dumps(content).encode(), JSON))
        found = account.changes(folder, cursor, not_asked)
        assert ([(ref.id, ref.flags) for ref in found.refs], found.gone) == (refs, away)


def test_a_long_round_comes_in_parts(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_changes, "SIZE", 4)
    cursor = link(account, folder)
    for number in range(10):
        server.mail.deliver("inbox", letter(number))
    parts, seen = [], set()
    more = True
    while more:
        with closing(OutlookAccount(gateway(), server.web.url, server.token)) as other:
            found = other.changes(folder, cursor, not_asked)
        parts.append(len(found.refs))
        seen |= {ref.id for ref in found.refs}
        cursor, more = found.cursor, found.more
    assert (parts, len(seen)) == ([4, 4, 2], 10)


def test_a_round_that_leads_in_circles_ends(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    cursor = link(account, folder)
    gone = [{"id": str(number), "@removed": {"reason": "deleted"}} for number in range(600)]
    for entries in ([], gone):
        content = {"value": entries, "@odata.nextLink": cursor}
        strike(server, "/delta", *[Reply(200, json.dumps(content).encode(), JSON)] * 50)
        if entries:
            assert account.changes(folder, cursor, not_asked).more
        with pytest.raises(TransientError, match="circles"):
            account.changes(folder, cursor, not_asked)
        server.web.faults.clear()
    first = Reply(200, json.dumps({"value": [], "@odata.nextLink": cursor}).encode(), JSON)
    strike(server, "/delta", *[first] * 50)
    with pytest.raises(TransientError, match="circles"):
        account.changes(folder, account.cursor(folder), nothing_known)


def test_a_round_that_failed_half_way_is_no_circle(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_changes, "SIZE", 4)
    cursor = link(account, folder)
    for number in range(10):
        server.mail.deliver("inbox", letter(number))
    found = account.changes(folder, cursor, not_asked)
    for begin in (cursor, found.cursor):
        server.web.struck = lambda asked: "$skiptoken" in asked.query
        server.web.faults.append(Reply(503, b"", JSON))
        with suppress(TransientError):
            account.changes(folder, begin, not_asked)
        server.web.faults.clear()
        assert len(account.changes(folder, begin, not_asked).refs) == 4


def test_a_round_that_never_ends(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluffy_core.connectors.microsoft.graph.PAGES_MOST", 9)
    cursor = link(account, folder)

    def handle(asked: Asked) -> Reply:
        further = f"{server.web.url}/v1.0/me/x?$skiptoken={len(server.web.asked)}"
        return Reply(200, json.dumps({"value": [], "@odata.nextLink": further}).encode(), JSON)

    server.web.handle = handle
    for begin in (cursor, account.cursor(folder)):
        with pytest.raises(TransientError, match="circles"):
            account.changes(folder, begin, nothing_known)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_place_that_the_server_has_forgotten_is_healed_by_comparing(
    server: GraphServer, account: OutlookAccount, folder: Folder, status: int
) -> None:
    mail = server.mail.deliver("inbox", letter(1))
    cursor = link(account, folder)
    server.mail.flag(mail, ["seen"])
    strike(server, "/delta", Reply(status, b'{"error":{"code":"syncStateNotFound"}}', JSON))
    key = name(mail, lasting=True)
    found = account.changes(folder, cursor, lambda: {key: ("unseen",), "gone": ("seen",)})
    assert ([(ref.id, ref.flags) for ref in found.refs], found.gone) == ([(key, ("seen",))], ("gone",))
    assert account.changes(folder, found.cursor, not_asked).refs == ()


def test_a_server_that_forgets_everything_at_once(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_changes, "SIZE", 2)
    cursor = link(account, folder)
    for number in range(5):
        server.mail.deliver("inbox", letter(number))
    strike(server, "/delta", *[Reply(410, b"", JSON)] * 2)
    with pytest.raises(TransientError, match="cannot tell"):
        account.changes(folder, cursor, nothing_known)
    server.web.struck = lambda asked: "$skiptoken" in asked.query
    server.web.faults.append(Reply(410, b"", JSON))
    with pytest.raises(TransientError, match="forgot"):
        account.changes(folder, account.cursor(folder), nothing_known)
    assert len(account.changes(folder, account.cursor(folder), nothing_known).refs) == 5


def test_a_folder_that_is_gone_is_no_forgotten_place(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    cursor = link(account, folder)
    server.mail.drop(folder.id)
    for begin in (cursor, account.cursor(folder)):
        with pytest.raises(FolderGoneError, match="Inbox"):
            account.changes(folder, begin, not_asked if begin == cursor else nothing_known)


def test_a_refusal_is_neither(server: GraphServer, account: OutlookAccount, folder: Folder) -> None:
    cursor = link(account, folder)
    strike(server, "/delta", *[Reply(403, b"", JSON)] * 2)
    for begin in (cursor, account.cursor(folder)):
        with pytest.raises(AnswerError):
            account.changes(folder, begin, nothing_known)


def test_a_cursor_of_another_server_has_expired(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    with pytest.raises(CursorExpiredError):
        account.changes(folder, "https://graph.example.net/v1.0/me/mailFolders/x/messages/delta", not_asked)
    assert server.web.asked == []


def test_a_round_without_an_end_begins_anew(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    """A server that names neither another page nor from where later changes count."""
    cursor = link(account, folder)
    for begin in (cursor, account.cursor(folder)):
        strike(server, "/delta", Reply(200, b'{"value": []}', JSON))
        assert account.changes(folder, begin, nothing_known).cursor == begin
