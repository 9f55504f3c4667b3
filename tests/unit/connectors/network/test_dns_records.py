"""SRV and MX records from a name server on loopback, and from one that answers nonsense."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dns.message
import dns.resolver
import dns.rrset
import pytest

from fluffy_core.connectors.network import dns_records
from fluffy_core.connectors.network.dns_records import Service
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.errors import TransientError


@contextmanager
def name_server(answer: Callable[[Any], bytes]) -> Iterator[tuple[str, int]]:
    """Answers one question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)

        def serve() -> None:
            data, who = server.recvfrom(4096)
            server.sendto(answer(dns.message.from_wire(data)), who)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()
        thread.join(10)


def records(kind: str, *values: str) -> Callable[[Any], bytes]:
    def answer(question: Any) -> bytes:
        made = dns.message.make_response(question)
        made.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", kind, *values))
        return bytes(made.to_wire())

    return answer


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(Rules(lambda host: False), lambda traffic: None)


def through(server: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it the system's name server."""

    class Resolver:
        nameservers = (server[0],)

    monkeypatch.setattr(dns.resolver, "Resolver", Resolver)
    monkeypatch.setattr(dns_records, "_PORT", server[1])


def test_services_best_first(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    told = ("20 0 993 late.example.com.", "10 1 993 light.example.com.", "10 9 993 Heavy.Example.com.")
    with name_server(records("SRV", *told)) as server:
        through(server, monkeypatch)
        found = dns_records.services(gateway, "_imaps._tcp.example.com")
    assert [one.host for one in found] == ["heavy.example.com", "light.example.com", "late.example.com"]
    assert {one.port for one in found} == {993}


def test_a_service_that_is_not_offered(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with name_server(records("SRV", "0 0 0 .")) as server:
        through(server, monkeypatch)
        assert dns_records.services(gateway, "_imaps._tcp.example.com") == [Service("", 0)]


def test_exchangers_best_first(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with name_server(records("MX", "20 b.example.com.", "10 a.example.com.")) as server:
        through(server, monkeypatch)
        assert dns_records.exchangers(gateway, "example.com") == ["a.example.com", "b.example.com"]


def test_no_records_and_records_of_another_kind(gateway: Gateway) -> None:
    with name_server(lambda question: bytes(dns.message.make_response(question).to_wire())) as server:
        assert dns_records.ask(gateway, server, "example.com", kind="MX") == []
    with name_server(records("A", "192.0.2.1")) as server:
        assert dns_records.ask(gateway, server, "example.com", kind="MX") == []


def other_question(question: Any) -> bytes:
    other = dns.message.make_query("evil.example", "MX")
    other.id = question.id
    return records("MX", "1 mx.evil.example.")(other)


def other_number(question: Any) -> bytes:
    question.id ^= 1
    return records("MX", "1 mx.evil.example.")(question)


@pytest.mark.parametrize(
    "answer", [lambda question: b"", lambda question: b"\xff" * 40, other_question, other_number]
)
def test_answers_that_are_none(gateway: Gateway, answer: Callable[[Any], bytes]) -> None:
    with name_server(answer) as server, pytest.raises(TransientError):
        dns_records.ask(gateway, server, "example.com", kind="MX")


def test_names_that_cannot_be_asked_for(gateway: Gateway) -> None:
    with pytest.raises(TransientError):
        dns_records.ask(gateway, ("127.0.0.1", 9), "a" * 70 + ".example", kind="MX")


def test_a_computer_without_name_server(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    class Resolver:
        nameservers: tuple[str, ...] = ()

    monkeypatch.setattr(dns.resolver, "Resolver", Resolver)
    with pytest.raises(TransientError, match="no name server"):
        dns_records.exchangers(gateway, "example.com")
