"""Clients of a loopback Graph, for tests of single connectors."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from fluffy_core.connectors.microsoft.graph import Graph
from fluffy_core.domain.sync import Folder, FolderRole
from tests.fakes.graph_server import GraphServer
from tests.fakes.outlook_stage import gateway
from tests.fakes.web_server import Reply

JSON = {"Content-Type": "application/json"}


@contextmanager
def client(server: GraphServer) -> Iterator[Graph]:
    """One that is closed at the end."""
    with closing(Graph(gateway(), server.web.url, server.token, reason="trying")) as graph:
        yield graph


def inbox(server: GraphServer) -> Folder:
    """The inbox as a client knows it."""
    return Folder(server.mail.shelf("inbox").id, "Inbox", FolderRole.INBOX)


def strike(server: GraphServer, where: str, *replies: Reply, method: str = "GET") -> None:
    """The next requests of a method to paths that end so get these answers."""
    server.web.struck = lambda asked: asked.path.endswith(where) and asked.method == method
    server.web.faults.extend(replies)
