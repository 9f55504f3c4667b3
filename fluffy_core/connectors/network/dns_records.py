"""Questions to the name server that the system uses: SRV and MX records, with dnspython for the bytes."""

from dataclasses import dataclass
from typing import Any

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.errors import TransientError

_PORT = 53


@dataclass(frozen=True, slots=True)
class Service:
    """One SRV record; an empty host says that the service is not offered."""

    host: str
    port: int


def services(gateway: Gateway, name: str) -> list[Service]:
    """SRV records of a name, best first (RFC 2782; equal priorities by weight, without the dice)."""
    found = sorted(_records(gateway, name, "SRV"), key=lambda record: (record.priority, -record.weight))
    return [Service(_host(record.target), record.port) for record in found]


def exchangers(gateway: Gateway, domain: str) -> list[str]:
    """Hosts that take a domain's mail, best first."""
    found = sorted(_records(gateway, domain, "MX"), key=lambda record: record.preference)
    return [_host(record.exchange) for record in found]


def ask(gateway: Gateway, server: tuple[str, int], name: str, *, kind: str) -> list[Any]:
    """The records that one name server answers with. Raises TransientError when it makes no sense."""
    import dns.exception
    import dns.message
    import dns.rdatatype

    try:
        question = dns.message.make_query(name, kind)
        answer = dns.message.from_wire(
            gateway.ask(*server, question.to_wire(), reason="finding the mail servers")
        )
    except (dns.exception.DNSException, ValueError) as error:
        raise TransientError(f"The name server's answer about {name} makes no sense.") from error
    if answer.id != question.id or not question.is_response(answer):
        raise TransientError(f"The name server's answer about {name} is not to our question.")
    wanted = dns.rdatatype.from_text(kind)
    return [record for group in answer.answer if group.rdtype == wanted for record in group]


def _records(gateway: Gateway, name: str, kind: str) -> list[Any]:
    import dns.exception
    import dns.resolver

    try:
        servers = dns.resolver.Resolver().nameservers
    except dns.exception.DNSException as error:
        raise TransientError("This computer knows no name server.") from error
    if not servers:
        raise TransientError("This computer knows no name server.")
    return ask(gateway, (str(servers[0]), _PORT), name, kind=kind)


def _host(name: Any) -> str:
    return str(name.to_text(omit_final_dot=True)).lower().rstrip(".")
