"""Permissions: given in the browser, renewed once for everybody, on the disk before use, ended for good."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import BlockedError, SignInError, TransientError, UsageError
from fluffy_core.services.accounts import accounts, network, permissions
from fluffy_core.services.accounts.permissions import Grant
from fluffy_core.services.home import activity
from fluffy_core.store import accounts as rows
from fluffy_core.store.database import Database, Transaction
from tests.fakes.browser import browsing
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running, told
from tests.fakes.provider_accounts import Provider, core_of, provider
from tests.fakes.web_server import Asked, Reply, WebServer

__all__ = ["provider"]

ADA = "ada@example.com"
GOOGLE, MICROSOFT = AccountKind.GOOGLE, AccountKind.MICROSOFT
EVERYTHING = tuple(Service)
OURS = Client(CLIENT, SECRET)


class World:
    """A home, a provider's server, and an account when `signed_in`."""

    def __init__(self, core: Core, server: OAuthServer, web: WebServer) -> None:
        self.core, self.server, self.web = core, server, web
        self.id = AccountId(0)

    def grant(
        self,
        kind: AccountKind = GOOGLE,
        services: tuple[Service, ...] = EVERYTHING,
        *,
        address: str = ADA,
        push: bool = False,
    ) -> Grant:
        pending = permissions.begin(
            self.core.gateway, kind, services, client=OURS, address=address, push=push
        )
        with browsing() as browser:
            browser.open(pending.url)
            return pending.finish(20)

    def sign_in(self, kind: AccountKind = GOOGLE) -> None:
        grant = self.grant(kind)
        settings = AccountSettings(kind=kind, services=EVERYTHING)
        added = accounts.add(self.core.store, self.core.gateway, ADA, settings=settings, grant=grant)
        self.id = added.id

    def token(self, rejected: str = "") -> str:
        return permissions.token(self.core.store, self.core.gateway, self.id)(rejected)

    @property
    def kept(self) -> dict[str, object]:
        found = json.loads(rows.password(self.core.store, self.id))
        assert isinstance(found, dict)
        return found

    def keep(self, **words: object) -> None:
        with self.core.store.transaction() as tx:
            text = json.dumps({**self.kept, **words})
            assert rows.change_password(tx, self.id, old=rows.password(self.core.store, self.id), new=text)

    @property
    def renewals(self) -> int:
        return [one["grant_type"] for one in self.server.asked_for].count("refresh_token")


@pytest.fixture
def world(tmp_path: Path, provider: Provider) -> Iterator[World]:
    with running() as (server, web), core_of(tmp_path / "home", server.url) as core:
        yield World(core, server, web)


@pytest.fixture
def signed_in(world: World) -> World:
    world.sign_in()
    return world


def test_what_the_user_allowed_is_what_is_fetched(world: World) -> None:
    world.server.allows = lambda asked: " ".join(one for one in asked.split() if "gmail" not in one)
    assert world.grant().services == (Service.CALENDAR, Service.CONTACTS)
    assert world.grant(services=(Service.CALENDAR,)).services == (Service.CALENDAR,)


def test_nothing_allowed_is_no_permission(world: World) -> None:
    world.server.allows = lambda asked: "openid email"
    with pytest.raises(SignInError, match="none of what was asked"):
        world.grant()


def test_a_permission_that_does_not_last_is_none(world: World) -> None:
    world.server.lasting = False
    with pytest.raises(SignInError, match="no lasting permission"):
        world.grant()


def test_another_account_than_the_one_that_was_meant(world: World) -> None:
    world.server.address = "bob@example.com"
    with pytest.raises(SignInError, match=r"as bob@example\.com, not as ada@example\.com"):
        world.grant()
    world.server.address = ADA.upper()
    assert world.grant().services == EVERYTHING


