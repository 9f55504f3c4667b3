"""The forgiving splitter: missing, repeated and look-alike boundaries, depth and width."""

import pytest

from fluffy_core.mail.mime import fallback as mime_fallback
from fluffy_core.mail.mime import headers
from fluffy_core.mail.mime.part import Part
from tests.fakes.effort import within


def tree(raw: bytes) -> tuple[Part, list[str]]:
    fields, start, _ = headers.split(raw)
    return mime_fallback.parse_tree(raw, fields, start)


def shape(part: Part) -> object:
    """Nested lists of leaf contents."""
    return [shape(child) for child in part.children] if part.children else part.content.decode()


HEAD = b'Content-Type: multipart/mixed; boundary="b"\n\n'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"pre\n--b\n\none\n--b\n\ntwo\n--b--\nafter", ["one", "two"]),
        (b"--b\r\n\r\none\r\n--b--\r\n", ["one"]),
        (b"--b\n\none\n\n--b\n\ntwo", ["one\n", "two"]),
        (b"--b  \n\none\n--b-- \n", ["one"]),
        (b"--b\n\n--b--\n", [""]),
        (b"--b\n\n--bb\nx\n--b--\n", ["--bb\nx"]),
        (b"--b\nno header\n--b--\n", ["no header"]),
        (
            b'--b\nContent-Type: multipart/x; boundary="b2"\n\n--b2\n\nin\n--b2--\n--b\n\nout\n--b--',
            [["in"], "out"],
        ),
        (b'--b\nContent-Type: multipart/x; boundary="b2"\n\n--b2\n\nin\n--b\n\nout\n--b--', [["in"], "out"]),
        (b'--b\nContent-Type: multipart/x; boundary="b"\n\n--b\n\nin\n--b--\n', ["", "in"]),
        (b"nothing to split", "nothing to split"),
        (b"", ""),
    ],
)
def test_parts_are_found(body: bytes, found: object) -> None:
    assert shape(tree(HEAD + body)[0]) == found


def test_an_undeclared_boundary_is_guessed_and_said() -> None:
    root, problems = tree(
        b"Content-Type: multipart/mixed\n\n--xyz\nContent-Type: text/plain\n\nhi\n--xyz--\n"
    )
    assert shape(root) == ["hi"]
    assert problems == ["A multipart boundary is not declared."]


def test_damaged_parts_are_decoded_as_far_as_possible() -> None:
    root, problems = tree(HEAD + b"--b\nContent-Transfer-Encoding: base64\n\naGVsb!\n--b--\n")
    assert root.children[0].content == b"hel"
    assert problems == ["Some encoded data are damaged; what could be read was kept."]


def test_parts_of_a_digest_are_messages() -> None:
    root, _ = tree(HEAD.replace(b"mixed", b"digest") + b"--b\n\nSubject: x\n\ny\n--b--\n")
    assert root.children[0].media_type == "message/rfc822"
    assert root.children[0].content == b"Subject: x\n\ny"


def test_a_part_keeps_its_headers() -> None:
    root, _ = tree(HEAD + b'--b\nContent-Type: image/png; name="a.png"\nContent-Id: <c@d>\n\nx\n--b--')
    child = root.children[0]
    assert (child.media_type, child.filename, child.content_id, child.disposition) == (
        "image/png",
        "a.png",
        "c@d",
        "",
    )


def nested(depth: int) -> bytes:
    """A message of multiparts inside each other, the innermost saying "core"."""
    opening = b"".join(
        b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (level, level + 1)
        for level in range(depth)
    )
    closing = b"".join(b"--b%d--\n" % level for level in range(depth, -1, -1))
    head = b'From: a@x.example\nContent-Type: multipart/mixed; boundary="b0"\n\n'
    return head + opening + b"--b%d\n\ncore\n" % depth + closing


def test_two_thousand_levels_are_no_recursion() -> None:
    part, problems = within(3, tree, nested(2000))
    while part.children:
        part = part.children[0]
    assert part.content == b"core"
    assert problems == []


def test_a_hundred_thousand_parts_are_cut_and_said() -> None:
    root, problems = within(3, tree, HEAD + b"--b\n\nx\n" * 100_000)
    assert len(root.children) < mime_fallback.MAX_PARTS
    assert problems == ["The message has more than 5,000 parts; the rest was not split."]


@pytest.mark.parametrize("piece", [b"--\n", b"--x\n", b"-- ", b"--b--\n", b"\n", b"--" + b" " * 300 + b"\n"])
def test_megabytes_of_almost_boundaries_are_quick(piece: bytes) -> None:
    within(5, tree, HEAD + piece * (2_000_000 // len(piece)))
