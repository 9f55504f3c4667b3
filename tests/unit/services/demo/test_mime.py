"""Packing: structure, charsets, headers, attachments with dates, and nothing random."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.services.demo.clock import Clock, stamped
from fluffy_core.services.demo.mime import Parcel, Shelf, pack

NOW = Clock(datetime.fromisoformat("2026-03-18T12:00"))
PARCEL = Parcel(
    id="one@oak.example",
    when=stamped(datetime.fromisoformat("2026-03-10T10:05")),
    sender=("Ina Bird", "ina@oak.example"),
    to=(("Zoë Müller, Oak", "zoe@oak.example"), ("", "list@oak.example")),
    subject="Grüße aus der Werkstatt",
    text="Schöne Grüße\nFrom here.\n",
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "dot.png").write_bytes(b"\x89PNG[[i-0001]]")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF until [[d+0003]] or [[i-0300]].")
    (tmp_path / "prices.csv").write_bytes("größe,1\n".encode())
    with zipfile.ZipFile(tmp_path / "deed.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:t>made on [[e-0017]]</w:t>")
    return Shelf(tmp_path, NOW)


def packed(parcel: Parcel, shelf: Shelf) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(pack(parcel, shelf))


def kinds(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_plain_text_and_headers(shelf: Shelf) -> None:
    message = packed(replace(PARCEL, cc=(("Bo", "bo@oak.example"),), headers=(("X-Mailer", "Oak 1"),)), shelf)
    assert kinds(message) == ["text/plain"]
    assert message["Subject"] == "Grüße aus der Werkstatt"
    assert message["Message-ID"] == "<one@oak.example>"
    assert message["Date"].datetime.isoformat() == "2026-03-10T10:05:00+01:00"
    assert [(a.display_name, a.addr_spec) for a in message["To"].addresses] == list(PARCEL.to)
    assert (message["Cc"], message["X-Mailer"]) == ("Bo <bo@oak.example>", "Oak 1")
    assert message.get_content() == "Schöne Grüße\nFrom here.\n"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "8bit"])
def test_charsets(shelf: Shelf, charset: str, encoding: str) -> None:
    parcel = replace(PARCEL, charset=charset, encoding=encoding, html="<p>Grüße</p>\n")
    message = packed(parcel, shelf)
    plain, html = message.iter_parts()
    assert plain.get_content() == PARCEL.text
    assert (plain.get_content_charset(), plain["Content-Transfer-Encoding"]) == (charset, encoding)
    assert html.get_content() == "<p>Grüße</p>\n"
    if encoding == "8bit":
        assert "Schöne Grüße".encode(charset) in pack(parcel, shelf)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cc", "Cs"]),
        max_size=200,
    )
)
def test_any_words_come_back(text: str) -> None:
    parcel = replace(PARCEL, text=f"{text}\n", html=f"<p>{text}</p>\n")
    message = packed(parcel, Shelf(Path(), NOW))
    plain, html = message.iter_parts()
    assert (plain.get_content(), html.get_content()) == (parcel.text, parcel.html)


def test_images_files_and_an_invitation(shelf: Shelf) -> None:
    parcel = replace(
        PARCEL,
        html='<img src="cid:pic@oak.example">',
        images=(("pic@oak.example", "dot.png"),),
        files=(("paper.pdf", "The paper.pdf"), ("prices.csv", "Preise groß.csv")),
        invitation="BEGIN:VCALENDAR\nEND:VCALENDAR\n",
    )
    message = packed(parcel, shelf)
    assert kinds(message) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/calendar",
        "application/pdf",
        "text/csv",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<pic@oak.example>", "inline")
    assert picture.get_content() == b"\x89PNG[[i-0001]]"  # pictures are never dated
    assert [part.get_filename() for part in message.iter_attachments()] == [
        "The paper.pdf",
        "Preise groß.csv",
    ]


def test_an_invitation_beside_plain_text(shelf: Shelf) -> None:
    message = packed(replace(PARCEL, invitation="BEGIN:VCALENDAR\nEND:VCALENDAR\n"), shelf)
    assert kinds(message) == ["multipart/alternative", "text/plain", "text/calendar"]
    assert [part.get_param("method") for part in message.iter_parts()] == [None, "REQUEST"]


def test_a_delivery_report(shelf: Shelf) -> None:
    message = packed(replace(PARCEL, returned="gone@oak.example"), shelf)
    assert kinds(message)[:3] == ["multipart/report", "text/plain", "message/delivery-status"]
    assert message.get_param("report-type") == "delivery-status"
    status: Any = list(message.iter_parts())[1].get_payload()
    assert [str(block["Final-Recipient"]) for block in status] == ["None", "rfc822; gone@oak.example"]


def test_nothing_is_random(shelf: Shelf) -> None:
    parcel = replace(PARCEL, html="<p>x</p>", files=(("paper.pdf", "a.pdf"),))
    assert pack(parcel, shelf) == pack(parcel, shelf)
    assert b'boundary="=_oneoakexample_0"' in pack(parcel, shelf)


def test_lines_end_with_lf_and_headers_are_short(shelf: Shelf) -> None:
    references = " ".join(f"<{number}-{'x' * 40}@oak.example>" for number in range(40))
    data = pack(replace(PARCEL, headers=(("References", references),), subject="Wörter " * 40), shelf)
    assert b"\r" not in data
    head = data.partition(b"\n\n")[0]
    assert max(map(len, head.split(b"\n"))) <= 80
    message = BytesParser(EmailMessage, policy=default).parsebytes(data)
    assert str(message["References"]).split() == references.split()
    assert str(message["Subject"]).strip() == ("Wörter " * 40).strip()


def test_attachments_are_dated(shelf: Shelf) -> None:
    assert shelf.read("paper.pdf") == b"%PDF until 23.03.2026 or 2025-05-22."
    with zipfile.ZipFile(io.BytesIO(shelf.read("deed.docx"))) as archive:
        assert archive.read("word/document.xml") == b"<w:t>made on 2 March 2026</w:t>"
    assert shelf.read("deed.docx") is shelf.read("deed.docx")
