"""Sending through Graph: exactly to those who are meant, once, and honest about what is not known."""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from fluffy_core.connectors.microsoft import sending as outlook_sending
from fluffy_core.connectors.microsoft.outlook import OutlookAccount
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.errors import KnownError, RejectedError, SignInError, TransientError, UncertainError
from tests.fakes.graph_clients import JSON, strike
from tests.fakes.graph_mail import name
from tests.fakes.graph_server import GraphServer, serve_graph
from tests.fakes.outlook_stage import gateway
from tests.fakes.stages import letter
from tests.fakes.web_server import Asked, Reply

ME, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"
TO_BOTH = b"From: ann@example.com\r\nTo: Ben <ben@example.com>\r\nCc: CLEO@Example.com\r\n\r\nHello\r\n"


@pytest.fixture
def server() -> Iterator[GraphServer]:
    with serve_graph() as found:
        yield found


def account_with(server: GraphServer, token: Token) -> OutlookAccount:
    return OutlookAccount(gateway(), server.web.url, token)


@pytest.fixture
def account(server: GraphServer) -> Iterator[OutlookAccount]:
    with closing(account_with(server, server.token)) as found:
        yield found


def test_who_is_named_needs_no_bcc() -> None:
    assert outlook_sending.addressed(TO_BOTH, [BEN, CLEO]) == TO_BOTH
    assert outlook_sending.addressed(TO_BOTH, ["Ben@Example.com", CLEO]) == TO_BOTH


def test_who_is_not_named_becomes_bcc_and_other_bccs_go() -> None:
    message = b"To: ben@example.com\nBcc: dora@example.com,\n emil@example.com\n\nBcc: text\n"
    wanted = b"Bcc: cleo@example.com,\r\n fred@example.com\r\nTo: ben@example.com\r\n\r\nBcc: text\r\n"
    assert outlook_sending.addressed(message, [CLEO, BEN, "fred@example.com"]) == wanted


@pytest.mark.parametrize(
    "head",
    [
        b"To: ben@example.com, other@example.com",
        b"To: Ben\r\n\t<ben@example.com>,\r\n =?utf-8?q?=C3=96?= <other@example.com>",
        b"To: Friends: ben@example.com, other@example.com;",
        b"To: ben@example.com\r\nTo: other@example.com",
        b"Cc: Other <OTHER@example.com>\r\nTo: ben@example.com",
    ],
)
def test_who_is_named_but_not_meant_gets_nothing(head: bytes) -> None:
    with pytest.raises(RejectedError, match="other@example"):
        outlook_sending.addressed(head + b"\r\n\r\nHello\r\n", [BEN])


@pytest.mark.parametrize(
    "head", [b"To: undisclosed-recipients:;", b"Subject: x", b"To: Ben, Cleo", b"To: \xff"]
)
def test_a_message_that_names_nobody(head: bytes) -> None:
    assert outlook_sending.addressed(head + b"\r\n\r\n", [BEN]).startswith(b"Bcc: ben@example.com\r\n" + head)


@pytest.mark.parametrize(
    "recipients", [[], ["ben@example.com\r\nX: y"], ["a@b.example, c@d.example"], ["<a@b>"]]
)
def test_addresses_that_are_none(recipients: list[str]) -> None:
    with pytest.raises(RejectedError):
        outlook_sending.addressed(letter(1).replace(b"To: Ben", b"X: Ben"), recipients)


def test_sent_mail_is_filed_by_the_server_and_found(server: GraphServer, account: OutlookAccount) -> None:
    account.send(
        TO_BOTH.replace(b"From", b"Message-ID: <it's@example.com>\r\nFrom"), sender=ME, recipients=[BEN, CLEO]
    )
    assert account.was_sent("<it's@example.com>")
    assert not account.was_sent("<its@example.com>")
    assert not account.was_sent("<it's@example.com> or true")
    account.keep_sent(TO_BOTH)
    assert len(server.mail.within(server.mail.shelf("sentitems").id)) == 1
    (sent,) = server.outbox.delivered
    assert sent.recipients == (BEN, "CLEO@Example.com")


def test_only_the_very_message_was_sent(server: GraphServer, account: OutlookAccount) -> None:
    """A server that finds alike what is not."""
    found = {"value": [{"id": "x", "internetMessageId": "<A@example.com>"}, {"id": "y"}]}
    strike(server, "/messages", Reply(200, json.dumps(found).encode(), JSON))
    assert not account.was_sent("<a@example.com>")


