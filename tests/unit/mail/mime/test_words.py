"""Encoded words of RFC 2047, also broken ones."""

from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime.words import decode_words
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("no words", "no words"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
        ("=?utf-8?B?Y2Fmw6k?=", "café"),
        ("=?iso-8859-1?Q?a_b?= tail", "a b tail"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=  \r\n =?iso-8859-1?q?=E9?=", "aé"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=", "€"),
        ("=?utf-8*en?Q?hi?=", "hi"),
        ("=?us-ascii?Q?what? now?=", "what? now"),
        ("x=?utf-8?q?=C3=A9?=y", "xéy"),
        ("=?iso-8859-1?Q?=C3=A9?=", "é"),
        ("=?utf-8?Q?=E9?=", "é"),
        ("=?x-unknown?Q?=E9?=", "é"),
        ("=?utf-8?X?zz?=", "=?utf-8?X?zz?="),
        ("=?utf-8?Q?open", "=?utf-8?Q?open"),
        ("=?utf-8?B?!!!!?=", ""),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?gb2312?B?1uzpRg==?=", "朱镕"),
        ("=?utf-8?Q?=?=", "="),
    ],
)
def test_words_are_decoded(written: str, text: str) -> None:
    assert decode_words(written) == text


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]),
        min_size=1,
        max_size=80,
    )
)
def test_what_the_standard_library_writes_is_read_back(text: str) -> None:
    assert decode_words(Header(text, "utf-8").encode()) == text.removeprefix("\ufeff")


@given(st.text(st.sampled_from("=?utf8-QBqb_Zz+/ é\n"), max_size=120))
def test_anything_that_looks_like_a_word_survives(text: str) -> None:
    assert isinstance(decode_words(text), str)


def test_openings_without_an_end_are_quick() -> None:
    within(2, decode_words, "=?utf-8?Q?" * 4_000)
    within(2, decode_words, "=?utf-8?Q?a" + "?" * 40_000)
