"""Charsets: declared, misdeclared, unknown, absent; and what text may contain afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.mime import charset
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (b"plain", "", "plain"),
        (b"plain", "us-ascii", "plain"),
        ("naïve".encode(), "utf-8", "naïve"),
        (b"\xef\xbb\xbfmark", "utf-8", "mark"),
        (b"caf\xe9", "iso-8859-1", "café"),
        (b"\x93smart\x94 \x96 \x80", "iso-8859-1", "“smart” – €"),
        (b"\x93smart\x94", "windows-1252", "“smart”"),
        ("日本語".encode("iso2022_jp"), "ISO-2022-JP", "日本語"),
        ("日本語".encode("cp932"), "shift_jis", "日本語"),
        ("朱镕基".encode("gb18030"), "gb2312", "朱镕基"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("한국말".encode("cp949"), "ks_c_5601-1987", "한국말"),
        (b"Hi +Jjo-", "utf-7", "Hi ☺"),
        ("αβγ".encode("iso-8859-7"), '"iso-8859-7"', "αβγ"),
        ("wide".encode("utf-16"), "utf-16", "wide"),
    ],
)
def test_declared_charsets_are_obeyed(data: bytes, declared: str, text: str) -> None:
    assert charset.decode(data, declared) == (text, "")


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_utf8_that_says_it_is_western_is_read_as_utf8(declared: str) -> None:
    text, problem = charset.decode("señor – naïve".encode(), declared)
    assert text == "señor – naïve"
    assert declared in problem


def test_utf8_declared_but_latin_is_read_as_windows_1252_and_said() -> None:
    assert charset.decode(b"caf\xe9 \x93x\x94", "utf-8") == (
        "café “x”",
        "Some characters are not valid in the character set “utf-8”.",
    )


def test_utf8_with_one_broken_character_stays_utf8() -> None:
    data = "ä ö ü ß é è ê 日本語 Привет".encode() + b"\xe2\x82"
    text, problem = charset.decode(data, "utf-8")
    assert text.startswith("ä ö ü ß é è ê 日本語 Привет")
    assert problem


@pytest.mark.parametrize(
    "declared", ["x-foo", "binary", "hex", "rot13", "punycode", "idna", "a\0b", "é", "../x", "zlib"]
)
def test_what_is_no_charset_is_said_and_the_text_guessed(declared: str) -> None:
    text, problem = charset.decode(b"caf\xe9", declared)
    assert text == "café"
    assert problem.startswith("The character set “")


def test_undeclared_cyrillic_is_detected() -> None:
    text = "Привет, как дела? Сегодня хорошая погода, пойдём гулять в парк."
    assert charset.decode(text.encode("cp1251")) == (text, "")


def test_undeclared_japanese_is_found_by_its_escapes() -> None:
    assert charset.decode("日本語 é".encode("iso2022_jp", "ignore") + b"\xff", "")[0].startswith("日本語")


def test_the_unassigned_bytes_of_windows_1252_do_not_fail() -> None:
    assert charset.decode(b"\x81\x8d\x8f\x90\x9d\xe9", "windows-1252")[0].endswith("é")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\0b\x07\tc\x7f", "ab\tc"),
        ("é\x00\x9bx\ud800", "éx"),
        ("keep \u200f marks", "keep \u200f marks"),
        ("see" + "".join(chr(0xE0000 + ord(one)) for one in "call me") + " you", "see you"),
        ("\U0001f600" + "".join(chr(0xE0100 + one) for one in b"call"), "\U0001f600"),
        ("pay \u202e21\u202c \u206712\u2069", "pay 12 12"),
        ("1\u200b2\u20603\u00ad4", "1234"),
        ("x" + "\u200b\u200c" * 40 + "y", "xy"),
        ("\u2764\ufe0f\ufe0f \ue000", "\u2764\ufe0f "),
        (
            "\U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e",
            "\U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e",
        ),
    ],
)
def test_bodies_keep_no_controls(text: str, clean: str) -> None:
    assert charset.clean_body(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  a   b\tc ", "a b c"),
        ("\u202eevil\u202c\u200b\ufeff", "evil"),
        ("a\u200db\u200cc", "abc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("شركة\u200f", "شركة"),
        ("x\0y\x1bz", "xyz"),
        ("\u2066\u2069", ""),
    ],
)
def test_lines_for_display_reorder_and_hide_nothing(text: str, clean: str) -> None:
    assert charset.clean_line(text) == clean


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "big5", "x"]),
)
def test_any_bytes_become_text_that_a_database_takes(data: bytes, declared: str) -> None:
    text = charset.clean_body(charset.decode(data, declared)[0])
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\0" not in text


@pytest.mark.parametrize("declared", ["", "utf-8", "utf-7", "iso-2022-jp", "gb2312", "us-ascii"])
def test_a_megabyte_of_damage_is_quick(declared: str) -> None:
    damaged = b"\xc3(\xff+A" * 200_000
    within(4, lambda: charset.clean_body(charset.decode(damaged, declared)[0]))
