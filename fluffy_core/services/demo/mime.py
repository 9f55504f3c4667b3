"""Parcels become MIME: one message each, with images, attachments, invitations and fixed boundaries."""

import base64
import binascii
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import Message
from email.utils import format_datetime, formataddr
from pathlib import Path

from fluffy_core.services.demo.clock import Clock, spoken_date

_STAMP = re.compile(rb"\[\[([edi])([+-]\d{4})\]\]")
_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".png": "image/png",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything one message carries; `images` are (Content-ID, file), `files` are (file, shown name)."""

    id: str
    when: datetime
    sender: tuple[str, str]
    to: tuple[tuple[str, str], ...]
    subject: str
    text: str
    mine: bool = False
    cc: tuple[tuple[str, str], ...] = ()
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    invitation: str = ""
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    returned: str = ""
    answers: str = field(default="", compare=False)


class Shelf:
    """The attachments: real files, in which `[[d-0300]]` stands for a date counted from today."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._read: dict[str, bytes] = {}

    def read(self, name: str) -> bytes:
        """The file's bytes, dated; stamps in PDFs are as long as what replaces them, so no offset moves."""
        if name not in self._read:
            data = (self._folder / name).read_bytes()
            dated = self._docx(data) if name.endswith(".docx") else _STAMP.sub(self._date, data)
            self._read[name] = data if name.endswith(".png") else dated
        return self._read[name]

    def _date(self, stamp: re.Match[bytes]) -> bytes:
        day = self._clock.day(int(stamp[2]))
        if stamp[1] == b"e":
            return f"{spoken_date(day, 'en')} {day.year}".encode()
        return (f"{day:%d.%m.%Y}" if stamp[1] == b"d" else day.isoformat()).encode()

    def _docx(self, data: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, _STAMP.sub(self._date, source.read(name)))
        return target.getvalue()


def pack(parcel: Parcel, shelf: Shelf) -> bytes:
    """The RFC 5322 bytes of a parcel, lines ended by LF as an mbox wants them."""
    body = _text(parcel, "plain", parcel.text, encoding=parcel.encoding)
    if parcel.html:
        html = _text(parcel, "html", parcel.html)
        images = [_file(file, file, shelf, content_id=content_id) for content_id, file in parcel.images]
        body = _multipart("alternative", body, _multipart("related", html, *images) if images else html)
    if parcel.invitation:
        meeting = _text(parcel, "calendar", parcel.invitation)
        meeting.set_param("method", "REQUEST")
        body = _multipart("alternative", *_parts(body), meeting)
    if files := [_file(file, shown, shelf) for file, shown in parcel.files]:
        body = _multipart("mixed", body, *files)
    if parcel.returned:
        body = _multipart("report", body, _status(parcel))
        body.set_param("report-type", "delivery-status")
    _fix_boundaries(body, parcel.id)
    _address(body, parcel)
    return body.as_bytes()


def _address(message: Message, parcel: Parcel) -> None:
    """Put the envelope's headers before those of the body."""
    own = message.items()
    for name, _ in own:
        del message[name]
    message["Message-ID"] = f"<{parcel.id}>"
    message["Date"] = format_datetime(parcel.when)
    message["From"] = formataddr(parcel.sender)
    message["To"] = ", ".join(map(formataddr, parcel.to))
    if parcel.cc:
        message["Cc"] = ", ".join(map(formataddr, parcel.cc))
    message["Subject"] = _encoded(parcel.subject, parcel.charset)
    for name, value in (*parcel.headers, ("MIME-Version", "1.0"), *own):
        message[name] = value


def _encoded(text: str, charset: str) -> str:
    return text if text.isascii() else Header(text, charset, header_name="Subject").encode(linesep="\n")


def _text(parcel: Parcel, subtype: str, text: str, *, encoding: str = "quoted-printable") -> Message:
    part = Message()
    part["Content-Type"] = f'text/{subtype}; charset="{parcel.charset}"'
    part["Content-Transfer-Encoding"] = encoding
    data = text.encode(parcel.charset)
    if encoding == "quoted-printable":
        data = binascii.b2a_qp(data)
    part.set_payload(data.decode("ascii", "surrogateescape"))
    return part


def _file(file: str, shown: str, shelf: Shelf, *, content_id: str = "") -> Message:
    suffix = Path(file).suffix
    part = Message()
    part.add_header("Content-Type", _TYPES[suffix], name=shown)
    part["Content-Transfer-Encoding"] = "base64"
    if content_id:
        part["Content-ID"] = f"<{content_id}>"
    part.add_header("Content-Disposition", "inline" if content_id else "attachment", filename=shown)
    part.set_payload(base64.encodebytes(shelf.read(file)).decode())
    return part


def _multipart(kind: str, *parts: Message) -> Message:
    whole = Message()
    whole["Content-Type"] = f"multipart/{kind}"
    for part in parts:
        whole.attach(part)
    return whole


def _parts(body: Message) -> list[Message]:
    """The alternatives of a body, which may be the plain text alone."""
    return (
        [part for part in body.get_payload() if isinstance(part, Message)] if body.is_multipart() else [body]
    )


def _status(parcel: Parcel) -> Message:
    """The machine's part of a delivery report (RFC 3464)."""
    whole, each = Message(), Message()
    whole["Reporting-MTA"] = f"dns; {parcel.sender[1].partition('@')[2]}"
    each["Final-Recipient"] = f"rfc822; {parcel.returned}"
    each["Action"] = "failed"
    each["Status"] = "5.1.1"
    each["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user here"
    status = Message()
    status["Content-Type"] = "message/delivery-status"
    status.attach(whole)
    status.attach(each)
    return status


def _fix_boundaries(message: Message, seed: str) -> None:
    """Boundaries of our own, since the library's are random."""
    stem = re.sub(r"\W", "", seed)[:24]
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{stem}_{number}")
