"""Finds the servers of an address: a known provider, else what its domain says (RFC 6186, autoconfig)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.parsers import expat

from fluffy_core.connectors.network import dns_records, web
from fluffy_core.connectors.network.dns_records import Service
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Security
from fluffy_core.connectors.sign_in import presets
from fluffy_core.connectors.sign_in.presets import Servers
from fluffy_core.errors import KnownError

_DOMAIN = re.compile(r"(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
_SERVICES = {
    "imap": (("_imaps", Security.TLS), ("_imap", Security.STARTTLS)),
    "smtp": (("_submissions", Security.TLS), ("_submission", Security.STARTTLS)),
}
_REASON = "finding the mail servers"


@dataclass(frozen=True, slots=True)
class Ways:
    """How domains are asked. Each may fail with a KnownError: then the next way is tried."""

    services: Callable[[str], list[Service]]
    """SRV records of a name, best first."""
    exchangers: Callable[[str], list[str]]
    """Hosts that take a domain's mail (MX), best first."""
    page: Callable[[str], bytes | None]
    """What lies at an https address."""


def ways(gateway: Gateway, domain: str) -> Ways:
    """The real ones: the system's name server, and the domain's own web servers through the gateway."""
    wider = gateway.reaching([domain, f"autoconfig.{domain}"])
    return Ways(
        lambda name: dns_records.services(gateway, name),
        lambda name: dns_records.exchangers(gateway, name),
        lambda url: web.get(wider, url, reason=_REASON),
    )


def discover(address: str, ask: Ways) -> Servers | None:
    """The servers of an address, None when neither we nor its domain know; then the user has to tell."""
    domain = address.rpartition("@")[2].lower().strip()
    if not _DOMAIN.fullmatch(domain):
        return None
    if (known := presets.for_domain(domain)) is not None:
        return known
    for find in (_by_services, _by_autoconfig, _by_exchanger):
        try:
            found = find(address, domain, ask)
        except KnownError:
            continue
        if found is not None:
            return found
    return None


def _by_services(address: str, domain: str, ask: Ways) -> Servers | None:
    """RFC 6186 and 8314; "." as a host says that the service is not offered."""
    imap = _service(ask, domain, "imap")
    return None if imap is None else Servers(domain, imap, _service(ask, domain, "smtp"))


def _service(ask: Ways, domain: str, protocol: str) -> Endpoint | None:
    for name, security in _SERVICES[protocol]:
        for service in ask.services(f"{name}._tcp.{domain}"):
            if service.host and service.port:
                return Endpoint(service.host, service.port, security, protocol)
    return None


def _by_exchanger(address: str, domain: str, ask: Ways) -> Servers | None:
    """An own domain at a common provider."""
    return next((found for host in ask.exchangers(domain) if (found := presets.for_mail_host(host))), None)


def _by_autoconfig(address: str, domain: str, ask: Ways) -> Servers | None:
    pages = (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={quote(address)}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )
    for url in pages:
        try:
            page = ask.page(url)
        except KnownError:
            continue
        if page and (found := parse_autoconfig(page, address)) is not None:
            return found
    return None


def parse_autoconfig(page: bytes, address: str) -> Servers | None:
    """The first encrypted servers in a client configuration (Mozilla's format 1.1), None without any.

    Document types are refused, and with them entities that unfold without end.
    """
    found: list[dict[str, str]] = []
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if name in ("incomingServer", "outgoingServer"):
            found.append({"kind": name, "type": attributes.get("type", "")})

    def text(words: str) -> None:
        if found and len(path) > 1 and path[-2] == found[-1]["kind"]:
            found[-1][path[-1]] = (found[-1].get(path[-1], "") + words)[:300]

    def refuse(*_: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _: path.pop()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(page, True)
    except (expat.ExpatError, ValueError):
        return None
    imap = next(_endpoints(found, "imap"), None)
    if imap is None:
        return None
    endpoint, user = imap
    smtp = next(_endpoints(found, "smtp"), None)
    name = address.rpartition("@")[2]
    return Servers(name, endpoint, smtp[0] if smtp else None, "local" if "LOCALPART" in user else "address")


def _endpoints(found: list[dict[str, str]], protocol: str) -> Iterator[tuple[Endpoint, str]]:
    for told in found:
        security = _SECURITY.get(told.get("socketType", "").strip().upper())
        host, port = told.get("hostname", "").strip().lower(), told.get("port", "").strip()
        number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0
        if told["type"] == protocol and security and _DOMAIN.fullmatch(host) and 0 < number < 1 << 16:
            yield Endpoint(host, number, security, protocol), told.get("username", "").upper()
