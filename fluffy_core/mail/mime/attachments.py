"""Attachments as values: a safe name to show, the bytes and their SHA-256."""

import hashlib
import re

from fluffy_core.domain.ids import Sha256
from fluffy_core.domain.message import Attachment
from fluffy_core.mail.mime.charset import clean_line

MAX_NAME = 200
_MAX_EXTENSION = 20
_DEFAULT_NAMES = {
    "message/rfc822": "forwarded.eml",
    "message/global": "forwarded.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invite.ics",
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "application/ms-tnef": "winmail.dat",
    "application/pdf": "document.pdf",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encrypted.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "image/jpeg": "image.jpg",
}
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def safe_name(name: str, media_type: str = "") -> str:
    """A name without folders, control or reordering characters, at most 200 long; never empty."""
    name = clean_line(name[:4000]).replace("\\", "/").rstrip("/ .").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if not name:
        kind, _, subtype = media_type.partition("/")
        made_up = f"image.{subtype}" if kind == "image" and subtype.isalnum() else "attachment"
        name = _DEFAULT_NAMES.get(media_type, made_up)
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        keep = MAX_NAME - len(extension) - 1
        name = f"{stem[:keep]}.{extension}" if dot and len(extension) <= _MAX_EXTENSION else name[:MAX_NAME]
    return name


def make(
    name: str, media_type: str, content: bytes, *, content_id: str = "", inline: bool = False
) -> Attachment:
    """An attachment of `content`; its SHA-256 is taken with the interpreter lock released."""
    digest = Sha256(hashlib.sha256(content).digest())
    return Attachment(safe_name(name, media_type), media_type, content, digest, content_id[:998], inline)
