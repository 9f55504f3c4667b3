"""The gateway: who is reached and how, what a certificate must prove, and what is told of each connection."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fluffy_core.connectors.network import certificates as sentences
from fluffy_core.connectors.network import gateway as gateway_module
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Security, Traffic, unreachable
from fluffy_core.errors import BlockedError, TransientError, UntrustedServerError
from tests.fakes import certificates, listeners
from tests.fakes.certificates import Certificate
from tests.fakes.dovecot import Dovecot
from tests.fakes.submission import Outbox, serve


@pytest.fixture
def log() -> list[Traffic]:
    return []


@pytest.fixture
def gateway(log: list[Traffic]) -> Gateway:
    return Gateway(Rules(lambda host: host in ("127.0.0.1", "localhost")), log.append)


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate whose authority this computer trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    return certificate


@pytest.fixture
def echo() -> Iterator[Endpoint]:
    with listeners.listen(listeners.echo) as port:
        yield Endpoint("127.0.0.1", port, Security.INSECURE_LOOPBACK)


# --- who is reached ---


def test_bytes_both_ways_are_told_when_it_closes(
    gateway: Gateway, log: list[Traffic], echo: Endpoint
) -> None:
    before = datetime.now(UTC)
    connection = gateway.connect(echo, reason="trying")
    connection.sendall(b"hello")
    connection.sendall(memoryview(b" you\n"))
    assert connection.reader.readline() == b"hello you\n"
    assert log == []
    connection.close()
    connection.close()
    (one,) = log
    assert (one.host, one.port, one.reason) == ("127.0.0.1", echo.port, "trying")
    assert (one.received, one.sent, one.refused) == (10, 10, "")
    assert before <= one.opened <= datetime.now(UTC)


def test_a_host_of_no_account_is_refused_and_told(gateway: Gateway, log: list[Traffic]) -> None:
    with pytest.raises(BlockedError, match=r"tracker\.example"):
        gateway.connect(Endpoint("tracker.example", 443), reason="pixel")
    (one,) = log
    assert (one.host, one.port, one.reason, one.sent) == ("tracker.example", 443, "pixel", 0)
    assert "none of the accounts" in one.refused


def test_hosts_are_compared_without_case(log: list[Traffic], echo: Endpoint) -> None:
    asked: list[str] = []

    def owns(host: str) -> bool:
        asked.append(host)
        return False

    with pytest.raises(BlockedError):
        Gateway(Rules(owns), log.append).connect(Endpoint("IMAP.Example.COM", 993), reason="x")
    assert asked == ["imap.example.com"]


def test_nothing_goes_out_while_offline(log: list[Traffic], echo: Endpoint) -> None:
    offline = [True]
    gateway = Gateway(Rules(lambda host: True, lambda: offline[0]), log.append)
    with pytest.raises(BlockedError, match="offline"):
        gateway.connect(echo, reason="sync")
    with pytest.raises(BlockedError, match="offline"):
        gateway.ask("127.0.0.1", 53, b"?", reason="looking up")
    with pytest.raises(BlockedError, match="offline"):
        gateway.reaching(["example.com"]).connect(Endpoint("example.com", 443), reason="setup")
    assert len([one for one in log if one.refused]) == 3
    offline[0] = False
    gateway.connect(echo, reason="sync").close()


def test_a_wider_gateway_reaches_more_and_tells_the_same_log(log: list[Traffic], echo: Endpoint) -> None:
    narrow = Gateway(Rules(lambda host: False), log.append)
    with pytest.raises(BlockedError):
        narrow.connect(echo, reason="setup")
    narrow.reaching(["127.0.0.1"]).connect(echo, reason="setup").close()
    assert [bool(one.refused) for one in log] == [True, False]


def test_who_asks_hears_of_each_connection_that_was_made(
    gateway: Gateway, log: list[Traffic], echo: Endpoint
) -> None:
    met: list[Endpoint] = []
    wider = gateway.reaching(["mail.example.com"], met=met.append)
    wider.connect(echo, reason="trying").close()
    wider.reaching(["other.example.com"]).connect(echo, reason="trying").close()
    with pytest.raises(TransientError):
        wider.connect(Endpoint("127.0.0.1", 1, Security.INSECURE_LOOPBACK), reason="trying")
    gateway.connect(echo, reason="trying").close()
    assert met == [echo, echo]


def test_plain_text_stays_on_this_computer(
    gateway: Gateway, log: list[Traffic], echo: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.create_connection

    class Elsewhere(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("192.0.2.7", 143)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        found = real(address, timeout)
        return Elsewhere(fileno=found.detach())

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(BlockedError, match="only reached encrypted"):
        gateway.connect(echo, reason="trying")
    assert log[-1].refused


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "unknown"), "cannot be found"),
        (UnicodeError("label too long"), "cannot be found"),
        (TimeoutError(), "does not answer"),
        (ConnectionRefusedError(), "refuses connections"),
        (ConnectionResetError(), "broke"),
    ],
)
def test_sentences_for_what_cannot_be_reached(error: Exception, words: str) -> None:
    assert words in str(unreachable("imap.example.com", error))
    assert "imap.example.com" in str(unreachable("imap.example.com", error))


def test_a_closed_port_and_a_name_that_is_none(gateway: Gateway) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(TransientError, match="refuses"):
        gateway.connect(Endpoint("127.0.0.1", port), reason="x")
    odd = "a" * 70 + ".example"
    with pytest.raises(TransientError, match="cannot be found"):
        gateway.reaching([odd]).connect(Endpoint(odd, 993), reason="x")


# --- what a certificate proves ---


def test_a_certificate_of_a_trusted_authority(gateway: Gateway, trusted: Certificate) -> None:
    with listeners.listen(listeners.echo, trusted) as port:
        connection = gateway.connect(Endpoint("localhost", port), reason="trying")
        assert connection.encrypted
        connection.sendall(b"hello\n")
        assert connection.reader.readline() == b"hello\n"
        connection.close()


def test_an_unknown_authority_is_refused_with_the_way_to_trust_it(
    gateway: Gateway, certificate: Certificate
) -> None:
    with (
        listeners.listen(listeners.echo, certificate) as port,
        pytest.raises(UntrustedServerError, match="signed by nobody") as caught,
    ):
        gateway.connect(Endpoint("localhost", port), reason="x")
    assert caught.value.fingerprint == certificate.fingerprint
    assert sentences.spelled(certificate.fingerprint) in str(caught.value)


def test_expired_self_signed_and_for_another_name(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {
        "expired": certificates.make(tmp_path / "1", expired=True),
        "another name": certificates.make(tmp_path / "2", name="mail.example.com"),
        "signed by itself": certificates.make(tmp_path / "3", self_signed=True),
    }
    for words, one in made.items():
        monkeypatch.setenv("SSL_CERT_FILE", "" if "itself" in words else str(one.authority))
        with (
            listeners.listen(listeners.echo, one) as port,
            pytest.raises(UntrustedServerError, match=words) as caught,
        ):
            gateway.connect(Endpoint("localhost", port), reason="x")
        assert caught.value.fingerprint == one.fingerprint


def test_a_pinned_certificate_is_trusted_knowingly_and_no_other(log: list[Traffic], tmp_path: Path) -> None:
    one = certificates.make(tmp_path / "1", name="nas.example", expired=True, self_signed=True)
    other = certificates.make(tmp_path / "2", self_signed=True)
    asked: list[tuple[str, int]] = []

    def pinned(host: str, port: int) -> str:
        asked.append((host, port))
        return one.fingerprint.upper()

    gateway = Gateway(Rules(lambda host: True, pinned=pinned), log.append)
    with listeners.listen(listeners.echo, one) as port:
        gateway.connect(Endpoint("localhost", port), reason="x").close()
        assert asked[-1] == ("localhost", port)
    with (
        listeners.listen(listeners.echo, other) as port,
        pytest.raises(UntrustedServerError, match="another certificate") as caught,
    ):
        gateway.connect(Endpoint("localhost", port), reason="x")
    assert caught.value.fingerprint == other.fingerprint


def test_old_tls_is_not_spoken() -> None:
    for context in (sentences.verified_context(), sentences.pinned_context()):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert sentences.verified_context().verify_mode is ssl.CERT_REQUIRED
    assert sentences.verified_context().check_hostname


def test_an_answer_in_plain_text_hints_at_a_captive_portal(gateway: Gateway) -> None:
    with (
        listeners.listen(listeners.says(b"HTTP/1.1 302 Found\r\n\r\n")) as port,
        pytest.raises(TransientError, match="Wi-Fi"),
    ):
        gateway.connect(Endpoint("localhost", port), reason="x")


def test_a_server_that_hangs_up_or_is_silent_during_the_handshake(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listeners.listen(lambda sock: None) as port, pytest.raises(TransientError):
        gateway.connect(Endpoint("localhost", port), reason="x")
    monkeypatch.setattr(gateway_module, "CONNECT_SECONDS", 0.2)
    with listeners.listen(listeners.silent) as port, pytest.raises(TransientError, match="does not answer"):
        gateway.connect(Endpoint("localhost", port), reason="x")


def test_starttls_on_a_real_server(
    gateway: Gateway, trusted: Certificate, full_dovecot: Dovecot, log: list[Traffic]
) -> None:
    connection = gateway.connect(full_dovecot.starttls, reason="x")
    assert connection.reader.readline().startswith(b"* OK")
    connection.sendall(b"a STARTTLS\r\n")
    assert connection.reader.readline().startswith(b"a OK")
    before = connection.encrypted
    connection.start_tls()
    assert (before, connection.encrypted) == (False, True)
    connection.sendall(b"b NOOP\r\n")
    assert connection.reader.readline().startswith(b"b OK")
    connection.close()
    assert log[0].sent == len("a STARTTLS\r\nb NOOP\r\n")


def test_the_fingerprint_is_found_behind_starttls_too(
    gateway: Gateway, certificate: Certificate, full_dovecot: Dovecot
) -> None:
    connection = gateway.connect(full_dovecot.starttls, reason="x")
    connection.reader.readline()
    connection.sendall(b"a STARTTLS\r\n")
    connection.reader.readline()
    with pytest.raises(UntrustedServerError) as caught:
        connection.start_tls()
    connection.close()
    assert caught.value.fingerprint == certificate.fingerprint


def test_and_behind_the_starttls_of_smtp(gateway: Gateway, certificate: Certificate) -> None:
    with (
        serve(Outbox(), certificate) as endpoint,
        socket.create_connection(("127.0.0.1", endpoint.port)) as raw,
    ):
        sentences.ask_for_tls(raw, "smtp")
        with sentences.pinned_context().wrap_socket(raw, server_hostname="localhost") as sock:
            assert sentences.fingerprint(sock) == certificate.fingerprint


@pytest.mark.parametrize("protocol", ["imap", "smtp"])
@pytest.mark.parametrize("words", [b"", b"nothing\r\n" * 200, b"* OK\r\na NO\r\n", b"220 a\r\n500 no\r\n"])
def test_no_starttls_to_be_had(protocol: str, words: bytes) -> None:
    with (
        listeners.listen(listeners.says(words)) as port,
        socket.create_connection(("127.0.0.1", port), 0.3) as raw,
        pytest.raises(OSError, match=r"STARTTLS|timed out|reset|Broken"),
    ):
        sentences.ask_for_tls(raw, protocol)


# --- questions by datagram ---


def test_a_question_and_its_answer(gateway: Gateway, log: list[Traffic]) -> None:
    import threading

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            data, who = server.recvfrom(100)
            server.sendto(data * 2, who)

        thread = threading.Thread(target=answer)
        thread.start()
        assert gateway.ask("127.0.0.1", server.getsockname()[1], b"abc", reason="looking up") == b"abcabc"
        thread.join()
    assert (log[0].sent, log[0].received, log[0].reason) == (3, 6, "looking up")


def test_a_question_to_nobody(gateway: Gateway) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    with pytest.raises(TransientError):
        gateway.ask("127.0.0.1", port, b"abc", reason="looking up")
