"""Fields of a signature: who wrote, as what, for whom, and how to reach them."""

import re
from collections.abc import Callable

from fluffy_core.domain.people_fields import Evidenced, Phone, PhoneKind, SignatureFields
from fluffy_core.mail.addresses import names
from fluffy_core.mail.zones import regions
from fluffy_core.mail.zones.signature_lines import is_mobile_phrase, is_sign_off
from fluffy_core.mail.zones.signature_words import COMPANY_SUFFIXES, PROSE_WORDS, STREET_WORDS, TITLE_WORDS

_MOST_LINES = 25
_LONGEST_LINE = 200
_LONGEST_FIELD = 80
_MOST_WORDS = 8
_MOST_NAME_WORDS = 5
_POSTCODE_LAST = frozenset({"US", "CA", "GB", "AU", "IE", "IN"})
_SHORTEST_PHONE = 7
_SHORTEST_LABEL = 4
_MOST_PHONES, _MOST_URLS = 6, 5

_BORDER = re.compile(r"\s*[|•·;]\s*|\t+|\s{3,}|\s+[–—*/]\s+|\s+-\s+")
_COMMA = re.compile(r",\s+")
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}[\w.\-]{0,190}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"|,;]{3,300}", re.IGNORECASE)
_LABEL = re.compile(r"^[\W_]*(?:title|position|company|name|address|street|city)\s*:\s*", re.IGNORECASE)
_STREET_SUFFIX = re.compile(
    r"(?:straße|strasse|str\.|gasse|weg|platz|allee|straat|laan|gatan|vägen|gade|vej|katu)\b"
)
_US_CITY = re.compile(r"([A-Z][A-Za-z.'\- ]{1,40}?),?\s+[A-Z]{2}\.?,?\s+\d{5}(?:-\d{4})?(?!\d)")
_EUROPEAN_CITY = re.compile(
    r"(?<!\w)(?:[A-Z]{1,2}-)?\d{4,5}(?:\s[A-Z]{2})?\s+([A-ZÀ-Ž][\w.'\-]{1,30}(?:\s[A-ZÀ-Ž][\w.'\-]{1,30}){0,2})"
)
_BRITISH_CITY = re.compile(r"([A-Z][A-Za-z.'\- ]{1,40}?),?\s+[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b")
_KINDS = (
    (PhoneKind.FAX, re.compile(r"(?:fax|telefax|facsimile|^\W*f\b)[^\d+]*$", re.IGNORECASE)),
    (
        PhoneKind.MOBILE,
        re.compile(r"(?:mob\w*|cell\w*|handy\w*|gsm|móvil|portable|^\W*[mc]\b)[^\d+]*$", re.IGNORECASE),
    ),
    (PhoneKind.HOME, re.compile(r"(?:home|privat)[^\d+]*$", re.IGNORECASE)),
    (
        PhoneKind.WORK,
        re.compile(
            r"(?:office|work|direct\w*|tel\w*|ph\w*|büro|durchwahl|^\W*[twdpo]\b)[^\d+]*$", re.IGNORECASE
        ),
    ),
)
_KIND_AFTER = re.compile(r"^\W{0,3}(fax|cell|mobile|mobil|home|office|work)\b", re.IGNORECASE)
_AFTER = {
    "fax": PhoneKind.FAX,
    "cell": PhoneKind.MOBILE,
    "mobile": PhoneKind.MOBILE,
    "mobil": PhoneKind.MOBILE,
    "home": PhoneKind.HOME,
    "office": PhoneKind.WORK,
    "work": PhoneKind.WORK,
}


def fields(signature_text: str, *, name: str, email: str) -> SignatureFields:
    """Return what the signature says about its author, who is known as `name` and writes from `email`.

    Precision goes before recall: a line that may be prose gives nothing.
    """
    lines = [line.strip() for line in signature_text.split("\n")[: _MOST_LINES * 2]]
    lines = [line for line in lines if line and len(line) <= _LONGEST_LINE and not is_mobile_phrase(line)]
    lines = lines[:_MOST_LINES]
    region = regions.guess("\n".join(lines), email)
    parts = [(part, line) for line in lines for part in _parts(line)]
    full_name = _first(parts, lambda part: _full_name(part, name, email))
    known = full_name.value if full_name else name
    pieces = [(piece, line) for part, line in parts for piece in _at_commas(part, known, email)]
    rest = [(piece, line) for piece, line in pieces if piece != known]
    company = _first(rest, lambda part: _company(part, email))
    return SignatureFields(
        name=full_name,
        title=_first([pair for pair in rest if company is None or pair[0] != company.value], _title),
        company=company,
        street=_first(parts, _street),
        city=_first(
            [(line, line) for line in lines], lambda line: _city(line, european=region not in _POSTCODE_LAST)
        ),
        phones=_phones(lines, region),
        urls=_urls(lines),
    )


def _parts(line: str) -> list[str]:
    """Return the line cut at drawn borders ("Jane Doe | Director"); a line that is one piece stays whole."""
    return [part.strip(" *_,") for part in _BORDER.split(_LABEL.sub("", line)) if part.strip(" *_,")]


def _at_commas(part: str, name: str, email: str) -> list[str]:
    """Return "Jane Doe, Director, Acme" in pieces where a name begins it or a company ends it; else whole."""
    head, comma, tail = part.partition(", ")
    if comma and head == name:
        return [head, *_at_commas(tail, name, email)]
    head, comma, tail = part.rpartition(", ")
    return [head, tail] if comma and _company(tail, email) else [part]


