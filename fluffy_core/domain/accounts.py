"""What is known of an account on a server, beside its password."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Server:
    """Where to reach one; `security` is "tls", "starttls" or "insecure-loopback"."""

    host: str
    port: int
    security: str = "tls"


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How an IMAP account is reached and what of it is wanted.

    `certificate` is the SHA-256 (hex) of the one that the user trusts knowingly. Without `folders` all are
    fetched but drafts, junk and trash; `since` is a date (YYYY-MM-DD) or "" for everything.
    """

    imap: Server
    user: str
    smtp: Server | None = None
    certificate: str = ""
    folders: tuple[str, ...] = field(default=())
    since: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        """The account's own hosts, in lower case."""
        return frozenset(one.host.lower() for one in (self.imap, self.smtp) if one is not None)

    def text(self) -> str:
        """For storing, as JSON."""
        return json.dumps(asdict(self))


def settings_of(text: str) -> AccountSettings:
    """Settings from their text."""
    found = json.loads(text)
    smtp = found["smtp"]
    return AccountSettings(
        Server(**found["imap"]),
        found["user"],
        None if smtp is None else Server(**smtp),
        found["certificate"],
        tuple(found["folders"]),
        found["since"],
    )
