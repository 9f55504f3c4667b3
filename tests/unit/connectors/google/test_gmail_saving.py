"""Sending through Gmail and saving drafts there: recipients, large ones, and what may have been sent."""

from collections.abc import Iterator

import pytest

from fluffy_core.connectors.google import gmail_saving
from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.google.gmail_saving import with_recipients
from fluffy_core.errors import AnswerError, RejectedError, TransientError, UncertainError
from tests.fakes.google_server import BROKEN, BUSY, HTML, failure
from tests.fakes.google_stage import GmailStage, gmail_stage
from tests.fakes.stages import letter
from tests.fakes.web_server import Reply

ME, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


@pytest.fixture
def stage() -> Iterator[GmailStage]:
    with gmail_stage() as found:
        yield found


@pytest.fixture
def account(stage: GmailStage) -> GmailAccount:
    return stage.gmail()


@pytest.mark.parametrize(
    ("head", "recipients", "expected"),
    [
        (b"To: ben@example.com\r\n", [BEN], b"To: ben@example.com\r\n"),
        (b"To: Ben <BEN@example.com>,\r\n cleo@example.com\r\n", [BEN, CLEO], None),
        (b"Cc: ben@example.com\r\nBcc: dora@example.com\r\n", [BEN], b"Cc: ben@example.com\r\n"),
        (b"To: ben@example.com\r\n", [BEN, CLEO], b"Bcc: cleo@example.com\r\nTo: ben@example.com\r\n"),
        (b"Subject: x\n", [BEN, CLEO], b"Bcc: ben@example.com,\n cleo@example.com\nSubject: x\n"),
    ],
)
def test_those_not_named_become_bcc(head: bytes, recipients: list[str], expected: bytes | None) -> None:
    end = b"\r\n" if b"\r\n" in head else b"\n"
    found = with_recipients(head + end + b"To: text@example.com" + end, recipients)
    assert found == (head if expected is None else expected) + end + b"To: text@example.com" + end


def test_what_is_sent_is_among_the_sent_mail_once(stage: GmailStage, account: GmailAccount) -> None:
    account.send(letter(1), sender=ME, recipients=[BEN])
    account.keep_sent(letter(1))
    assert [one.labels for one in stage.mail.messages.values()] == [{"SENT"}]
    assert account.was_sent("<1@example.com>")
    assert not account.was_sent("<11@example.com>")
    stage.mail.deliver(letter(11), ["SENT"])
    assert not account.was_sent("<1@example.co>")


def test_a_large_message_is_uploaded(
    stage: GmailStage, account: GmailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmail_saving, "INLINE_BYTES", 1000)
    large = letter(1, body="x" * 2000)
    account.send(large, sender=ME, recipients=[BEN])
    assert [one.content for one in stage.outbox.delivered] == [large]
    assert stage.server.web.asked[-1].path == "/upload/gmail/v1/users/me/messages/send"
    first = account.save_draft(large)
    second = account.save_draft(large + b"more\r\n")
    assert [one.raw for one in stage.mail.messages.values()][1:] == [large + b"more\r\n"]
    assert first.id != second.id
    monkeypatch.setattr(gmail_saving, "MOST_BYTES", 2000)
    with pytest.raises(RejectedError, match="2,000"):
        account.send(large, sender=ME, recipients=[BEN])


@pytest.mark.parametrize(
    "fault",
    [
        Reply(content=b'{"id": "1"}', drop_at=3),
        Reply(content=b"{"),
        BROKEN,
        Reply(502, b"bad gateway"),
        Reply(504, b""),
    ],
)
def test_what_may_have_been_sent_is_uncertain(stage: GmailStage, account: GmailAccount, fault: Reply) -> None:
    stage.server.web.faults.append(fault)
    with pytest.raises(UncertainError, match="may have been sent"):
        account.send(letter(1), sender=ME, recipients=[BEN])
    assert not account.was_sent("<1@example.com>")


@pytest.mark.parametrize("fault", [BUSY, failure(503, "later", "backendError"), HTML])
def test_what_was_certainly_not_sent_may_be_sent_again(
    stage: GmailStage, account: GmailAccount, fault: Reply
) -> None:
    stage.server.web.faults.append(fault)
    with pytest.raises(TransientError):
        account.send(letter(1), sender=ME, recipients=[BEN])
    account.send(letter(1), sender=ME, recipients=[BEN])
    assert len(stage.outbox.delivered) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (failure(400, "Invalid To header", "invalidArgument"), RejectedError),
        (failure(413, "Too large", "uploadTooLarge"), RejectedError),
        (failure(403, "Insufficient Permission", "insufficientPermissions"), AnswerError),
    ],
)
def test_a_refusal_says_why(
    stage: GmailStage, account: GmailAccount, fault: Reply, error: type[Exception]
) -> None:
    stage.server.web.faults.append(fault)
    with pytest.raises(error, match=r"Invalid To header|Too large|Insufficient"):
        account.send(letter(1), sender=ME, recipients=[BEN])


def test_a_draft_whose_id_only_resembles_another_is_its_own(stage: GmailStage, account: GmailAccount) -> None:
    account.save_draft(letter(11))
    account.save_draft(letter(1))
    assert len(stage.mail.drafts) == 2
    nameless = b"Subject: none\r\n\r\nText\r\n"
    account.save_draft(nameless)
    account.save_draft(nameless)
    assert len(stage.mail.drafts) == 4