def _first(parts: list[tuple[str, str]], read: Callable[[str], str]) -> Evidenced | None:
    for part, line in parts:
        if len(part) <= _LONGEST_LINE and (value := read(part)) and len(value) <= _LONGEST_FIELD:
            return Evidenced(value, line)
    return None


def _is_plain(part: str) -> bool:
    """Tell whether a part may be a name, title or company: short, no numbers, no address, no prose."""
    found = names.fold(part).split()
    if not 0 < len(found) <= _MOST_WORDS or any(char.isdigit() or char in "@<>?!" for char in part):
        return False
    prose = sum(word.strip(".,") in PROSE_WORDS for word in found)
    if prose > (len(found) > 1) or part[-1] == ".":
        return False
    return not is_sign_off([word.strip(",.!") for word in found])


def _full_name(part: str, name: str, email: str) -> str:
    """A part that holds a word of the name already known, or of the address, and little else."""
    head = _COMMA.split(part)[0].strip(" -–—")
    if (
        not head
        or not _is_plain(head)
        or not 1 < len(head.split()) <= _MOST_NAME_WORDS
        or not head[0].isupper()
    ):
        return ""
    known = set(names.words(name)) | set(re.findall(r"[^\W\d_]{2,}", names.fold(email.partition("@")[0])))
    found = set(names.words(head))
    if found.isdisjoint(known) or not TITLE_WORDS.isdisjoint(found) or not COMPANY_SUFFIXES.isdisjoint(found):
        return ""
    return names.clean(head, email)


def _title(part: str) -> str:
    if not _is_plain(part) or part[0].islower():
        return ""
    found = {word.strip(".,()/&") for word in names.fold(part).split()}
    return part.strip() if not TITLE_WORDS.isdisjoint(found) and COMPANY_SUFFIXES.isdisjoint(found) else ""


def _company(part: str, email: str) -> str:
    """A part with a legal form ("… GmbH"), or whose words spell the domain of the address."""
    plain = _EMAIL.sub("", part).strip(" ,-")
    found = names.fold(plain).replace(",", " ").split()
    if not 0 < len(found) <= _MOST_WORDS or any(char in "@<>?!" for char in plain):
        return ""
    legal = len(found) > 1 and not COMPANY_SUFFIXES.isdisjoint(found[-2:])
    if legal and not any(word in PROSE_WORDS for word in found[:1]):
        return plain
    label = names.fold(names.company_of(email).partition(".")[0]).replace("-", "")
    joined = re.sub(r"[\W_]", "", "".join(found))
    spells = len(label) >= _SHORTEST_LABEL and joined.startswith(label) and _is_plain(plain)
    return plain if spells and not plain.casefold().startswith("www") and "." not in plain.strip(".") else ""


def _street(part: str) -> str:
    found = names.fold(part).replace(",", " ").split()
    if not any(char.isdigit() for char in part) or "@" in part or len(found) > _MOST_WORDS + 2:
        return ""
    worded = not STREET_WORDS.isdisjoint(found) or any(_STREET_SUFFIX.search(word) for word in found)
    if not worded or sum(word in PROSE_WORDS for word in found) > 1:
        return ""
    return _COMMA.split(part)[0] if _US_CITY.search(part) or _EUROPEAN_CITY.search(part) else part


def _city(line: str, *, european: bool) -> str:
    """The place beside a postcode; "1400 Smith" is a house, not a postcode, where those follow the place."""
    patterns = (_US_CITY, _BRITISH_CITY, _EUROPEAN_CITY) if european else (_US_CITY, _BRITISH_CITY)
    for pattern in patterns:
        found = pattern.search(line)
        if found and STREET_WORDS.isdisjoint(names.fold(found[1]).split()):
            return found[1].split(",")[-1].strip()
    return ""


def _phones(lines: list[str], region: str) -> tuple[Phone, ...]:
    candidates = [line for line in lines if sum(char.isdigit() for char in line) >= _SHORTEST_PHONE]
    if not candidates:
        return ()
    import phonenumbers

    home = region or _region_of_international(candidates)
    found: dict[str, Phone] = {}
    for line in candidates:
        searched = _URL.sub(lambda match: " " * len(match[0]), line)
        for match in phonenumbers.PhoneNumberMatcher(searched, home):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            found.setdefault(number, Phone(number, _phone_kind(searched, match.start, match.end), line))
    return tuple(found.values())[:_MOST_PHONES]


def _region_of_international(lines: list[str]) -> str | None:
    """Return the country of the first number with a country code, for those without one beside it."""
    import phonenumbers

    for line in lines:
        for match in phonenumbers.PhoneNumberMatcher(line, None):
            return phonenumbers.region_code_for_number(match.number)
    return None


def _phone_kind(line: str, start: int, end: int) -> PhoneKind:
    """Read the label before the number, else the word after it ("… cell")."""
    before = line[max(0, start - 20) : start]
    for kind, label in _KINDS:
        if label.search(before):
            return kind
    after = _KIND_AFTER.match(line[end : end + 12])
    return _AFTER[after[1].casefold()] if after else PhoneKind.UNKNOWN


def _urls(lines: list[str]) -> tuple[Evidenced, ...]:
    found: dict[str, Evidenced] = {}
    for line in lines:
        for match in _URL.findall(line):
            url = match.rstrip(".)>]'*_")
            found.setdefault(url.casefold().rstrip("/"), Evidenced(url, line))
    return tuple(found.values())[:_MOST_URLS]
