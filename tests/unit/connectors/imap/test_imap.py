"""The IMAP account on real servers: encryption, sign-in, and what only a whole Dovecot shows."""

from contextlib import closing

import pytest

from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings
from fluffy_core.connectors.network.gateway import Endpoint, Gateway, Rules, Traffic
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.sync import FolderRole
from fluffy_core.errors import BlockedError, RejectedError, SignInError, UntrustedServerError
from tests.fakes.certificates import Certificate
from tests.fakes.dovecot import PASSWORD, Dovecot
from tests.fakes.stages import letter
from tests.fakes.submission import Outbox


def settings(endpoint: Endpoint, *, user: str = "tls@example.com", password: str = PASSWORD) -> ImapSettings:
    return ImapSettings(endpoint, Login(user, password))


@pytest.mark.parametrize("way", ["tls", "starttls", "endpoint"])
def test_each_way_of_encryption(
    full_dovecot: Dovecot, certificate: Certificate, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    log: list[Traffic] = []
    endpoint: Endpoint = getattr(full_dovecot, way)
    with closing(ImapAccount(Gateway(Rules(lambda host: True), log.append), settings(endpoint))) as account:
        assert account.folders()[0].role is FolderRole.INBOX
    assert [(one.host, one.port) for one in log] == [(endpoint.host, endpoint.port)]
    assert log[0].received > 100


@pytest.mark.parametrize("way", ["tls", "starttls"])
def test_an_unknown_authority_and_then_trusted_knowingly(
    full_dovecot: Dovecot, certificate: Certificate, way: str
) -> None:
    pins: dict[tuple[str, int], str] = {}
    rules = Rules(lambda host: True, pinned=lambda host, port: pins.get((host, port), ""))
    endpoint: Endpoint = getattr(full_dovecot, way)
    with closing(ImapAccount(Gateway(rules, lambda one: None), settings(endpoint))) as account:
        with pytest.raises(UntrustedServerError) as caught:
            account.folders()
        assert caught.value.fingerprint == certificate.fingerprint
        pins[endpoint.host, endpoint.port] = caught.value.fingerprint
        assert account.folders()


def test_a_wrong_password(full_dovecot: Dovecot) -> None:
    wrong = settings(full_dovecot.endpoint, password="wrong")
    with closing(ImapAccount(Gateway(Rules(lambda host: True), lambda one: None), wrong)) as account:
        with pytest.raises(SignInError, match=r"tls@example\.com"):
            account.folders()
        with pytest.raises(SignInError):
            account.save_draft(letter(1))


def test_going_offline_and_back(full_dovecot: Dovecot) -> None:
    offline = [True]
    gateway = Gateway(Rules(lambda host: True, lambda: offline[0]), lambda one: None)
    with closing(ImapAccount(gateway, settings(full_dovecot.endpoint))) as account:
        with pytest.raises(BlockedError):
            account.folders()
        offline[0] = False
        assert account.folders()


def test_many_messages_in_many_batches(full_dovecot: Dovecot) -> None:
    user = "many@example.com"
    with full_dovecot.other_client(user) as client:
        client.multiappend("INBOX", [letter(number, body="x" * 500) for number in range(450)])
    gateway = Gateway(Rules(lambda host: True), lambda one: None)
    with closing(ImapAccount(gateway, settings(full_dovecot.endpoint, user=user))) as account:
        inbox = account.folders()[0]
        refs = account.list(inbox, limit=1000).refs
        got = [one.content for one in account.fetch(refs)]
    assert got == [letter(number, body="x" * 500) for number in reversed(range(450))]


def test_sent_mail_that_the_server_files_itself(
    full_dovecot: Dovecot, smtp: Endpoint, outbox: Outbox
) -> None:
    login = Login("gm@example.com", PASSWORD)
    files = ImapSettings(full_dovecot.endpoint, login, smtp, files_sent=True, submission_login=Login(""))
    with closing(ImapAccount(Gateway(Rules(lambda host: True), lambda one: None), files)) as account:
        account.send(letter(1), sender="gm@example.com", recipients=["ben@example.com"])
        account.keep_sent(letter(1))
        assert not account.was_sent("<1@example.com>")
    assert len(outbox.delivered) == 1


def test_an_account_that_cannot_send(full_dovecot: Dovecot) -> None:
    with (
        closing(
            ImapAccount(Gateway(Rules(lambda host: True), lambda one: None), settings(full_dovecot.endpoint))
        ) as account,
        pytest.raises(RejectedError),
    ):
        account.send(letter(1), sender="a@example.com", recipients=["b@example.com"])


def test_a_broken_index_heals(full_dovecot: Dovecot) -> None:
    """What an administrator's repair looks like from outside: UIDVALIDITY stays, the count starts anew."""
    user = "heal@example.com"
    with full_dovecot.other_client(user) as client:
        client.append("INBOX", letter(1))
    gateway = Gateway(Rules(lambda host: True), lambda one: None)
    with closing(ImapAccount(gateway, settings(full_dovecot.endpoint, user=user))) as account:
        inbox = account.folders()[0]
        cursor = account.cursor(inbox)
        known = {ref.id: ref.flags for ref in account.list(inbox).refs}
    for path in full_dovecot.maildir(user).glob("dovecot.index*"):
        path.unlink()
    with full_dovecot.other_client(user) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [rb"\Seen"])
    with closing(ImapAccount(gateway, settings(full_dovecot.endpoint, user=user))) as account:
        found = account.changes(inbox, cursor, lambda: known)
        assert [(ref.id in known, ref.flags) for ref in found.refs] == [(True, ("seen",))]
