"""Lists, newsletters, auto-replies and machine mail told from letters."""

import pytest

from fluffy_core.domain.message import Address, BulkKind
from fluffy_core.mail.addresses.bulk import classify
from fluffy_core.mail.mime import headers


def kind(block: str, *, sender: str = "ann@x.example", subject: str = "Hello") -> BulkKind:
    fields, _, _ = headers.split(f"From: {sender}\n{block}\n\n".encode())
    return classify(fields, Address(sender), subject)


@pytest.mark.parametrize(
    "block",
    [
        "Received: x\nX-Mailer: Microsoft Outlook 16.0\nThread-Index: abc\nX-Originating-IP: [1.2.3.4]",
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <ann@x.example>",
        "Precedence: normal",
        "In-Reply-To: <a@x>\nFeedback-ID: 1:2:3",
        "List-Post: NO",
    ],
)
def test_a_letter_is_a_letter(block: str) -> None:
    assert kind(block) is BulkKind.NONE


@pytest.mark.parametrize(
    "block",
    [
        "List-Id: Talk <talk.x.example>",
        "List-Id: <talk.x.example>\nList-Unsubscribe: <mailto:u@x>\nPrecedence: list",
        "List-Post: <mailto:talk@x.example>\nPrecedence: bulk",
        "X-Mailing-List: talk",
        "Mailing-List: contact talk-help@x.example",
        "Precedence: list",
    ],
)
def test_people_on_a_list_are_list_not_bulk(block: str) -> None:
    assert kind(block) is BulkKind.LIST


@pytest.mark.parametrize(
    ("block", "sender"),
    [
        ("Precedence: bulk", "ann@x.example"),
        ("Precedence: JUNK", "ann@x.example"),
        ("List-Unsubscribe: <https://x.example/u>", "ann@x.example"),
        ("List-Id: <news.x.example>\nFeedback-ID: a:b\nList-Unsubscribe: <https://x>", "news@x.example"),
        ("List-Id: <n.x.example>\nPrecedence: bulk", "ann@x.example"),
        ("Feedback-ID: a:b:c", "ann@x.example"),
        ("X-Campaign: 7", "ann@x.example"),
        ("X-Any: 1", "no-reply@x.example"),
        ("X-Any: 1", "noreply+123@x.example"),
        ("X-Any: 1", "do_not_reply@x.example"),
        ("X-Any: 1", "newsletter@x.example"),
        ("X-Any: 1", "team-notifications@x.example"),
    ],
)
def test_newsletters_and_machines_that_want_no_answer_are_bulk(block: str, sender: str) -> None:
    assert kind(block, sender=sender) is BulkKind.BULK


@pytest.mark.parametrize(
    "sender", ["norep@x.example", "bouncer.bob@x.example", "alertson@x.example", "reply@x.example"]
)
def test_people_with_such_names_are_people(sender: str) -> None:
    assert kind("X-Any: 1", sender=sender) is BulkKind.NONE


@pytest.mark.parametrize(
    ("block", "subject"),
    [
        ("Auto-Submitted: auto-replied", "Re: Hello"),
        ("Auto-Submitted: auto-replied; owner-email=x", "x"),
        ("X-Autoreply: yes", "x"),
        ("X-Autorespond: x", "x"),
        ("Precedence: auto_reply", "x"),
        ("X-Auto-Response-Suppress: All", "Automatic reply: Hello"),
        ("X-Auto-Response-Suppress: All", "Abwesenheitsnotiz: Angebot"),
        ("Return-Path: <>", "Out of Office: Hello"),
        ("Return-Path: <>", "Réponse automatique : Bonjour"),
        ("Precedence: bulk", "Re: Out of the office until Monday"),
        ("Auto-Submitted: auto-generated", "Respuesta automática"),
    ],
)
def test_answers_of_absent_people_are_auto_replies(block: str, subject: str) -> None:
    assert kind(block, subject=subject) is BulkKind.AUTO_REPLY


def test_an_out_of_office_subject_alone_is_no_evidence() -> None:
    assert kind("X-Any: 1", subject="Out of office next week, can we meet before?") is BulkKind.NONE


@pytest.mark.parametrize(
    ("block", "sender"),
    [
        ("Auto-Submitted: auto-generated", "cron@x.example"),
        ("Auto-Submitted: auto-notified", "x@x.example"),
        ("Content-Type: multipart/report; report-type=delivery-status", "x@x.example"),
        ("X-Any: 1", "mailer-daemon@x.example"),
        ("X-Any: 1", "postmaster@x.example"),
    ],
)
def test_reports_and_program_output_are_auto_generated(block: str, sender: str) -> None:
    assert kind(block, sender=sender) is BulkKind.AUTO_GENERATED


def test_without_a_sender_headers_decide() -> None:
    fields, _, _ = headers.split(b"Precedence: bulk\n\n")
    assert classify(fields, None, "") is BulkKind.BULK
