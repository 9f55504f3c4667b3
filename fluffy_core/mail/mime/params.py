"""Values with parameters: Content-Type and Content-Disposition, RFC 2045 and RFC 2231."""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from fluffy_core.mail.mime import charset
from fluffy_core.mail.mime.words import decode_words

_PARAM = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)\s*$")
_SECTION = re.compile(r"([^*]+)\*(?:(\d{1,4})(\*?))?")
_TAGGED = re.compile(r"([^']*)'[^']*'(.*)", re.DOTALL)
_MAX_SECTIONS = 200
_MAX_LENGTH = 20_000


@lru_cache(maxsize=1024)
def parse(value: str) -> tuple[str, dict[str, str]]:
    """The value before the first ";" in lower case, and its parameters, decoded and joined.

    Never raises. Of two parameters with one name the first counts. The mapping must not be changed.
    """
    value = value[:_MAX_LENGTH]
    main, _, rest = value.partition(";")
    found: dict[str, str] = {}
    split: dict[str, dict[int, tuple[str, bool]]] = {}
    for written, quoted, plain in _PARAM.findall(";" + rest) if rest else ():
        text = _ESCAPE.sub(r"\1", quoted) if quoted else _COMMENT.sub("", plain).strip().strip('"')
        name = written.lower()
        section = _SECTION.fullmatch(name) if "*" in name else None
        if section is None:
            found.setdefault(name, decode_words(text))
        else:
            base, number, star = section.groups()
            extended = bool(star) or number is None
            split.setdefault(base, {}).setdefault(int(number or 0), (text, extended))
    for base, sections in split.items():
        found[base] = _joined(sections)
    return main.strip().lower(), found


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """One value of the numbered sections of RFC 2231; the first names the charset."""
    declared = ""
    data = b""
    for _number, (text, extended) in sorted(sections.items())[:_MAX_SECTIONS]:
        tagged = _TAGGED.fullmatch(text) if extended and not data else None
        declared = tagged.group(1) if tagged else declared
        raw = (tagged.group(2) if tagged else text).encode("utf-8", "replace")
        data += unquote_to_bytes(raw) if extended else raw
    return decode_words(charset.decode(data, declared)[0])
