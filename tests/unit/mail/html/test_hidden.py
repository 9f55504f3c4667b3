"""Words that HTML hides from its reader."""

import itertools
import time

import pytest

from fluffy_core.mail.html.html import to_text
from tests.fakes.effort import within


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">secret</div>',
        '<div style="DISPLAY : NONE !important">secret</div>',
        '<span style="color:red; visibility:hidden">secret</span>',
        '<span style="font-size:0">secret</span>',
        '<span style="font-size:0px;line-height:0">secret</span>',
        '<span style="font-size: 1px">secret</span>',
        '<div style="max-height:0;overflow:hidden">secret</div>',
        '<div style="opacity:0">secret</div>',
        '<div style="text-indent:-9999px">secret</div>',
        '<div style="position:absolute;left:-10000px">secret</div>',
        '<div style="height:0;overflow:hidden">secret</div>',
        '<span style="color:#fff">secret</span>',
        '<span style="color:#FFFFFF;background:#ffffff">secret</span>',
        '<span style="color: rgb(255, 255, 255)">secret</span>',
        '<font color="white">secret</font>',
        "<div hidden>secret</div>",
        '<div class="x preheader y">secret</div>',
        '<style>.pre { display: none; }</style><div class="pre">secret</div>',
        "<title>secret</title>",
        "<template>secret</template>",
        "<noframes>secret</noframes>",
        "<dialog>secret</dialog>",
        '<span style="color:#fefdfc">secret</span>',
        '<span style="color:rgba(0,0,0,0.02)">secret</span>',
        '<div style="background:#000000"><span style="color:#010101">secret</span></div>',
        '<table bgcolor="#336699"><tr><td><font color="#336699">secret</font></td></tr></table>',
        '<span style="position:absolute;clip:rect(0,0,0,0)">secret</span>',
        '<span style="clip-path: inset(100%)">secret</span>',
        '<span style="transform:scale(0)">secret</span>',
        '<span style="position:absolute; top:-9999px">secret</span>',
        '<span style="mso-hide:all">secret</span>',
        '<span style="display:inline-block;width:0;overflow:hidden">secret</span>',
        '<span style="filter:opacity(0)">secret</span>',
        '<div style="display:none"><p>deep <b style="display:block">secret</b></p></div>',
        '<SPAN STYLE="FONT-SIZE:.01EM">secret</SPAN>',
        '<div style="font-size:10%"><b style="font-size:1em">secret</b></div>',
        '<span style="font:0/0 a">secret</span>',
        '<span style="display/**/:/**/none">secret</span>',
        '<span style="d\\69splay:n\\6fne">secret</span>',
        '<span style="&#100;isplay:none">secret</span>',
        '<span style="display:none;display:nothing-known">secret</span>',
        f'<span style="{"margin:0;" * 300}display:none">secret</span>',
        '<span style="--x:none;display:var(--x)">secret</span>',
        '<span style="visibility:collapse">secret</span>',
        '<span style="opacity:1e-9">secret</span>',
        '<div style="height:1px;overflow-y:clip">secret</div>',
        '<div style="opacity:.3"><i style="opacity:.5"><b style="opacity:.5">secret</b></i></div>',
        '<style>html{font-size:2px}body{font-size:16px}</style><i style="font-size:1rem">secret</i>',
        "<progress>secret</progress>",
        "<meter value=1>secret</meter>",
        '<div style="position:fixed;right:-100vw">secret</div>',
        '<div style="margin:0 0 0 -5000px">secret</div>',
        '<div style="-webkit-text-fill-color:transparent">secret</div>',
        '<div style="color:#336699"><p style="background:#336699"><b>secret</b></p></div>',
        '<div style="background:linear-gradient(white,#fff);color:hsl(0 0% 100%)">secret</div>',
        "<table bgcolor=000000><tr><td><font color=000000>secret</font></td></tr></table>",
        "<details><summary></summary><p>secret</p>secret</details>",
        "<svg><text>secret</text></svg>",
        "<video>secret</video><object>secret</object><rp>secret</rp>",
        "<math><annotation>secret</annotation></math>",
        f"{'<div>' * 200}<b style='color:#fff'>{'<u>' * 200}secret{'</u>' * 200}</b>{'</div>' * 200}",
    ],
)
def test_what_no_reader_sees_is_gone(hidden: str) -> None:
    assert to_text(f"<p>shown</p>{hidden}<p>too</p>") == "shown\n\ntoo"


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="font-size:0"><span style="font-size:14px">text</span></p>',
        '<a name="x">text</a>',
        '<table><tr><td bgcolor="#123456"><span style="color:#fff">text</span></td></tr></table>',
        '<a style="background-color:#0a0;color:white">text</a>',
        '<div style="background:url(x.png)"><span style="color:#fff">text</span></div>',
        '<div style="font-size:10px">text</div>',
        '<div style="font-size:1em">text</div>',
        '<div style="opacity:0.8">text</div>',
        '<div style="max-height:50px">text</div>',
        '<div style="border-color:#fff">text</div>',
        '<span style="color:#eee;background:#444">text</span>',
        '<span style="color:gray">text</span>',
        '<div style="clip:auto">text</div>',
        '<style>@media (max-width:600px){.m{display:none}}</style><div class="m">text</div>',
        "<style>@media print{div{display:none}}</style><div>text</div>",
        '<style>.m{display:none}</style><div class="m" style="display:block">text</div>',
        '<style>.m{display:none}p.m{display:block}</style><p class="m">text</p>',
        '<style>.m{display:block!important}</style><p class="m" style="display:none">text</p>',
        "<style>p:hover{display:none}p::before{display:none}</style><p>text</p>",
        "<style>@font-face{display:none}@keyframes x{from{opacity:0}}</style><p>text</p>",
        '<div style="color:#fff"><div style="color:#000">text</div></div>',
        '<div style="visibility:hidden"><p style="visibility:visible">text</p></div>',
        '<div style="color:#fff"><p style="background:#000">text</p></div>',
        '<body bgcolor="#000000" text="#ffffff">text</body>',
        '<div style="zoom:0%">text</div>',
        '<div style="margin:0 -9999px;padding:0 9999px">text</div>',
        "<details open><summary></summary>text</details>",
    ],
)
def test_what_a_reader_sees_stays(shown: str) -> None:
    assert to_text(f"<div>{shown}</div>").strip() == "text"


