"""Words on screen: cleaning, dates, links, paragraphs, sizes."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.importing.finish import sentence
from app.views.reader.links import find_links
from app.views.reader.message_card import size_words
from app.views.reader.parts import flow, parts
from app.views.reader.summary_card import sentence_case
from app.widgets import dates
from app.widgets.text import (
    FSI,
    MAY_BREAK,
    PDI,
    breakable,
    clean,
    clean_block,
    is_right_to_left,
    isolated,
    shorten,
)
from fluffy_core import Zone, ZoneKind
from tests.app.fakes import FakeMail
from tests.fakes.effort import within

NOON = 1_795_435_200  # 2026-11-23 12:00 UTC


@given(st.text(max_size=2000), st.integers(1, 400))
def test_cleaned_text_is_one_harmless_line(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert not any(one in shown for one in "\0\n\r\t\u202e\u2066\u200f")


@given(st.text(max_size=500))
def test_cleaning_keeps_the_number_of_lines(text: str) -> None:
    assert clean_block(text).count("\n") == text.count("\n")


def test_short_texts_end_in_an_ellipsis() -> None:
    assert shorten("one two three", 9) == "one two…"
    assert shorten("one two", 9) == "one two"


def test_direction_is_that_of_the_first_strong_letter() -> None:
    assert is_right_to_left("  «דנה") is True
    assert is_right_to_left("12 Ann") is False
    assert is_right_to_left("123") is False


def test_words_of_mail_keep_their_direction_to_themselves() -> None:
    assert isolated("Ann") == "Ann"
    subject = isolated("פגישה, 3 in Berlin")
    assert subject == f"{FSI}פגישה, 3 in Berlin{PDI}"
    assert isolated(subject) == subject
    assert is_right_to_left(f"{subject}, to Ann") is False
    assert clean(f"{subject}, to Ann") == f"{subject}, to Ann"
    assert is_right_to_left(f"{subject}, to דנה and Ann") is False
    assert is_right_to_left(f"{isolated('דנה')} דנה") is True


def test_quoted_words_keep_their_direction_to_themselves() -> None:
    assert clean("Dana asks you: “מתי נפגש?”") == f"Dana asks you: “{FSI}מתי נפגש?{PDI}”"
    assert clean(clean("“מתי?” and “Ann”")) == f"“{FSI}מתי?{PDI}” and “Ann”"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"a {FSI}b", "a b"),
        (f"a {PDI}b", "a b"),
        (f"{PDI}{FSI}a{PDI}{FSI}", f"{FSI}a{PDI}"),
        (f"{FSI}{FSI}é{PDI}", f"{FSI}é{PDI}"),
    ],
)
def test_isolation_that_mail_brings_reaches_no_further_than_its_words(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(alphabet=f"aא {FSI}{PDI}“”", max_size=80), st.integers(1, 60))
def test_what_begins_an_isolation_ends_it(text: str, limit: int) -> None:
    shown, depth = clean(text, limit), 0
    assert len(shown) <= limit
    for one in shown:
        depth += (one == FSI) - (one == PDI)
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("before", "short", "day"),
    [
        (0, "12:00", "today"),
        (86400, "Yest.", "yesterday"),
        (3 * 86400, "Fri", "20\u00a0Nov"),
        (20 * 86400, "3 Nov", "3\u00a0Nov"),
        (400 * 86400, "Oct 2025", "19\u00a0Oct\u00a02025"),
    ],
)
def test_dates_as_people_say_them(monkeypatch: pytest.MonkeyPatch, before: int, short: str, day: str) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert (dates.short(NOON - before, NOON), dates.day(NOON - before, NOON)) == (short, day)


def test_no_date_is_said() -> None:
    assert (dates.short(0, NOON), dates.spoken(0, NOON)) == ("", "no date")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (5, "a few seconds left"),
        (80, "about a minute left"),
        (200, "about 3 min left"),
        (9000, "about 2 h left"),
    ],
)
def test_time_left(seconds: float | None, words: str) -> None:
    assert dates.left(seconds) == words


def test_what_is_long_ago_is_a_day_and_no_count() -> None:
    assert dates.ago(NOON - 59 * 86400, NOON).replace("\u00a0", " ") == "59 days ago"
    assert dates.ago(NOON - 8820 * 86400, NOON) == dates.day(NOON - 8820 * 86400, NOON)


def test_ago() -> None:
    said = [dates.ago(NOON - gone, NOON).replace("\u00a0", " ") for gone in (3, 120, 7200, 90000, 5 * 86400)]
    assert said == ["just now", "2 min ago", "2 h ago", "yesterday", "5 days ago"]


def test_links_end_before_punctuation() -> None:
    text = "See https://a.example/x_(y), www.b.example. (http://c.example/) or javascript:alert(1)"
    assert [(text[one.start : one.end], one.address) for one in find_links(text)] == [
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("www.b.example", "https://www.b.example"),
        ("http://c.example/", "http://c.example/"),
    ]


@pytest.mark.parametrize(
    "text", ["http://" * 150_000, "(" * 10**6, "www." * 250_000, "mailto:" + "a" * 10**6]
)
def test_finding_links_is_linear(text: str) -> None:
    within(3, lambda: list(find_links(text)))


def test_flow_joins_what_a_mail_program_broke() -> None:
    lines = [
        "This is a line that a mail program has broken because it was long",
        "enough, and this is how it goes on.",
        "",
        "",
        "- a list item that is quite long, as long as a line of mail can be",
        "- another",
        "short",
        "line",
    ]
    assert list(flow(lines)) == [f"{lines[0]} {lines[1]}", "", *lines[4:]]


def test_flow_takes_spaces_that_were_left_of_a_sentence_s_end() -> None:
    lines = [
        "Even if you do not touch the samples, much depends on what is done on",
        "  exactly that machine.",
        "    int main(void) stays, since it is set in further than words of prose are",
    ]
    assert list(flow(lines)) == [f"{lines[0]} exactly that machine.", lines[2]]
    wide = (
        "What some programs break at a hundred and thirty columns is set in as well, " + "so it goes on " * 4
    )
    assert list(flow([wide, "  here"])) == [f"{wide.rstrip()} here"]
    assert list(flow([wide, "here"])) == [wide.rstrip(), "here"]
    table = [" 2019   north   12,000.00   a long remark about the year", " 2020   south"]
    assert list(flow(table)) == table
    assert list(flow([lines[0], "  - an item of a list"])) == [lines[0], "  - an item of a list"]


def test_long_words_may_break_where_no_space_is() -> None:
    word = "Donaudampfschifffahrtsgesellschaft"
    assert breakable(f"{word} und mehr").replace(MAY_BREAK, "") == f"{word} und mehr"
    assert max(map(len, re.split(f"[ {MAY_BREAK}]", breakable("x" * 300)))) <= 16
    assert breakable("No word is long here") == "No word is long here"


def test_parts_leave_out_the_signature_mark_and_empty_zones() -> None:
    text = "Hello\n\n--\nAnn\n> quoted"
    zones = [Zone(ZoneKind.BODY, 0, 2), Zone(ZoneKind.SIGNATURE, 2, 4), Zone(ZoneKind.QUOTE, 4, 5)]
    assert [(one.kind.value, one.text) for one in parts(text, zones)] == [
        ("body", "Hello"),
        ("signature", "Ann"),
        ("quote", "> quoted"),
    ]


@given(st.lists(st.text(alphabet="ab -*1.\u0660", max_size=90), max_size=40))
def test_flow_loses_no_words(lines: list[str]) -> None:
    assert " ".join(flow(lines)).split() == " ".join(lines).split()


def test_sizes() -> None:
    assert [size_words(one) for one in (812, 24_000, 1_250_000, 25_000_000)] == [
        "812 bytes",
        "24 KB",
        "1.2 MB",
        "25 MB",
    ]


def test_first_letters() -> None:
    assert sentence_case("das Museum") == "Das Museum"


def test_an_import_in_a_sentence() -> None:
    said = sentence(FakeMail().report(None, 1))
    assert said.startswith("393 of 394 messages read, 1 kept but not readable, 3 were already here. ")
    assert said.endswith(" 120 conversations, 34 people.")
