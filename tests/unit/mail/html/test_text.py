"""Readable text from HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.html.html import to_text
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("no tags at all", "no tags at all"),
        ("a&nbsp;b &amp; c &lt;d&gt; &#8364;", "a b & c <d> €"),
        ("<style>p{}</style><script>x()</script><p>seen</p>", "seen"),
        ("<head><title>T</title></head><body>seen</body>", "seen"),
        ("<!-- no --><p>yes</p>", "yes"),
        ("<ul><li>one</li><li>two</li></ul>", "  • one\n  • two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\tb\nc\td"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ('text <img alt="Pay at once" src="x">', "text"),
        (
            '<a href="https://x.example/"><img alt="Spring sale" src="x"></a>',
            "Spring sale <https://x.example/>",
        ),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("", ""),
        ("<p></p><div>&nbsp;</div>", ""),
        ("zero\u200b\u00ad\u034fwidth", "zerowidth"),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert to_text(html).rstrip() == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('see <a href="https://x.example/a">the page</a>.', "see the page <https://x.example/a>."),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="#top">Top</a> <a href="javascript:x()">run</a>', "Top run"),
        ('<a href="https://x.example/"><img src="y"></a>', ""),
    ],
)
def test_links_are_kept_readable(html: str, text: str) -> None:
    assert to_text(html) == text


def test_a_long_link_shows_where_it_leads() -> None:
    html = f'<a href="https://track.example/{"x" * 300}">offer</a>'
    assert to_text(html) == "offer <https://track.example/…>"


def test_quotations_are_marked_at_their_depth() -> None:
    html = (
        "<p>new</p><blockquote><p>old</p><blockquote>older<br>still</blockquote>old again</blockquote>after"
    )
    lines = [line for line in to_text(html).split("\n") if line.strip(" >")]
    assert lines == ["new", "> old", "> > older", "> > still", "> old again", "after"]


def test_a_blockquote_that_only_indents_is_no_quotation() -> None:
    html = '<blockquote style="margin:0 0 0 40px;border:none;padding:0">indented</blockquote>'
    assert to_text(html) == "indented"


def test_marks_in_the_mail_itself_change_nothing() -> None:
    assert to_text("a\ue000b\ue001c\ue002") == "abc"


@given(st.text(max_size=300), st.text(st.sampled_from("<>/=\"' abpdivtlqu&;#x0\0"), max_size=200))
def test_any_text_survives(anything: str, syntax: str) -> None:
    for html in (anything, syntax, f"<blockquote>{syntax}<a href='http://x'>{anything}"):
        text = to_text(html)
        assert "\0" not in text
        text.encode("utf-8")


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<blockquote>x",
        '<a href="http://x.example/y">z</a>',
        "<td>",
        "<",
        "&",
        "&nbsp;",
        "<!--",
        " ",
        "\t",
        " (http://",
        "<style>",
        "\u200c",
        "\n",
    ],
)
def test_a_megabyte_of_anything_is_quick(piece: str) -> None:
    within(8, to_text, piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize(
    "html",
    [
        "<bdo dir=RTL>elpmaxe.x//:sptth</bdo>",
        '<p style="unicode-bidi:bidi-override;direction:rtl">elpmaxe.x//:sptth</p>',
        '<p style="direction: rtl; unicode-bidi: isolate-override">elpmaxe.<b>x</b>//:sptth</p>',
        "&#8238;elpmaxe.x//:sptth&#8236;",
    ],
)
def test_what_is_shown_backwards_is_read_so(html: str) -> None:
    assert to_text(html) == "https://x.example"
