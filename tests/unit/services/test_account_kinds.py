"""Accounts of every kind: what of each works, several under one address, and how each signs in."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Client, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.jobs import JobState
from fluffy_core.errors import AnswerError, SignInError, TransientError, UsageError
from fluffy_core.services.accounts import accounts, permissions
from fluffy_core.services.accounts.permissions import Grant
from fluffy_core.store import accounts as rows
from fluffy_core.store import ledger
from tests.fakes.oauth_server import CLIENT, SECRET, OAuthServer, running
from tests.fakes.provider_accounts import SWITCHED_OFF, Provider, core_of, provider

__all__ = ["provider"]

ADA = "ada@example.com"
EVERYTHING = tuple(Service)
DAV = AccountSettings(
    kind=AccountKind.DAV,
    user="ada",
    dav="http://127.0.0.1:1/dav",
    services=(Service.CALENDAR, Service.CONTACTS),
)


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with running() as (found, _web):
        yield found


@pytest.fixture
def core(tmp_path: Path, provider: Provider, server: OAuthServer) -> Iterator[Core]:
    with core_of(tmp_path / "home", server.url) as found:
        yield found


def grant(
    core: Core, server: OAuthServer, kind: AccountKind, services: tuple[Service, ...] = EVERYTHING
) -> Grant:
    return permissions.from_refresh_token(
        core.gateway, kind, services, client=Client(CLIENT, SECRET), refresh=server.invite()
    )


def add(
    core: Core,
    server: OAuthServer,
    kind: AccountKind = AccountKind.GOOGLE,
    services: tuple[Service, ...] = EVERYTHING,
) -> accounts.Added:
    settings = AccountSettings(kind=kind, services=services)
    return accounts.add(
        core.store, core.gateway, ADA, settings=settings, grant=grant(core, server, kind, services)
    )


@pytest.mark.parametrize("kind", [AccountKind.GOOGLE, AccountKind.MICROSOFT])
def test_everything_of_a_provider(core: Core, server: OAuthServer, kind: AccountKind) -> None:
    added = add(core, server, kind)
    assert (added.services, added.missing) == (EVERYTHING, ())
    assert added.folders == ("Inbox", "Sent", "Archive")
    (row,) = accounts.listed(core.store)
    assert (row.kind, row.services, row.address, row.host) == (kind, EVERYTHING, ADA, "")
    settings = rows.get(core.store, added.id)
    assert settings is not None
    assert (settings.user, settings.client_id, settings.kind) == (ADA, CLIENT, kind)
    with closing(accounts.connect(core.store, core.gateway, added.id)) as mail:
        assert mail.folders()
    with closing(accounts.connect_calendar(core.store, core.gateway, added.id)) as calendar:
        assert [one.name for one in calendar.calendars()] == ["Mine"]
    with closing(accounts.connect_contacts(core.store, core.gateway, added.id)) as contacts:
        assert contacts.cards().changed == ()


def test_what_is_not_fetched_is_not_connected_either(core: Core, server: OAuthServer) -> None:
    added = add(core, server, services=(Service.CALENDAR,))
    assert added.folders == ()
    with pytest.raises(UsageError, match="no mail"):
        accounts.connect(core.store, core.gateway, added.id)
    with pytest.raises(UsageError, match="no contacts"):
        accounts.connect_contacts(core.store, core.gateway, added.id)
    with pytest.raises(UsageError, match="no such account"):
        accounts.connect_calendar(core.store, core.gateway, AccountId(9))
    with pytest.raises(UsageError, match="no such account"):
        accounts.login(core.store, core.gateway, AccountId(9))
    assert ledger.open_of_account(core.store, added.id, "sync-emails-initial") == []


def test_a_service_that_is_not_there_is_left_out_and_said(
    core: Core, server: OAuthServer, provider: Provider
) -> None:
    provider.broken["contacts"] = SWITCHED_OFF
    added = add(core, server)
    assert added.services == (Service.MAIL, Service.CALENDAR)
    assert added.missing == (f"Contacts: {SWITCHED_OFF}",)
    assert accounts.listed(core.store)[0].services == added.services
    assert ledger.state_of(core.store, "sync-emails-initial", f"{added.id}/") is JobState.QUEUED


def test_a_service_that_was_not_allowed_is_left_out_and_said(core: Core, server: OAuthServer) -> None:
    given = grant(core, server, AccountKind.GOOGLE, (Service.MAIL,))
    settings = AccountSettings(kind=AccountKind.GOOGLE, services=EVERYTHING)
    added = accounts.add(core.store, core.gateway, ADA, settings=settings, grant=given)
    assert added.services == (Service.MAIL,)
    assert added.missing == ("Calendar: not allowed.", "Contacts: not allowed.")


def test_nothing_that_works_is_no_account(core: Core, server: OAuthServer, provider: Provider) -> None:
    provider.broken = dict.fromkeys(("mail", "calendar", "contacts"), SWITCHED_OFF)
    with pytest.raises(AnswerError, match="not switched on"):
        add(core, server)
    assert accounts.listed(core.store) == ()


@pytest.mark.parametrize("error", [SignInError("No."), TransientError("Later.")])
def test_trouble_is_no_reason_to_leave_something_out(
    core: Core, server: OAuthServer, provider: Provider, error: SignInError
) -> None:
    provider.broken["contacts"] = error
    with pytest.raises(type(error)):
        add(core, server)
    assert accounts.listed(core.store) == ()


def test_one_address_may_have_accounts_of_several_kinds(core: Core, server: OAuthServer) -> None:
    google, microsoft = add(core, server), add(core, server, AccountKind.MICROSOFT)
    dav = accounts.add(core.store, core.gateway, ADA, settings=DAV, password="pw")
    assert len({google.id, microsoft.id, dav.id}) == 3
    with pytest.raises(UsageError, match=rf"several accounts.*{google.id} \(google\)"):
        accounts.find(core.store, ADA)
    assert accounts.find(core.store, f"google:{ADA}").id == google.id
    assert accounts.find(core.store, str(microsoft.id)).id == microsoft.id
    accounts.remove(core.store, core.gateway, google.id)
    accounts.remove(core.store, core.gateway, dav.id)
    assert accounts.find(core.store, ADA).id == microsoft.id


def test_signing_in_again_changes_the_permission_and_keeps_the_account(
    core: Core, server: OAuthServer
) -> None:
    first = add(core, server)
    before = rows.password(core.store, first.id)
    again = add(core, server)
    assert again.id == first.id
    assert rows.password(core.store, first.id) != before
    assert len(accounts.listed(core.store)) == 1


def test_an_account_is_found_by_its_kind_and_address(core: Core, server: OAuthServer) -> None:
    assert accounts.existing(core.store, AccountKind.GOOGLE, ADA) == (
        None,
        AccountSettings(kind=AccountKind.GOOGLE, services=()),
    )
    added = add(core, server)
    account_id, settings = accounts.existing(core.store, AccountKind.GOOGLE, " Ada@Example.com")
    assert (account_id, settings.services) == (added.id, EVERYTHING)
    assert accounts.existing(core.store, AccountKind.MICROSOFT, ADA)[0] is None


def test_each_kind_proves_itself_in_its_way(core: Core, server: OAuthServer) -> None:
    google = accounts.login(core.store, core.gateway, add(core, server).id)
    assert (google.user, google.password, google.token is None) == (ADA, "", False)
    assert google.token is not None
    assert google.token() in server.access
    dav = accounts.add(core.store, core.gateway, ADA, settings=DAV, password="pw")
    login = accounts.login(core.store, core.gateway, dav.id)
    assert (login.user, login.password, login.token) == ("ada", "pw", None)
    assert accounts.listed(core.store)[1].host == "127.0.0.1"
    assert permissions.revoke(core.store, core.gateway, dav.id) == ""
