"""What an e-mail address tells about its owner: a function or a person, a company or a private mailbox."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fluffy_core.mail.addresses import name_words

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LOCAL_SPLIT = re.compile(r"[._+\-]+")
_HOST = re.compile(r"[\w.\-]+")
_LONGEST_DOMAIN = 253  # RFC 1035
_SEPARATORS = str.maketrans("", "", "-_.")


def is_role(email: str) -> bool:
    """Tell whether the address stands for a function (info@, sales@, noreply@), not for one person."""
    local = email.partition("@")[0].strip().casefold()
    plain = local.partition("+")[0].rstrip("0123456789")
    if not name_words.ROLE_LOCAL_PARTS.isdisjoint((local, plain, plain.translate(_SEPARATORS))):
        return True
    parts = _LOCAL_SPLIT.split(local)
    return len(parts) > 1 and not name_words.ROLE_HEADS.isdisjoint((parts[0], parts[-1]))


def company_of(email: str) -> str:
    """Return the registrable domain of the address ("acme.co.uk"), "" for freemail and broken domains."""
    return _company_of_domain(email.rpartition("@")[2].strip().strip(".").casefold())


def canonical(email: str) -> str:
    """Return the address without what mail providers ignore: "+tag" and, at Google, dots."""
    local, at, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return local.replace(".", "") + "@gmail.com"
    return local + at + domain


@lru_cache(maxsize=8192)
def _company_of_domain(domain: str) -> str:
    if "." not in domain or len(domain) > _LONGEST_DOMAIN or domain in name_words.FREEMAIL_DOMAINS:
        return ""
    if domain.replace(".", "").isdigit() or not _HOST.fullmatch(domain):
        return ""
    registrable = _suffixes().privatesuffix(domain) or ""
    label = registrable.partition(".")[0]
    if registrable in name_words.FREEMAIL_DOMAINS or label in name_words.FREEMAIL_BRANDS:
        return ""
    return registrable


@lru_cache(maxsize=1)
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=True)
