"""People at Graph: every address book, what a card says, places that are forgotten."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from fluffy_core.connectors.microsoft.contacts import OutlookContacts
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError
from tests.fakes.graph_clients import JSON, strike
from tests.fakes.graph_contacts import MAIN
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.web_server import Reply


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


@pytest.fixture
def source(server: GraphServer) -> Iterator[OutlookContacts]:
    with closing(OutlookContacts(gateway(), server.web.url, server.token, page=2)) as found:
        yield found


def person(name: str) -> dict[str, Any]:
    return {"displayName": name, "emailAddresses": [{"address": f"{name.lower()}@example.com"}]}


def pages(source: OutlookContacts, cursor: str = "") -> list[CardPage]:
    found = [source.cards(cursor=cursor)]
    while found[-1].next:
        found.append(source.cards(cursor=cursor, token=found[-1].next))
    return found


def cards(found: list[CardPage]) -> dict[str, ContactCard]:
    return {one.id: one.card for page in found for one in page.changed}


def names(found: list[CardPage]) -> list[str]:
    return sorted(one.name for one in cards(found).values())


def test_what_a_card_says(server: GraphServer, source: OutlookContacts) -> None:
    home = {"street": "Weg 5", "postalCode": "10115", "city": "Berlin", "countryOrRegion": "Germany"}
    entity = {
        "displayName": "Ann Öde",
        "givenName": "Ann",
        "surname": "Öde",
        "nickName": "Annie",
        "companyName": "Firm",
        "department": "Sales",
        "jobTitle": "Head",
        "businessHomePage": "https://firm.example",
        "birthday": "1980-05-04T11:59:00Z",
        "personalNotes": "Likes\nbirds\x07",
        "mobilePhone": " +49 170 1 ",
        "homePhones": ["+49 30 2"],
        "businessPhones": ["+49 30 1", "+49 30 2"],
        "emailAddresses": [
            {"address": "Ann@Firm.example", "name": "Ann"},
            {"address": "/o=Firm/cn=Ann"},
            {"address": None},
            {"address": "ann@firm.example"},
            {"address": "ode@example.com"},
        ],
        "homeAddress": home,
        "businessAddress": {"street": "Allee 1\nHaus 2", "city": "Bonn"},
        "otherAddress": {},
    }
    server.books.put(MAIN, "p1", entity)
    (card,) = cards(pages(source)).values()
    assert card == ContactCard(
        name="Ann Öde",
        emails=("ann@firm.example", "ode@example.com"),
        phones=("+49 170 1", "+49 30 1", "+49 30 2"),
        given="Ann",
        family="Öde",
        nickname="Annie",
        org="Firm",
        department="Sales",
        title="Head",
        urls=("https://firm.example",),
        addresses=("Allee 1 Haus 2, Bonn", "Weg 5, 10115 Berlin, Germany"),
        birthday="1980-05-04",
        notes="Likes\nbirds",
        uid="p1",
    )


@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ({"displayName": "", "givenName": "Ann", "surname": "Öde"}, "Ann Öde"),
        ({"displayName": None, "companyName": "Firm"}, "Firm"),
        ({"displayName": None, "emailAddresses": [{"address": "a@example.com"}]}, "a@example.com"),
        ({"displayName": None}, ""),
    ],
)
def test_a_name_is_found(
    server: GraphServer, source: OutlookContacts, entity: dict[str, Any], name: str
) -> None:
    server.books.put(MAIN, "p1", {"emailAddresses": [], **entity})
    assert names(pages(source)) == [name]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [("1604-05-04T00:00:00Z", "--05-04"), ("1980-05-04T00:00:00Z", "1980-05-04"), (None, "")],
)
def test_birthdays(server: GraphServer, source: OutlookContacts, told: str | None, wanted: str) -> None:
    server.books.put(MAIN, "p1", {**person("Ann"), "birthday": told})
    (card,) = cards(pages(source)).values()
    assert card.birthday == wanted


def test_every_address_book_is_read_and_followed(server: GraphServer, source: OutlookContacts) -> None:
    clients = server.books.make("Clients")
    berlin = server.books.make("Berlin", clients)
    for number, book in enumerate((MAIN, clients, berlin)):
        server.books.put(book, f"p{number}", person(f"P{number}"))
    first = pages(source)
    assert names(first) == ["P0", "P1", "P2"]
    assert {page.whole for page in first} == {True}
    server.books.remove(berlin, "p2")
    server.books.put(clients, "p1", person("Paul"))
    found = pages(source, first[-1].cursor)
    assert (names(found), [page.gone for page in found if page.gone]) == (["Paul"], [("p2",)])
    assert {page.whole for page in found} == {False}


def test_who_is_moved_between_address_books_is_still_there(
    server: GraphServer, source: OutlookContacts
) -> None:
    clients = server.books.make("Clients")
    for number in range(4):
        server.books.put(clients if number else MAIN, f"p{number}", person(f"P{number}"))
    known = cards(found := pages(source))
    for start, end in ((clients, MAIN), (MAIN, clients)):
        server.books.move(start, end, "p1")
        server.books.put(MAIN, "p0", person("Paul"))
        found = pages(source, found[-1].cursor)
        for page in found:
            known |= {one.id: one.card for one in page.changed}
            for name in page.gone:
                known.pop(name)
        assert known.keys() == {"p0", "p1", "p2", "p3"}


def test_an_address_book_that_is_new_and_one_that_goes(server: GraphServer, source: OutlookContacts) -> None:
    cursor = pages(source)[-1].cursor
    book = server.books.make("Clients")
    server.books.put(book, "p1", person("Ann"))
    found = pages(source, cursor)
    assert names(found) == ["Ann"]
    del server.books.books[book]
    with pytest.raises(CursorExpiredError):
        source.cards(cursor=found[-1].cursor)
    assert names(pages(source)) == []


def test_people_of_whom_only_a_part_is_told_are_asked_for(
    server: GraphServer, source: OutlookContacts
) -> None:
    cursor = pages(source)[-1].cursor
    server.books.brief = True
    for name in ("Ann", "Ben"):
        server.books.put(MAIN, name, person(name))
    strike(server, "/contacts/Ben", Reply(404, b"", JSON))
    assert names(pages(source, cursor)) == ["Ann"]


def test_the_later_word_about_somebody_counts(server: GraphServer, source: OutlookContacts) -> None:
    cursor = pages(source)[-1].cursor
    link = json.loads(cursor)["me/contacts"]
    gone, there = {"id": "p1", "@removed": {"reason": "deleted"}}, {"id": "p1", **person("Ann")}
    for entries, wanted in (([gone, there], (["Ann"], ())), ([there, gone], ([], ("p1",)))):
        strike(
            server,
            "/delta",
            Reply(200, json.dumps({"value": entries, "@odata.deltaLink": link}).encode(), JSON),
        )
        (page,) = pages(source, cursor)
        assert ([one.card.name for one in page.changed], page.gone) == wanted


@pytest.mark.parametrize("place", ["x", "5", "[]", "{}", '{"me/contacts": 5}', "[" * 5000])
def test_places_that_are_none(source: OutlookContacts, place: str) -> None:
    with pytest.raises(CursorExpiredError):
        source.cards(cursor=place)
    with pytest.raises(CursorExpiredError):
        source.cards(token=place)


@pytest.mark.parametrize(
    "place",
    [
        '{"todo": 5}',
        '{"todo": ["me/contacts"], "there": 5}',
        '{"todo": ["me/contacts"], "links": 5}',
        '{"todo": []}',
        '{"todo": [5]}',
        '{"todo": ["me/contacts"], "link": "https://x.example/v1.0/a"}',
    ],
)
def test_tokens_that_are_none(server: GraphServer, source: OutlookContacts, place: str) -> None:
    with pytest.raises(CursorExpiredError):
        source.cards(token=place)
    assert server.web.asked == []


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_place_that_the_server_has_forgotten(
    server: GraphServer, source: OutlookContacts, status: int
) -> None:
    cursor = pages(source)[-1].cursor
    strike(server, "/delta", Reply(status, b"", JSON))
    with pytest.raises(CursorExpiredError):
        source.cards(cursor=cursor)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(429, b"", {"Retry-After": "37"}), TransientError),
        (Reply(500, b"", JSON), TransientError),
        (Reply(403, b"", JSON), AnswerError),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), TransientError),
        (Reply(200, b'{"value": []}', JSON), TransientError),
        (Reply(200, b'{"value": [], "@odata.deltaLink": "https://x.example/v1.0/a"}', JSON), TransientError),
    ],
)
def test_after_a_fault_the_same_page_is_asked_for_again(
    server: GraphServer, source: OutlookContacts, reply: Reply, error: type[Exception]
) -> None:
    for name in ("Ann", "Ben", "Cat"):
        server.books.put(MAIN, name, person(name))
    token = source.cards().next
    strike(server, "/delta", reply)
    with pytest.raises(error) as told:
        source.cards(token=token)
    assert getattr(told.value, "retry_after", None) == (37.0 if reply.status == 429 else None)
    assert names([source.cards(token=token)]) == ["Cat"]


def test_closing(source: OutlookContacts) -> None:
    source.close()
    source.close()
    with pytest.raises(TransientError):
        source.cards()
