"""Signing in to a scripted server, putting drafts and sent mail there, and waiting for its news."""

import threading
from dataclasses import replace

import pytest

from fluffy_core.connectors.imap import session as imap_session
from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings
from fluffy_core.connectors.network.gateway import Gateway, Rules, Security, Traffic
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.errors import (
    RejectedError,
    SignInError,
    TransientError,
    UntrustedServerError,
)
from tests.fakes.hostile_accounts import INBOX, Open, all_right
from tests.fakes.hostile_imap import (
    PASSWORD,
    TOKEN,
    USER,
    Drop,
    Hostile,
)
from tests.fakes.stages import letter

# --- signing in ---


def test_a_wrong_password_is_tried_once(server: Hostile, open_account: Open) -> None:
    account = open_account(login=Login(USER, "wrong"))
    for _ in range(3):
        with pytest.raises(SignInError, match="wrong password"):
            account.folders()
    assert (server.connections, server.count("AUTHENTICATE")) == (1, 1)


@pytest.mark.parametrize("mechanism", ["AUTHENTICATE", "LOGIN"])
def test_a_break_while_signing_in_is_no_refusal(server: Hostile, open_account: Open, mechanism: str) -> None:
    if mechanism == "LOGIN":
        server.capabilities = "IMAP4rev1"
    account = open_account()
    server.fault(mechanism, Drop())
    with pytest.raises(TransientError):
        account.folders()
    all_right(account, server)


def test_a_server_that_cannot_check_passwords_now(server: Hostile, open_account: Open) -> None:
    account = open_account()
    server.fault("AUTHENTICATE", b"TAG NO [UNAVAILABLE] directory is down\r\n")
    with pytest.raises(TransientError, match="directory is down"):
        account.folders()
    all_right(account, server)


def test_login_without_plain(server: Hostile, open_account: Open) -> None:
    server.capabilities = "IMAP4rev1"
    all_right(open_account(), server)
    assert server.count("LOGIN") == 1


def test_no_passwords_here(server: Hostile, open_account: Open) -> None:
    server.capabilities = "IMAP4rev1 LOGINDISABLED"
    with pytest.raises(SignInError):
        open_account().folders()
    assert server.count("LOGIN") == 0


def test_a_token_is_asked_for_at_each_connection(server: Hostile, open_account: Open) -> None:
    asked = []

    def token(rejected: str = "") -> str:
        assert not rejected
        asked.append(1)
        return TOKEN

    account = open_account(login=Login(USER, token=token))
    all_right(account, server)
    server.fault("UID SEARCH", Drop())
    with pytest.raises(TransientError):
        account.list(INBOX)
    all_right(account, server)
    assert len(asked) == 2


def test_a_refused_token(server: Hostile, open_account: Open) -> None:
    with pytest.raises(SignInError, match="permission"):
        open_account(login=Login(USER, token=lambda rejected="": "stale")).folders()


def test_secrets_are_in_no_repr_and_no_log(
    server: Hostile, open_account: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    login = Login(USER, PASSWORD)
    all_right(open_account(login=login), server)
    assert PASSWORD not in repr(login) + caplog.text
    assert "Letter" not in caplog.text


@pytest.mark.parametrize("greeting", [b"* OK ready\r\n", b"* PREAUTH welcome\r\n"])
def test_no_password_goes_out_where_encryption_was_asked_for(
    server: Hostile, open_account: Open, greeting: bytes
) -> None:
    server.greeting = greeting
    server.capabilities += "" if b"OK" in greeting else " STARTTLS"
    server.endpoint = replace(server.endpoint, security=Security.STARTTLS)
    with pytest.raises(UntrustedServerError, match="no encryption"):
        open_account().folders()
    assert server.count("AUTHENTICATE|LOGIN") == 0


def test_what_is_slipped_in_before_encryption_is_refused(server: Hostile, open_account: Open) -> None:
    server.capabilities += " STARTTLS"
    server.endpoint = replace(server.endpoint, security=Security.STARTTLS)
    server.fault("STARTTLS", lambda tag, right: right + b"* CAPABILITY IMAP4rev1 LOGIN\r\n")
    with pytest.raises(TransientError):
        open_account().folders()
    assert server.count("AUTHENTICATE|LOGIN") == 0


# --- drafts and waiting ---


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        (b'* NAMESPACE (("INBOX." ".")) NIL NIL\r\nTAG OK done\r\n', "INBOX.Sent"),
        (b'* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK done\r\n', "Sent"),
        (b"* NAMESPACE NIL NIL NIL\r\nTAG OK done\r\n", "Sent"),
    ],
)
def test_a_folder_for_sent_mail_is_made_where_there_is_none(
    account: ImapAccount, server: Hostile, namespace: bytes, name: str
) -> None:
    server.capabilities += " NAMESPACE"
    server.fault("NAMESPACE", namespace)
    assert not account.was_sent("<77@example.com>")
    account.keep_sent(letter(77))
    assert server.count(f'CREATE "{name}"') == server.count(f'SUBSCRIBE "{name}"') == 1
    assert server.messages[9].body == letter(77)
    assert account.was_sent("<77@example.com>")


