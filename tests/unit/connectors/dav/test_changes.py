"""Changes of a collection: by tokens and, where there are none, by etags; lists that are cut off."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.dav.caldav import _REPORT
from fluffy_core.connectors.dav.changes import Changes, Part, bodies
from fluffy_core.connectors.dav.dav import Dav
from fluffy_core.connectors.network.rest import Rest
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError
from tests.fakes.calendar_stages import open_gateway
from tests.fakes.web_server import Asked, Reply, WebServer, serve

XML = {"Content-Type": "application/xml"}


class Collection:
    """A collection that answers as it is told: paths with etags, paths that are gone, a token."""

    def __init__(self) -> None:
        self.etags: dict[str, str] = {}
        self.gone: list[str] = []
        self.token = "t1"
        self.cut: list[str] = []
        """Tokens of answers that say that there is more."""

    def __call__(self, asked: Asked) -> Reply:
        if b"sync-level" in asked.content:
            return self.changes()
        if b"sync-token" in asked.content:
            return self.answer(self.row("/c/", f"<sync-token>{self.token}</sync-token>"))
        return self.answer(self.row("/c/", "<resourcetype><collection/></resourcetype>") + self.items())

    def changes(self) -> Reply:
        cut = self.cut.pop(0) if self.cut else ""
        full = "<response><href>/c/</href><status>HTTP/1.1 507 X</status></response>" if cut else ""
        gone = "".join(
            f"<response><href>{one}</href><status>HTTP/1.1 404 Not Found</status></response>"
            for one in self.gone
        )
        token = cut or self.token
        return self.answer(
            self.items() + gone + full + (f"<sync-token>{token}</sync-token>" if token else "")
        )

    def items(self) -> str:
        return "".join(self.row(href, f"<getetag>{etag}</getetag>") for href, etag in self.etags.items())

    @staticmethod
    def row(href: str, prop: str) -> str:
        status = "<status>HTTP/1.1 200 OK</status>"
        return f"<response><href>{href}</href><propstat><prop>{prop}</prop>{status}</propstat></response>"

    @staticmethod
    def answer(content: str) -> Reply:
        return Reply(207, f'<multistatus xmlns="DAV:">{content}</multistatus>'.encode(), XML)


@pytest.fixture
def collection() -> Collection:
    return Collection()


@pytest.fixture
def web(collection: Collection) -> Iterator[WebServer]:
    with serve(collection) as found:
        yield found


@pytest.fixture
def server(web: WebServer) -> Iterator[Dav]:
    with closing(Dav(open_gateway(), web.url, Login("ben", "x"), reason="trying")) as found:
        yield found


@pytest.fixture
def changes(server: Dav) -> Changes:
    return Changes(server, 2)


def page(changes: Changes, cursor: str, token: str = "", *there: str) -> Part:
    return changes.page("/c/", cursor=cursor, token=token, everything=lambda: there)


def test_the_cursor_is_taken_before_the_listing(changes: Changes, collection: Collection) -> None:
    def everything() -> list[str]:
        collection.token = "t2"
        return ["/c/b", "/c/a", "/c/c"]

    first = changes.page("/c/", cursor="", token="", everything=everything)
    assert (first.changed, first.cursor) == (("/c/a", "/c/b"), "")
    last = changes.page("/c/", cursor="", token=first.next, everything=everything)
    assert last == Part(("/c/c",), (), "", "sync:t1")


def test_the_same_client_lists_once(changes: Changes, web: WebServer) -> None:
    first = page(changes, "", "", "/c/a", "/c/b", "/c/c")
    asked = len(web.asked)
    page(changes, "", first.next, "/c/x")
    assert len(web.asked) == asked


def test_another_client_goes_on_and_keeps_the_first_cursor(
    server: Dav, changes: Changes, collection: Collection
) -> None:
    collection.etags = {f"/c/{one}": "1" for one in "abc"}
    collection.token = "t2"
    first = page(changes, "sync:t1")
    collection.etags["/c/d"] = "1"
    collection.token = "t3"
    last = page(Changes(server, 2), "sync:t1", first.next)
    assert last == Part(("/c/c", "/c/d"), (), "", "sync:t2")


def test_what_is_gone_comes_once(changes: Changes, collection: Collection) -> None:
    collection.etags = {f"/c/{one}": "1" for one in "abc"}
    collection.gone = ["/c/z"]
    first = page(changes, "sync:t0")
    assert first.gone == ("/c/z",)
    assert page(changes, "sync:t0", first.next).gone == ()


def test_a_list_that_is_cut_off_goes_on(changes: Changes, collection: Collection) -> None:
    collection.etags = {"/c/a": "1"}
    collection.cut = ["half"]
    first = page(changes, "sync:t0")
    assert (first.changed, first.cursor) == (("/c/a",), "")
    collection.etags = {"/c/b": "1"}
    assert page(changes, "sync:t0", first.next) == Part(("/c/b",), (), "", "sync:t1")


@pytest.mark.parametrize("status", [400, 403, 405, 409, 410, 412, 501])
def test_a_token_that_is_refused_has_expired(changes: Changes, web: WebServer, status: int) -> None:
    web.faults.append(Reply(status))
    with pytest.raises(CursorExpiredError):
        page(changes, "sync:t0")


def test_an_answer_without_a_token_says_nothing_of_what_is_gone(
    changes: Changes, collection: Collection
) -> None:
    collection.token = ""
    with pytest.raises(CursorExpiredError):
        page(changes, "sync:t0")


def test_a_collection_that_is_gone(changes: Changes, web: WebServer) -> None:
    for cursor in ("", "sync:t0"):
        web.faults.append(Reply(404))
        with pytest.raises(AnswerError, match="404"):
            page(changes, cursor)


def test_without_tokens_etags_are_compared(changes: Changes, collection: Collection) -> None:
    collection.token = ""
    collection.etags = {"/c/a": "1", "/c/b": "1", "/c/c": "1"}
    first = page(changes, "", "", "/c/a")
    assert first.cursor.startswith("etags:")
    assert page(changes, first.cursor) == Part((), (), "", first.cursor)
    collection.etags = {"/c/a": "2", "/c/c": "1", "/c/d": "1"}
    second = page(changes, first.cursor)
    assert (second.changed, second.gone) == (("/c/a", "/c/d"), ("/c/b",))
    assert page(changes, second.cursor) == Part((), (), "", second.cursor)


def data(server: Dav, *paths: str) -> dict[str, bytes | None]:
    return bodies(server, "/c/", paths, report=_REPORT)


def calendar_data(href: str, text: str) -> str:
    return Collection.row(
        href, f'<calendar-data xmlns="urn:ietf:params:xml:ns:caldav">{text}</calendar-data>'
    )


def test_bodies_in_one_question(server: Dav, web: WebServer) -> None:
    refused = (
        "<response><href>/c/b</href><propstat><prop><getetag/></prop><status>HTTP/1.1 403 Forbidden</status>"
        "</propstat></response>"
    )
    gone = "<response><href>/c/c</href><status>HTTP/1.1 404 Not Found</status></response>"
    web.handle = lambda asked: Collection.answer(calendar_data("/c/a", "A &amp; B") + refused + gone)
    assert data(server, "/c/a", "/c/b", "/c/c", "/c/d") == {"/c/a": b"A & B", "/c/b": None}
    assert len(web.asked) == 1
    assert data(server) == {}
    assert len(web.asked) == 1


def test_one_body_that_is_no_xml_holds_up_none(server: Dav, web: WebServer) -> None:
    single = {"/c/a": Reply(200, b"A\x0b"), "/c/b": Reply(404), "/c/c": Reply(403), "/c/d": Reply(200, b"D")}

    def handle(asked: Asked) -> Reply:
        bad = Collection.answer(calendar_data("/c/a", "A\x0b"))
        return single[asked.path] if asked.method == "GET" else bad

    web.handle = handle
    assert data(server, *single) == {"/c/a": b"A\x0b", "/c/c": None, "/c/d": b"D"}


def test_one_body_that_is_too_large_holds_up_none(
    server: Dav, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rest.answer, "__kwdefaults__", {**(Rest.answer.__kwdefaults__ or {}), "most": 2000})
    big = "A" * 5000

    def handle(asked: Asked) -> Reply:
        if asked.method == "GET":
            return Reply(200, big.encode() if asked.path == "/c/a" else b"B")
        return Collection.answer(calendar_data("/c/a", big) + calendar_data("/c/b", "B"))

    web.handle = handle
    assert data(server, "/c/a", "/c/b") == {"/c/a": None, "/c/b": b"B"}


def test_a_server_in_trouble_is_not_asked_for_each_body(server: Dav, web: WebServer) -> None:
    web.handle = lambda asked: Reply(500)
    with pytest.raises(TransientError):
        data(server, "/c/a", "/c/b")
    assert len(web.asked) == 1