def test_adding_the_calendar_later_asks_on_top_of_what_was_allowed(world: World) -> None:
    world.grant(services=(Service.MAIL,))
    world.grant(services=(Service.MAIL, Service.CALENDAR), push=True)
    first, second = (set(page["scope"].split()) for page in world.server.pages)
    assert {one.rpartition("/")[2] for one in second - first} == {"calendar.readonly", "pubsub"}
    assert first < second
    assert {page["include_granted_scopes"] for page in world.server.pages} == {"true"}


def test_without_a_registration_it_is_said_how_to_get_one() -> None:
    with pytest.raises(UsageError, match=r"docs/own-client-id\.md.*FLUFFY_MICROSOFT_CLIENT_ID"):
        permissions.client_of({GOOGLE: OURS}, MICROSOFT)
    assert permissions.client_of({GOOGLE: OURS}, GOOGLE) == OURS
    assert (Path(__file__).parents[4] / "docs" / "own-client-id.md").is_file()


def test_accounts_with_passwords_ask_for_no_permission(world: World) -> None:
    with pytest.raises(UsageError):
        permissions.begin(world.core.gateway, AccountKind.IMAP, EVERYTHING, client=OURS)


def test_offline_nobody_is_asked(world: World) -> None:
    network.set_offline(world.core.store, True)
    with pytest.raises(BlockedError):
        permissions.begin(world.core.gateway, GOOGLE, EVERYTHING, client=OURS)
    with pytest.raises(BlockedError):
        permissions.from_refresh_token(world.core.gateway, GOOGLE, EVERYTHING, client=OURS, refresh="r")
    assert world.web.asked == []


def test_a_sign_in_that_nobody_waits_for_is_let_go(world: World) -> None:
    pending = permissions.begin(world.core.gateway, GOOGLE, EVERYTHING, client=OURS)
    with closing(pending):
        pending.cancel()
        with pytest.raises(SignInError, match="cancelled"):
            pending.finish(20)


def test_a_refresh_token_from_elsewhere(world: World) -> None:
    scopes = " ".join(["https://www.googleapis.com/auth/calendar.readonly", "openid"])
    refresh = world.server.invite(scopes)
    grant = permissions.from_refresh_token(
        world.core.gateway, GOOGLE, EVERYTHING, client=OURS, refresh=refresh
    )
    assert grant.services == (Service.CALENDAR,)
    assert grant.tokens.refresh == refresh
    assert grant.token() in world.server.access
    with pytest.raises(SignInError):
        permissions.from_refresh_token(world.core.gateway, GOOGLE, EVERYTHING, client=OURS, refresh="other")


def test_a_new_token_that_is_refused_at_once(world: World) -> None:
    grant = world.grant()
    with pytest.raises(SignInError):
        grant.token(rejected=grant.token())


