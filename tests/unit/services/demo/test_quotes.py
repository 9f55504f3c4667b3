"""Bodies as programs write them: signatures, attribution lines, header blocks, depth of quoting."""

from datetime import datetime
from pathlib import Path

import pytest

from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.letters import Letter, stage
from fluffy_core.services.demo.people import load_cast
from fluffy_core.services.demo.quotes import html_body, html_page, plain_body
from fluffy_core.services.demo.script import parse_script

PEOPLE = """
[companies]
oak = { name = "Oak & Ash", domain = "oak.example", logo = "oak.png", sign = "{name}\\nOak & Ash" }
[people]
bird = { name = "Ina Bird", company = "oak", client = "thunderbird" }
vogel = { name = "Ina Vogel", company = "oak", client = "thunderbird", lang = "de" }
look = { name = "Lou Look", company = "oak", client = "outlook" }
blick = { name = "Lou Blick", company = "oak", client = "outlook", lang = "de" }
goog = { name = "Gil Goog", company = "oak", client = "gmail" }
gugl = { name = "Gil Gugl", company = "oak", client = "gmail", lang = "de" }
pip = { name = "Pip Apple", company = "oak", client = "apple" }
apfel = { name = "Pia Apfel", company = "oak", client = "apple", lang = "de", home = "pia@home.example" }
"""


def letters(tmp_path: Path, body: str) -> list[Letter]:
    path = tmp_path / "people.toml"
    path.write_text(PEOPLE, encoding="utf-8")
    clock = Clock(datetime.fromisoformat("2026-03-18T12:00"))
    return stage(parse_script("story", f"subject: Oak\n{body}"), load_cast(path), clock)


def answer(tmp_path: Path, who: str, options: str = "", words: str = "Yes.") -> Letter:
    """What `who` answers to a question that Ina Bird asked on 10 March at 10:05."""
    tail = f" | {options}" if options else ""
    body = f"==== -8d 10:05 bird > {who}\nReally?\n==== -7d 11:00 {who} > bird{tail}\n{words}\n"
    return letters(tmp_path, body)[1]


@pytest.mark.parametrize(
    ("who", "line"),
    [
        ("vogel", "Am 10.03.26 um 10:05 schrieb Ina Bird:"),
        ("goog", "On Tue, 10 Mar 2026 at 10:05, Ina Bird <ina.bird@oak.example> wrote:"),
        ("gugl", "Am Di., 10. März 2026 um 10:05 Uhr schrieb Ina Bird <ina.bird@oak.example>:"),
        ("pip", "On 10 Mar 2026, at 10:05, Ina Bird <ina.bird@oak.example> wrote:"),
        ("apfel", "Am 10.03.2026 um 10:05 schrieb Ina Bird <ina.bird@oak.example>:"),
    ],
)
def test_attribution_lines(tmp_path: Path, who: str, line: str) -> None:
    assert f"\n{line}\n> Really?\n" in plain_body(answer(tmp_path, who))


def test_an_english_thunderbird(tmp_path: Path) -> None:
    first, second = letters(tmp_path, "==== -8d 10:05 pip > bird\nA?\n==== -7d 11:00 bird > pip\nB.\n")
    assert "On 10/03/2026 10:05, Pip Apple wrote:\n> A?" in plain_body(second)
    assert first.subject == "Oak"


@pytest.mark.parametrize(
    ("who", "block"),
    [
        (
            "look",
            "From: Ina Bird <ina.bird@oak.example>\nSent: Tuesday, 10 March 2026 10:05\n"
            "To: Lou Look <lou.look@oak.example>\nSubject: Oak\n\nReally?",
        ),
        (
            "blick",
            "Von: Ina Bird <ina.bird@oak.example>\nGesendet: Dienstag, 10.03.2026 10:05\n"
            "An: Lou Blick <lou.blick@oak.example>\nBetreff: Oak\n\nReally?",
        ),
    ],
)
def test_outlook_writes_a_block_of_headers(tmp_path: Path, who: str, block: str) -> None:
    text = plain_body(answer(tmp_path, who))
    assert f"\n{'_' * 32}\n{block}" in text
    assert "> " not in text.replace("> \n", "")


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ("vogel", "-------- Weitergeleitete Nachricht --------\nVon: Ina Bird"),
        ("goog", "---------- Forwarded message ---------\nFrom: Ina Bird"),
        ("pip", "Begin forwarded message:\nFrom: Ina Bird"),
        ("blick", f"{'_' * 32}\nVon: Ina Bird"),
    ],
)
def test_forwards(tmp_path: Path, who: str, rule: str) -> None:
    letter = answer(tmp_path, who, "fwd")
    assert rule in plain_body(letter)
    assert "\nReally?" in plain_body(letter)
    assert letter.references == ()


