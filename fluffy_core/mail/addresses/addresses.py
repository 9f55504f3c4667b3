"""Address lists of RFC 5322, read the forgiving way: groups, routes, comments, stray commas."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from fluffy_core.domain.message import Address
from fluffy_core.mail.mime import bidi
from fluffy_core.mail.mime.charset import clean_line
from fluffy_core.mail.mime.words import decode_words

MAX_ADDRESSES = 2000
_MAX_NAME = 1000
_MAX_EMAIL = 320  # RFC 3696, erratum 1690
_MAX_CACHED = 500
MAX_HEADER = 300_000
_MAX_TOKENS = 20 * MAX_ADDRESSES

_PLAIN = re.compile(r"[A-Za-z0-9._%+'=/&#!~-]{1,64}@[A-Za-z0-9.-]{1,250}[A-Za-z0-9]")
# One mailbox of a usual shape, up to the comma after it. `*+` never gives back what it took, which keeps
# a megabyte of blanks linear.
_ITEM = re.compile(
    rf"\s*+(?:({_PLAIN.pattern})|(?:\"([^\"\\<>@]*)\"\s*|([^\"\\<>(),:;@\[\]]*))<({_PLAIN.pattern})>)\s*(?:,|\Z)"
)
# Every repetition is bounded, so that a megabyte of openings without an end costs a megabyte's time.
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.){0,1000})"|<(?P<angle>(?:[^<>"]|"[^"]{0,200}"){0,1000})>'
    r'|<(?P<open>[^<>",;\s]{0,1000})|(?P<special>[,;][,;\s]*|[:()])|(?P<literal>\[[^\[\]]{0,100}\])'
    r'|(?P<space>\s+)|\\(?P<escaped>.)|(?P<atom>[^\s,;:()<\["\\]+)|(?P<stray>.)',
    re.DOTALL,
)
# What old mail and daemons put in From: "Name <local>", "local" or only a name.
_NO_DOMAIN = re.compile(r"\s*(?:([^<>]*)<([\w.+-]{1,64})>|\"?([^<>@,;:\"]{1,64})\"?)\s*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NOT_LOCAL = re.compile(r'[:;,<>()\[\]\\"\s]')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.){0,200}\)")
_ROUTE = re.compile(r"^@[^:]{0,500}:")
_IN_TEXT = re.compile(r"[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")
_QUOTES = "\"'“”‘’`"


def parse_list(text: str, *, limit: int = MAX_ADDRESSES) -> tuple[Address, ...]:
    """The mailboxes of an address header with its encoded words intact; at most `limit`.

    Groups are flattened; what has no "@" is left out. Never raises.
    """
    return _parse_cached(text) if len(text) <= _MAX_CACHED else _parse(text, limit)


def parse_one(text: str) -> Address | None:
    """The mailbox of a From or Sender header; a lone word without "@" counts there."""
    found = parse_list(text[:20_000], limit=1)
    if found:
        return found[0]
    match = _NO_DOMAIN.fullmatch(text[:_MAX_NAME])
    if match is None:
        return None
    name, local = _display_name(match.group(1) or ""), match.group(2) or match.group(3)
    if " " in local.strip():
        return Address("", _display_name(local))
    return Address(local.strip().lower(), name)


@lru_cache(maxsize=8192)
def _parse_cached(text: str) -> tuple[Address, ...]:
    return _parse(text, MAX_ADDRESSES)


def _parse(text: str, limit: int) -> tuple[Address, ...]:
    """The usual shapes by one regular expression; from the first odd one on, token by token."""
    found: list[Address] = []
    text = text[:MAX_HEADER]
    position = 0
    while position < len(text) and len(found) < limit:
        match = _ITEM.match(text, position)
        if match is None:
            found += _tokenised(text[position:], limit - len(found))
            break
        bare, quoted, words, email = match.groups()
        found.append(_plain(bare) if bare else _address(quoted or words or "", email))
        position = match.end()
    return tuple(found)


@lru_cache(maxsize=8192)
def _plain(email: str) -> Address:
    return Address(email.lower())


@dataclass(slots=True)
class _Pending:
    """What was read since the last comma."""

    phrase: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None


def _tokenised(text: str, limit: int) -> list[Address]:
    """Mailboxes of `text`; a phrase without an address is joined to the next ("Doe, Jane <…>")."""
    found: list[Address] = []
    pending = _Pending()
    depth = 0
    for match in islice(_TOKEN.finditer(text), _MAX_TOKENS):
        kind, token = match.lastgroup, match.group()
        if depth or token == "(":
            depth = _comment(pending, token, depth)
        elif token[0] in ",;":
            _flush(pending, found, keep=token[0] == ",")
        elif token == ":" and pending.angle is None:
            pending.phrase.clear()  # the name of a group
        elif kind in ("angle", "open"):
            if pending.angle is not None:
                _flush(pending, found, keep=False)
            pending.angle = match.group(kind)
        elif kind == "quoted":
            pending.phrase.append(token if text[match.end() : match.end() + 1] == "@" else _unquoted(token))
        elif kind in ("atom", "literal", "space"):
            pending.phrase.append(token)
        if len(found) >= limit:
            return found[:limit]
    _flush(pending, found, keep=False)
    return found[:limit]


def _unquoted(token: str) -> str:
    return _ESCAPE.sub(r"\1", token[1:-1])


def _comment(pending: _Pending, token: str, depth: int) -> int:
    """Takes one token of a comment; the new depth of nesting."""
    if token == "(":
        pending.comments.append(" ")
        return depth + 1
    if token == ")":
        return depth - 1
    pending.comments.append(token.removeprefix("\\"))
    return depth


def _flush(pending: _Pending, found: list[Address], *, keep: bool) -> None:
    """Turns what was read into a mailbox; without one the phrase waits for the next if `keep`."""
    phrase = "".join(pending.phrase)[-4 * _MAX_NAME :].strip()
    if pending.angle is not None and "@" in pending.angle:
        _add(found, phrase, pending.angle)
    elif "@" in phrase:
        words = [word for word in phrase.split() if "@" in word.strip("@")]
        for email in [phrase] if phrase[0] == '"' else words:
            _add(found, "".join(pending.comments), email)
    elif keep and phrase and pending.angle is None:
        pending.phrase = [phrase, ", "]
        return
    pending.phrase, pending.comments, pending.angle = [], [], None


def _add(found: list[Address], name: str, email: str) -> None:
    address = _address(name, email)
    if address.email:
        found.append(address)


def _address(name: str, email: str) -> Address:
    """A mailbox of its decoded name and its normal address."""
    email = _normal(email)
    name = _display_name(name)
    return Address(email, "" if name.lower() == email else name)


def _display_name(text: str) -> str:
    """A decoded name without the quotation marks around it."""
    name = clean_line(bidi.as_seen(decode_words(text[:_MAX_NAME])))
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return name


@lru_cache(maxsize=8192)
def _normal(email: str) -> str:
    """Lower case, no route, no blanks outside quotes; international domains in their ASCII form."""
    if "(" in email and '"' not in email:
        email = _COMMENT.sub("", _COMMENT.sub("", email))
    email = _ROUTE.sub("", clean_line(email.strip().strip("<>")))
    if email.lower().startswith("mailto:"):
        email = email[7:]
    local, _, domain = email.rpartition("@")
    if not local.startswith('"'):
        local = local.replace(" ", "")
    domain = domain.replace(" ", "").strip(".,;'\">").lower()
    if not domain.isascii():
        domain = _ascii_domain(domain)
    if not local or not domain or len(email) > _MAX_EMAIL or (local[0] != '"' and _NOT_LOCAL.search(local)):
        return ""
    return f"{local.lower()}@{domain}"


def _ascii_domain(domain: str) -> str:
    """The A-labels of RFC 5890, so that one domain has one spelling and look-alikes differ."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def spoof(sender: Address) -> str:
    """A sentence when the display name shows an address of another domain, else ""."""
    match = _IN_TEXT.search(sender.name.lower()) if "@" in sender.name else None
    if match is None or not sender.email:
        return ""
    shown, real = match.group(1), sender.email.rpartition("@")[2]
    if shown == real or shown.endswith("." + real) or real.endswith("." + shown):
        return ""
    return f"The sender’s name shows {match.group()}, but the message comes from {sender.email}."
