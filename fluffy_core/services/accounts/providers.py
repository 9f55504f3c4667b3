"""Which connector speaks for which kind of account. Their libraries are loaded when one is made."""

from functools import partial

from fluffy_core.connectors.base import CalendarAccount, ContactSource, MailAccount
from fluffy_core.connectors.network import pace
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security
from fluffy_core.connectors.sign_in.sign_in import Login, Token
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server
from fluffy_core.errors import SignInError, UsageError
from fluffy_core.mail.pim import calendar as calendars
from fluffy_core.mail.pim import vcard
from fluffy_core.services.home import local_time


def mail(gateway: Gateway, settings: AccountSettings, *, login: Login) -> MailAccount:
    """The connector for an account's mail. Raises UsageError for an account without any."""
    if settings.kind is AccountKind.IMAP and settings.imap is not None:
        from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings

        sending = _endpoint(settings.smtp, "smtp") if settings.smtp else None
        reading = _endpoint(settings.imap, "imap")
        return ImapAccount(gateway, ImapSettings(reading, login, sending, settings.files_sent))
    if settings.kind is AccountKind.GOOGLE:
        from fluffy_core.connectors.google.gmail import GmailAccount

        bucket = gateway.paces.of(f"gmail {login.user}", pace.GMAIL)
        push, root = settings.subscription, gateway.roots.gmail
        return GmailAccount(gateway, root, _token(login), subscription=push, pace=bucket)
    if settings.kind is AccountKind.MICROSOFT:
        from fluffy_core.connectors.microsoft.outlook import OutlookAccount

        return OutlookAccount(gateway, gateway.roots.graph, _token(login), pace=_of_graph(gateway, login))
    raise UsageError("This account has no mail.")


def check_sending(gateway: Gateway, settings: AccountSettings, *, login: Login) -> None:
    """Sign in to the server for sending, where there is one of its own. Raises as `MailAccount.send`."""
    if settings.kind is AccountKind.IMAP and settings.smtp is not None:
        from fluffy_core.connectors.imap import smtp

        smtp.check(gateway, _endpoint(settings.smtp, "smtp"), login)


def calendar(gateway: Gateway, settings: AccountSettings, *, login: Login) -> CalendarAccount:
    """The connector for an account's calendars. Raises UsageError for an account without any."""
    if settings.kind is AccountKind.DAV:
        from fluffy_core.connectors.dav.caldav import CalDavAccount

        read = partial(calendars.parse, timezone_name=local_time.name())
        return CalDavAccount(gateway, settings.dav, login, read=read)
    if settings.kind is AccountKind.GOOGLE:
        from fluffy_core.connectors.google.calendar import GoogleCalendar

        return GoogleCalendar(gateway, gateway.roots.google_calendar, _token(login))
    if settings.kind is AccountKind.MICROSOFT:
        from fluffy_core.connectors.microsoft.calendar import OutlookCalendar

        return OutlookCalendar(gateway, gateway.roots.graph, _token(login), pace=_of_graph(gateway, login))
    raise UsageError("This account has no calendars.")


def contacts(gateway: Gateway, settings: AccountSettings, *, login: Login) -> ContactSource:
    """The connector for an account's address books. Raises UsageError for an account without any."""
    if settings.kind is AccountKind.DAV:
        from fluffy_core.connectors.dav.carddav import CardDavSource

        return CardDavSource(gateway, settings.dav, login, read=vcard.parse)
    if settings.kind is AccountKind.GOOGLE:
        from fluffy_core.connectors.google.contacts import GoogleContacts

        return GoogleContacts(gateway, gateway.roots.people, _token(login))
    if settings.kind is AccountKind.MICROSOFT:
        from fluffy_core.connectors.microsoft.contacts import OutlookContacts

        return OutlookContacts(gateway, gateway.roots.graph, _token(login), pace=_of_graph(gateway, login))
    raise UsageError("This account has no address books.")


def _of_graph(gateway: Gateway, login: Login) -> pace.Pace:
    """Graph counts every request to a mailbox, whatever it is about."""
    return gateway.paces.of(f"graph {login.user}", pace.GRAPH)


def _token(login: Login) -> Token:
    """What a provider takes that knows no passwords. Raises SignInError without any."""
    if login.token is None:
        raise SignInError("There is no permission for this account any more. Sign in again.")
    return login.token


def _endpoint(server: Server, protocol: str) -> Endpoint:
    return Endpoint(server.host, server.port, Security(server.security), protocol)
