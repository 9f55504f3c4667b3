"""Bytes to text: declared charsets, wrong ones and none at all; and what text may contain."""

import codecs
import re
from functools import lru_cache

from fluffy_core.mail.mime import bidi

# What senders write, and the codec they mean. Supersets stand in for the sets they extend
# (WHATWG Encoding Standard, section 4.2).
_MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "big5": "cp950",
    "iso-2022-jp": "iso2022_jp_ext",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,39}")
# Codecs of the standard library that are no charsets, or take quadratic time.
_NOT_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "charmap"}
_WESTERN = {"cp1252", "iso8859-15", "cp1254", "cp1250", "iso8859-2", "mac-roman"}
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B(]|\([JI])")

_UNWANTED_ASCII = dict.fromkeys([*range(9), *range(11, 32), 127])
# Controls, and what reorders, hides or carries words nobody sees: no letter is among them.
_HIDING = (
    "\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
    "\u00ad\u034f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufe00-\ufe0e\ufeff\ue000-\uf8ff\U000e0000-\U000e01ef"
)
# Marks that say which way a line of prose runs; a line for display has one way.
_DIRECTIONS = "\u061c\u200e\u200f"


def _unwanted(letters: str) -> re.Pattern[str]:
    """These, and joiners and selectors where they have no use: one letter at a time, which is found fast.

    Zero-width joiners have a use inside Arabic and Indic words and between emoji, none after Latin letters or
    each other; of the variation selectors only the last of the old ones has (emoji), once.
    """
    joiner = "(?<=[\u200c\u200d])(?<![^\x00-\u05ff\u2000-\u206f].)"
    return re.compile(f"[{letters}\u200c\u200d\ufe0f](?:(?<=[{letters}])|{joiner}|(?<=\ufe0f\ufe0f))")


_UNWANTED, _UNWANTED_IN_LINE = _unwanted(_HIDING), _unwanted(_HIDING + _DIRECTIONS)
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=512)
def codec_for(declared: str) -> str | None:
    """The Python codec that a declared charset means; None when there is no such charset."""
    name = declared.strip(" \t\"'").lower()
    name = _MEANT.get(name, name)
    if not _NAME.fullmatch(name):
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not info._is_text_encoding or info.name in _NOT_CHARSETS:
        return None
    return info.name


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Text of `data`, and a sentence about what was wrong with its charset ("" when nothing was).

    UTF-8 that says it is something Western is read as UTF-8; what is not valid in its declared
    charset is guessed. Never raises.
    """
    codec = codec_for(declared) if declared else "utf-8"
    if codec is None:
        return _guess(data), f"The character set “{declared[:40]}” is unknown; the text was guessed."
    if codec == "utf-8" or codec in _WESTERN:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            mended = codec != "utf-8" and not text.isascii()
            return text.removeprefix("\ufeff"), _MISDECLARED.format(declared) if mended else ""
    if codec == "utf-8":
        return _broken_utf8(data, declared)
    return _strictly(data, codec, declared)


_MISDECLARED = "The text says it is in “{}” but is UTF-8; it was read as UTF-8."
_INVALID = "Some characters are not valid in the character set “{}”."


def _strictly(data: bytes, codec: str, declared: str) -> tuple[str, str]:
    """By the declared codec, or the same with replacement characters."""
    try:
        return data.decode(codec).removeprefix("\ufeff"), ""
    except (UnicodeError, ValueError):
        pass
    if codec == "cp1252":
        return _cp1252(data), ""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        text = _guess(data)
    if text.count("\ufffd") * 4 > len(text):
        text = _guess(data)
    return text, _INVALID.format(declared[:40])


def _broken_utf8(data: bytes, declared: str) -> tuple[str, str]:
    """UTF-8 with a few damaged bytes stays UTF-8; anything else is guessed."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = (len(data) - len(data.translate(None, _HIGH)) - bad) // 2
    sentence = _INVALID.format(declared[:40] if declared else "UTF-8")
    if good > 3 * bad:
        return text, sentence
    return _guess(data), sentence if codec_for(declared or "ascii") and declared else ""


def _guess(data: bytes) -> str:
    """UTF-8, ISO-2022-JP, what a detector says about the 8-bit bytes, or Windows-1252."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        pass
    if _JAPANESE_ESCAPE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    codec = _detected(data)
    if codec:
        try:
            return data.decode(codec)
        except (UnicodeError, ValueError):
            pass
    return _cp1252(data)


def _detected(data: bytes) -> str | None:
    """A non-Western codec, when enough of the bytes are 8-bit for a detector to be trusted."""
    sample = data[:4096]
    high = len(sample) - len(sample.translate(None, _HIGH))
    if high < _MIN_HIGH or high * 5 < len(sample.split()) * 2:
        return None
    from resiliparse.parse.encoding import detect_encoding  # 20 ms to import

    codec = codec_for(detect_encoding(sample) or "")
    return None if codec in _WESTERN or codec in ("utf-16-le", "utf-16-be") else codec


_HIGH = bytes(range(0x80, 0x100))
_MIN_HIGH = 12


def _cp1252(data: bytes) -> str:
    """Windows-1252 with its five unassigned bytes as Latin-1 has them, so that nothing fails."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes((b,)).decode("cp1252", "replace") if b in _C1 else chr(b) for b in data)


_C1 = frozenset(range(0x80, 0xA0)) - {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def clean_body(text: str) -> str:
    """`text` with "\\n" newlines, no other control characters but tab, and nothing that reorders or hides."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.translate(_UNWANTED_ASCII)  # three times as fast as a search
    return _UNWANTED.sub("", bidi.as_seen(text))


def clean_line(text: str) -> str:
    """`text` on one line for display: no controls, nothing that reorders or hides letters."""
    if text.isascii() and text.isprintable():
        return text.strip() if "  " not in text else _SPACES.sub(" ", text).strip()
    return _SPACES.sub(" ", _UNWANTED_IN_LINE.sub("", text)).strip()
