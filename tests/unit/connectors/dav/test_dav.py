"""WebDAV: what answers mean, hostile XML, and where requests may go."""

import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing

import pytest
from caldav.elements import dav
from lxml import etree

from fluffy_core.connectors.dav.dav import Dav, NotXmlError, Rows, holding, parsed, plain_path, propfind
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.connectors.network.rest import Answer
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.errors import AnswerError, BlockedError, SignInError, TransientError
from tests.fakes.web_server import Asked, Reply, WebServer, serve

XML = {"Content-Type": "application/xml"}
NOTHING = b'<d:multistatus xmlns:d="DAV:"/>'
NAMES = propfind(dav.DisplayName())
_LEVELS = "".join(
    f'<!ENTITY {name} "{f"&{below};" * 10}">' for name, below in zip("bcdefgh", "abcdefg", strict=True)
)
BOMB = (
    f"<?xml version='1.0'?>\n<!DOCTYPE lolz [<!ENTITY a 'lol'>{_LEVELS}]>"
    "<multistatus xmlns='DAV:'><response><href>&h;</href></response></multistatus>"
).encode()


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serve(lambda asked: Reply(207, NOTHING, XML)) as found:
        yield found


@pytest.fixture
def server(web: WebServer, log: list[Traffic]) -> Iterator[Dav]:
    gateway = Gateway(Rules(lambda host: host == "127.0.0.1"), log.append)
    with closing(Dav(gateway, f"{web.url}/dav/", Login("ben", "sécret"), reason="trying")) as found:
        yield found


def rows(content: str) -> Rows:
    return parsed(Answer("h", 207, {}, f'<multistatus xmlns="DAV:">{content}</multistatus>'.encode()))


# --- answers ---


def test_rows_with_what_the_server_knows() -> None:
    found = rows(
        "<response><href>/a%20b/</href>"
        "<propstat><prop><displayname>A &amp; B</displayname></prop><status>HTTP/1.1 200 OK</status>"
        "</propstat>"
        "<propstat><prop><getetag/></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>"
        "<response><href>/gone</href><status>HTTP/1.1 404 Not Found</status></response>"
        "<sync-token> t1 </sync-token>"
    )
    first, gone = found.rows
    assert (first.href, first.status, first.text(dav.DisplayName)) == ("/a%20b/", 200, "A & B")
    assert first.text(dav.GetEtag) == ""
    assert (gone.href, gone.status, gone.found) == ("/gone", 404, {})
    assert (found.token, found.truncated) == ("t1", False)


def test_a_row_of_which_nothing_may_be_known_has_its_status() -> None:
    (row,) = rows(
        "<response><href>/a</href><propstat><prop><getetag/></prop><status>HTTP/1.1 403 Forbidden</status>"
        "</propstat></response>"
    ).rows
    assert (row.status, row.found) == (403, {})


def test_a_list_that_was_cut_off_says_so() -> None:
    found = rows(
        "<response><href>/a</href><status>HTTP/1.1 200 OK</status></response>"
        "<response><href>/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
        "<sync-token>t</sync-token>"
    )
    assert found.truncated
    assert [row.href for row in found.rows] == ["/a"]


def test_addresses_and_names_inside_a_property() -> None:
    (row,) = rows(
        "<response><href>/</href><propstat><prop><current-user-principal><href>/me/</href>"
        "</current-user-principal><resourcetype><collection/></resourcetype></prop></propstat></response>"
    ).rows
    assert row.hrefs(dav.CurrentUserPrincipal) == ("/me/",)
    assert dav.Collection.tag in row.names(dav.ResourceType)
    assert row.hrefs(dav.Owner) == ()
    assert row.names(dav.Owner) == frozenset()