def test_where_the_answer_stands(tmp_path: Path) -> None:
    bottom = plain_body(answer(tmp_path, "vogel", "bottom"))
    assert bottom.startswith("Am 10.03.26 um 10:05 schrieb Ina Bird:\n> Really?")
    assert bottom.index("> Really?") < bottom.index("Yes.")
    woven = plain_body(answer(tmp_path, "vogel", "interleaved", "> Really?\n\nYes."))
    assert woven.startswith("Am 10.03.26 um 10:05 schrieb Ina Bird:\n> Really?\n\nYes.")
    assert woven.count("Really?") == 1
    assert "Really" not in plain_body(answer(tmp_path, "vogel", "bare"))


def test_signatures(tmp_path: Path) -> None:
    assert plain_body(answer(tmp_path, "goog")).startswith("Yes.\n\n-- \nGil Goog\nOak & Ash\n\nOn ")
    assert plain_body(answer(tmp_path, "look")).startswith("Yes.\n\nLou Look\nOak & Ash\n")
    assert plain_body(answer(tmp_path, "goog", "nosig")).startswith("Yes.\n\nOn ")
    assert plain_body(answer(tmp_path, "goog", "phone")).startswith("Yes.\n\nSent from my iPhone\n\nOn ")
    assert plain_body(answer(tmp_path, "gugl", "phone")).startswith("Yes.\n\nVon meinem iPhone gesendet\n")
    assert plain_body(answer(tmp_path, "blick", "auto")) == "Yes.\n"


def test_programs_sign_once_and_outlook_always(tmp_path: Path) -> None:
    chain = "".join(
        f"==== -{9 - n}d 10:00 {who} > bird | bare\nx\n"
        for n, who in enumerate(["goog", "look", "goog", "look"])
    )
    signed = ["Oak & Ash" in plain_body(letter) for letter in letters(tmp_path, chain)]
    assert signed == [True, True, False, True]


def test_nobody_signs_at_home(tmp_path: Path) -> None:
    [letter] = letters(tmp_path, "==== -8d 10:05 apfel.home > bird\nHello\n")
    assert plain_body(letter) == "Hello\n"
    assert letter.sender.address == "pia@home.example"


def test_quotes_end_three_letters_deep(tmp_path: Path) -> None:
    chain = "".join(
        f"==== -{9 - n}d 10:00 {who} > bird\nword{n}\n" for n, who in enumerate(["pip", "goog"] * 3)
    )
    last = letters(tmp_path, chain)[-1]
    assert [f"word{n}" in plain_body(last) for n in range(6)] == [False, False, True, True, True, True]
    assert [f"word{n}" in html_body(last) for n in range(6)] == [False, False, True, True, True, True]
    assert "\n>>> " in plain_body(last)


def test_long_lines_are_folded_except_by_outlook(tmp_path: Path) -> None:
    words = "- " + "twelve words " * 20 + "\n\n" + "plain words " * 20
    folded = plain_body(answer(tmp_path, "vogel", "bare", words)).splitlines()
    assert max(map(len, folded)) <= 74
    assert folded[1].startswith("  words")
    assert max(map(len, plain_body(answer(tmp_path, "look", "bare", words)).splitlines())) > 200


def test_html_quotes(tmp_path: Path) -> None:
    gmail = html_body(answer(tmp_path, "goog"))
    assert '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 10 Mar 2026' in gmail
    assert "Ina Bird &lt;ina.bird@oak.example&gt; wrote:<br></div><blockquote" in gmail
    assert "<b>Gesendet:</b> Dienstag, 10.03.2026 10:05<br>" in html_body(answer(tmp_path, "blick"))
    assert '<blockquote type="cite"><div>Am 10.03.2026' in html_body(answer(tmp_path, "apfel"))
    assert html_page(answer(tmp_path, "look")).startswith("<html><head><style>p.MsoNormal")


def test_html_escapes_and_lists(tmp_path: Path) -> None:
    letter = answer(tmp_path, "goog", "bare", 'Tom & <b>Jerry</b>\nsaid "hi"\n\n- one\n- two & a half')
    html = html_body(letter)
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;<br>\nsaid &quot;hi&quot;" in html
    assert "<ul><li>one</li><li>two &amp; a half</li></ul>" in html


def test_images_show_once_and_not_in_quotes(tmp_path: Path) -> None:
    shown, quoting = letters(
        tmp_path,
        "==== -8d 10:05 look > bird | inline oak.png\nSee:\n\n[image]\n==== -7d 10:05 blick > look\nSchön.\n",
    )
    assert html_body(shown).count('src="cid:') == 2  # the picture, and the logo of the signature
    assert html_body(quoting).count('src="cid:') == 1
    assert "[oak.png]" in html_body(quoting)
    assert "[cid:image001." in plain_body(shown)