def test_a_full_mailbox_keeps_no_draft(account: ImapAccount, server: Hostile) -> None:
    server.fault("APPEND", b"TAG NO [OVERQUOTA] no room\r\n")
    with pytest.raises(RejectedError, match="no room"):
        account.save_draft(letter(77))


def test_a_search_that_finds_too_much_deletes_nothing_else(account: ImapAccount, server: Hostile) -> None:
    before = dict(server.messages)
    first = account.save_draft(letter(77, body="first"))
    second = account.save_draft(letter(77, body="second"))
    assert (first.id, second.id) == ("7.9", "7.10")
    assert set(server.messages) == {*before, 10}


def test_an_append_that_breaks_off(account: ImapAccount, server: Hostile) -> None:
    account.folders()
    server.fault("APPEND", Drop())
    with pytest.raises(TransientError):
        account.save_draft(letter(77))
    account.save_draft(letter(77))
    assert [one.body for one in server.messages.values()].count(letter(77)) == 1


@pytest.mark.parametrize("news", [b"* 6 EXISTS\r\n", b"* 1 EXPUNGE\r\n", b"* 1 FETCH (FLAGS (\\Seen))\r\n"])
def test_news_while_waiting(account: ImapAccount, server: Hostile, news: bytes) -> None:
    account.cursor(INBOX)
    server.news = b"* OK still here\r\n" + news
    assert account.wait(INBOX, 30) is True
    all_right(account, server)


def test_still_here_is_no_news(account: ImapAccount, server: Hostile) -> None:
    server.news = b"* OK still here\r\n"
    assert account.wait(INBOX, 0.1) is False
    all_right(account, server)


@pytest.mark.parametrize("fault", [Drop(), Drop(b"* BYE\r\n")])
def test_waiting_ends_with_the_connection(account: ImapAccount, server: Hostile, fault: Drop) -> None:
    account.cursor(INBOX)
    server.fault("IDLE", fault)
    with pytest.raises(TransientError):
        account.wait(INBOX, 30)
    all_right(account, server)


def test_an_idle_that_is_refused(account: ImapAccount, server: Hostile) -> None:
    account.cursor(INBOX)
    server.fault("IDLE", b"TAG NO not now\r\n")
    with pytest.raises(TransientError):
        account.wait(INBOX, 30)


def test_idle_is_asked_for_again_in_time(
    account: ImapAccount, server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluffy_core.connectors.imap.imap.IDLE_SECONDS", 0.05)
    account.cursor(INBOX)
    assert account.wait(INBOX, 0.3) is False
    assert server.count("IDLE") >= 2


def test_waiting_may_take_longer_than_a_command(
    account: ImapAccount, server: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.cursor(INBOX)
    monkeypatch.setattr(imap_session, "COMMAND_SECONDS", 0.3)
    assert account.wait(INBOX, 0.5) is False
    all_right(account, server)


def test_closing_while_another_thread_waits(server: Hostile, open_account: Open) -> None:
    account = open_account()
    account.cursor(INBOX)
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(account.wait(INBOX, 60)))
    thread.start()
    assert server.idling.wait(10)
    account.close()
    thread.join(10)
    assert ended == [False]


def test_every_connection_is_told_when_it_closes(server: Hostile) -> None:
    log: list[Traffic] = []
    gateway = Gateway(Rules(lambda host: True), log.append)
    account = ImapAccount(gateway, ImapSettings(server.endpoint, Login(USER, PASSWORD)))
    account.folders()
    server.fault("EXAMINE", Drop())
    with pytest.raises(TransientError):
        account.cursor(INBOX)
    account.cursor(INBOX)
    account.close()
    account.close()
    assert [one.port for one in log] == [server.endpoint.port] * 2
    assert all(one.received > 50 and one.sent > 50 for one in log)