def test_one_spelling_for_a_path() -> None:
    assert {plain_path(one) for one in ("/a%40b/c d", "/a@b/c%20d", "https://h:8/a@b/c%20d?x=1")} == {
        "/a@b/c%20d"
    }
    assert plain_path("/%C3%BC.ics") == plain_path("/ü.ics")


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b"\xef\xbb\xbf" + BOMB,
        BOMB.decode().encode("utf-16"),
        b"<!-- x --><?p q?>\n<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x'><multistatus xmlns='DAV:'/>",
        b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a+AD4-<multistatus xmlns='DAV:'/>",
        b"",
        b"not XML",
        b"<multistatus xmlns='DAV:'>",
        b"<multistatus/>",
        b"<multistatus xmlns='DAV:'>\x00\x0b</multistatus>",
        b"\xff\xfe\xfd",
        b"<a>" * 5_000,
        b"BEGIN:VCALENDAR",
    ],
)
def test_what_is_no_answer(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(NotXmlError, match="makes no sense"):
        parsed(Answer("h", 207, {}, content))
    assert time.process_time() - started < 5


def test_words_of_a_calendar_are_no_declaration() -> None:
    found = rows(
        "<response><href>/a</href><propstat><prop><displayname><![CDATA[<!DOCTYPE x>]]></displayname></prop>"
        "</propstat></response>"
    )
    assert found.rows[0].text(dav.DisplayName) == "<!DOCTYPE x>"


def test_a_declared_encoding_is_not_believed() -> None:
    head = "<?xml version='1.0' encoding='iso-8859-1'?>"
    content = f"{head}<multistatus xmlns='DAV:'><sync-token>ü</sync-token></multistatus>"
    assert parsed(Answer("h", 207, {}, content.encode())).token == "ü"


def test_many_megabytes_are_read() -> None:
    big = "x" * (11 << 20)
    found = rows(
        f"<response><href>/a</href><propstat><prop><displayname>{big}</displayname></prop></propstat></response>"
    )
    assert len(found.rows[0].text(dav.DisplayName)) == len(big)


def test_questions_are_xml() -> None:
    asked = etree.fromstring(str(propfind(dav.DisplayName(), dav.GetEtag())).encode())
    assert [one.tag for one in asked.iter()] == [
        "{DAV:}propfind", "{DAV:}prop", "{DAV:}displayname", "{DAV:}getetag",
    ]  # fmt: skip
    text = str(holding(dav.Prop(), dav.Href(value="/a&b<c>")))
    assert etree.fromstring(text.encode()).findtext("{DAV:}href") == "/a&b<c>"


# --- requests ---


def test_requests_are_signed_and_counted(server: Dav, web: WebServer, log: list[Traffic]) -> None:
    assert server.rows("PROPFIND", "/dav/x y", NAMES, depth=1) == Rows(())
    server.close()
    (asked,) = web.asked
    assert (asked.method, asked.path, asked.headers["depth"]) == ("PROPFIND", "/dav/x%20y", "1")
    assert asked.headers["authorization"] == f"Basic {b64encode('ben:sécret'.encode()).decode()}"
    assert [(one.reason, one.refused) for one in log] == [("trying", "")]


def test_a_token_instead_of_a_password(web: WebServer) -> None:
    gateway = Gateway(Rules(lambda host: True), lambda traffic: None)
    login = Login("ben", token=lambda rejected="": "t1")
    with closing(Dav(gateway, web.url, login, reason="trying")) as server:
        server.rows("PROPFIND", "/", NAMES)
    assert web.asked[0].headers["authorization"] == "Bearer t1"


def test_moved_on_the_same_server(server: Dav, web: WebServer) -> None:
    web.faults.append(Reply(301, headers={"Location": "/there/"}))
    web.faults.append(Reply(308, headers={"Location": f"{web.url}/yonder/"}))
    server.rows("PROPFIND", "/here", NAMES)
    assert [(one.method, one.path) for one in web.asked] == [
        ("PROPFIND", "/here"), ("PROPFIND", "/there/"), ("PROPFIND", "/yonder/"),
    ]  # fmt: skip
    assert len({one.content for one in web.asked}) == 1


def test_round_in_circles(server: Dav, web: WebServer) -> None:
    web.faults.extend([Reply(302, headers={"Location": "/dav/"})] * 9)
    with pytest.raises(TransientError, match="circles"):
        server.rows("PROPFIND", "/dav/", NAMES)


def test_the_password_goes_to_no_other_server(server: Dav, web: WebServer, log: list[Traffic]) -> None:
    with serve(lambda asked: Reply(207, NOTHING, XML)) as other:
        web.faults.append(Reply(301, headers={"Location": other.url}))
        with pytest.raises(BlockedError, match="sends us on to 127"):
            server.rows("PROPFIND", "/", NAMES)
        for elsewhere in (
            "http://elsewhere.example/",
            "//elsewhere.example/x",
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
        ):
            web.faults.append(Reply(307, headers={"Location": elsewhere}))
            with pytest.raises(BlockedError):
                server.rows("PROPFIND", "/", NAMES)
        assert other.asked == []
    server.close()
    assert {one.host for one in log} == {"127.0.0.1"}


def test_a_host_that_is_no_accounts_is_refused(log: list[Traffic]) -> None:
    gateway = Gateway(Rules(lambda host: False), log.append)
    server = Dav(gateway, "https://dav.example/", Login("a"), reason="trying")
    with pytest.raises(BlockedError, match="none of the accounts"):
        server.rows("PROPFIND", "/", NAMES)
    server.close()
    assert [(one.host, one.received) for one in log] == [("dav.example", 0)]
    assert log[0].refused


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(401), SignInError, "refuses the user name or password of ben"),
        (Reply(401, b"<html>Sign in", {"Content-Type": "text/html"}), SignInError, "password"),
        (Reply(429, headers={"Retry-After": "37"}), TransientError, "asks for a pause"),
        (Reply(500), TransientError, "fault of its own"),
        (Reply(503, b"<html>", {"Content-Type": "text/html"}), TransientError, "fault of its own"),
        (Reply(200, b"<html>Our Wi-Fi", {"Content-Type": "text/html"}), TransientError, "web page"),
        (Reply(207, b"<html>Our Wi-Fi", XML), TransientError, "web page"),
        (Reply(207, NOTHING, XML, drop_at=4), TransientError, "broke"),
        (Reply(404, b"<html>Not here", {"Content-Type": "text/html"}), AnswerError, "404"),
        (Reply(403, b"", XML), AnswerError, "403"),
        (Reply(403, b'{"reason": "rateLimitExceeded"}'), TransientError, "asks for a pause"),
        (Reply(501, b"", XML), AnswerError, "501"),
    ],
)  # fmt: skip
def test_what_refusals_mean(
    server: Dav, web: WebServer, reply: Reply, error: type[Exception], words: str
) -> None:
    web.faults.append(reply)
    with pytest.raises(error, match=words):
        server.rows("PROPFIND", "/", NAMES)
    assert server.rows("PROPFIND", "/", NAMES) == Rows(())


