"""Reading scripts: what may be written, and what is refused with the line that is wrong."""

from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.errors import BugError
from fluffy_core.services.demo.script import load_scripts, parse_script

SCRIPT = """subject: A bench
lang: de

==== -37d 09:14 olivia > me, tom | cc ben; attach brief.pdf as The brief.pdf; phone
Hello,

two paragraphs.

==== -36d 10:02 me > olivia.home
> quoted
Answer.
"""


def test_a_script_is_read() -> None:
    script = parse_script("bench", SCRIPT)
    assert (script.name, script.subject, script.lang, script.mailing_list) == ("bench", "A bench", "de", "")
    first, second = script.lines
    assert (first.days, first.at, first.sender, first.to) == (-37, time(9, 14), "olivia", ("me", "tom"))
    assert first.options == (("cc", "ben"), ("attach", "brief.pdf as The brief.pdf"), ("phone", ""))
    assert first.text == "Hello,\n\ntwo paragraphs."
    assert (second.to, second.options, second.text) == (("olivia.home",), (), "> quoted\nAnswer.")


def test_options_are_asked_for() -> None:
    line = parse_script("x", "subject: s\n==== -1d 08:00 a > b | attach 1.pdf; attach 2.pdf; new\nHi").lines[
        0
    ]
    assert line.has("new")
    assert not line.has("cc")
    assert line.all("attach") == ("1.pdf", "2.pdf")
    assert (line.get("attach"), line.get("cc", "nobody"), line.get("new")) == ("1.pdf", "nobody", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject: s\n", "needs a subject and a message"),
        ("==== -1d 08:00 a > b\nHi", "needs a subject and a message"),
        ("subject: s\ncolour: red\n==== -1d 08:00 a > b\nHi", "knows lang and list"),
        ("subject: s\nhello there\n==== -1d 08:00 a > b\nHi", "no field: hello there"),
        ("subject: s\n==== 1d 08:00 a > b\nHi", "cannot be read: ==== 1d 08:00 a > b"),
        ("subject: s\n==== -1d 8:00 a > b\nHi", "cannot be read"),
        ("subject: s\n==== -1d 08:00 a to b\nHi", "cannot be read"),
        ("subject: s\n==== -1d 08:00 a > b | blink; cc c\nHi", "an option nobody knows: blink"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(BugError, match=said):
        parse_script("bad", text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        script = parse_script("any", f"subject: s\n==== -1d 08:00 a > b\n{text}")
    except BugError:
        assert "\n====" in f"\n{text}"
    else:
        assert script.lines[0].sender == "a"


def test_scripts_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "notes.md"):
        (tmp_path / name).write_text(SCRIPT, encoding="utf-8")
    assert [script.name for script in load_scripts(tmp_path)] == ["a", "b"]


def test_the_projects_own_scripts_are_in_order_of_time() -> None:
    """A message may not come before the one above it: later lines are answers to earlier ones."""
    folder = Path(__file__).resolve().parents[4] / "resources" / "demo" / "threads"
    scripts = list(load_scripts(folder))
    assert len(scripts) >= 45
    for script in scripts:
        moments = [(line.days, line.at) for line in script.lines]
        assert moments == sorted(moments), script.name
        assert all(line.text for line in script.lines), script.name
