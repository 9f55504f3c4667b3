"""Sending through Gmail, and its drafts."""

import base64
import re
from collections.abc import Sequence
from email.utils import getaddresses
from typing import Any

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.connectors.imap.smtp import without_bcc
from fluffy_core.errors import AnswerError, RejectedError

INLINE_BYTES = 4 << 20
"""A larger message is uploaded: Google takes no JSON above 5 MB."""
MOST_BYTES = 36_700_160
"""Of a message, as the discovery document says (`mediaUpload.maxSize`)."""
_TO = re.compile(rb"^(?:to|cc)[ \t]*:((?:[^\n]|\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_MESSAGE_ID = re.compile(r"<[^<>\s\"()]{1,900}>")
_REFUSED = (400, 413)


def send(api: GoogleApi, message: bytes, recipients: Sequence[str]) -> None:
    """As `MailAccount.send`. Gmail takes recipients from the header alone: those not named become Bcc."""
    content = with_recipients(message, recipients)
    try:
        api.tell(api.service.users().messages().send(userId="me", **_message(content, is_draft=False)))
    except AnswerError as error:
        if error.status in _REFUSED:
            raise RejectedError(f"Gmail refuses the message: {error.reason or error}") from error
        raise


def with_recipients(message: bytes, recipients: Sequence[str]) -> bytes:
    """The message with exactly those in Bcc that To and Cc do not name."""
    bare = without_bcc(message)
    head = headers.head(bare)
    fields = [match[1].decode("utf-8", "replace") for match in _TO.finditer(head)]
    named = {email.lower() for _, email in getaddresses([" ".join(one.split()) for one in fields])}
    unnamed = [one for one in recipients if one.lower() not in named]
    if not unnamed:
        return bare
    end = b"\r\n" if b"\r\n" in head else b"\n"
    return b"Bcc: " + (b"," + end + b" ").join(one.encode() for one in unnamed) + end + bare


def put_draft(api: GoogleApi, message: bytes) -> dict[str, Any]:
    """Put a message among the drafts, in place of the one with its Message-ID; what Gmail tells of it."""
    drafts = api.service.users().drafts()
    before = _draft_with(api, id_of(message))
    put = {"id": before, "userId": "me"} if before else {"userId": "me"}
    method = drafts.update if before else drafts.create
    answer = api.ask(method(**put, **_message(message, is_draft=True)))
    found = answer.get("message", {})
    return found if isinstance(found, dict) else {}


def _draft_with(api: GoogleApi, message_id: str) -> str:
    """The draft with a Message-ID, "" when there is none."""
    if not _MESSAGE_ID.fullmatch(message_id):
        return ""
    asked = api.service.users().drafts().list(userId="me", q=f"rfc822msgid:{message_id[1:-1]}")
    for one in api.ask(asked).get("drafts", ()):
        if message_id_of(api, str(one["message"]["id"])) == message_id:
            return str(one["id"])
    return ""


def was_sent(api: GoogleApi, message_id: str) -> bool:
    """As `MailAccount.was_sent`."""
    if not _MESSAGE_ID.fullmatch(message_id):
        return False
    messages = api.service.users().messages()
    asked = messages.list(userId="me", labelIds=["SENT"], q=f"rfc822msgid:{message_id[1:-1]}")
    found = api.ask(asked).get("messages", ())
    return any(message_id_of(api, str(one["id"])) == message_id for one in found)


def message_id_of(api: GoogleApi, message: str) -> str:
    """The Message-ID of one message: Gmail's search may find what only resembles it."""
    asked = api.service.users().messages().get(
        userId="me", id=message, format="metadata", metadataHeaders=["Message-ID"]
    )  # fmt: skip
    return message_id_in(api.ask(asked))


def message_id_in(message: dict[str, Any]) -> str:
    """The Message-ID of a message that came with `format=metadata`, "" without one."""
    for one in message.get("payload", {}).get("headers", ()):
        if str(one.get("name", "")).lower() == "message-id":
            return str(one.get("value", "")).strip()
    return ""


def _message(content: bytes, *, is_draft: bool) -> dict[str, Any]:
    """How a message is handed over: inside the JSON, or uploaded beside it when it is large."""
    if len(content) > MOST_BYTES:
        raise RejectedError(f"{len(content):,} bytes are more than the {MOST_BYTES:,} that Gmail takes.")
    if len(content) > INLINE_BYTES:
        from googleapiclient.http import MediaInMemoryUpload

        return {"media_body": MediaInMemoryUpload(content, mimetype="message/rfc822")}
    raw = {"raw": base64.urlsafe_b64encode(content).decode("ascii")}
    return {"body": {"message": raw} if is_draft else raw}