@pytest.mark.parametrize(
    "rule",
    [
        "#z{display:none}",
        "[data-z]{visibility:hidden}",
        "div>em{font-size:0}",
        "h2+div em{opacity:0}",
        "em:nth-child(1){display:none}",
        "h3,.a,.z{color:#fff}",
        ":is(.z):not(.a){position:absolute;left:-999em}",
        "@media screen and (min-width:1px){.z{display:none}}",
        "@media not print{.z{display:none}}",
        "@supports (display:block){@layer a{.z{display:none}}}",
        "div{em{display:none}}",
        "div{&>em{display:none}}",
        "<!-- .z{display/**/:none} -->",
        ".\\7a{display:n\\6f ne}",
        '.a::before{content:"/*{"} .z{display:none}',
        "@import url(x.css);.z{display:none",
        ".no::such(x),.z{display:none}",
        ":root{--n:none}.z{display:var(--n)}",
        "em{height:0}.z{overflow:hidden}",
        "div{background:#345678}.z{color:#345678}",
    ],
)
def test_what_style_sheets_hide_is_gone(rule: str) -> None:
    html = f'<style>{rule}</style><h2>shown</h2><div><em class="z" id="z" data-z>secret</em></div><p>too</p>'
    assert to_text(html).split() == ["shown", "too"]


def test_only_the_words_that_nobody_sees_are_taken_out() -> None:
    html = '<div style="font-size:0">secret <i>secret</i> <b style="font-size:12px">shown</b> secret</div>'
    assert to_text(html).split() == ["shown"]


@pytest.mark.parametrize(
    "piece",
    [
        '<i style="color:white">x</i>',
        '<div style="color:white">',
        '<div style="font-size:0">',
        '<div style="display:none">',
        "<style>.a{display:none}",
        "<style>@media{a{",
        '<p style="' + "height:0;" * 2000 + '">',
        "<b><i style='color:red'>",
        "<details>",
    ],
)
def test_many_suspects_are_quick(piece: str) -> None:
    within(8, to_text, piece * (500_000 // len(piece)))


@pytest.mark.parametrize(
    "sheet",
    [
        ".a{" * 100_000,
        "@media{a{" * 40_000,
        "." + "a" * 100_000,
        "@" * 100_000,
        "a:b;" * 40_000,
        ".a{" + "display:none" * 15_000,
        "@{a{}" * 40_000,
        "a{color:red}" * 40_000,
        ":is(a){b{" * 40_000,
        "url(" * 100_000,
        "'\"/*" * 100_000,
        "a:not(b)," * 40_000,
    ],
)
def test_a_hostile_style_sheet_is_quick(sheet: str) -> None:
    assert within(5, to_text, f"<style>{sheet} display:none</style><p>shown</p>") == "shown"


def test_many_rules_for_many_elements_are_quick() -> None:
    sheet = "".join(f"p:not(.x{number}){{color:#111;display:block}}" for number in range(2_000))
    assert within(8, to_text, f"<style>{sheet}</style>{'<p>a' * 5_000}").split() == ["a"] * 5_000


@pytest.mark.parametrize(
    "selector", [":not(:not(:not(p)))~*~*", "q~p~p", "p:nth-child(2n)~p~q", "a:has(b:has(q))"]
)
def test_selectors_that_search_siblings_again_and_again_are_left_out(selector: str) -> None:
    sheet = f"{selector}{{opacity:0}}" * 500
    assert within(5, to_text, f"<style>{sheet}</style>{'<p>a</p>' * 5_000}").split() == ["a"] * 5_000


def test_style_sheets_have_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 0.6)
    monkeypatch.setattr(time, "thread_time", lambda: next(clock))
    sheet = "#a{display:none}.b{display:none}i{display:none}"
    assert to_text(f"<style>{sheet}</style><b id=a>1</b><b class=b>2</b><i>3</i>") == "23"
