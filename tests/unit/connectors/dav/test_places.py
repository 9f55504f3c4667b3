"""Finding calendars and address books: on a Radicale, and on servers of every habit."""

from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest
from caldav.elements import dav

from fluffy_core.connectors.dav import places as dav_places
from fluffy_core.connectors.dav.dav import Dav
from fluffy_core.connectors.dav.places import BOOKS, CALENDARS
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.errors import AnswerError, BlockedError, SignInError
from tests.fakes.calendar_stages import RadicaleCardStage, RadicaleStage, open_gateway
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.web_server import Asked, Reply, WebServer, serve

XML = {"Content-Type": "application/xml"}
NAMESPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav"'
PRINCIPAL = "<current-user-principal><href>/people/ben</href></current-user-principal>"
HOME = "<C:calendar-home-set><href>/cal/ben/</href></C:calendar-home-set>"
CALENDAR = "<resourcetype><collection/><C:calendar/></resourcetype><displayname>Work</displayname>"


class Habits:
    """What a server says of each path, as properties; other paths are not there."""

    def __init__(self, paths: Mapping[str, Mapping[str, str] | Reply]) -> None:
        self.paths = paths

    def __call__(self, asked: Asked) -> Reply:
        found = self.paths.get(asked.path)
        if found is None:
            return Reply(404, b"<html>Not here", {"Content-Type": "text/html"})
        if isinstance(found, Reply):
            return found
        rows = "".join(
            f"<response><href>{href}</href><propstat><prop>{prop}</prop>"
            "<status>HTTP/1.1 200 OK</status></propstat></response>"
            for href, prop in found.items()
        )
        return Reply(207, f"<multistatus {NAMESPACES}>{rows}</multistatus>".encode(), XML)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serve(Habits({})) as found:
        yield found


def found(url: str, login: Login | None = None) -> list[str]:
    with closing(Dav(open_gateway(), url, login or Login("ben", "x"), reason="trying")) as server:
        who = dav_places.whose(server, CALENDARS)
        return [one.href for one in dav_places.collections(server, CALENDARS, who)]


WELL_KNOWN: dict[str, Mapping[str, str] | Reply] = {
    "/.well-known/caldav": Reply(301, headers={"Location": "/dav/"}),
    "/dav/": {"/dav/": PRINCIPAL},
    "/people/ben": {"/people/ben": HOME},
    "/cal/ben/": {"/cal/ben/": "<resourcetype><collection/></resourcetype>", "/cal/ben/work/": CALENDAR},
}


@pytest.mark.parametrize(
    ("path", "habits"),
    [
        ("", WELL_KNOWN),
        ("/", WELL_KNOWN),
        ("/nonsense/", WELL_KNOWN),
        ("", {**WELL_KNOWN, "/.well-known/caldav": Reply(403), "/": {"/": PRINCIPAL}}),
        ("", {**WELL_KNOWN, "/.well-known/caldav": {"/.well-known/caldav": ""}, "/": {"/": PRINCIPAL}}),
        ("/people/ben", WELL_KNOWN),
        ("/cal/ben/work/", {**WELL_KNOWN, "/cal/ben/work/": {"/cal/ben/work/": CALENDAR}}),
    ],
)
def test_found_from_wherever_one_begins(
    web: WebServer, path: str, habits: Mapping[str, Mapping[str, str] | Reply]
) -> None:
    web.handle = Habits(habits)
    assert found(web.url + path) == ["/cal/ben/work/"]


def test_several_homes(web: WebServer) -> None:
    both = "<C:calendar-home-set><href>/cal/ben/</href><href>/shared/</href></C:calendar-home-set>"
    shared = {"/shared/": "", "/shared/team/": CALENDAR}
    web.handle = Habits({**WELL_KNOWN, "/people/ben": {"/people/ben": both}, "/shared/": shared})
    assert found(web.url) == ["/cal/ben/work/", "/shared/team/"]


def test_a_home_on_another_server_is_named_and_not_asked(web: WebServer) -> None:
    there = "<C:calendar-home-set><href>https://p01.dav.example/1/</href></C:calendar-home-set>"
    web.handle = Habits({**WELL_KNOWN, "/people/ben": {"/people/ben": there}})
    with pytest.raises(BlockedError, match=r"sends us on to p01\.dav\.example"):
        found(web.url)


def test_no_calendars_anywhere(web: WebServer) -> None:
    with pytest.raises(AnswerError, match="shows no calendars at this address"):
        found(web.url)
    web.handle = Habits({"/": {"/": PRINCIPAL}, "/people/ben": {"/people/ben": ""}})
    with pytest.raises(AnswerError, match="shows no calendars"):
        found(web.url)


@pytest.mark.parametrize("inbox", ["", "<C:schedule-inbox-URL><href>/inbox/</href></C:schedule-inbox-URL>"])
def test_the_calendar_that_invitations_come_to(web: WebServer, inbox: str) -> None:
    default = "<C:schedule-default-calendar-URL><href>/cal/ben/work</href></C:schedule-default-calendar-URL>"
    paths = {**WELL_KNOWN, "/people/ben": {"/people/ben": HOME + inbox}, "/inbox/": {"/inbox/": default}}
    web.handle = Habits(paths)
    with closing(Dav(open_gateway(), web.url, Login("ben", "x"), reason="trying")) as server:
        who = dav_places.whose(server, CALENDARS)
        assert dav_places.default_calendar(server, who) == ("/cal/ben/work" if inbox else "")


def test_on_a_radicale(radicale_server: Radicale) -> None:
    stage = RadicaleStage(radicale_server)
    login = Login(stage.user, PASSWORD)
    for url in (radicale_server.url, f"{radicale_server.url}{stage.user}/", radicale_server.url.rstrip("/")):
        assert found(url, login) == [f"/{stage.user}/calendar/", f"/{stage.user}/tasks/"]
    assert found(f"{radicale_server.url}{stage.user}/calendar/", login) == [f"/{stage.user}/calendar/"]


def test_books_on_a_radicale(radicale_server: Radicale) -> None:
    stage = RadicaleCardStage(radicale_server)
    login = Login(stage.user, PASSWORD)
    with closing(Dav(open_gateway(), radicale_server.url, login, reason="trying")) as server:
        who = dav_places.whose(server, BOOKS)
        rows = dav_places.collections(server, BOOKS, who, properties=(dav.DisplayName(),))
    assert [(one.href, one.text(dav.DisplayName)) for one in rows] == [
        (f"/{stage.user}/people/", "People"),
        (f"/{stage.user}/team/", "Team"),
    ]


def test_a_wrong_password_on_a_radicale(radicale_server: Radicale) -> None:
    stage = RadicaleStage(radicale_server)
    with pytest.raises(SignInError, match=f"password of {stage.user}"):
        found(radicale_server.url, Login(stage.user, "wrong"))
