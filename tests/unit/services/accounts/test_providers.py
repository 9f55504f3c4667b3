"""Which connector speaks for an account."""

import pytest

from fluffy_core.connectors.google.calendar import GoogleCalendar
from fluffy_core.connectors.google.contacts import GoogleContacts
from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.imap.imap import ImapAccount
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.errors import SignInError, UsageError
from fluffy_core.services.accounts import providers
from tests.fakes.google_stage import Tokens, gateway

URL = "http://127.0.0.1:1"
IMAP = AccountSettings(Server("127.0.0.1", 1), "ann")
GOOGLE = AccountSettings(kind=AccountKind.GOOGLE, subscription="projects/p/subscriptions/s")


def test_connectors_by_the_kind_of_account() -> None:
    way, login = gateway(URL), Login("ann", token=Tokens())
    assert type(providers.mail(way, IMAP, login=login)) is ImapAccount
    assert type(providers.mail(way, GOOGLE, login=login)) is GmailAccount
    assert type(providers.calendar(way, GOOGLE, login=login)) is GoogleCalendar
    assert type(providers.contacts(way, GOOGLE, login=login)) is GoogleContacts


def test_services_that_there_are_none_of() -> None:
    way, login = gateway(URL), Login("ann")
    with pytest.raises(UsageError, match="calendars"):
        providers.calendar(way, IMAP, login=login)
    with pytest.raises(UsageError, match="address books"):
        providers.contacts(way, IMAP, login=login)
    with pytest.raises(UsageError, match="mail"):
        providers.mail(way, AccountSettings(), login=login)


def test_a_provider_takes_no_passwords() -> None:
    with pytest.raises(SignInError):
        providers.mail(gateway(URL), GOOGLE, login=Login("ann", "secret"))
