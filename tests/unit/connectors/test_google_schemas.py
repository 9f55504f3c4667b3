"""The judge of the loopback Google: it refuses what the published documents do not know."""

from typing import Any

import pytest

from tests.fakes.discovery import interface
from tests.fakes.google_server import MOST_PARTS, TOKEN, Google
from tests.fakes.web_server import Asked

GOOD: dict[str, Any] = {
    "id": "18c",
    "labelIds": ["INBOX"],
    "internalDate": "1767225600000",
    "sizeEstimate": 5,
    "raw": "SGVsbG8_",
    "payload": {"headers": [{"name": "Message-ID", "value": "<a@example.com>"}]},
}


def asked(method: str, target: str, content: bytes = b"", **headers: str) -> Asked:
    path, _, _query = target.partition("?")
    return Asked(method, path, {}, {"authorization": f"Bearer {TOKEN}", **headers}, content, 0.0, target)


def test_a_good_answer() -> None:
    interface("gmail", "v1").check("Message", GOOD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Id": "18c"},
        {"id": 18},
        {"sizeEstimate": "5"},
        {"sizeEstimate": True},
        {"labelIds": "INBOX"},
        {"labelIds": [5]},
        {"internalDate": "yesterday"},
        {"payload": {"headers": [{"key": "x"}]}},
        {"payload": []},
    ],
)
def test_wrong_answers(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        interface("gmail", "v1").check("Message", {**GOOD, **wrong})


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ("EventDateTime", {"date": "2026-13-01"}),
        ("EventDateTime", {"dateTime": "tomorrow"}),
        ("Event", {"start": {"dateTime": 5}}),
        ("CalendarListEntry", {"primary": "true"}),
    ],
)
def test_wrong_events(schema: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        interface("calendar", "v3").check(schema, wrong)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/gmail/v1/users/me/profile", 200),
        ("GET", "/gmail/v1/users/me/profile?alt=json&fields=x", 200),
        ("GET", "/gmail/v1/users/me/profile?what=x", 400),
        ("GET", "/gmail/v1/users/me/messages?maxResults=many", 400),
        ("GET", "/gmail/v1/users/me/messages?q=a&q=b", 400),
        ("GET", "/gmail/v1/users/me/messages?labelIds=INBOX&labelIds=SENT", 200),
        ("GET", "/gmail/v1/users/me/messages?includeSpamTrash=yes", 400),
        ("GET", "/gmail/v1/users/me/messages/18c?format=odd", 400),
        ("GET", "/gmail/v1/users/me/messages/18c?format=raw", 404),
        ("DELETE", "/gmail/v1/users/me/profile", 404),
        ("GET", "/somewhere", 404),
        ("GET", "/gmail/v1/users/me/threads", 501),
    ],
)
def test_requests(method: str, target: str, status: int) -> None:
    assert Google().handle(asked(method, target)).status == status


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic good token", "Bearer"])
def test_nobody_is_let_in_without_a_token(header: str) -> None:
    google = Google()
    found = asked("GET", "/gmail/v1/users/me/profile", authorization=header)
    assert google.handle(found).status == 401
    assert google.calls == []


def test_a_batch_has_a_hundred_parts_at_most() -> None:
    part = "--b\r\nContent-Type: application/http\r\nContent-ID: <x>\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\n"
    kind = {"content-type": "multipart/mixed; boundary=b"}
    for count, status in ((MOST_PARTS, 200), (MOST_PARTS + 1, 400)):
        content = (part * count + "--b--").encode()
        assert Google().handle(asked("POST", "/batch/gmail/v1", content, **kind)).status == status


def test_what_is_sent_along_is_checked_too() -> None:
    google = Google()
    path = "/gmail/v1/users/me/messages/send"
    assert google.handle(asked("POST", path, b'{"raw": 5}')).status == 400
    assert google.handle(asked("POST", path, b'{"row": "x"}')).status == 400
    assert google.mail.messages == {}
