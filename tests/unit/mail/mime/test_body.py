"""Which parts are the text, which the HTML, which are files."""

import base64

import pytest

from fluffy_core.domain.message import ParsedMessage
from fluffy_core.mail.mime import mime

HEAD = b"From: a@x.example\nDate: Tue, 3 Mar 2020 10:00:00 +0000\n"


def parse(raw: bytes) -> ParsedMessage:
    return mime.parse(HEAD + raw, now=1.8e9)


def part(kind: str, content: str | bytes, *more: str) -> bytes:
    data = content if isinstance(content, bytes) else content.encode()
    return "\n".join((f"Content-Type: {kind}", *more, "", "")).encode() + data


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    edge = f"\n--{boundary}\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n'.encode()
    return head + edge + edge.join(parts) + f"\n--{boundary}--\n".encode()


PLAIN, HTML = part("text/plain", "plain words"), part("text/html", "<p>html words</p>")


def test_of_alternatives_the_plain_one_is_the_text() -> None:
    message = parse(multipart("alternative", PLAIN, HTML))
    assert (message.text, message.html) == ("plain words", "<p>html words</p>")
    assert message.attachments == ()


@pytest.mark.parametrize("plain", ["", " \n ", "\n\n"])
def test_an_empty_plain_part_gives_way_to_the_html(plain: str) -> None:
    assert parse(multipart("alternative", part("text/plain", plain), HTML)).text == "html words"


def test_a_plain_part_that_only_points_to_the_html_gives_way() -> None:
    stub = part("text/plain", "Your client cannot show HTML. Open it in a browser.")
    page = part("text/html", "<p>" + "real words " * 300 + "</p>")
    assert parse(multipart("alternative", stub, page)).text.startswith("real words")


def test_html_alone_gives_both() -> None:
    message = parse(HTML)
    assert (message.text, message.html) == ("html words", "<p>html words</p>")


def test_of_several_forms_of_a_kind_the_last_is_shown() -> None:
    first, page = part("text/plain", "another account"), part("text/html", "<p>elsewhere</p>")
    message = parse(multipart("alternative", first, PLAIN, page, HTML))
    assert (message.text, message.html) == ("plain words", "<p>html words</p>")


def test_forms_within_a_form_are_forms_too() -> None:
    inner = multipart(
        "alternative", part("text/plain", "html words, another account 12345"), HTML, boundary="c"
    )
    related = multipart("related", inner, boundary="d")
    assert parse(multipart("alternative", part("text/plain", "html words"), related)).text == "html words"


def test_what_stands_in_a_row_within_a_form_is_all_shown() -> None:
    row = multipart("mixed", HTML, part("text/html", "<p>and more</p>"), boundary="c")
    assert parse(multipart("alternative", row)).text == "html words\n\nand more"


def test_text_that_is_only_there_to_be_pointed_at_is_a_file() -> None:
    message = parse(
        multipart("related", HTML, part("text/html", "<p>unseen</p>"), part("text/plain", "unseen"))
    )
    assert (message.text, message.html) == ("html words", "<p>html words</p>")
    assert [each.media_type for each in message.attachments] == ["text/html", "text/plain"]


def test_a_related_part_may_say_which_is_shown() -> None:
    page = part("text/html", "<p>this one</p>", "Content-ID: <two@x>")
    raw = multipart("related", part("text/html", "<p>unseen</p>", "Content-ID: <one@x>"), page)
    assert parse(raw.replace(b"; boundary", b'; start="<two@x>"; boundary', 1)).text == "this one"
    assert parse(raw.replace(b"; boundary", b'; start="<three@x>"; boundary', 1)).text == "unseen"


def test_how_enriched_text_looks_is_not_read() -> None:
    words = "<bold>Pay</bold> <color><param>red, or 12345</param>soon</color>"
    assert parse(part("text/enriched", words)).text == "Pay soon"


def test_parts_in_a_row_are_joined() -> None:
    message = parse(multipart("mixed", PLAIN, part("application/pdf", "%PDF"), part("text/plain", "more")))
    assert message.text == "plain words\n\nmore"
    assert [item.name for item in message.attachments] == ["document.pdf"]


def test_plain_text_between_html_is_shown_with_it() -> None:
    message = parse(multipart("mixed", HTML, part("text/plain", "a < b")))
    assert message.text == "html words\n\na < b"
    assert message.html == "<p>html words</p>\n<pre>a &lt; b</pre>"


