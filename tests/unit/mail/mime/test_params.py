"""Content-Type and Content-Disposition values with their parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime import params
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("value", "main", "found"),
    [
        ("text/plain", "text/plain", {}),
        ("Text/PLAIN; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('a/b; name="x;y\\"z"; q=1', "a/b", {"name": 'x;y"z', "q": "1"}),
        ("a/b; charset=utf-8 (comment)", "a/b", {"charset": "utf-8"}),
        ("a/b; name=two words.txt", "a/b", {"name": "two words.txt"}),
        ('a/b; name="unclosed', "a/b", {"name": "unclosed"}),
        ("a/b; name==?utf-8?q?=C3=A9?=.txt", "a/b", {"name": "é.txt"}),
        ("attachment; filename*=UTF-8''na%C3%AFve.txt", "attachment", {"filename": "naïve.txt"}),
        ("attachment; filename*=iso-8859-1'en'%E9", "attachment", {"filename": "é"}),
        ("x; f*0=a; f*1=b; f*2=c", "x", {"f": "abc"}),
        ("x; f*1=b; f*0=a", "x", {"f": "ab"}),
        ("x; f*0*=utf-8''%E2%82; f*1*=%AC; f*2=.txt", "x", {"f": "€.txt"}),
        ("x; f*=plain", "x", {"f": "plain"}),
        ("x; f=old; f*=utf-8''new", "x", {"f": "new"}),
        ("x; a=1; a=2", "x", {"a": "1"}),
        ("", "", {}),
        (";;; =; ;a", "", {}),
    ],
)
def test_values_are_taken_apart(value: str, main: str, found: dict[str, str]) -> None:
    assert params.parse(value) == (main, found)


@given(st.text(max_size=200))
def test_any_text_survives(value: str) -> None:
    main, found = params.parse(value)
    assert main == main.strip()
    assert all(isinstance(text, str) for text in found.values())


@pytest.mark.parametrize("piece", [";", "; a=", '; a="', ";a*0*=", " ", "\\", ';a="\\'])
def test_a_long_value_is_quick(piece: str) -> None:
    within(2, params.parse, "x" + piece * 500_000)
