"""Folder names as the user's mail program shows them, from the names on disk."""

import base64
import binascii
import re

_SHIFTED = re.compile(r"&([^-]*)-")
_SUFFIXES = (".sbd", ".mbox", ".mbx", ".mbs")


def shown(parts: tuple[str, ...]) -> str:
    """Path components on disk to a folder name: ("INBOX.sbd", "2019") -> "Inbox/2019"."""
    names = [_shown(part) for part in parts]
    return "/".join(name for name in names if name)


def maildir_child(name: str) -> tuple[str, ...]:
    """The components of a Maildir++ folder: ".Archive.2019" -> ("Archive", "2019")."""
    return tuple(part for part in name.removeprefix(".").split(".") if part)


def _shown(part: str) -> str:
    for suffix in _SUFFIXES:
        if part.lower().endswith(suffix):
            part = part[: -len(suffix)]
    if part.isascii() and "&" in part:
        part = _SHIFTED.sub(_unshifted, part)
    part = "".join(c for c in part if c.isprintable()).replace("/", "_").strip()
    return "Inbox" if part.lower() == "inbox" else part


def _unshifted(match: re.Match[str]) -> str:
    """Decode one run of IMAP's modified UTF-7 (RFC 3501, 5.1.3); what is none stays."""
    if not match[1]:
        return "&"
    data = match[1].replace(",", "/")
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0]
