"""Providers that accounts sign in to with OAuth: where, with which permissions, and what they are told.

Google: https://developers.google.com/identity/protocols/oauth2/native-app
Microsoft: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from fluffy_core.domain.accounts import AccountKind, Roots, Service
from fluffy_core.errors import UsageError

_GOOGLE, _GRAPH = "https://www.googleapis.com/auth", "https://graph.microsoft.com"
# Reading and its history; drafts and sending. Nothing here changes or deletes mail that is there.
_GMAIL = (f"{_GOOGLE}/gmail.readonly", f"{_GOOGLE}/gmail.compose")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider. `pages` is opened by the browser, `server` is asked by us; the paths are below them.

    `permissions` is the page where a user takes permissions back; `revoke` is "" where programs cannot.
    """

    name: str
    kind: AccountKind
    pages: str
    server: str
    authorize: str
    token: str
    revoke: str
    permissions: str
    scopes: Mapping[Service, tuple[str, ...]]
    always: tuple[str, ...]
    push: tuple[str, ...] = ()
    """For being told of new mail."""
    wider: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Permissions that are never asked for, but may be had, and those that they include."""
    names_scopes: bool = False
    """Whether a renewal has to say again for what it is; else it is for all that was granted."""
    host: str = "127.0.0.1"
    """How this computer is called in the address that the browser comes back to."""
    wants: Mapping[str, str] = field(default_factory=dict)
    """What else its sign-in page is told."""

    def scopes_of(self, services: Collection[Service], *, push: bool = False) -> tuple[str, ...]:
        """The permissions to ask for, no more than the services need."""
        needed = [scope for one in Service if one in services for scope in self.scopes[one]]
        return (*self.always, *needed, *(self.push if push else ()))

    def allowed(self, services: Collection[Service], granted: Collection[str]) -> tuple[Service, ...]:
        """Which of the services the granted permissions suffice for."""
        wider = {_name(one): had for one, had in self.wider.items()}
        names = {_name(one) for one in granted}
        names |= {_name(one) for name in names for one in wider.get(name, ())}
        return tuple(
            one for one in Service if one in services and names.issuperset(map(_name, self.scopes[one]))
        )


def _name(scope: str) -> str:
    """Microsoft writes its own scopes in full or in short, and in any case."""
    return scope.removeprefix(f"{_GRAPH}/").casefold()


PROVIDERS = (
    Provider(
        "Google",
        AccountKind.GOOGLE,
        pages="https://accounts.google.com",
        server="https://oauth2.googleapis.com",
        authorize="o/oauth2/v2/auth",
        token="token",
        revoke="revoke",
        permissions="https://myaccount.google.com/connections",
        scopes={
            Service.MAIL: _GMAIL,
            Service.CALENDAR: (f"{_GOOGLE}/calendar.readonly",),
            Service.CONTACTS: (f"{_GOOGLE}/contacts.readonly",),
        },
        always=("openid", "email"),  # whose account it is: people have several
        push=(f"{_GOOGLE}/pubsub",),
        wider={
            "https://mail.google.com/": _GMAIL,
            f"{_GOOGLE}/gmail.modify": _GMAIL,
            f"{_GOOGLE}/calendar": (f"{_GOOGLE}/calendar.readonly",),
            f"{_GOOGLE}/contacts": (f"{_GOOGLE}/contacts.readonly",),
        },
        # Without "consent" a second sign-in brings no refresh token.
        wants={"access_type": "offline", "prompt": "consent", "include_granted_scopes": "true"},
    ),
    Provider(
        "Microsoft",
        AccountKind.MICROSOFT,
        pages="https://login.microsoftonline.com",
        server="https://login.microsoftonline.com",
        authorize="common/oauth2/v2.0/authorize",
        token="common/oauth2/v2.0/token",
        revoke="",
        permissions="https://account.live.com/consent/Manage, or https://myapps.microsoft.com at work",
        scopes={
            Service.MAIL: (f"{_GRAPH}/Mail.ReadWrite", f"{_GRAPH}/Mail.Send"),
            Service.CALENDAR: (f"{_GRAPH}/Calendars.Read",),
            Service.CONTACTS: (f"{_GRAPH}/Contacts.Read",),
        },
        always=("offline_access",),
        wider={
            f"{_GRAPH}/Calendars.ReadWrite": (f"{_GRAPH}/Calendars.Read",),
            f"{_GRAPH}/Contacts.ReadWrite": (f"{_GRAPH}/Contacts.Read",),
        },
        names_scopes=True,
        host="localhost",  # the only one that its registration page takes, and with any port
    ),
)


def provider(kind: AccountKind, roots: Roots) -> Provider:
    """Who accounts of a kind sign in to; all below `roots.oauth` if that is set. Raises UsageError."""
    for one in PROVIDERS:
        if one.kind is kind:
            return replace(one, pages=roots.oauth, server=roots.oauth) if roots.oauth else one
    raise UsageError(f"Accounts of kind {kind} sign in with a password.")
