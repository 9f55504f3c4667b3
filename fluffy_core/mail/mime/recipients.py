"""Recipients as they are typed: stricter than reading is, since whoever is left out gets nothing."""

import re
from collections.abc import Sequence

from fluffy_core.domain.message import Address
from fluffy_core.errors import UsageError
from fluffy_core.mail.mime.charset import clean_line

_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",;]|")+')
_WORD = r'[^\s<>(),;:"\\\[\]@]+'
_MAILBOX = re.compile(rf'(?:("(?:[^"\\]|\\.)*"|[^<>"]*?) *<({_WORD}@{_WORD})>|({_WORD}@{_WORD}))')
_ESCAPE = re.compile(r"\\(.)")
_PLAIN = re.compile(r"[\w'’.&+ -]+")


def people(texts: Sequence[str]) -> tuple[Address, ...]:
    """The mailboxes of what was typed into a recipients' line. Raises UsageError for what is none."""
    found: dict[str, Address] = {}
    for text in texts:
        for piece in pieces(text) or [""]:
            match = _MAILBOX.fullmatch(piece)
            if match is None or not piece.isprintable():
                raise UsageError(f"“{clean_line(piece or text)}” is no mail address.")
            name, angle, bare = match.groups()
            email = _with_ascii_domain(angle or bare)
            found.setdefault(email, Address(email, _unquoted(name or "")))
    return tuple(found.values())


def pieces(text: str) -> list[str]:
    """What stands between commas, or semicolons as other programs write them."""
    return [piece for one in _PIECE.findall(text) if (piece := one.strip(" "))]


def typed(address: Address) -> str:
    """An address as somebody would type it; `people` reads it back."""
    name, email = clean_line(address.name), clean_line(address.email)
    if not name or not name.isprintable():
        return email
    if not _PLAIN.fullmatch(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{email}>"


def _unquoted(name: str) -> str:
    if name.startswith('"'):
        name = _ESCAPE.sub(r"\1", name[1:-1])
    return clean_line(name)


def _with_ascii_domain(email: str) -> str:
    """In lower case, the domain as DNS knows it (RFC 5891; in RFC 3490 "ß" was no letter of its own)."""
    import idna

    local, _, domain = email.lower().rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise UsageError(f"“{email}” is no mail address: there is no such domain.") from error
