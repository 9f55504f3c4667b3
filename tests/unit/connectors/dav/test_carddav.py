"""Address books on a Radicale: several of them, groups, cards that are broken, a server in trouble."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.dav.carddav import CardDavSource
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage
from fluffy_core.errors import CursorExpiredError, KnownError, SignInError
from fluffy_core.mail.pim import vcard
from tests.fakes import pim_text
from tests.fakes.calendar_stages import RadicaleCardStage, open_gateway
from tests.fakes.dav_proxy import through
from tests.fakes.radicale import PASSWORD, Radicale
from tests.fakes.web_server import Asked, Reply, WebServer


def person(uid: str) -> ContactCard:
    return ContactCard(f"Person {uid}", (f"{uid}@example.com",), uid=uid)


@pytest.fixture
def stage(radicale_server: Radicale) -> RadicaleCardStage:
    return RadicaleCardStage(radicale_server)


@pytest.fixture
def web(radicale_server: Radicale) -> Iterator[WebServer]:
    with through(radicale_server) as found:
        yield found


@pytest.fixture
def source(web: WebServer, stage: RadicaleCardStage) -> Iterator[CardDavSource]:
    login = Login(stage.user, PASSWORD)
    with closing(CardDavSource(open_gateway(), web.url, login, read=vcard.parse, page=3)) as found:
        yield found


def pages(source: CardDavSource, cursor: str = "") -> list[CardPage]:
    found = [source.cards(cursor=cursor)]
    while found[-1].next:
        found.append(source.cards(cursor=cursor, token=found[-1].next))
    return found


def names(found: list[CardPage]) -> list[str]:
    return sorted(one.card.name for page in found for one in page.changed)


def in_team(stage: RadicaleCardStage, card: ContactCard) -> None:
    stage.server.put(f"/{stage.user}/team/{card.uid}.vcf", pim_text.vcard(card), kind="text/vcard")


def test_all_books_are_one(source: CardDavSource, stage: RadicaleCardStage) -> None:
    stage.put(person("a"))
    in_team(stage, person("b"))
    found = pages(source)
    assert names(found) == ["Person a", "Person b"]
    in_team(stage, person("c"))
    assert names(pages(source, found[-1].cursor)) == ["Person c"]


def test_a_book_that_is_new_comes_with_everybody(source: CardDavSource, stage: RadicaleCardStage) -> None:
    stage.put(person("a"))
    cursor = pages(source)[-1].cursor
    stage.server.make_book(f"/{stage.user}/new/", "New")
    stage.server.put(f"/{stage.user}/new/n.vcf", pim_text.vcard(person("n")), kind="text/vcard")
    found = pages(source, cursor)
    assert names(found) == ["Person n"]
    assert not found[0].whole


def test_a_book_that_goes_makes_the_cursor_expire(source: CardDavSource, stage: RadicaleCardStage) -> None:
    in_team(stage, person("a"))
    stage.put(person("b"))
    cursor = pages(source)[-1].cursor
    stage.server.delete(f"/{stage.user}/team/")
    with pytest.raises(CursorExpiredError):
        source.cards(cursor=cursor)
    assert names(pages(source)) == ["Person b"]


def test_no_books_at_all(source: CardDavSource, stage: RadicaleCardStage) -> None:
    for name in ("people", "team"):
        stage.server.delete(f"/{stage.user}/{name}/")
    (page,) = pages(source)
    assert (page.changed, page.cursor, page.whole) == ((), "{}", True)
    assert pages(source, page.cursor) == [CardPage((), cursor="{}")]


def test_a_group_is_nobody_and_goes_when_somebody_becomes_one(
    source: CardDavSource, stage: RadicaleCardStage
) -> None:
    stage.put(person("a"))
    first = pages(source)
    group = pim_text.vcard(person("a")).replace("FN:", "KIND:group\r\nFN:")
    stage.server.put(f"{stage.book}a.vcf", group, kind="text/vcard")
    found = pages(source, first[-1].cursor)
    assert names(found) == []
    assert [one for page in found for one in page.gone] == [f"{stage.book}a.vcf"]
    assert "is a group" in "".join(problem for page in found for problem in page.problems)
    assert not any(page.gone for page in pages(source))


@pytest.mark.parametrize(
    "fault",
    [
        Reply(207, b"<multistatus xmlns='DAV:'><response>" * 50, {"Content-Type": "text/xml"}, drop_at=60),
        Reply(500), Reply(429, headers={"Retry-After": "37"}), Reply(401), Reply(403), Reply(404), Reply(410),
        Reply(200, b"<html>Sign in to the Wi-Fi", {"Content-Type": "text/html"}),
    ],
)  # fmt: skip
def test_after_a_fault_everybody_is_there(
    web: WebServer, source: CardDavSource, stage: RadicaleCardStage, fault: Reply
) -> None:
    stage.put(person("a"))
    cursor = pages(source)[-1].cursor
    stage.put(person("b"))
    for since, expected in (("", 2), (cursor, 1)):
        for passed in (0, 3, 5):
            left = [passed]

            def struck(_asked: Asked, left: list[int] = left) -> bool:
                left[0] -= 1
                return left[0] < 0

            web.struck = struck
            web.faults.append(fault)
            found = unless_refused(source, since)
            assert found is None or len(names(found)) == expected
            web.faults.clear()
        assert len(names(pages(source, since))) == expected


def unless_refused(source: CardDavSource, cursor: str) -> list[CardPage] | None:
    """The pages, None when one was an error of the tree."""
    try:
        return pages(source, cursor)
    except KnownError:
        return None


def test_a_wrong_password(radicale_server: Radicale, stage: RadicaleCardStage) -> None:
    login = Login(stage.user, "wrong")
    source = CardDavSource(open_gateway(), radicale_server.url, login, read=vcard.parse)
    with closing(source), pytest.raises(SignInError, match=stage.user):
        source.cards()


def test_without_sync_tokens(radicale_server: Radicale, stage: RadicaleCardStage) -> None:
    with through(radicale_server, bare=True) as web:
        login = Login(stage.user, PASSWORD)
        with closing(CardDavSource(open_gateway(), web.url, login, read=vcard.parse)) as source:
            for uid in "abc":
                stage.put(person(uid))
            first = pages(source)
            stage.remove("b")
            stage.put(ContactCard("Other", ("c@example.com",), uid="c"))
            found = pages(source, first[-1].cursor)
            assert names(found) == ["Other"]
            assert [one for page in found for one in page.gone] == [f"{stage.book}b.vcf"]
