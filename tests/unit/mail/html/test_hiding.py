"""Whether HTML may hide words, told without its tree."""

import pytest

from fluffy_core.mail.html import hiding
from tests.fakes.effort import within


@pytest.mark.parametrize(
    "html",
    [
        '<p style="display:none">x</p>',
        "<p style='d\\69splay:none'>x</p>",
        "<p style=&#100;isplay:none>x</p>",
        "<p style=font-size:.1pt>x</p>",
        '<p style="font-size:20%">x</p>',
        '<p style="font:1px/1px serif">x</p>',
        '<p style="opacity:.5">x</p>',
        '<p style="visibility:hidden">x</p>',
        '<p style="color:ivory">x</p>',
        '<p style="color:rgb(0 0 0 / 0%)">x</p>',
        '<p style="background:navy"><b style="color:#000080">x</b></p>',
        '<p style="--d:none;display:var(--d)">x</p>',
        '<p style="transform:rotate3d(0,1,0,90deg)">x</p>',
        '<p style="mask:linear-gradient(#0000,#0000)">x</p>',
        "<style>.x{display:none}</style><p class=x>x</p>",
        "<style><!-- .x{color:#fefefe} --></style><p class=x>x</p>",
        "<font color=white>x</font>",
        '<font color="#FFFFFE">x</font>'.lower(),
        "<body text=white>x",
        "<td bgcolor=navy><font color=navy>x</font></td>",
        "<p hidden>x</p>",
        "<details>x</details>",
        "<iframe srcdoc='x'></iframe>",
        "<script>x</script>",
        "<!-- x",
        "<!-- --!> x",
        "<!--> x -->",
        '<p title="> x">y</p>',
        "<p title=<b>x",
    ],
)
def test_what_may_hide(html: str) -> None:
    assert hiding.may_hide(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "2 < 3",
        '<div dir="ltr">Hello <b>you</b></div>',
        '<p style="color:#222;font-size:11pt;margin:0 0 1em;text-transform:none;overflow:hidden">x</p>',
        '<table bgcolor="#ffffff"><tr><td style="background:#eee;color:black">x</td></tr></table>',
        "<style>p.mso { margin:0in; font-size:11.0pt; color:#1f497d }</style><p class=mso>x</p>",
        '<style type="text/css" style="display:none;"> p {margin-top:0} </style><p>x</p>',
        "<!-- x --><p>y</p><!--[if mso]><xml>z</xml><![endif]-->",
        '<img src="cid:x" width="1" height="1" alt="x">',
    ],
)
def test_what_hides_nothing(html: str) -> None:
    assert not hiding.may_hide(html)


def test_attributes_titles_sheets_and_comments_are_no_words() -> None:
    html = '<title>a</title><style>.b{}</style><!-- c --><p title="d">Gr&uuml;&szlig;e<br>an <b>alle</b></p>'
    assert hiding.bare(html).split() == ["Grüße", "an", "alle"]


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<a", "<!--", "-->", "<!-- -->", "<style", "<style>", "<style>a{", "<title", 'style="',
        "style='x ", 'style="a:b" ', "=\"", "= ", "color=",
        "text=red ", "&amp;", "hidden", "<p style=color:red>",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_quick(piece: str) -> None:
    html = piece * (1_000_000 // len(piece))
    if not within(8, hiding.may_hide, html):
        within(8, hiding.bare, html)