def test_an_account_without_the_folder_has_sent_nothing(server: GraphServer, account: OutlookAccount) -> None:
    server.mail.drop(server.mail.shelf("sentitems").id)
    assert not account.was_sent("<1@example.com>")


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(400, b'{"error":{"message":"Too many recipients."}}', JSON), RejectedError, "Too many"),
        (Reply(403, b'{"error":{"message":"Not on behalf of Eve."}}', JSON), RejectedError, "Eve"),
        (Reply(413, b'{"error":{"message":"Too large."}}', JSON), RejectedError, "bytes. Too large"),
        (Reply(429, b'{"error":{"message":"Slow."}}', {**JSON, "Retry-After": "37"}), TransientError, "Slow"),
        (Reply(503, b"", JSON), TransientError, "fault"),
        (Reply(500, b"", JSON), UncertainError, "may have been sent"),
        (Reply(504, b"", JSON), UncertainError, "may have been sent"),
        (Reply(202, b"x" * 100, {}, drop_at=0), UncertainError, "may have been sent"),
        (Reply(200, b"<html>Welcome to this Wi-Fi", {"Content-Type": "text/html"}), TransientError, "Wi-Fi"),
    ],
)
def test_what_a_failure_means(
    server: GraphServer, account: OutlookAccount, reply: Reply, error: type[KnownError], words: str
) -> None:
    strike(server, "/sendMail", reply, method="POST")
    with pytest.raises(error, match=words) as told:
        account.send(TO_BOTH, sender=ME, recipients=[BEN, CLEO])
    assert type(told.value) is error
    if reply.headers.get("Retry-After"):
        assert getattr(told.value, "retry_after", 0) == 37.0
    assert server.outbox.delivered == []
    assert len([one for one in server.web.asked if one.method == "POST"]) == 1


def test_a_break_after_the_server_took_it_is_uncertain_until_it_is_found(
    server: GraphServer, account: OutlookAccount
) -> None:
    def broken(asked: Asked) -> Reply:
        reply = server.handle(asked)
        return Reply(reply.status, b"x" * 100, drop_at=0) if asked.method == "POST" else reply

    server.web.handle = broken
    with pytest.raises(UncertainError):
        account.send(letter(1), sender=ME, recipients=[BEN])
    assert len(server.outbox.delivered) == 1
    assert account.was_sent("<1@example.com>")


def test_a_token_that_ran_out_is_renewed_before_anything_is_sent(server: GraphServer) -> None:
    def token(rejected: str = "") -> str:
        return "good" if rejected else "old"

    with closing(account_with(server, token)) as account:
        account.send(TO_BOTH, sender=ME, recipients=[BEN, CLEO])
        assert len(server.outbox.delivered) == 1
        server.tokens.clear()
        with pytest.raises(SignInError):
            account.send(TO_BOTH, sender=ME, recipients=[BEN, CLEO])
    assert len(server.outbox.delivered) == 1


def test_a_server_that_cannot_be_reached_has_sent_nothing(server: GraphServer) -> None:
    unreachable = OutlookAccount(gateway(), "http://127.0.0.1:1", server.token)
    with closing(unreachable) as account, pytest.raises(TransientError):
        account.send(TO_BOTH, sender=ME, recipients=[BEN, CLEO])


# --- drafts ---


def test_a_draft_that_is_refused_leaves_the_earlier_one(server: GraphServer, account: OutlookAccount) -> None:
    first = account.save_draft(letter(1))
    strike(server, "/messages", Reply(400, b'{"error":{"message":"Damaged."}}', JSON), method="POST")
    with pytest.raises(RejectedError, match="Damaged"):
        account.save_draft(letter(1))
    strike(server, "/messages", Reply(201, b'{"subject": "x"}', JSON), method="POST")
    with pytest.raises(TransientError):
        account.save_draft(letter(1))
    strike(server, "/messages", Reply(503, b"", JSON), method="POST")
    with pytest.raises(TransientError):
        account.save_draft(letter(1))
    drafts = server.mail.within(server.mail.shelf("drafts").id)
    assert [name(one, lasting=True) for one in drafts] == [first.id]


def test_a_draft_saved_again_after_a_break_replaces_what_there_is(
    server: GraphServer, account: OutlookAccount
) -> None:
    server.web.struck = lambda asked: asked.method == "DELETE"
    account.save_draft(letter(1))
    server.web.faults.append(Reply(503, b"", JSON))
    with pytest.raises(TransientError):
        account.save_draft(letter(1, body="Second"))
    account.save_draft(letter(1, body="Third"))
    drafts = server.mail.within(server.mail.shelf("drafts").id)
    assert [one.content for one in drafts] == [letter(1, body="Third")]
    assert len(server.mail.within(server.mail.shelf("deleteditems").id)) == 2


def test_an_earlier_draft_that_went_meanwhile(server: GraphServer, account: OutlookAccount) -> None:
    account.save_draft(letter(1))
    server.web.struck = lambda asked: asked.method == "DELETE"
    server.web.faults.append(Reply(404, b"", JSON))
    assert account.save_draft(letter(1, body="Second")).flags == ("draft", "seen")


def test_a_draft_without_a_message_id_replaces_none(server: GraphServer, account: OutlookAccount) -> None:
    for _ in range(2):
        account.save_draft(b"Subject: x\r\n\r\nHello\r\n")
    assert len(server.mail.within(server.mail.shelf("drafts").id)) == 2
