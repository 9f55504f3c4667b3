"""What speaks against a sender being who they claim to be."""

import re
from collections.abc import Collection

from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses import addresses
from fluffy_core.mail.mime.headers import Headers

_FAILED = re.compile(r"\b(?:dmarc|spf|dkim)=(?:hard)?fail\b", re.IGNORECASE)
_PASSED = re.compile(r"\b(?:dmarc|spf|dkim|auth)=pass\b", re.IGNORECASE)
_DMARC_PASSED = re.compile(r"\bdmarc=pass\b", re.IGNORECASE)
_SPF_FAIL = re.compile(r"\s*fail\b", re.IGNORECASE)


def of(sender: Address | None, fields: Headers, delivered_to: Collection[str] = ()) -> str:
    """A sentence, or "".

    A name that shows a foreign address; mail that the receiving server could not authenticate
    (Authentication-Results, RFC 8601, unless DMARC passed; Received-SPF, RFC 7208); mail to oneself that it
    could not; a spam filter's verdict.
    """
    if sender is not None and (warning := addresses.spoof(sender)):
        return warning
    results = fields.text("authentication-results")[:2000]
    failed = _FAILED.search(results) is not None and _DMARC_PASSED.search(results) is None
    if failed or _SPF_FAIL.match(fields.text("received-spf")[:100]):
        shown = sender.email.rpartition("@")[2] if sender else ""
        who = shown or "its sender"
        return f"The server that took this mail in could not confirm that it comes from {who}."
    if sender is not None and sender.email in delivered_to and results and not _PASSED.search(results):
        return "It says that it comes from you. The server that took it in could not confirm that."
    if fields.text("x-spam-flag").strip().lower() == "yes":
        return "A spam filter on its way marked this mail."
    return ""
