"""Words that HTML hides from its reader."""

import pytest

from fluffy_core.mail.html import to_text
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
    ],
)
def test_what_a_reader_sees_stays(shown: str) -> None:
    assert to_text(f"<div>{shown}</div>").strip() == "text"


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
    ],
)
def test_a_hostile_style_sheet_is_quick(sheet: str) -> None:
    assert within(5, to_text, f"<style>{sheet} display:none</style><p>shown</p>") == "shown"
