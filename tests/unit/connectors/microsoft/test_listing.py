"""Listing newest first: whatever comes, goes or is repeated, nothing is skipped or told twice."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from fluffy_core.connectors.microsoft import listing as outlook_listing
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.domain.sync import Folder
from fluffy_core.errors import CursorExpiredError, TransientError
from tests.fakes.graph_clients import JSON, inbox, strike
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


def everything(account: OutlookAccount, folder: Folder, *, limit: int) -> list[str]:
    found, token = [], ""
    while True:
        page = account.list(folder, token=token, limit=limit)
        assert len(page.refs) <= limit
        found += [ref.id for ref in page.refs]
        token = page.next
        if not token:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_many_messages_of_one_second(
    server: GraphServer, account: OutlookAccount, folder: Folder, limit: int
) -> None:
    """A mailbox that was moved here in one go has thousands of them."""
    for number in range(20):
        server.mail.deliver("inbox", letter(number)).received = datetime(2026, 3, 2, 9, tzinfo=UTC)
    found = everything(account, folder, limit=limit)
    assert len(found) == len(set(found)) == 20
    assert account.present(folder) == set(found)


def test_more_of_one_second_than_graph_gives_at_once(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_listing, "TOP", 4)
    for number in range(15):
        server.mail.deliver("inbox", letter(number)).received = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for limit in (2, 6, 100):
        assert len(set(everything(account, folder, limit=limit))) == 15
    assert len(account.message_ids(folder)) == 15


def test_the_second_of_graph_is_cut_not_rounded(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
    for number in range(10):
        server.mail.deliver("inbox", letter(number)).received = moment + timedelta(milliseconds=130 * number)
    assert len(set(everything(account, folder, limit=3))) == 10


@pytest.mark.parametrize("seed", range(3))
def test_what_was_there_all_along_is_told_once(
    server: GraphServer, account: OutlookAccount, folder: Folder, seed: int
) -> None:
    dice = random.Random(seed)
    mail = [server.mail.deliver("inbox", letter(number)) for number in range(40)]
    for one in mail:
        one.received = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=dice.randrange(12))
    found, token, last = [], "", 100
    while True:
        page = account.list(folder, token=token, limit=3)
        found += [ref.id for ref in page.refs]
        token = page.next
        if not token:
            break
        if len(server.mail.letters) > 12:
            server.mail.remove(dice.choice(list(server.mail.letters.values())))
        server.mail.deliver("inbox", letter(last))
        last += 1
    assert len(found) == len(set(found))
    kept = {one.item for one in mail} & server.mail.letters.keys()
    assert len(kept) > 5
    assert {f"AAkA-{item}_L=" for item in kept} <= set(found)


def test_a_listing_goes_on_with_another_client(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    for number in range(5):
        server.mail.deliver("inbox", letter(number))
    first = account.list(folder, limit=2)
    with closing(OutlookAccount(gateway(), server.web.url, server.token)) as other:
        second = other.list(folder, token=first.next, limit=10)
    assert len({ref.id for ref in (*first.refs, *second.refs)}) == 5
    assert (first.total, second.total) == (5, None)


def test_since_a_day_counts_what_is_asked_for(
    server: GraphServer, account: OutlookAccount, folder: Folder
) -> None:
    for day in (1, 2, 3, 4):
        server.mail.deliver("inbox", letter(day), arrived=date(2026, 3, day))
    page = account.list(folder, since=date(2026, 3, 3), limit=1)
    assert (len(page.refs), page.total) == (1, 2)
    assert len(account.list(folder, since=date(2026, 3, 3), token=page.next, limit=5).refs) == 1


@pytest.mark.parametrize(
    "token", ["x", "5", "[]", "{}", '["x", []]', '["2026-03-02T09:00:00Z", 5]', "[1, 2]", "[" * 5000]
)
def test_a_token_that_is_none(account: OutlookAccount, folder: Folder, token: str) -> None:
    with pytest.raises(CursorExpiredError):
        account.list(folder, token=token)


def message(number: int, moment: str = "2026-03-02T09:00:00Z") -> dict[str, object]:
    return {"id": f"m{number}", "receivedDateTime": moment, "isRead": True}


@pytest.mark.parametrize("limit", [2, 10])
def test_a_server_that_repeats_one_page_for_ever(
    server: GraphServer, account: OutlookAccount, folder: Folder, limit: int
) -> None:
    link = f"{server.web.url}/v1.0/me/mailFolders/inbox/messages?$skip=2"
    entries = [message(2, "2026-03-02T09:00:05Z"), message(1)]
    page = Reply(200, json.dumps({"value": entries, "@odata.nextLink": link}).encode(), JSON)
    strike(server, "/messages", *[page] * 60)
    with pytest.raises(TransientError, match="circles"):
        account.list(folder, limit=limit)
    assert len(server.web.asked) < 6


def test_a_server_that_never_ends(
    server: GraphServer, account: OutlookAccount, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook_listing, "PAGES_MOST", 5)

    def handle(asked: Asked) -> Reply:
        number = len(server.web.asked)
        link = f"{server.web.url}/v1.0/me/mailFolders/inbox/messages?$skip={number}"
        return Reply(200, json.dumps({"value": [message(number)], "@odata.nextLink": link}).encode(), JSON)

    server.web.handle = handle
    with pytest.raises(TransientError, match="without end"):
        account.present(folder)


@pytest.mark.parametrize("moment", ["", "yesterday", "9999-99-99T00:00:00Z", None, 5])
def test_a_message_without_a_date(
    server: GraphServer, account: OutlookAccount, folder: Folder, moment: object
) -> None:
    entry = {**message(1), "receivedDateTime": moment}
    strike(server, "/messages", Reply(200, json.dumps({"value": [entry]}).encode(), JSON))
    with pytest.raises(TransientError, match="without a date"):
        account.list(folder)
