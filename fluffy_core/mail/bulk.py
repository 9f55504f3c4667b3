"""Whether a person wrote a message to people: lists, bulk mail, auto-replies, machine mail."""

import re

from fluffy_core.domain.message import Address, BulkKind
from fluffy_core.mail.headers import Headers

_LIST = frozenset(("x-mailing-list", "x-mailman-version", "x-list-id"))
_ESP = frozenset(
    (
        "feedback-id",
        "x-campaign",
        "x-campaignid",
        "x-campaign-id",
        "x-mc-user",
        "x-mailgun-sid",
        "x-sg-eid",
        "x-ses-outgoing",
        "x-csa-complaints",
        "x-mailer-recptid",
        "x-job",
        "x-rpcampaign",
        "x-cid",
        "x-pm-message-id",
        "x-mandrill-user",
        "x-sfmc-stack",
        "x-marketoid",
        "x-hubspot-campaign",
        "x-klaviyo-message-id",
        "x-roving-id",
        "x-report-abuse",
        "x-bulkmail",
    )
)
_MACHINE_SENDER = re.compile(
    r"(?:^|[._+-])(?:no-?_?\.?reply|do-?_?not-?_?reply|donotreply|nicht-?antworten|ne-?pas-?repondre|noresponder"
    r"|mailer-daemon|postmaster|bounces?|notifications?|newsletters?|mailings?|alerts?|updates|automail(?:er)?"
    r"|auto-?confirm)(?:$|[._+-])"
)
_DAEMONS = ("mailer-daemon", "postmaster")
_AWAY = re.compile(
    r"^(?:(?:re|aw|sv|antw)\s*:\s*)?(?:out of (?:the )?office|auto(?:matic|mated)?[ -]?(?:reply|response|antwort)|away from|on vacation"
    r"|abwesenheit|automatische antwort|absence du bureau|r[ée]ponse automatique|fuera de (?:la )?oficina"
    r"|respuesta autom[áa]tica|fuori (?:sede|ufficio)|risposta automatica|afwezig|automatisch antwoord"
    r"|resposta autom[áa]tica|fora do escrit[óo]rio|fr[åa]nvarande|autosvar|autom?aattinen vastaus|poissa"
    r"|automatyczna odpowied[źz]|nieobecno|автоматический ответ|自動応答|自动回复)",
    re.IGNORECASE,
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
    if headers.has_any(_ESP) or _MACHINE_SENDER.search(local):
        return BulkKind.BULK
    return BulkKind.NONE


def _automatic(headers: Headers, local: str, subject: str) -> BulkKind:
    """Auto-replies and what programs generate."""
    submitted = headers.raw("auto-submitted").split(b";")[0].strip().lower()
    away = bool(_AWAY.match(subject))
    if submitted == b"auto-replied" or "x-autoreply" in headers or "x-autorespond" in headers:
        return BulkKind.AUTO_REPLY
    if headers.raw("precedence").strip().lower() == b"auto_reply" or "x-auto-reply-from" in headers:
        return BulkKind.AUTO_REPLY
    if away and (_hints(headers) or submitted.startswith(b"auto-")):
        return BulkKind.AUTO_REPLY
    report = headers.raw("content-type")[:100].lower().startswith(b"multipart/report")
    if report or local in _DAEMONS or submitted.startswith(b"auto-"):
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
    if precedence == b"list" or headers.has_any(_LIST):
        return True
    return "list-id" in headers and not headers.has_any(_ESP) and precedence != b"bulk"
