"""HTML made safe to show, checked by reading the output with another parser."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.html.html import sanitise
from tests.fakes.effort import within

PIXEL = "data:image/png;base64,iVBORw0KGgo="
LOADING = {
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "action",
    "formaction",
    "xlink:href",
    "cite",
    "ping",
}
FORBIDDEN = {
    "script",
    "style",
    "svg",
    "math",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "link",
    "meta",
    "base",
}


class Inspector(HTMLParser):
    """Collects what the output holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def check(html: str, *, remote_images: bool = False) -> Inspector:
    """Asserts that nothing in `html` can run or fetch."""
    seen = Inspector(html)
    assert not seen.tags & FORBIDDEN
    for tag, name, value in seen.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in LOADING - {"src"}, (tag, name)
        if name == "src":
            assert tag == "img"
            assert value.startswith("data:image/") or (remote_images and value.startswith("https://"))
        if name == "href":
            assert value.strip().lower().startswith(("http://", "https://", "mailto:"))
        if name == "style":
            assert not any(
                word in value.lower() for word in ("url", "expression", "import", "position", "\\")
            )
        assert name not in ("id", "name", "class", "target")
    return seen


@pytest.mark.realdata
def test_no_known_attack_survives(realdata: Path) -> None:
    attacks = json.loads((realdata / "html" / "sanitizer-payloads.json").read_text(encoding="utf-8"))
    assert len(attacks) == 223
    for attack in attacks:
        once = sanitise(attack["payload"], inline_images={})
        check(once)
        check(sanitise(once, inline_images={}))


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>Hi <b>there</b></p>", "<p>Hi <b>there</b></p>"),
        ("<script>x</script><p onclick=x()>y</p>", "<p>y</p>"),
        ("<style>p{}</style>z", "z"),
        ("<form action=x><input><button>words</button></form>", "words"),
        ("<svg><a>q</a></svg><math><mi>x</mi></math>after", "after"),
        ('<p style="color:red;position:fixed;background:url(x)">a</p>', '<p style="color:red">a</p>'),
        ('<p style="COLOR:rgb(1, 2, 3)">a</p>', '<p style="color:rgb(1, 2, 3)">a</p>'),
        ('<p style="background-image:url(//x)">a</p>', "<p>a</p>"),
        ('<p id="x" class="y" name="z">a</p>', "<p>a</p>"),
        ("<!-- c -->a", "a"),
        ('<img src="https://x.example/a.png" alt="A">', '<img alt="A">'),
        (
            '<table background="http://x"><tbody><tr><td>c</td></tr></tbody></table>',
            "<table><tbody><tr><td>c</td></tr></tbody></table>",
        ),
    ],
)
def test_only_what_is_allowed_stays(html: str, safe: str) -> None:
    assert sanitise(html, inline_images={}) == safe


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://x.example/a?b=c", True),
        ("HTTP://x.example", True),
        ("mailto:a@x.example", True),
        ("//evil.example", False),
        ("/path", False),
        ("#here", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("http:///x", False),
        ("http:\\\\x", False),
        ("cid:x", False),
        ("tel:1", False),
    ],
)
def test_links_lead_only_to_the_web_and_to_mail(href: str, kept: bool) -> None:
    seen = check(sanitise(f'<a href="{href}">word</a>', inline_images={}))
    assert ("href" in {name for _, name, _ in seen.attributes}) == kept
    assert seen.words == "word"
    assert ("a", "rel", "noopener noreferrer nofollow") in seen.attributes


def test_inline_pictures_come_from_the_caller() -> None:
    html = '<img src="cid:a@b"><img src="CID:c%40d"><img src="cid:none"><img src="data:image/png;base64,AA">'
    pictures = {"a@b": PIXEL, "c@d": PIXEL, "bad": "data:text/html,x"}
    assert sanitise(html, inline_images=pictures).count(PIXEL) == 2
    assert sanitise('<img src="cid:bad">', inline_images=pictures) == "<img>"
    assert sanitise('<img src="cid:s">', inline_images={"s": "data:image/svg+xml;base64,AA"}) == "<img>"


def test_pictures_from_the_web_need_the_users_word() -> None:
    html = '<img src="https://x.example/a.png" srcset="https://x.example/b.png 2x"><img src="//x/c.png">'
    assert sanitise(html, inline_images={}, remote_images=True) == '<img src="https://x.example/a.png"><img>'


@given(st.text(st.sampled_from("<>/=\"'`abimgsrcxonlhef:;&#\\0 \n\0-!svtype"), max_size=200))
def test_any_syntax_comes_out_safe(html: str) -> None:
    check(sanitise(html, inline_images={}))


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<p>",
        "<blockquote>x",
        "&",
        "&nbsp;",
        "\u00a0",
        "<b>x",
        '<a href="http://x">',
        "<",
        "&lt;",
        "<table><tr><td>",
        "<svg>",
    ],
)
def test_a_megabyte_of_anything_is_quick(piece: str) -> None:
    check(within(15, sanitise, piece * (1_000_000 // len(piece)), inline_images={}))


def test_too_deep_a_page_is_shown_as_text() -> None:
    assert sanitise("<div>" * 2000 + "a < b", inline_images={}) == "<pre>a &lt; b</pre>"


def test_a_long_page_without_end_tags_is_not_deep() -> None:
    html = "<p>x<br><li>y" * 3000
    assert sanitise(html, inline_images={}).count("<p>") >= 3000
