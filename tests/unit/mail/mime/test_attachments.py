"""Names and digests of attachments."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime import attachments


@pytest.mark.parametrize(
    ("name", "media_type", "safe"),
    [
        ("offer.pdf", "application/pdf", "offer.pdf"),
        ("../../etc/passwd", "text/plain", "passwd"),
        ("C:\\Users\\x\\a.doc", "", "a.doc"),
        ("a\0b\nc.txt", "", "ab c.txt"),
        ("invoice\u202efdp.exe", "", "invoicefdp.exe"),
        ('we"ird|na:me?.txt', "", "we_ird_na_me_.txt"),
        ("..", "application/pdf", "document.pdf"),
        ("", "message/rfc822", "forwarded.eml"),
        ("", "text/calendar", "invite.ics"),
        ("", "image/png", "image.png"),
        ("", "image/x-odd!", "attachment"),
        ("", "application/octet-stream", "attachment"),
        ("folder/", "", "folder"),
    ],
)
def test_names_are_safe_to_show(name: str, media_type: str, safe: str) -> None:
    assert attachments.safe_name(name, media_type) == safe


def test_a_long_name_keeps_its_extension() -> None:
    name = attachments.safe_name("x" * 500 + ".docx")
    assert len(name) == 200
    assert name.endswith("x.docx")
    assert len(attachments.safe_name("." + "x" * 500)) == 200


@given(st.text(max_size=300))
def test_no_name_is_a_path(name: str) -> None:
    safe = attachments.safe_name(name)
    assert safe
    assert len(safe) <= 200
    assert not set(safe) & set("/\\\0\n\r\t")
    assert safe not in (".", "..")


def test_the_digest_is_of_the_content() -> None:
    item = attachments.make("a.bin", "application/octet-stream", b"abc", content_id="c" * 2000)
    assert item.sha256 == hashlib.sha256(b"abc").digest()
    assert len(item.content_id) == 998
    assert (item.name, item.content, item.inline) == ("a.bin", b"abc", False)