def test_a_pause_that_the_server_asks_for(server: Dav, web: WebServer) -> None:
    web.faults.append(Reply(429, headers={"Retry-After": "37"}))
    with pytest.raises(TransientError) as caught:
        server.rows("PROPFIND", "/", NAMES)
    assert caught.value.retry_after == 37


def test_the_precondition_that_failed(server: Dav, web: WebServer) -> None:
    web.faults.append(Reply(403, b'<d:error xmlns:d="DAV:">\n <d:valid-sync-token/></d:error>', XML))
    with pytest.raises(AnswerError) as caught:
        server.rows("PROPFIND", "/", NAMES)
    assert (caught.value.status, caught.value.reason) == (403, "valid-sync-token")


def test_closing_ends_a_wait(web: WebServer, log: list[Traffic]) -> None:
    gateway = Gateway(Rules(lambda host: True), log.append)
    server = Dav(gateway, web.url, Login("a", "b"), reason="trying")
    arrived = threading.Event()

    def stall(asked: Asked) -> Reply:
        arrived.set()
        return Reply(207, NOTHING, XML, after=20)

    web.handle = stall
    caught: list[Exception] = []

    def ask() -> None:
        try:
            server.rows("PROPFIND", "/", NAMES)
        except TransientError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert arrived.wait(10)
    server.close()
    thread.join(10)
    assert not thread.is_alive()
    assert caught
