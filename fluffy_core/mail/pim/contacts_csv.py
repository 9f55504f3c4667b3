"""Reads contacts from the CSV files of Google, Outlook and Thunderbird, in several languages."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from fluffy_core.domain import contact_columns
from fluffy_core.domain.pim import AddressBook, ContactCard, bounded
from fluffy_core.mail.pim.text_file import decoded

_SEVERAL = " ::: "
"""Google puts several values of one kind into a cell like this."""
_ADDRESS_FIELDS = ("street", "city", "region", "postcode", "country")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SEP_LINE = re.compile(r"sep=(.)\n", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4}|-)-(\d{1,2})-(\d{1,2})")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")
_MONTHS, _DAYS = 12, 31

Row = dict[str, list[str]]


def parse(data: bytes) -> AddressBook:
    """The contacts of a CSV file whose first row names its columns, and what had to be left out."""
    text = decoded(data).lstrip("\n ")
    if match := _SEP_LINE.match(text):
        text = text[match.end() :]
    delimiter = _delimiter(text)
    if not delimiter:
        return AddressBook((), ("The first line does not name the columns of an address book.",))
    problems: list[str] = []
    if text.count('"') % 2:
        problems.append("A quotation mark is not closed; contacts after it may be missing or mixed up.")
    rows = list(_rows(text, delimiter, problems))
    day_first = any(_day_first(value) for _, row in rows for value in row["birthday"])
    cards = []
    for number, row in rows:
        card = _contact(row, day_first=day_first)
        if card.name:
            cards.append(card)
        elif any(map(any, row.values())):
            problems.append(f"Line {number} was left out: it has no name, address or number.")
    return AddressBook(tuple(cards), bounded(problems))


def _delimiter(text: str) -> str:
    """The delimiter under which the first row names the most known columns, "" when it names none."""
    known = {}
    for delimiter in ",;\t":
        header = _header(text, delimiter)
        if contact_columns.is_address_book(header):
            known[delimiter] = sum(bool(contact_columns.field_of(column)) for column in header)
    return max(known, key=lambda delimiter: known[delimiter], default="")


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text.split("\n", 1)[0]], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows(text: str, delimiter: str, problems: list[str]) -> Iterator[tuple[int, Row]]:
    """Each row with its line number: field -> cells in the order of the columns, empty ones too."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    fields = [contact_columns.field_of(column) for column in next(reader)]
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            problems.append(f"Line {number} was left out: it is damaged.")
            continue
        if cells is None:
            return
        row: Row = defaultdict(list)
        for field, cell in zip(fields, cells, strict=False):
            if field:
                row[field].append(_CONTROL.sub("", cell).strip())
        yield number, row


def _contact(row: Row, *, day_first: bool) -> ContactCard:
    emails = tuple(dict.fromkeys(value.lower() for value in _all(row, "email") if "@" in value))
    phones = _all(row, "phone")
    org = _first(row, "org")
    given, family = _first(row, "given"), _first(row, "family")
    both = " ".join(part for part in (given, _first(row, "additional"), family) if part)
    name = _first(row, "name") or both or org or next(iter(emails + phones), "")
    return ContactCard(
        name=" ".join(name.split()),
        emails=emails,
        phones=phones,
        given=given,
        family=family,
        nickname=_first(row, "nickname"),
        org=org,
        department=_first(row, "department"),
        title=_first(row, "title"),
        urls=_all(row, "url"),
        addresses=_addresses(row),
        birthday=_birthday(_first(row, "birthday"), day_first=day_first),
        notes="\n\n".join(_all(row, "note")),
    )


def _first(row: Row, field: str) -> str:
    return next((cell for cell in row[field] if cell), "")


def _all(row: Row, field: str) -> tuple[str, ...]:
    values = (value.strip() for cell in row[field] for value in cell.split(_SEVERAL))
    return tuple(dict.fromkeys(value for value in values if value))


def _addresses(row: Row) -> tuple[str, ...]:
    sets = zip_longest(*(row[field] for field in _ADDRESS_FIELDS), fillvalue="")
    lines = _all(row, "address") or [", ".join(part for part in parts if part) for parts in sets]
    return tuple(dict.fromkeys(" ".join(line.replace("\n", ", ").split()) for line in lines if line))


def _day_first(value: str) -> bool:
    """Whether a birthday shows that this file writes the day before the month."""
    match = _NUMERIC_DATE.fullmatch(value)
    return match is not None and (match[2] == "." or int(match[1]) > _MONTHS)


def _birthday(value: str, *, day_first: bool) -> str:
    if match := _ISO_DATE.match(value):
        year, month, day = match[1], int(match[2]), int(match[3])
    elif match := _NUMERIC_DATE.fullmatch(value):
        first, second, year = int(match[1]), int(match[3]), match[4]
        month, day = (second, first) if day_first else (first, second)
    else:
        return ""
    return f"{year}-{month:02}-{day:02}" if 1 <= month <= _MONTHS and 1 <= day <= _DAYS else ""
