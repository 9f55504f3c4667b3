"""What speaks against a sender being who they claim to be."""

import re

from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses import addresses
from fluffy_core.mail.mime.headers import Headers

_FAILED = re.compile(r"\b(?:dmarc|spf|dkim)=(?:hard)?fail\b", re.IGNORECASE)
_DMARC_PASSED = re.compile(r"\bdmarc=pass\b", re.IGNORECASE)
_SPF_FAIL = re.compile(r"\s*fail\b", re.IGNORECASE)


def of(sender: Address | None, fields: Headers) -> str:
    """A sentence, or "".

    A name that shows a foreign address; mail that the receiving server could not authenticate
    (Authentication-Results, RFC 8601, unless DMARC passed; Received-SPF, RFC 7208); a spam filter's
    verdict.
    """
    if sender is not None and (warning := addresses.spoof(sender)):
        return warning
    results = fields.text("authentication-results")[:2000]
    failed = _FAILED.search(results) is not None and _DMARC_PASSED.search(results) is None
    if failed or _SPF_FAIL.match(fields.text("received-spf")[:100]):
        shown = sender.email.rpartition("@")[2] if sender else ""
        who = shown or "its sender"
        return f"The server that took this mail in could not confirm that it comes from {who}."
    if fields.text("x-spam-flag").strip().lower() == "yes":
        return "A spam filter on its way marked this mail."
    return ""