def test_related_pictures_are_inline() -> None:
    picture = part("image/png", "x", "Content-ID: <c@d>", "Content-Transfer-Encoding: base64")
    page = part("text/html", '<img src="cid:c@d">')
    message = parse(multipart("related", page, picture))
    (item,) = message.attachments
    assert (item.content_id, item.inline, item.name) == ("c@d", True, "image.png")


def test_a_picture_that_the_html_shows_is_inline_whatever_its_disposition() -> None:
    picture = part("image/png", "x", "Content-ID: <c@d>", "Content-Disposition: attachment; filename=a.png")
    other = part("application/pdf", "x", "Content-Disposition: inline; filename=b.pdf")
    message = parse(multipart("mixed", part("text/html", '<img src="cid:c@d">'), picture, other))
    assert [(item.name, item.inline) for item in message.attachments] == [("a.png", True), ("b.pdf", False)]


def test_text_files_are_attachments() -> None:
    log = part("text/plain", "log", "Content-Disposition: attachment; filename=a.log")
    patch = part('text/plain; name="b.patch"', "diff")
    message = parse(multipart("mixed", PLAIN, log, patch))
    assert message.text == "plain words"
    assert [(item.name, item.content) for item in message.attachments] == [
        ("a.log", b"log"),
        ("b.patch", b"diff"),
    ]


def test_invitations_are_attachments() -> None:
    message = parse(
        multipart("alternative", PLAIN, HTML, part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR"))
    )
    assert message.text == "plain words"
    assert [(item.name, item.media_type) for item in message.attachments] == [("invite.ics", "text/calendar")]


def test_a_forwarded_message_is_one_attachment() -> None:
    inner = b"From: b@x.example\nSubject: in\n\ninner words"
    message = parse(multipart("mixed", PLAIN, part("message/rfc822", inner)))
    (item,) = message.attachments
    assert (item.name, item.media_type, item.content) == ("forwarded.eml", "message/rfc822", inner)
    assert "inner" not in message.text


def test_outlooks_container_is_kept_unopened() -> None:
    tnef = part("application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22")
    (item,) = parse(multipart("mixed", PLAIN, tnef)).attachments
    assert (item.name, item.content) == ("winmail.dat", b"\x78\x9f\x3e\x22")


@pytest.mark.parametrize(
    "raw",
    [
        part("application/pkcs7-mime; smime-type=enveloped-data", b"\x30\x80"),
        multipart(
            "encrypted",
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream", "x"),
        ),
    ],
)
def test_an_encrypted_message_says_so(raw: bytes) -> None:
    message = parse(raw)
    assert message.text == ""
    assert message.problems == ("The message is encrypted; its text cannot be read here.",)
    assert message.attachments


def test_a_signed_message_reads_like_any_other() -> None:
    message = parse(multipart("signed", PLAIN, part("application/pgp-signature", "sig")))
    assert (message.text, message.problems) == ("plain words", ())
    assert [item.name for item in message.attachments] == ["signature.asc"]


def test_a_report_without_words_shows_its_status() -> None:
    status = part("message/delivery-status", "Action: failed\nStatus: 5.1.1")
    assert parse(multipart("report", status)).text == "Action: failed\nStatus: 5.1.1"
    assert parse(multipart("report", PLAIN, status)).text == "plain words"


def test_a_file_alone_is_an_attachment_without_text() -> None:
    data = base64.encodebytes(b"%PDF-1.7")
    message = parse(part('application/pdf; name="a.pdf"', data, "Content-Transfer-Encoding: base64"))
    assert (message.text, message.html) == ("", "")
    assert [(item.name, item.content) for item in message.attachments] == [("a.pdf", b"%PDF-1.7")]


def test_flowed_text_is_put_together() -> None:
    assert parse(part("text/plain; format=flowed", "one \ntwo")).text == "one two"
    assert parse(part("text/plain; format=flowed; delsp=yes", "o \nne")).text == "one"


def test_files_inside_the_text_are_taken_out() -> None:
    message = parse(b"\nbefore\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\nafter")
    assert message.text == "before\nafter"
    assert [(item.name, item.content) for item in message.attachments] == [("a.txt", b"hello")]


def test_very_long_text_is_cut_and_said() -> None:
    message = parse(b"\n" + b"x" * 3_000_000)
    assert len(message.text) == 2_000_000
    assert message.problems == ("The text is very long; only its first 2,000,000 characters are shown.",)


def test_many_parts_of_text_together_are_bounded() -> None:
    message = parse(multipart("mixed", *[part("text/plain", "x" * 900_000)] * 4))
    assert len(message.text) == 2_000_000
    assert message.problems == ("The text is very long; only its first 2,000,000 characters are shown.",)
