"""Which connectors speak for accounts at Microsoft, and where."""

from collections.abc import Callable
from contextlib import closing

import pytest

from fluffy_core.connectors.base import CalendarAccount, ContactSource, MailAccount
from fluffy_core.connectors.microsoft.calendar import OutlookCalendar
from fluffy_core.connectors.microsoft.contacts import OutlookContacts
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Roots
from fluffy_core.errors import SignInError, TransientError, UsageError
from fluffy_core.services.accounts import providers
from tests.fakes.graph_server import serve_graph

MICROSOFT = AccountSettings(kind=AccountKind.MICROSOFT)
Make = Callable[..., MailAccount | CalendarAccount | ContactSource]


def gateway(graph: str = "http://127.0.0.1:1") -> Gateway:
    return Gateway(Rules(lambda host: host == "127.0.0.1"), lambda traffic: None, Roots(graph=graph))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (providers.mail, OutlookAccount),
        (providers.calendar, OutlookCalendar),
        (providers.contacts, OutlookContacts),
    ],
)
def test_accounts_at_microsoft(make: Make, kind: type) -> None:
    with closing(make(gateway(), MICROSOFT, login=Login("ben", token=lambda rejected="": "t"))) as found:
        assert isinstance(found, kind)
    with pytest.raises(SignInError, match="permission"):
        make(gateway(), MICROSOFT, login=Login("ben", "password"))


def test_graph_is_where_the_roots_say_it_is() -> None:
    with serve_graph() as server:
        account = providers.mail(gateway(server.web.url), MICROSOFT, login=Login("ben", token=server.token))
        with closing(account):
            assert account.folders()[0].name == "Inbox"
    login = Login("ben", token=server.token)
    with closing(providers.mail(gateway(), MICROSOFT, login=login)) as other, pytest.raises(TransientError):
        other.folders()


@pytest.mark.parametrize("make", [providers.mail, providers.calendar, providers.contacts])
def test_files_have_no_connector(make: Make) -> None:
    with pytest.raises(UsageError):
        make(gateway(), AccountSettings(kind=AccountKind.FILES), login=Login(""))
