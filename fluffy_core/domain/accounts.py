"""What is known of an account on a server, beside its secrets, and where providers are reached."""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class AccountKind(StrEnum):
    """Who an account is with: what decides which connectors speak to it."""

    FILES = "files"
    IMAP = "imap"
    GOOGLE = "google"
    MICROSOFT = "microsoft"
    DAV = "dav"
    """A server of calendars and address books (CalDAV, CardDAV)."""


class Service(StrEnum):
    """What is fetched of an account."""

    MAIL = "mail"
    CALENDAR = "calendar"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Roots:
    """Below which addresses the providers' interfaces are; each can be named anew (FLUFFY_GMAIL_ROOT, …).

    `oauth` "" stands for the providers' own sign-in pages and token servers; `hub` is where models come from.
    """

    gmail: str = "https://gmail.googleapis.com"
    google_calendar: str = "https://www.googleapis.com"
    people: str = "https://people.googleapis.com"
    pubsub: str = "https://pubsub.googleapis.com"
    graph: str = "https://graph.microsoft.com"
    oauth: str = ""
    hub: str = "https://huggingface.co"

    def hosts(self, kind: AccountKind) -> frozenset[str]:
        """The hosts that an account of a kind may reach, in lower case; none for other servers."""
        if kind is AccountKind.GOOGLE:
            urls = (self.gmail, self.google_calendar, self.people, self.pubsub)
            return _hosts(urls) | (_hosts([self.oauth]) or frozenset({"oauth2.googleapis.com"}))
        if kind is AccountKind.MICROSOFT:
            return _hosts([self.graph]) | (_hosts([self.oauth]) or frozenset({"login.microsoftonline.com"}))
        return frozenset()


@dataclass(frozen=True, slots=True)
class Client:
    """Who this program is at a provider: registered there by hand (docs/own-client-id.md).

    The secret of an installed program is none to those who have the program (RFC 8252, 8.5); Google wants it.
    """

    id: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """Where to reach one; `security` is "tls", "starttls" or "insecure-loopback"."""

    host: str
    port: int
    security: str = "tls"


ALL = "all"
"""In place of a date: everything that the server has."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How an account is reached and what of it is wanted.

    `certificate` is the SHA-256 (hex) of the one that the user trusts knowingly. Without `folders` (of Gmail:
    labels) all are fetched but drafts, junk and trash; `since` is a date (YYYY-MM-DD), or ALL for everything,
    as is "", which nobody chose. `dav` is the address of a CalDAV or CardDAV server. `client_id` is the one
    that the account signed in with. `subscription` names a Pub/Sub pull subscription that tells of new mail
    ("projects/p/subscriptions/s").
    """

    imap: Server | None = None
    user: str = ""
    smtp: Server | None = None
    certificate: str = ""
    folders: tuple[str, ...] = ()
    since: str = ""
    kind: AccountKind = AccountKind.IMAP
    services: tuple[Service, ...] = (Service.MAIL,)
    files_sent: bool = False
    """Whether the server for sending puts what it sends among the sent messages by itself."""
    dav: str = ""
    client_id: str = ""
    subscription: str = ""

    @property
    def first_day(self) -> date | None:
        """The day from which on mail is fetched; None for everything."""
        return date.fromisoformat(self.since) if self.since not in ("", ALL) else None

    @property
    def hosts(self) -> frozenset[str]:
        """The account's own hosts, in lower case; those of a provider are in `Roots`."""
        servers = frozenset(one.host.lower() for one in (self.imap, self.smtp) if one is not None)
        return servers | _hosts([self.dav])

    def text(self) -> str:
        """For storing, as JSON."""
        return json.dumps(asdict(self))


def settings_of(text: str) -> AccountSettings:
    """Settings from their text. What an older version did not know of is as if nobody had chosen it."""
    found = json.loads(text)
    known: dict[str, Any] = {
        one.name: found[one.name] for one in fields(AccountSettings) if one.name in found
    }
    for name in ("imap", "smtp"):
        known[name] = Server(**known[name]) if known.get(name) else None
    known["folders"] = tuple(known.get("folders", ()))
    known["kind"] = AccountKind(known.get("kind", AccountKind.IMAP))
    known["services"] = tuple(Service(one) for one in known.get("services", (Service.MAIL,)))
    return AccountSettings(**known)


def _hosts(urls: "tuple[str, ...] | list[str]") -> frozenset[str]:
    return frozenset(host.lower() for one in urls if (host := urlsplit(one).hostname))
