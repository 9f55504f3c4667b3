"""The fast parser, and when it steps back for the forgiving one."""

import pytest

from fluffy_core.mail.mime import fallback as mime_fallback
from fluffy_core.mail.mime import fast as mime_fast
from fluffy_core.mail.mime import headers

HEAD = b'Content-Type: multipart/mixed; boundary="b"\n\n'


@pytest.mark.parametrize(
    "body",
    [
        b"--b\n\none\n--b\nContent-Type: text/html\n\n<p>two\n--b--\n",
        b"--b\nContent-Transfer-Encoding: base64\nContent-Type: image/png; name=a.png\n\naGVsbG8=\n--b--\n",
        b"--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nx\n--c--\n--b--\n",
        b"--b\nContent-Type: message/rfc822\n\nSubject: in\n\ninner\n--b--\n",
        b"--b\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc\n--b--\n",
        b'--b\nContent-Disposition: attachment; filename="=?utf-8?q?=C3=A9?=.txt"\n\nx\n--b--\n',
    ],
)
def test_both_parsers_agree(body: bytes) -> None:
    fields, start, _ = headers.split(HEAD + body)
    fast = mime_fast.parse_tree(HEAD + body, fields)
    slow, problems = mime_fallback.parse_tree(HEAD + body, fields, start)
    assert fast is not None
    assert not problems
    waiting = [(fast, slow)]
    while waiting:
        one, other = waiting.pop()
        assert (one.media_type, one.filename, one.content_id) == (
            other.media_type,
            other.filename,
            other.content_id,
        )
        assert one.content.strip() == other.content.strip()
        assert len(one.children) == len(other.children)
        waiting += zip(one.children, other.children, strict=True)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"--b\nContent-Transfer-Encoding: base64\n\n!!!!\n--b--\n",
        HEAD + b"no boundary in sight",
        b"Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n",
        HEAD + b"--b\nContent-Type: multipart/alternative; boundary=c\n\nnothing\n--b--\n",
        HEAD + b"--b\n\nx\n" * 6000,
    ],
)
def test_what_it_refuses_or_loses_goes_to_the_other(raw: bytes) -> None:
    assert mime_fast.parse_tree(raw, headers.split(raw)[0]) is None
