"""Sending and drafts at Microsoft: messages go as they are, in base64 (MIME format of sendMail, messages).

Graph takes the recipients from the message itself: To, Cc, and Bcc, which it takes out on the way. So those
that are to get it and are named nowhere become its Bcc, and a message that names others is not sent.
"""

import base64
from collections.abc import Iterator, Sequence
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from fluffy_core.connectors.files import headers
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.connectors.imap.smtp import without_bcc
from fluffy_core.connectors.microsoft import messages as outlook_messages
from fluffy_core.connectors.microsoft.graph import NOT_FOUND, Graph, part
from fluffy_core.connectors.network.rest import Answer, failure_of, nonsense, said
from fluffy_core.domain.sync import MessageRef
from fluffy_core.errors import AnswerError, RejectedError, TransientError, UncertainError

SENT, DRAFTS = "sentitems", "drafts"
_MIME = "text/plain"
_TOO_LARGE = 413
"""Graph takes no request above 4 MB, which a message of 3 MB is in base64."""
_NOT_TAKEN = frozenset({429, 503})
"""Statuses that certainly mean "not sent"; after other faults it may have been."""


def send(graph: Graph, message: bytes, recipients: Sequence[str]) -> None:
    """As `MailAccount.send`."""
    content = base64.b64encode(addressed(message, recipients))
    answer = graph.hand_over("me/sendMail", content, kind=_MIME)
    failure = failure_of(answer)
    if failure is None:
        return
    words = said(answer)
    if answer.status == _TOO_LARGE:
        raise RejectedError(f"Microsoft takes no message of {len(message):,} bytes. {words}".strip())
    if isinstance(failure, AnswerError):
        raise RejectedError(str(failure))
    if isinstance(failure, TransientError):
        sentence = f"{failure} It says: {words}" if words else str(failure)
        if answer.status not in _NOT_TAKEN and answer.status >= 300:  # noqa: PLR2004 - no success
            raise UncertainError(f"{sentence} The message may have been sent.")
        raise TransientError(sentence, retry_after=failure.retry_after)
    raise failure


def addressed(message: bytes, recipients: Sequence[str]) -> bytes:
    """The message with a Bcc of those among `recipients` that its To and Cc do not name.

    Raises RejectedError when there is nobody, or when To and Cc name somebody else.
    """
    if not recipients:
        raise RejectedError("Nobody to send it to.")
    bare = headers.crlf(without_bcc(message))
    named = set(_named(bare))
    wanted = {one.lower(): one for one in recipients}
    if others := sorted(named - wanted.keys()):
        raise RejectedError(
            f"Microsoft would send it to {', '.join(others)} too, who are not meant to get it."
        )
    missing = [one for key, one in wanted.items() if key not in named]
    if any(any(c in one for c in "\r\n,;<>") for one in missing):
        raise RejectedError("One of the addresses is none.")
    bcc = ("Bcc: " + ",\r\n ".join(missing) + "\r\n").encode() if missing else b""
    return bcc + bare


def _named(message: bytes) -> Iterator[str]:
    found = BytesHeaderParser().parsebytes(headers.head(message))
    fields = [str(value) for name in ("To", "Cc") for value in found.get_all(name, [])]
    for _, address in getaddresses(fields):
        if "@" in address:
            yield address.lower()


def was_sent(graph: Graph, message_id: str) -> bool:
    """As `MailAccount.was_sent`."""
    return bool(_with_id(graph, SENT, message_id))


def save_draft(graph: Graph, message: bytes, folder_id: str) -> MessageRef:
    """As `MailAccount.save_draft`; `folder_id` is the folder of drafts."""
    before = _with_id(graph, DRAFTS, id_of(message))
    content = base64.b64encode(headers.crlf(message))
    made = _made(graph.post("me/messages", content, kind=_MIME))
    for old in before:
        try:
            graph.delete(f"me/messages/{part(old)}")
        except AnswerError as error:
            if error.status != NOT_FOUND:
                raise
    return outlook_messages.ref(graph.get(f"me/messages/{part(made)}", outlook_messages.WANTED), folder_id)


def _made(answer: Answer) -> str:
    """The id of a draft that was made."""
    failure = failure_of(answer)
    if isinstance(failure, AnswerError):
        raise RejectedError(str(failure))
    if failure is not None:
        raise failure
    found = answer.json().get("id")
    if not isinstance(found, str) or not found:
        raise nonsense(answer)
    return found


def _with_id(graph: Graph, folder: str, message_id: str) -> list[str]:
    """The ids of messages with exactly this Message-ID in a folder with a well-known name."""
    if not message_id:
        return []
    quoted = message_id.replace("'", "''")
    params = {"$filter": f"internetMessageId eq '{quoted}'", "$select": "id,internetMessageId"}
    try:
        page = graph.page(f"me/mailFolders/{folder}/messages", params)
    except AnswerError as error:
        if error.status == NOT_FOUND:
            return []
        raise
    return [one["id"] for one in page.entries if outlook_messages.message_id(one) == message_id]
