"""Reads vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) as phones and mail programs really write them."""

import quopri
import re
from collections import defaultdict
from dataclasses import dataclass, field

from fluffy_core.domain.pim import AddressBook, ContactCard, bounded
from fluffy_core.mail.pim.text_file import decoded, unfolded

MAX_TEXT = 100_000
"""Characters kept of a note."""

_PROPERTY = re.compile(r"(?:[A-Za-z0-9-]{1,40}\.)?([A-Za-z0-9-]{1,60})((?:;(?:\"[^\"]*\"|[^\":;])*)*):")
_PARAMETER = re.compile(r";((?:\"[^\"]*\"|[^\":;])*)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SEPARATOR = re.compile(r"(?<!\\)((?:\\\\)*);")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DATE = re.compile(r"(\d{4}|--)-?(\d\d)-?(\d\d)")
_READ = {
    *("FN", "N", "NICKNAME", "ORG", "TITLE", "ROLE", "EMAIL", "TEL", "URL", "ADR", "BDAY", "NOTE", "UID"),
    "KIND",
}
_NO_YEAR = {"1604", "--"}
"""Apple writes 1604 for a birthday without a year."""


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    preferred: bool


@dataclass(slots=True)
class _Card:
    """The properties of one card that are read here."""

    values: dict[str, list[_Value]] = field(default_factory=lambda: defaultdict(list))

    def text(self, name: str) -> str:
        return _plain(self.values[name][0].text) if self.values[name] else ""

    def parts(self, name: str) -> list[str]:
        return _parts(self.values[name][0].text) if self.values[name] else []

    def texts(self, name: str) -> tuple[str, ...]:
        ordered = sorted(self.values[name], key=lambda value: not value.preferred)
        return tuple(dict.fromkeys(text for value in ordered if (text := _plain(value.text))))


def parse(data: bytes) -> AddressBook:
    """The people and companies of a .vcf file, and a plain sentence for each card left out."""
    cards: list[ContactCard] = []
    problems: list[str] = []
    for number, lines in enumerate(_cut(unfolded(decoded(data)), problems), start=1):
        card = _read(lines)
        contact = _contact(card)
        if card.text("KIND").lower() == "group":
            problems.append(f"“{contact.name or number}” is a group, not a person, and was left out.")
        elif contact.name:
            cards.append(contact)
        else:
            problems.append(f"Card {number} was left out: it has no name, address or number.")
    if not cards and not problems:
        problems.append("There is no vCard in this file.")
    return AddressBook(tuple(cards), bounded(problems))


def _cut(lines: list[str], problems: list[str]) -> list[list[str]]:
    """The lines of each card; cards nested in a card (AGENT) are dropped."""
    cards: list[list[str]] = []
    depth = 0
    for line in lines:
        mark = line.strip().upper().replace(" ", "")
        if mark == "BEGIN:VCARD":
            nested = depth and cards[-1] and cards[-1][-1].upper().startswith("AGENT")
            if depth and not nested:
                problems.append(f"Card {len(cards)} has no end; it may be incomplete.")
            depth = depth + 1 if nested else 1
            if not nested:
                cards.append([])
        elif mark == "END:VCARD":
            depth = max(depth - 1, 0)
        elif depth == 1:
            cards[-1].append(line)
    if depth:
        problems.append(f"Card {len(cards)} has no end; it may be incomplete.")
    return cards


def _read(lines: list[str]) -> _Card:
    card = _Card()
    rest = iter(lines)
    for line in rest:
        match = _PROPERTY.match(line[:4096])
        if not match or match[1].upper() not in _READ:
            continue
        parameters = [parameter.strip().upper() for parameter in _PARAMETER.findall(match[2])]
        text = line[match.end() :]
        if any(parameter.endswith("QUOTED-PRINTABLE") for parameter in parameters):
            soft = [text]
            while soft[-1].endswith("=") and (following := next(rest, None)) is not None:
                soft.append(following)
            text = _quoted_printable("\n".join(soft), parameters)
        preferred = any(re.search(r"\bPREF\b", parameter) for parameter in parameters)
        card.values[match[1].upper()].append(_Value(text[:MAX_TEXT], preferred))
    return card


def _quoted_printable(text: str, parameters: list[str]) -> str:
    charset = next((p.partition("=")[2] for p in parameters if p.startswith("CHARSET=")), "utf-8")
    data = quopri.decodestring(text.encode("utf-8"))
    for encoding in (charset.strip('"'), "utf-8"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _plain(text: str) -> str:
    """A text value without its escapes and control characters, white space trimmed."""
    text = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def _parts(text: str) -> list[str]:
    """The components of a structured value (N, ORG, ADR), which ";" divides."""
    marked = _SEPARATOR.sub("\\1\0", text)
    return [_plain(part) for part in marked.split("\0")]


def _contact(card: _Card) -> ContactCard:
    family, given, *_ = [*card.parts("N"), "", ""]
    org, *departments = card.parts("ORG") or [""]
    emails = tuple(dict.fromkeys(_bare(text, "mailto:").lower() for text in card.texts("EMAIL")))
    phones = tuple(_bare(text, "tel:").partition(";")[0] for text in card.texts("TEL"))
    both = f"{given} {family}".strip()
    name = " ".join((card.text("FN") or both or org or next(iter(emails + phones), "")).split())
    return ContactCard(
        name=name,
        emails=tuple(email for email in emails if "@" in email),
        phones=tuple(phone for phone in phones if phone),
        given=given,
        family=family,
        nickname=card.text("NICKNAME"),
        org=org,
        department=", ".join(part for part in departments if part),
        title=card.text("TITLE") or card.text("ROLE"),
        urls=card.texts("URL"),
        addresses=_addresses(card),
        birthday=birthday(card.text("BDAY")),
        notes="\n\n".join(card.texts("NOTE"))[:MAX_TEXT],
        uid=card.text("UID"),
    )


def _bare(text: str, scheme: str) -> str:
    return text[len(scheme) :] if text.lower().startswith(scheme) else text


def _addresses(card: _Card) -> tuple[str, ...]:
    found = (
        ", ".join(" ".join(part.split()) for part in _parts(value.text) if part)
        for value in card.values["ADR"]
    )
    return tuple(dict.fromkeys(address for address in found if address))


def birthday(text: str) -> str:
    """A BDAY value as "YYYY-MM-DD", or "--MM-DD" without a year; "" when it is none."""
    match = _DATE.match(text.strip())
    if not match or not ("01" <= match[2] <= "12" and "01" <= match[3] <= "31"):
        return ""
    year = "-" if match[1] in _NO_YEAR else match[1]
    return f"{year}-{match[2]}-{match[3]}"
