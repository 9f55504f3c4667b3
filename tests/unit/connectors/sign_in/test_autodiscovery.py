"""Finding the servers of an address: by provider, SRV, autoconfig and MX, each failing on its own."""

from collections.abc import Mapping
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.connectors.network.dns_records import Service
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Security, Traffic
from fluffy_core.connectors.sign_in.autodiscovery import Ways, discover, parse_autoconfig, ways
from fluffy_core.errors import BlockedError, TransientError

T = TypeVar("T")
CONFIG = b"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="example.com">
    <domain>example.com</domain>
    <displayName>Example</displayName>
    <incomingServer type="pop3">
      <hostname>pop.example.com</hostname><port>995</port><socketType>SSL</socketType>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <incomingServer type="imap">
      <hostname>plain.example.com</hostname><port>143</port><socketType>plain</socketType>
      <username>%EMAILADDRESS%</username>
    </incomingServer>
    <incomingServer type="imap">
      <hostname> IMAP.example.com </hostname><port>993</port><socketType>SSL</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILLOCALPART%</username>
    </incomingServer>
    <outgoingServer type="smtp">
      <hostname>smtp.example.com</hostname><port>587</port><socketType>STARTTLS</socketType>
      <username>%EMAILLOCALPART%</username>
    </outgoingServer>
  </emailProvider>
</clientConfig>"""
IMAP = Endpoint("imap.example.com", 993, Security.TLS, "imap")
SMTP = Endpoint("smtp.example.com", 587, Security.STARTTLS, "smtp")


class Web:
    """What a domain says, and what was asked."""

    def __init__(
        self,
        *,
        services: Mapping[str, list[Service]] | None = None,
        exchangers: Mapping[str, list[str]] | None = None,
        pages: Mapping[str, bytes | None] | None = None,
    ) -> None:
        self.asked: list[str] = []
        self.ways = Ways(
            lambda name: self._known(services, name, []),
            lambda name: self._known(exchangers, name, []),
            lambda url: self._known(pages, url.partition("?")[0], None),
        )

    def _known(self, told: Mapping[str, T] | None, name: str, otherwise: T) -> T:
        self.asked.append(name)
        if told is None:
            raise TransientError("cannot be found")
        return told.get(name, otherwise)


def test_a_known_provider_is_asked_nothing() -> None:
    web = Web()
    found = discover("ann@gmail.com", web.ways)
    assert found is not None
    assert (found.name, web.asked) == ("Gmail", [])


def test_srv_records() -> None:
    web = Web(
        services={
            "_imaps._tcp.example.com": [Service("imap.example.com", 993)],
            "_submissions._tcp.example.com": [Service("", 0)],
            "_submission._tcp.example.com": [Service("smtp.example.com", 587)],
        }
    )
    found = discover("Ann@Example.COM", web.ways)
    assert found is not None
    assert (found.imap, found.submission) == (IMAP, SMTP)


def test_srv_with_starttls_and_without_submission() -> None:
    web = Web(services={"_imap._tcp.example.com": [Service("imap.example.com", 143)]})
    found = discover("ann@example.com", web.ways)
    assert found is not None
    assert found.imap == Endpoint("imap.example.com", 143, Security.STARTTLS, "imap")
    assert found.submission is None


@pytest.mark.parametrize(
    "url",
    [
        "https://autoconfig.example.com/mail/config-v1.1.xml",
        "https://example.com/.well-known/autoconfig/mail/config-v1.1.xml",
    ],
)
def test_autoconfig_where_there_is_no_srv(url: str) -> None:
    found = discover("ann@example.com", Web(pages={url: CONFIG}).ways)
    assert found is not None
    assert (found.imap, found.submission) == (IMAP, SMTP)
    assert found.user_of("ann@example.com") == "ann"


def test_an_own_domain_at_a_provider() -> None:
    web = Web(exchangers={"example.com": ["mx.other.example", "aspmx.l.google.com"]})
    found = discover("ann@example.com", web.ways)
    assert found is not None
    assert found.name == "Gmail"


@pytest.mark.parametrize(
    "address", ["ann@example.com", "ann", "ann@", "@", "", "ann@localhost", "a@b c.de", "a@-x.de"]
)
def test_nobody_knows(address: str) -> None:
    assert discover(address, Web(services={}, exchangers={}, pages={}).ways) is None
    assert discover(address, Web().ways) is None


def test_no_words_of_an_address_get_into_a_web_address() -> None:
    web = Web(pages={})
    discover("a&b?c=d#e@example.com", web.ways)
    asked: list[str] = []

    def page(url: str) -> None:
        asked.append(url)

    discover("a&b?c=d#e@example.com", Ways(lambda name: [], lambda name: [], page))
    assert asked[0].endswith("?emailaddress=a%26b%3Fc%3Dd%23e%40example.com")


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><body>Welcome</body></html>",
        b"not xml",
        CONFIG[:-40],
        CONFIG.replace(b"993", b"99999"),
        CONFIG.replace(b"993", b"x"),
        CONFIG.replace(b"<port>993</port>", b""),
        CONFIG.replace(b"IMAP.example.com", b"evil.example.com/path"),
        CONFIG.replace(b"IMAP.example.com", b""),
        CONFIG.replace(b"<clientConfig", b'<!DOCTYPE a [<!ENTITY b "c">]><clientConfig'),
        CONFIG.replace(b"SSL", b"plain"),
    ],
)
def test_a_configuration_that_is_none(page: bytes) -> None:
    assert parse_autoconfig(page, "ann@example.com") is None


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda t: CONFIG.replace(b"IMAP.example", t.encode("utf-8", "ignore"))),
    )
)
def test_any_page_is_read_or_refused(page: bytes) -> None:
    found = parse_autoconfig(page, "ann@example.com")
    assert found is None or "/" not in found.imap.host


def test_the_real_ways_go_through_the_gateway() -> None:
    log: list[Traffic] = []
    gateway = Gateway(Rules(lambda host: False, lambda: True), log.append)
    asked = ways(gateway, "example.com")
    with pytest.raises(BlockedError):
        asked.page("https://autoconfig.example.com/mail/config-v1.1.xml")
    with pytest.raises((BlockedError, TransientError)):
        asked.services("_imaps._tcp.example.com")
    with pytest.raises((BlockedError, TransientError)):
        asked.exchangers("example.com")
    assert log
    assert all(one.refused for one in log)
    assert discover("ann@example.com", asked) is None


def test_the_real_ways_reach_the_domain_and_nobody_else() -> None:
    log: list[Traffic] = []
    asked = ways(Gateway(Rules(lambda host: False), log.append), "example.com")
    with pytest.raises(BlockedError):
        asked.page("https://autoconfig.other.example/mail/config-v1.1.xml")
    assert [one.host for one in log] == ["autoconfig.other.example"]
