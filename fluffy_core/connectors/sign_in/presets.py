"""The mail servers of common providers, and what their users have to know; read from a file of data."""

import tomllib
from dataclasses import dataclass
from functools import cache

from fluffy_core.config import resources_folder
from fluffy_core.connectors.network.gateway import Endpoint, Security


@dataclass(frozen=True, slots=True)
class Servers:
    """Where an account's mail is. `hint` says in words what the user needs first, e.g. an app password.

    `user` tells what to sign in with: "address", or "local" for the part before the @.
    """

    name: str
    imap: Endpoint
    submission: Endpoint | None
    user: str = "address"
    files_sent: bool = False
    hint: str = ""
    oauth: str = ""
    """"google" or "microsoft" where the provider takes no passwords."""

    def user_of(self, address: str) -> str:
        """The user name for an address."""
        return address.partition("@")[0] if self.user == "local" else address


@cache
def _by_domain() -> dict[str, Servers]:
    file = resources_folder() / "mail" / "providers.toml"
    found: dict[str, Servers] = {}
    for name, told in tomllib.loads(file.read_text(encoding="utf-8")).items():
        servers = Servers(
            told.get("name", name),
            _endpoint(told["imap"], "imap"),
            _endpoint(told["smtp"], "smtp"),
            told.get("user", "address"),
            told.get("files_sent", False),
            told.get("hint", ""),
            told.get("oauth", ""),
        )
        found |= dict.fromkeys(told["domains"], servers)
    return found


def _endpoint(words: str, protocol: str) -> Endpoint:
    """From "imap.example.com 993 tls"."""
    host, port, security = words.split()
    return Endpoint(host, int(port), Security(security), protocol)


def for_domain(domain: str) -> Servers | None:
    """The servers of a provider's domain, None for others."""
    return _by_domain().get(domain.lower().rstrip("."))


def for_mail_host(host: str) -> Servers | None:
    """The provider that an own domain's mail exchanger (MX) belongs to: "aspmx.l.google.com" -> Gmail."""
    parts = host.lower().rstrip(".").split(".")
    names = (".".join(parts[at:]) for at in range(len(parts) - 1))
    return next((found for name in names if (found := _by_domain().get(name))), None)
