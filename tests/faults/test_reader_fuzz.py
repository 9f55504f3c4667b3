"""Seeded mutations of every file kind: items or a known error come out, and every byte of an mbox."""

import os
import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from fluffy_core.connectors.files import files, mbox
from fluffy_core.errors import KnownError
from fluffy_core.mail.pim import calendar, contacts_csv, vcard
from tests.fakes.mailboxes import MBOX, MESSAGES, tarred, zipped

ROUNDS = 5000 if os.environ.get("FLUFFY_LONG_FAULTS") == "1" else 500
BATCHES = 10

ICS = (
    b"BEGIN:VCALENDAR\r\nX-WR-TIMEZONE:Europe/Berlin\r\nBEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\n"
    b"TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Plan\r\n"
    b"DTSTART;TZID=Mine:20200102T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20\r\n"
    b"EXDATE:20200106T090000Z\r\nATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:ada@example.com\r\nEND:VEVENT\r\n"
    b"BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20200109T090000Z\r\nDTSTART:20200110T090000Z\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)
VCF = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gro=C3=9F;J=C3=BCrgen\r\n"
    b"EMAIL;PREF;INTERNET:j@example.com\r\nADR;WORK:;;Weg 1;Ort;;12345;\r\nBDAY:19800322\r\nEND:VCARD\r\n"
)
CSV = b'Name,E-mail 1 - Value,Phone 1 - Value,Birthday\r\n"Ada, E.",ada@example.com,1 ::: 2,3/22/1980\r\n'
TOKENS = (
    *(b"\n", b"\r\n", b"\0", b"From ", b'"', b";", b":", b",", b"=", b"\\", b"\xff", b"\xef\xbb\xbf", b"-1"),
    *(b"\nFrom a@b Thu Jan  2 10:00:00 2020\n", b"BEGIN:VEVENT\n", b"END:VEVENT\n", b"BEGIN:VCARD\n"),
    b"99999999999",
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with a few bytes flipped, cut, doubled or put in."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(found) + 1), chance.randint(1, 40)
        match chance.randrange(5):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at:at] = chance.choice(TOKENS)
            case _:
                del found[at + chance.randint(0, len(found)) :]
    return bytes(found)


def mutations(data: bytes, batch: int) -> list[bytes]:
    chance = random.Random(f"{len(data)} {batch}")
    return [mutated(data, chance) for _ in range(ROUNDS // BATCHES)]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_mbox_bytes_are_all_accounted_for(batch: int, tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    for data in mutations(MBOX, batch):
        path.write_bytes(data)
        with path.open("rb", buffering=0) as file:
            spans = list(mbox.spans(file))
        items = list(mbox.Mbox(path).read())
        assert [item.position for item in items] == [start for start, _ in spans]
        assert all(end == start for (_, end), (start, _) in pairwise(spans))
        covered = b"".join(data[start:end] for start, end in spans)
        assert data.endswith(covered)
        assert data[: len(data) - len(covered)].removeprefix(b"\xef\xbb\xbf").strip() == b""
        for item, (start, end) in zip(items, spans, strict=True):
            raw = data[start:end]
            envelope = len(raw.partition(b"\n")[0]) + 1 if raw.startswith(b"From ") else 0
            assert len(item.content) >= len(raw) - envelope - len(b"\r\n") - raw.count(b">From ")
            assert mbox.unquoted(item.content) in mbox.unquoted(raw)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("kind", ["x.eml", "x.ics", "x.vcf", "x.csv", "x.mbox", "x"])
def test_damaged_files_give_items_or_a_known_error(kind: str, batch: int, tmp_path: Path) -> None:
    seeds = {"x.ics": ICS, "x.vcf": VCF, "x.csv": CSV, "x.eml": MESSAGES[0]}
    path = tmp_path / kind
    for data in mutations(seeds.get(kind, MBOX), batch)[: ROUNDS // BATCHES // 3]:
        path.write_bytes(data)
        with suppress(KnownError):
            (source,) = files.discover(path)
            assert len(list(files.read(source))) == files.count(source)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_calendars_give_events_and_problems(batch: int) -> None:
    for data in mutations(ICS, batch):
        found = calendar.parse(data)
        assert all(event.uid and event.start <= event.end for event in found.events)
        assert len(calendar.expand(found.events, 1_570_000_000, 1_600_000_000)) < 100_000


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_address_books_give_cards_and_problems(batch: int) -> None:
    for data in mutations(VCF, batch):
        assert all(card.name for card in vcard.parse(data).cards)
    for data in mutations(CSV, batch):
        assert all(card.name for card in contacts_csv.parse(data).cards)


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("suffix", ["zip", "tgz", "tar"])
def test_damaged_archives_give_items_or_a_known_error(suffix: str, batch: int, tmp_path: Path) -> None:
    members = {"Takeout/Mail/All.mbox": MBOX, "in/1.eml": MESSAGES[0], "a.ics": ICS, "a.vcf": VCF}
    path = tmp_path / f"x.{suffix}"
    if suffix == "zip":
        zipped(path, members)
    else:
        tarred(path, members, "w:gz" if suffix == "tgz" else "w")
    for data in mutations(path.read_bytes(), batch)[: ROUNDS // BATCHES // 2]:
        path.write_bytes(data)
        with suppress(KnownError):
            for source in files.discover(path):
                list(files.read(source, scratch=tmp_path / "scratch"))
