"""Batches as they are written, and their answers, whole and broken."""

import re

import pytest

from fluffy_core.connectors.google.batch import read, written
from fluffy_core.connectors.network.rest import Answer
from fluffy_core.errors import TransientError


def part(number: object, *, status: str = "200 OK", body: str = "{}", fields: str = "") -> str:
    return (
        f"--b\r\nContent-Type: application/http\r\nContent-ID: <response-part-{number}>\r\n\r\n"
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{fields}\r\n{body}\r\n"
    )


def answer(*parts: str, end: str = "--b--\r\n", kind: str = "multipart/mixed; boundary=b") -> Answer:
    return Answer("api.example", 200, {"content-type": kind}, "".join([*parts, end]).encode())


def test_requests_are_parts_with_numbers() -> None:
    kind, content = written(["/a?x=1&y=2", "/b"])
    boundary = kind.removeprefix("multipart/mixed; boundary=")
    text = content.decode()
    assert text.count(f"--{boundary}\r\n") == 2
    assert text.endswith(f"--{boundary}--\r\n")
    assert re.findall(r"Content-ID: <(.+)>", text) == ["part-0", "part-1"]
    assert re.findall(r"GET (\S+) HTTP/1.1\r\n", text) == ["/a?x=1&y=2", "/b"]
    assert written([])[0] != kind


def test_answers_find_their_requests_in_any_order() -> None:
    found = read(answer(part(1, status="404 Not Found", body='{"n": 1}'), part(0, body='{"n":\r\n\r\n0}')), 2)
    assert [one and (one.status, one.json()) for one in found] == [(200, {"n": 0}), (404, {"n": 1})]


def test_headers_of_a_part_are_its_own() -> None:
    (found,) = read(answer(part(0, status="429 Too Many", fields="Retry-After: 37\r\n")), 1)
    assert found is not None
    assert found.headers["retry-after"] == "37"
    assert found.host == "api.example"


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (part(7),),
        (part("x"),),
        (part(0), part(0)),
        (part(0).replace("Content-ID", "Content-IDea"),),
        (part(0).replace("HTTP/1.1 200", "HTTP/1.1 20"),),
        (part(0).replace("HTTP/1.1 200 OK\r\n", ""),),
        (part(0)[:40],),
        (part(0).replace("--b", "--c"),),
    ],
)
def test_a_request_without_one_answer_has_none(parts: tuple[str, ...]) -> None:
    assert read(answer(*parts), 1) == [None]


def test_a_broken_part_costs_no_other() -> None:
    found = read(answer(part(0), part("?"), part(2), part(1)[:50] + "\r\n", part(3)), 4)
    assert [one is not None for one in found] == [True, False, True, True]


def test_an_answer_that_was_cut_off_has_its_first_parts() -> None:
    found = read(answer(part(0), part(1, body='{"long": '), end=""), 2)
    assert found[0] is not None
    with pytest.raises(TransientError):
        (found[1] or answer()).json()


def test_a_boundary_inside_a_body_is_no_boundary() -> None:
    (found,) = read(answer(part(0, body='{"text": "--b"}')), 1)
    assert found is not None
    assert found.json() == {"text": "--b"}


@pytest.mark.parametrize(
    "kind", ['multipart/mixed; boundary="b"', "multipart/mixed; charset=x; Boundary=b; a=c"]
)
def test_boundaries_as_they_are_written(kind: str) -> None:
    assert read(answer(part(0), kind=kind), 1)[0] is not None


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/mixed"])
def test_what_is_no_batch(kind: str) -> None:
    with pytest.raises(TransientError, match="no sense"):
        read(answer(part(0), kind=kind), 1)


def test_bare_line_feeds_will_do() -> None:
    found = answer(part(0, body='{"a": 1}'))
    bare = Answer(found.host, 200, found.headers, found.content.replace(b"\r\n", b"\n"))
    (one,) = read(bare, 1)
    assert one is not None
    assert one.json() == {"a": 1}
