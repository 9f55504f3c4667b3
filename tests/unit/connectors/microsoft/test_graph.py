"""Requests to Graph: ids that last, links that are followed and that are not; and the loopback itself."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.microsoft import graph as graph_module
from fluffy_core.connectors.microsoft.graph import Graph, Trail, part, within
from fluffy_core.errors import AnswerError, FolderGoneError, SignInError, TransientError
from tests.fakes import graph_schema
from tests.fakes.graph_clients import JSON, client, inbox, strike
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.stages import letter
from tests.fakes.web_server import Reply, serve


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


@pytest.fixture
def graph(server: GraphServer) -> Iterator[Graph]:
    with client(server) as found:
        yield found


def messages(server: GraphServer) -> str:
    return f"me/mailFolders/{part(inbox(server).id)}/messages"


@pytest.mark.parametrize("more", ["", "/", "/v1.0", "/v1.0/"])
def test_a_root_may_have_its_version(server: GraphServer, more: str) -> None:
    found = Graph(gateway(), server.web.url + more, server.token, reason="trying")
    with closing(found):
        assert found.page(messages(server)).entries == ()
    assert server.web.asked[-1].path.startswith("/v1.0/me/")


def test_ids_last_when_a_message_moves_because_that_is_asked_for(server: GraphServer, graph: Graph) -> None:
    moved = server.mail.deliver("inbox", letter(1))
    before = graph.page(messages(server)).entries[0]["id"]
    server.mail.move(moved, "archive")
    assert graph.page("me/mailFolders/archive/messages").entries[0]["id"] == before
    plain = {"Authorization": "Bearer good"}
    found = [
        graph._rest.ask("GET", "me/mailFolders/archive/messages", headers=plain).json()["value"][0]["id"]
    ]
    server.mail.move(moved, "inbox")
    found.append(graph._rest.ask("GET", messages(server), headers=plain).json()["value"][0]["id"])
    assert len({before, *found}) == 3


def test_pages_and_their_links(server: GraphServer, graph: Graph) -> None:
    for number in range(5):
        server.mail.deliver("inbox", letter(number))
    page = graph.page(messages(server), {"$top": 3, "$count": "true", "$select": "id,isRead"})
    assert (len(page.entries), page.count, page.delta) == (3, 5, "")
    assert set(page.entries[0]) == {"id", "isRead"}
    rest = graph.page(page.next)
    assert (len(rest.entries), rest.next) == (2, "")
    delta = graph.page(f"{messages(server)}/delta", size=4)
    assert (len(delta.entries), delta.delta) == (4, "")
    last = graph.page(delta.next, size=4)
    assert (len(last.entries), last.next) == (1, "")
    assert graph.page(last.delta).entries == ()


@pytest.mark.parametrize("name", ["nextLink", "deltaLink"])
@pytest.mark.parametrize(
    "link", ["https://graph.example.net/v1.0/me", "//x", 5, ["a"], "/v1.0/me", "file:///x"]
)
def test_links_to_elsewhere_are_refused(server: GraphServer, graph: Graph, name: str, link: object) -> None:
    strike(server, "/messages", Reply(200, json.dumps({"value": [], f"@odata.{name}": link}).encode(), JSON))
    with pytest.raises(TransientError, match="another server"):
        graph.page(messages(server))


def test_no_token_leaves_for_another_server(graph: Graph) -> None:
    with serve(lambda asked: Reply(200, b'{"value": []}')) as other:
        with pytest.raises(TransientError):
            graph.page(f"{other.url}/v1.0/me/messages")
        assert other.asked == []


def test_a_trail_finds_out_circles_and_what_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    trail = Trail()
    assert [trail.step(one) for one in ("a", "b")] == ["a", "b"]
    with pytest.raises(TransientError, match="circles"):
        trail.step("a")
    monkeypatch.setattr(graph_module, "PAGES_MOST", 3)
    endless = Trail()
    for number in range(3):
        endless.step(str(number))
    with pytest.raises(TransientError):
        endless.step("3")


def test_what_is_not_found_is_said_of_its_folder() -> None:
    with pytest.raises(FolderGoneError, match="no folder Inbox any more"), within("folder Inbox"):
        raise AnswerError("refused", status=404)
    with pytest.raises(AnswerError), within("folder Inbox"):
        raise AnswerError("refused", status=400)


def test_ids_are_one_part_of_a_path() -> None:
    assert part("AQMk/a+b==") == "AQMk%2Fa%2Bb%3D%3D"


def test_closing_ends_it(graph: Graph) -> None:
    graph.close()
    graph.close()
    with pytest.raises(TransientError):
        graph.get("me/mailFolders/inbox")


# --- the loopback server ---


@pytest.mark.parametrize(
    "options",
    [
        {"$search": "x"},
        {"top": "3"},
        {"$filter": "isRead eq true"},
        {"$select": "id,color"},
        {"$orderby": "subject"},
        {"$top": "1001"},
        {"$expand": "attachments"},
        {"$expand": "singleValueExtendedProperties($filter=id eq 'Integer 0x1081')"},
        {"$orderby": "receivedDateTime desc", "$filter": "internetMessageId eq 'x'"},
    ],
)
def test_the_loopback_refuses_what_graph_does_not_know(
    server: GraphServer, graph: Graph, options: dict[str, str]
) -> None:
    server.mail.deliver("inbox", letter(1))
    with pytest.raises(AnswerError) as told:
        graph.page(messages(server), options)
    assert told.value.status == 400


def test_the_loopback_refuses_a_link_that_was_changed_and_tokens_of_others(
    server: GraphServer, graph: Graph
) -> None:
    link = graph.page(f"{messages(server)}/delta").delta
    for bad in (f"{link}&$select=id", link.replace("deltatoken=", "deltatoken=!")):
        with pytest.raises(AnswerError) as told:
            graph.page(bad)
        assert told.value.status == 400
    server.rounds.forget()
    with pytest.raises(AnswerError) as told:
        graph.page(link)
    assert told.value.status == 410
    server.tokens.clear()
    with pytest.raises(SignInError):
        graph.page(messages(server))


def test_the_loopback_fails_on_a_delta_that_is_to_be_expanded(server: GraphServer, graph: Graph) -> None:
    with pytest.raises(AnswerError):
        graph.page(f"{messages(server)}/delta", {"$expand": "attachments"})
    with pytest.raises(AnswerError):
        graph.page("me/contacts/delta", {"$select": "displayName"})


def test_the_loopback_tells_only_what_changed_and_what_went(server: GraphServer, graph: Graph) -> None:
    first, second = (server.mail.deliver("inbox", letter(number)) for number in (1, 2))
    link = graph.page(f"{messages(server)}/delta", {"$select": "isRead,flag,subject"}).delta
    server.mail.flag(first, ["seen"])
    server.mail.remove(second)
    told = graph.page(link).entries
    assert [set(one) for one in told] == [{"id", "isRead"}, {"id", "@removed"}]


@pytest.mark.parametrize(
    ("kind", "entity"),
    [
        ("message", {"isRead": True}),
        ("message", {"id": "a", "isRead": "yes"}),
        ("message", {"id": "a", "colour": "red"}),
        ("message", {"id": "a", "receivedDateTime": "yesterday"}),
        ("message", {"id": "a", "flag": {"flagStatus": "red"}}),
        ("message", {"id": "a", "categories": "red"}),
        ("mailFolder", {"id": "a", "childFolderCount": True}),
        ("event", {"id": "a", "start": {"dateTime": "2026-03-02", "timeZone": "UTC"}}),
        ("event", {"id": "a", "attendees": [{"emailAddress": {"mail": "x"}}]}),
        ("contact", []),
    ],
)
def test_the_schema_finds_what_graph_would_not_say(kind: str, entity: object) -> None:
    assert len(list(graph_schema.faults(kind, entity))) == 1


def test_the_schema_lets_pass_what_graph_says() -> None:
    said = {
        "@odata.etag": "x",
        "id": "a",
        "isRead": False,
        "flag": {"flagStatus": "flagged"},
        "subject": None,
    }
    assert list(graph_schema.faults("message", said)) == []


def test_an_answer_against_the_schema_is_noted(server: GraphServer, graph: Graph) -> None:
    server.mail.deliver("inbox", letter(1)).item = ""
    server.mail.letters[""] = server.mail.letters.popitem()[1]
    server.mail.shelf("inbox").name = 5  # type: ignore[assignment]
    graph.page("me/mailFolders")
    assert server.violations == ["mailFolder.displayName is no Edm.String: 5"]
    server.violations.clear()
