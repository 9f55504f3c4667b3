"""Whether a person wrote a message to people: lists, bulk mail, auto-replies, machine mail."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from fluffy_core.config import resources_folder
from fluffy_core.domain.message import Address, BulkKind
from fluffy_core.mail.mime.headers import Headers


@dataclass(frozen=True, slots=True)
class _Signs:
    """The evidence that `resources/mail/bulk.toml` lists."""

    list_headers: frozenset[str]
    services: frozenset[str]
    daemons: frozenset[str]
    machine: re.Pattern[str]
    away: re.Pattern[str]


@cache
def _signs() -> _Signs:
    path = resources_folder() / "mail" / "bulk.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    machine, away = "|".join(found["machine_senders"]), "|".join(found["away"])
    return _Signs(
        frozenset(found["list_headers"]),
        frozenset(found["sender_service_headers"]),
        frozenset(found["daemons"]),
        re.compile(rf"(?:^|[._+-])(?:{machine})(?:$|[._+-])"),
        re.compile(rf"(?:(?:re|aw|sv|antw)\s*:\s*)?(?:{away})", re.IGNORECASE),
    )


def classify(headers: Headers, sender: Address | None, subject: str) -> BulkKind:
    """What kind of non-personal mail it is, most specific evidence first; NONE when it looks personal.

    Machine mail goes by RFC 3834, lists by RFC 2919 and 2369. An out-of-office subject counts only
    together with other evidence.
    """
    local = sender.email.rpartition("@")[0] if sender else ""
    answer = _automatic(headers, local, subject)
    if answer is not BulkKind.NONE:
        return answer
    precedence = headers.raw("precedence").strip().lower()
    if _is_list(headers, precedence):
        return BulkKind.LIST
    if precedence in (b"bulk", b"junk") or "list-unsubscribe" in headers:
        return BulkKind.BULK
    if _signs().machine.search(local):
        return BulkKind.BULK
    # Help desks answer through the same services: an answer is no newsletter.
    by_service = headers.has_any(_signs().services) and "in-reply-to" not in headers
    return BulkKind.BULK if by_service else BulkKind.NONE


def _automatic(headers: Headers, local: str, subject: str) -> BulkKind:
    """Auto-replies and what programs generate."""
    submitted = headers.raw("auto-submitted").split(b";")[0].strip().lower()
    away = bool(_signs().away.match(subject))
    if submitted == b"auto-replied" or "x-autoreply" in headers or "x-autorespond" in headers:
        return BulkKind.AUTO_REPLY
    if headers.raw("precedence").strip().lower() == b"auto_reply" or "x-auto-reply-from" in headers:
        return BulkKind.AUTO_REPLY
    if away and (_hints(headers) or submitted.startswith(b"auto-")):
        return BulkKind.AUTO_REPLY
    report = headers.raw("content-type")[:100].lower().startswith(b"multipart/report")
    if report or local in _signs().daemons or submitted.startswith(b"auto-"):
        return BulkKind.AUTO_GENERATED
    return BulkKind.NONE


def _hints(headers: Headers) -> bool:
    """Signs that a program sent it, too weak to count alone."""
    return (
        "x-auto-response-suppress" in headers
        or headers.raw("return-path").strip() == b"<>"
        or "precedence" in headers
        or "x-ms-exchange-inbox-rules-loop" in headers
        or b"vacation" in headers.raw("x-mailer").lower()
    )


def _is_list(headers: Headers, precedence: bytes) -> bool:
    """List-Id alone is also set by newsletter services, so one that only unsubscribes is bulk."""
    if "list-post" in headers and headers.raw("list-post").strip().upper() != b"NO":
        return True
    if precedence == b"list" or headers.has_any(_signs().list_headers):
        return True
    return "list-id" in headers and not headers.has_any(_signs().services) and precedence != b"bulk"
