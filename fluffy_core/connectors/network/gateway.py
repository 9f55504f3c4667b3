"""The only way out: opens every socket, to the accounts' own hosts alone, encrypted, counted and reported."""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from fluffy_core.connectors.network import certificates
from fluffy_core.connectors.network.connection import Connection
from fluffy_core.connectors.network.pace import Paces
from fluffy_core.domain.accounts import Roots
from fluffy_core.errors import BlockedError, TransientError, UnreachableError, UntrustedServerError

CONNECT_SECONDS = 20.0
READ_SECONDS = 60.0
_DATAGRAM = 4096


class Security(StrEnum):
    """How a connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    """Plain until `Connection.start_tls`; nothing secret is said before."""
    INSECURE_LOOPBACK = "insecure-loopback"
    """Plain text, to a server on this computer only."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server to reach. `protocol` is what it speaks: "imap", "smtp" or "https"."""

    host: str
    port: int
    security: Security = Security.TLS
    protocol: str = "https"


@dataclass(frozen=True, slots=True)
class Traffic:
    """One connection, told when it closed: bytes inside TLS, and why it was `refused`, else ""."""

    host: str
    port: int
    reason: str
    opened: datetime
    received: int = 0
    sent: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the gateway asks each time, so that a change holds at once.

    `pinned(host, port)` is the SHA-256 (hex) of a certificate that the user trusts knowingly, else "".
    """

    owns: Callable[[str], bool]
    """Whether a host (lower case) belongs to one of the accounts."""
    offline: Callable[[], bool] = lambda: False
    pinned: Callable[[str, int], str] = lambda host, port: ""
    reached: Callable[[Endpoint, bool], None] = lambda endpoint, there: None
    """Told of every try to reach a server, and whether it is there."""


class Gateway:
    """Opens connections that `rules` allow and tells `log` of each when it closes, or was refused.

    `roots` says where the providers' interfaces are, `paces` how fast each account may be asked; `met` hears
    of each connection that was made.
    """

    def __init__(
        self,
        rules: Rules,
        log: Callable[[Traffic], None],
        roots: Roots | None = None,
        *,
        met: Callable[[Endpoint], None] = lambda endpoint: None,
    ) -> None:
        self.roots = roots or Roots()
        self.paces = Paces()
        self._rules = rules
        self._log = log
        self._met = met

    def reaching(
        self, hosts: Collection[str], *, certificate: str = "", met: Callable[[Endpoint], None] | None = None
    ) -> "Gateway":
        """One that reaches `hosts` too, by `certificate` if given: for an account that is none yet."""
        more = frozenset(host.lower() for host in hosts)
        rules = self._rules

        def pinned(host: str, port: int) -> str:
            return certificate if host.lower() in more else rules.pinned(host, port)

        there = Rules(lambda host: host in more or rules.owns(host), rules.offline, pinned)
        gateway = Gateway(there, self._log, self.roots, met=met or self._met)
        gateway.paces = self.paces
        return gateway

    def knock(self, endpoint: Endpoint, *, reason: str) -> None:
        """See whether a server takes connections, without saying anything. Raises as `connect`."""
        self._check(endpoint.host, endpoint.port, reason)
        opened = datetime.now(UTC)
        self._reach(endpoint).close()
        self._log(Traffic(endpoint.host, endpoint.port, reason, opened))

    def connect(self, endpoint: Endpoint, *, reason: str, seconds: float = READ_SECONDS) -> Connection:
        """A connection whose reads and writes wait at most `seconds`.

        Raises BlockedError, UntrustedServerError, UnreachableError, or TransientError when it makes no sense.
        """
        self._check(endpoint.host, endpoint.port, reason)
        opened = datetime.now(UTC)
        raw = self._reach(endpoint)

        def closed(connection: Connection) -> None:
            counts = (connection.received, connection.sent)
            self._log(Traffic(endpoint.host, endpoint.port, reason, opened, *counts))

        try:
            if endpoint.security is Security.INSECURE_LOOPBACK:
                self._check_loopback(raw, endpoint, reason)
            elif endpoint.security is Security.TLS:
                raw = self._encrypt(raw, endpoint)
            raw.settimeout(seconds)
            self._met(endpoint)
        except BaseException:
            raw.close()
            raise
        return Connection(raw, lambda sock: self._encrypt(sock, endpoint), closed=closed)

    def listen(self) -> socket.socket:
        """A socket where programs of this computer, and only they, can reach us: the browser after a sign-in.

        Raises BlockedError while offline, and TransientError when the system has no port left.
        """
        if self._rules.offline():
            self._refuse("127.0.0.1", 0, reason="sign-in", why="Working offline.")
        try:
            return socket.create_server(("127.0.0.1", 0), backlog=16)
        except OSError as error:
            raise TransientError("This computer has no free port for the browser to answer to.") from error

    def ask(self, host: str, port: int, question: bytes, *, reason: str) -> bytes:
        """One datagram and its answer: a question to the name server that the system uses.

        Raises BlockedError while offline, and TransientError without an answer within five seconds.
        """
        opened = datetime.now(UTC)
        if self._rules.offline():
            self._refuse(host, port, reason=reason, why="Working offline.")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.settimeout(5)
                sock.connect((host, port))
                sock.send(question)
                answer = sock.recv(_DATAGRAM)
        except OSError as error:
            raise unreachable(host, error) from error
        self._log(Traffic(host, port, reason, opened, len(answer), len(question)))
        return answer

    def _check(self, host: str, port: int, reason: str) -> None:
        if self._rules.offline():
            self._refuse(host, port, reason=reason, why="Working offline.")
        if not self._rules.owns(host.lower()):
            self._refuse(host, port, reason=reason, why=f"{host} belongs to none of the accounts.")

    def _refuse(self, host: str, port: int, *, reason: str, why: str) -> None:
        self._log(Traffic(host, port, reason, datetime.now(UTC), refused=why))
        raise BlockedError(why)

    def _check_loopback(self, raw: socket.socket, endpoint: Endpoint, reason: str) -> None:
        """Nothing was said yet: the connection itself tells where its other end is."""
        if not ipaddress.ip_address(str(raw.getpeername()[0]).partition("%")[0]).is_loopback:
            why = f"{endpoint.host} is another computer: it is only reached encrypted."
            self._refuse(endpoint.host, endpoint.port, reason=reason, why=why)

    def _reach(self, endpoint: Endpoint) -> socket.socket:
        try:
            raw = socket.create_connection((endpoint.host, endpoint.port), CONNECT_SECONDS)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label that cannot be in a host name
            self._rules.reached(endpoint, False)
            raise UnreachableError(str(unreachable(endpoint.host, error))) from error
        self._rules.reached(endpoint, True)
        return raw

    def _encrypt(self, raw: socket.socket, endpoint: Endpoint) -> ssl.SSLSocket:
        """TLS by the system's authorities, or with the one certificate that the user trusts knowingly."""
        pin = self._rules.pinned(endpoint.host, endpoint.port).lower()
        context = certificates.pinned_context() if pin else certificates.verified_context()
        raw.settimeout(CONNECT_SECONDS)
        try:
            sock = context.wrap_socket(raw, server_hostname=endpoint.host)
        except ssl.SSLCertVerificationError as error:
            raise self._untrusted(endpoint, certificates.reason(error, endpoint.host)) from error
        except ssl.SSLError as error:
            raise self._no_tls(endpoint, error) from error
        except (OSError, ValueError) as error:  # ValueError: a name that TLS cannot ask for
            raise unreachable(endpoint.host, error) from error
        if pin and certificates.fingerprint(sock) != pin:
            seen = certificates.fingerprint(sock)
            sock.close()
            raise certificates.changed(endpoint.host, seen)
        return sock

    def _no_tls(self, endpoint: Endpoint, error: ssl.SSLError) -> TransientError | UntrustedServerError:
        if "VERSION_TOO_LOW" in (error.reason or "") or "UNSUPPORTED_PROTOCOL" in (error.reason or ""):
            return UntrustedServerError(f"{endpoint.host} only offers encryption that is no longer safe.")
        return TransientError(
            f"{endpoint.host} does not answer with an encrypted connection. On a guest Wi-Fi, sign in to it "
            "with your browser first; otherwise check port and encryption."
        )

    def _untrusted(self, endpoint: Endpoint, why: str) -> UntrustedServerError:
        """With the fingerprint that a user may compare and trust, from a second look that says nothing."""
        try:
            raw = self._reach(endpoint)
            with raw:
                if endpoint.security is Security.STARTTLS:
                    certificates.ask_for_tls(raw, endpoint.protocol)
                with certificates.pinned_context().wrap_socket(raw, server_hostname=endpoint.host) as sock:
                    return certificates.untrusted(why, certificates.fingerprint(sock))
        except (OSError, TransientError):
            return certificates.untrusted(why, "")


def unreachable(host: str, error: Exception) -> TransientError:
    """The sentence for a connection that could not be made, or broke."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return TransientError(f"{host} cannot be found. Check the name and the network.")
    if isinstance(error, TimeoutError):
        return TransientError(f"{host} does not answer.")
    if isinstance(error, ConnectionRefusedError):
        return TransientError(f"{host} refuses connections. Check the port.")
    return TransientError(f"The connection to {host} broke.")
