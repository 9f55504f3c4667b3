"""Trying an account out: what is told on the way, what is found, and that nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fluffy_core.connectors.network.gateway import Endpoint, Security
from fluffy_core.connectors.sign_in.presets import Servers, for_domain
from fluffy_core.core import Core
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Server, Service
from fluffy_core.domain.sync import FolderRole
from fluffy_core.errors import BlockedError, SignInError, TransientError, UntrustedServerError
from fluffy_core.services.accounts import accounts, network
from fluffy_core.services.accounts import check as account_check
from fluffy_core.store import sources
from tests.fakes.certificates import Certificate
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.mail_servers import certificate, full_dovecot
from tests.unit.services.homes import opened

__all__ = ["certificate", "full_dovecot"]

USER = "check@example.com"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


@pytest.fixture
def plain(full_dovecot: Dovecot) -> AccountSettings:
    return AccountSettings(Server("127.0.0.1", full_dovecot.plain_port, "insecure-loopback"), USER)


def look(core: Core, settings: AccountSettings, *, password: str = PASSWORD) -> tuple[object, list[bool]]:
    met: list[bool] = []
    return account_check.look(core.gateway, settings, password=password, met=met.append), met


def test_settings_come_from_the_servers_of_an_address() -> None:
    servers = for_domain("gmx.de")
    assert servers is not None
    found = account_check.settings_of(servers, "ann@gmx.de")
    assert found.imap == Server("imap.gmx.net", 993, "tls")
    assert found.smtp == Server("mail.gmx.net", 587, "starttls")
    assert found.user == "ann@gmx.de"
    assert not found.files_sent
    gmail = for_domain("gmail.com")
    assert gmail is not None
    assert account_check.settings_of(gmail, "ann@gmail.com").files_sent


def test_servers_may_want_the_local_part_and_take_nothing_to_send() -> None:
    servers = Servers(
        "Ours", Endpoint("mail.example.com", 143, Security.STARTTLS, "imap"), None, user="local"
    )
    found = account_check.settings_of(servers, "ann@example.com")
    assert (found.imap, found.smtp, found.user) == (Server("mail.example.com", 143, "starttls"), None, "ann")


def test_a_server_that_lets_us_in_shows_its_folders(core: Core, plain: AccountSettings) -> None:
    found, met = look(core, plain)
    assert isinstance(found, account_check.Looked)
    assert found.usual == ("Inbox", "Old things", "Sent")
    assert {one.role for one in found.folders} >= {FolderRole.INBOX, FolderRole.DRAFTS, FolderRole.JUNK}
    assert met == [False]


def test_nothing_is_kept_of_what_was_only_looked_at(core: Core, plain: AccountSettings) -> None:
    look(core, plain)
    assert accounts.listed(core.store) == ()
    assert sources.accounts(core.store) == []
    with pytest.raises(BlockedError, match="belongs to none"):
        core.gateway.connect(Endpoint("127.0.0.1", 1), reason="a look afterwards")


def test_it_is_told_that_the_server_was_met_encrypted(
    core: Core, full_dovecot: Dovecot, certificate: Certificate
) -> None:
    settings = AccountSettings(
        Server("localhost", full_dovecot.tls_port), USER, certificate=certificate.fingerprint
    )
    assert look(core, settings)[1] == [True]


def test_a_server_that_starts_in_plain_text_is_met_before_it_is_encrypted(
    core: Core, full_dovecot: Dovecot, certificate: Certificate
) -> None:
    server = Server("localhost", full_dovecot.plain_port, "starttls")
    found, met = look(core, AccountSettings(server, USER, certificate=certificate.fingerprint))
    assert met == [False]
    assert isinstance(found, account_check.Looked)


def test_a_certificate_that_proves_nothing_is_told_with_its_fingerprint(
    core: Core, full_dovecot: Dovecot, certificate: Certificate
) -> None:
    settings = AccountSettings(Server("localhost", full_dovecot.tls_port), USER)
    met: list[bool] = []
    with pytest.raises(UntrustedServerError) as caught:
        account_check.look(core.gateway, settings, password=PASSWORD, met=met.append)
    assert caught.value.fingerprint == certificate.fingerprint
    assert caught.value.why.startswith("The certificate of localhost is signed by")
    assert "fingerprint" not in caught.value.why
    assert "fingerprint" in str(caught.value)
    assert met == []


def test_a_wrong_password_is_told_after_the_server_was_met(core: Core, plain: AccountSettings) -> None:
    met: list[bool] = []
    with pytest.raises(SignInError):
        account_check.look(core.gateway, plain, password="wrong", met=met.append)
    assert met == [False]


def test_a_port_where_nobody_listens_is_no_meeting(core: Core, plain: AccountSettings) -> None:
    met: list[bool] = []
    nobody = replace(plain, imap=Server("127.0.0.1", 1, "insecure-loopback"))
    with pytest.raises(TransientError, match="refuses connections"):
        account_check.look(core.gateway, nobody, password=PASSWORD, met=met.append)
    assert met == []


def test_offline_nothing_is_tried(core: Core, plain: AccountSettings) -> None:
    network.set_offline(core.store, True)
    with pytest.raises(BlockedError, match="offline"):
        look(core, plain)


def test_an_account_without_mail_has_no_folders(core: Core) -> None:
    settings = AccountSettings(
        kind=AccountKind.DAV, services=(Service.CALENDAR,), dav="https://cloud.example"
    )
    found, met = look(core, settings)
    assert found == account_check.Looked((), ())
    assert met == []