def test_a_token_is_used_until_shortly_before_its_end(
    signed_in: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = signed_in.token()
    assert (first in signed_in.server.access, signed_in.renewals) == (True, 0)
    began = time.time()
    monkeypatch.setattr("time.time", lambda: began + 3600 - 301)
    assert signed_in.token() == first
    monkeypatch.setattr("time.time", lambda: began + 3600 - 299)
    second = signed_in.token()
    assert (second != first, signed_in.renewals) == (True, 1)
    assert signed_in.token() == second
    assert signed_in.renewals == 1


def test_a_short_lived_token_is_renewed_at_half_its_life(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.server.life = 60
    world.sign_in()
    began = time.time()
    monkeypatch.setattr("time.time", lambda: began + 25)
    world.token()
    assert world.renewals == 0
    monkeypatch.setattr("time.time", lambda: began + 35)
    world.token()
    assert world.renewals == 1


def test_a_clock_that_was_wrong_does_no_harm(signed_in: World, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    monkeypatch.setattr("time.time", lambda: began - 86_400)  # set back: the token seems good, and is not
    stale = signed_in.token()
    fresh = signed_in.token(rejected=stale)
    assert (fresh != stale, signed_in.renewals) == (True, 1)
    monkeypatch.setattr("time.time", lambda: began + 10 * 86_400)
    assert signed_in.token() in signed_in.server.access
    assert signed_in.renewals == 2


def test_a_token_that_somebody_renewed_already_is_not_renewed_again(signed_in: World) -> None:
    old = signed_in.token()
    new = signed_in.token(rejected=old)
    assert signed_in.token(rejected=old) == new
    assert signed_in.renewals == 1


def test_many_threads_make_one_request(signed_in: World) -> None:
    old = signed_in.token()
    signed_in.web.struck = lambda asked: asked.path == "/token"
    together = threading.Barrier(8)

    def ask() -> str:
        together.wait(10)
        return signed_in.token(rejected=old)

    with ThreadPoolExecutor(8) as pool:
        found = {one.result() for one in [pool.submit(ask) for _ in range(8)]}
    assert (len(found), signed_in.renewals) == (1, 1)
    assert found != {old}


def test_a_401_renews_the_token_on_the_way(signed_in: World) -> None:
    signed_in.server.access.clear()
    with closing(accounts.connect(signed_in.core.store, signed_in.core.gateway, signed_in.id)) as account:
        assert account.folders()
    assert signed_in.renewals == 1


class Killed(BaseException):
    """The process is no more."""


def test_a_rotated_token_is_on_the_disk_before_the_new_one_is_used(
    signed_in: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the answer and its use, the next start goes on with what the server gave."""
    signed_in.server.rotates = True
    old, before = signed_in.token(), signed_in.kept["refresh"]
    durable: list[bool] = []
    transaction = Database.transaction

    def watched(store: Database, **more: bool) -> AbstractContextManager[Transaction]:
        durable.append(more.get("durable", False))
        return transaction(store, **more)

    def die(_changes: object, _jobs: bool) -> None:
        if durable[-1]:
            raise Killed

    monkeypatch.setattr(Database, "transaction", watched)
    signed_in.core.store.add_after_commit(die)
    with pytest.raises(Killed):
        signed_in.token(rejected=old)
    home = signed_in.core.settings.paths.home
    with core_of(home, signed_in.server.url) as again:
        kept = json.loads(rows.password(again.store, signed_in.id))
        assert list(signed_in.server.refresh) == [kept["refresh"]] != [before]
        assert permissions.token(again.store, again.gateway, signed_in.id)() in signed_in.server.access
    assert signed_in.renewals == 1


def test_an_ended_permission_is_said_once_and_asked_for_no_more(signed_in: World) -> None:
    old = signed_in.token()
    signed_in.server.refresh.clear()
    for _ in range(4):
        with pytest.raises(SignInError, match="Sign in again"):
            signed_in.token(rejected=old)
    assert signed_in.renewals == 1
    (alert,) = activity.alerts(signed_in.core.store)
    assert (alert.times, alert.cure) == (
        1,
        "Sign in again: `fluffy account add google --address ada@example.com`.",
    )
    assert "Sign in again" in rows.refused(signed_in.core.store, signed_in.id)
    assert network.worth_asking(signed_in.core.store) == []
    assert (signed_in.kept["refresh"], signed_in.kept["access"]) == ("", "")


def test_signing_in_again_heals_it(signed_in: World) -> None:
    first = signed_in.id
    signed_in.server.refresh.clear()
    with pytest.raises(SignInError):
        signed_in.token(rejected=signed_in.token())
    signed_in.sign_in()
    assert signed_in.id == first
    assert signed_in.token() in signed_in.server.access
    assert rows.refused(signed_in.core.store, signed_in.id) == ""
    assert activity.alerts(signed_in.core.store) == ()


@pytest.mark.parametrize(
    "reply", [told(500), told(429), Reply(200, b"<html>", {"Content-Type": "text/html"})], ids=str
)
def test_a_server_in_trouble_costs_no_permission(signed_in: World, reply: Reply) -> None:
    old = signed_in.token()
    signed_in.web.faults.append(reply)
    with pytest.raises(TransientError):
        signed_in.token(rejected=old)
    assert rows.refused(signed_in.core.store, signed_in.id) == ""
    assert signed_in.token(rejected=old) in signed_in.server.access


def test_what_another_process_renewed_meanwhile_counts(signed_in: World) -> None:
    """Its renewal made ours invalid; that is no end of the permission."""
    old = signed_in.token()
    signed_in.server.rotates = True

    first = signed_in.kept["refresh"]
    assert isinstance(first, str)

    def handle(asked: Asked) -> Reply:
        """Between our request and its answer they were faster."""
        signed_in.web.handle = signed_in.server.handle
        theirs = signed_in.server.invite()
        del signed_in.server.refresh[first]
        signed_in.server.access.add("theirs")
        signed_in.keep(refresh=theirs, access="theirs")
        return signed_in.server.handle(asked)

    signed_in.web.handle = handle
    assert signed_in.token(rejected=old) == "theirs"
    assert rows.refused(signed_in.core.store, signed_in.id) == ""
    assert activity.alerts(signed_in.core.store) == ()


def test_a_removed_account_has_no_token(signed_in: World) -> None:
    ask = permissions.token(signed_in.core.store, signed_in.core.gateway, signed_in.id)
    accounts.remove(signed_in.core.store, signed_in.core.gateway, signed_in.id)
    with pytest.raises(SignInError):
        ask()
    assert signed_in.renewals == 0


def test_a_server_that_gives_the_refused_token_again(signed_in: World) -> None:
    old = signed_in.token()
    signed_in.web.faults.append(told(200, access_token=old, refresh_token="rotated"))
    with pytest.raises(SignInError, match="just gave"):
        signed_in.token(rejected=old)
    assert signed_in.kept["refresh"] == "rotated"


def test_words_of_a_later_version_do_not_matter(signed_in: World) -> None:
    signed_in.keep(colour="green")
    assert signed_in.token() in signed_in.server.access


def test_starting_loads_no_library_for_requests() -> None:
    code = "import sys, fluffy_core.services.accounts.accounts; print('httpx' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_the_client_that_was_used_is_remembered(signed_in: World) -> None:
    assert permissions.client_used(signed_in.core.store, signed_in.id) == OURS
    assert permissions.client_used(signed_in.core.store, AccountId(99)) is None
    assert SECRET not in repr(rows.get(signed_in.core.store, signed_in.id))


def test_removal_ends_the_permission(signed_in: World) -> None:
    refresh = signed_in.kept["refresh"]
    gone = accounts.remove(signed_in.core.store, signed_in.core.gateway, signed_in.id)
    assert gone.permission == "Google was told to end the permission."
    assert signed_in.server.revoked == [refresh]
    assert signed_in.core.store.all("SELECT * FROM account_settings") == []


def test_microsoft_has_to_be_told_by_hand(world: World) -> None:
    world.sign_in(MICROSOFT)
    gone = accounts.remove(world.core.store, world.core.gateway, world.id)
    assert "no way to end" in gone.permission
    assert "account.live.com" in gone.permission
    assert world.server.revoked == []


@pytest.mark.parametrize("trouble", ["offline", "fault"])
def test_removal_works_when_nobody_can_be_told(signed_in: World, trouble: str) -> None:
    if trouble == "offline":
        network.set_offline(signed_in.core.store, True)
    signed_in.web.faults.append(told(500))
    gone = accounts.remove(signed_in.core.store, signed_in.core.gateway, signed_in.id)
    assert "could not be told" in gone.permission
    assert "https://myaccount.google.com/connections" in gone.permission
    assert accounts.listed(signed_in.core.store) == ()


def test_an_ended_permission_needs_no_taking_back(signed_in: World) -> None:
    signed_in.server.refresh.clear()
    with pytest.raises(SignInError):
        signed_in.token(rejected=signed_in.token())
    asked = len(signed_in.web.asked)
    gone = accounts.remove(signed_in.core.store, signed_in.core.gateway, signed_in.id)
    assert "had ended the permission" in gone.permission
    assert len(signed_in.web.asked) == asked
    assert activity.alerts(signed_in.core.store) == ()
