"""What is asked of each provider, and where."""

import pytest

from fluffy_core.connectors.sign_in.oauth_providers import PROVIDERS, provider
from fluffy_core.domain.accounts import AccountKind, Roots, Service
from fluffy_core.errors import UsageError

GOOGLE = provider(AccountKind.GOOGLE, Roots())
MICROSOFT = provider(AccountKind.MICROSOFT, Roots())
EVERYTHING = tuple(Service)


def names(scopes: tuple[str, ...]) -> list[str]:
    return [one.rpartition("/")[2] for one in scopes]


def test_no_more_is_asked_for_than_is_fetched() -> None:
    assert names(GOOGLE.scopes_of(EVERYTHING)) == [
        "openid",
        "email",
        "gmail.readonly",
        "gmail.compose",
        "calendar.readonly",
        "contacts.readonly",
    ]
    assert names(GOOGLE.scopes_of([Service.CALENDAR])) == ["openid", "email", "calendar.readonly"]
    assert names(MICROSOFT.scopes_of(EVERYTHING)) == [
        "offline_access",
        "Mail.ReadWrite",
        "Mail.Send",
        "Calendars.Read",
        "Contacts.Read",
    ]
    assert names(MICROSOFT.scopes_of([Service.CONTACTS])) == ["offline_access", "Contacts.Read"]


def test_being_told_of_new_mail_is_asked_for_only_when_it_is_wanted() -> None:
    assert names(GOOGLE.scopes_of([Service.MAIL], push=True))[-1] == "pubsub"
    assert GOOGLE.scopes_of([Service.MAIL], push=False) == GOOGLE.scopes_of([Service.MAIL])


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        (GOOGLE.scopes_of(EVERYTHING), EVERYTHING),
        (GOOGLE.scopes_of([Service.CONTACTS]), (Service.CONTACTS,)),
        (GOOGLE.scopes_of([Service.MAIL])[:-1], ()),
        ((), ()),
    ],
)
def test_what_google_was_allowed(granted: tuple[str, ...], allowed: tuple[Service, ...]) -> None:
    assert GOOGLE.allowed(EVERYTHING, granted) == allowed
    assert GOOGLE.allowed([], granted) == ()


def test_microsoft_writes_scopes_as_it_likes() -> None:
    granted = ["https://graph.microsoft.com/mail.readwrite", "Mail.Send", "openid", "CALENDARS.READ"]
    assert MICROSOFT.allowed(EVERYTHING, granted) == (Service.MAIL, Service.CALENDAR)


def test_a_wider_permission_from_elsewhere_is_enough() -> None:
    auth = "https://www.googleapis.com/auth"
    everything = ["https://mail.google.com/", f"{auth}/calendar", f"{auth}/contacts"]
    assert GOOGLE.allowed(EVERYTHING, everything) == EVERYTHING
    assert GOOGLE.allowed(EVERYTHING, [f"{auth}/gmail.modify"]) == (Service.MAIL,)
    assert MICROSOFT.allowed(EVERYTHING, ["calendars.readwrite"]) == (Service.CALENDAR,)
    asked = {*GOOGLE.scopes_of(EVERYTHING, push=True), *MICROSOFT.scopes_of(EVERYTHING)}
    assert asked.isdisjoint([*GOOGLE.wider, *MICROSOFT.wider])


def test_where_the_providers_are() -> None:
    places = [f"{one.pages}/{one.authorize} {one.server}/{one.token}" for one in (GOOGLE, MICROSOFT)]
    assert places == [
        "https://accounts.google.com/o/oauth2/v2/auth https://oauth2.googleapis.com/token",
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize "
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    ]
    assert (GOOGLE.revoke, MICROSOFT.revoke) == ("revoke", "")


def test_every_place_can_be_named_anew() -> None:
    for one in PROVIDERS:
        there = provider(one.kind, Roots(oauth="http://127.0.0.1:9"))
        assert (there.pages, there.server) == ("http://127.0.0.1:9", "http://127.0.0.1:9")
        assert (there.authorize, there.token) == (one.authorize, one.token)


def test_the_servers_that_are_asked_are_the_accounts_own_hosts() -> None:
    for one in PROVIDERS:
        assert one.server.removeprefix("https://") in Roots().hosts(one.kind)


@pytest.mark.parametrize("kind", [AccountKind.IMAP, AccountKind.DAV, AccountKind.FILES])
def test_others_sign_in_with_a_password(kind: AccountKind) -> None:
    with pytest.raises(UsageError, match="password"):
        provider(kind, Roots())
