"""Who is not who they claim to be, as far as the header tells."""

import pytest

from fluffy_core.mail.mime import mime


def suspicious(header: str) -> str:
    raw = f"{header}\nTo: me@example.com\nSubject: hello\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nHello\n"
    return mime.parse(raw.encode(), now=1_780_000_000).suspicious


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ('From: "boss@corp.example" <x@evil.example>', "shows boss@corp.example"),
        ("From: Ann <ann@corp.example>\nReceived-SPF: Fail (mx: not designated)", "comes from corp.example"),
        ("From: a@corp.example\nAuthentication-Results: mx; spf=fail; dmarc=fail", "comes from corp.example"),
        ("From: Ann <ann@corp.example>\nX-Spam-Flag: YES", "spam filter"),
        (
            "From: me@example.com\nDelivered-To: Me@example.com\nAuthentication-Results: mx; spf=none",
            "from you",
        ),
    ],
)
def test_a_sender_that_something_speaks_against(header: str, words: str) -> None:
    assert words in suspicious(header)


@pytest.mark.parametrize(
    "header",
    [
        "From: Ann <ann@corp.example>",
        "From: Ann <ann@corp.example>\nReceived-SPF: SoftFail (mx: transitioning)",
        "From: Ann <ann@corp.example>\nAuthentication-Results: mx; spf=fail; dkim=pass; dmarc=pass",
        "From: Ann <ann@corp.example>\nX-Spam-Flag: NO",
        "From: me@example.com\nDelivered-To: me@example.com",
        "From: me@example.com\nDelivered-To: me@example.com\nAuthentication-Results: mx; auth=pass (plain)",
        "From: ann@corp.example\nDelivered-To: me@example.com\nAuthentication-Results: mx; spf=none",
        '"From": "ann@corp.example" <ann@mail.corp.example>',
    ],
)
def test_a_sender_that_nothing_speaks_against(header: str) -> None:
    assert suspicious(header) == ""
