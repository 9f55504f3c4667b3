"""The demo mailbox: fourteen months of a small agency's mail, calendar and contacts, dated from today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from fluffy_core.services.demo.bulk import bulk_parcels
from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.letters import Letter, stage, token
from fluffy_core.services.demo.mime import Parcel, Shelf, pack
from fluffy_core.services.demo.people import OWNER, Party, load_cast
from fluffy_core.services.demo.pim import Calendar, address_book
from fluffy_core.services.demo.quotes import (
    HTML_CLIENTS,
    html_page,
    image_id,
    logo_id,
    plain_body,
    shows_logo,
)
from fluffy_core.services.demo.script import load_scripts

_MAILERS = {
    "outlook": ("X-Mailer", "Microsoft Outlook 16.0"),
    "apple": ("X-Mailer", "Apple Mail (2.3826)"),
    "phone": ("X-Mailer", "iPhone Mail (22D72)"),
    "thunderbird": ("User-Agent", "Mozilla Thunderbird"),
}
_READ, _REPLIED = 0x1, 0x2
_UNREAD_DAYS = 3


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What was written: ordinary files that enter by the ordinary import.

    `me` is whose mailbox it is, `also_me` her further addresses; `received` and `written` count messages.
    """

    inbox: Path
    sent: Path
    calendar: Path
    contacts: Path
    me: str
    also_me: tuple[str, ...]
    received: int
    written: int


def build_demo(folder: Path, *, now: datetime, resources: Path) -> DemoFiles:
    """Write the demo mailbox into `folder` (made if missing), as if it had been lived until `now`.

    The same `now` and resources give the same bytes. `resources` is the project's `resources/demo`; a naive
    `now` is Berlin time.

    Raises:
        BugError: the resources contradict themselves (unknown person, placeholder or option).
        OSError: the folder cannot be written.
    """
    clock = Clock(now)
    cast = load_cast(resources / "people.toml")
    calendar = Calendar(resources / "calendar.toml", cast, clock)
    owner = cast.party(OWNER)
    letters = [
        letter for script in load_scripts(resources / "threads") for letter in stage(script, cast, clock)
    ]
    parcels = [_parcel(letter, calendar) for letter in letters]
    parcels += bulk_parcels(resources / "bulk.toml", clock, (owner.name, owner.address))
    parcels.sort(key=lambda parcel: (parcel.when, parcel.id))
    shelf = Shelf(resources / "attachments", clock)
    answered = {parcel.answers for parcel in parcels if parcel.mine}
    folder.mkdir(parents=True, exist_ok=True)
    files = DemoFiles(
        inbox=folder / "Inbox.mbox",
        sent=folder / "Sent.mbox",
        calendar=folder / "calendar.ics",
        contacts=folder / "contacts.vcf",
        me=owner.address,
        also_me=(owner.person.home,) if owner.person.home else (),
        received=sum(not parcel.mine for parcel in parcels),
        written=sum(parcel.mine for parcel in parcels),
    )
    for path, mine in ((files.inbox, False), (files.sent, True)):
        chosen = (parcel for parcel in parcels if parcel.mine is mine)
        path.write_bytes(b"".join(_mbox(chosen, shelf, answered, today=clock.now.date())))
    files.calendar.write_bytes(calendar.file())
    files.contacts.write_bytes(address_book(cast))
    return files


def _mbox(parcels: Iterable[Parcel], shelf: Shelf, answered: set[str], *, today: date) -> Iterator[bytes]:
    """mboxrd: every body line that begins with `From `, quoted or not, gets one more `>`."""
    for parcel in parcels:
        stamp = parcel.when.astimezone(UTC)
        old = (today - parcel.when.date()).days > _UNREAD_DAYS
        replied = parcel.id in answered
        status = (_READ if old or replied or parcel.mine else 0) | (_REPLIED if replied else 0)
        yield f"From {parcel.sender[1]} {stamp:%a %b} {stamp.day:2d} {stamp:%H:%M:%S %Y}\n".encode()
        yield f"X-Mozilla-Status: {status:04x}\n".encode()
        for line in pack(parcel, shelf).splitlines(keepends=True):
            yield b">" + line if line.lstrip(b">").startswith(b"From ") else line
        yield b"\n"


def _pair(party: Party) -> tuple[str, str]:
    return party.name, party.address


def _parcel(letter: Letter, calendar: Calendar) -> Parcel:
    line, person = letter.line, letter.sender.person
    html = html_page(letter) if letter.client in HTML_CLIENTS and not line.has("bounce") else ""
    images = [(image_id(letter), file) for file in line.all("inline")] if html else []
    if html and person.company and shows_logo(letter):
        images.append((logo_id(person.company.logo), person.company.logo))
    text = plain_body(letter)
    files = (value.partition(" as ") for value in line.all("attach"))
    charset = "iso-8859-1" if letter.client == "outlook" and person.lang == "de" else "utf-8"
    if charset != "utf-8" and not _fits(text + html, charset):
        charset = "utf-8"
    return Parcel(
        id=letter.id,
        when=letter.when,
        sender=_pair(letter.sender),
        to=tuple(map(_pair, letter.to)),
        cc=tuple(map(_pair, letter.cc)),
        subject=letter.subject,
        text=text,
        html=html,
        mine=person.key == OWNER,
        headers=tuple(_headers(letter)),
        images=tuple(images),
        files=tuple((file, shown or file) for file, _, shown in files),
        invitation=calendar.invitation(line.get("invite")) if line.has("invite") else "",
        charset=charset,
        encoding="8bit" if letter.client == "thunderbird" else "quoted-printable",
        returned=line.get("bounce"),
        answers=letter.parent.id if letter.parent is not None and letter.references else "",
    )


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _headers(letter: Letter) -> Iterator[tuple[str, str]]:
    line, sender = letter.line, letter.sender
    if letter.references:
        yield "In-Reply-To", f"<{letter.references[-1]}>"
        yield "References", " ".join(f"<{reference}>" for reference in letter.references)
    if sender.person.key != OWNER:
        domain, mark = sender.address.partition("@")[2], token(letter.id, "hop", size=12)
        moment = f"{letter.when:%d %b %Y %H:%M:%S %z}"
        yield "Received", f"from mail.{domain} by mx.kieselcrane.example with ESMTPS id {mark}; {moment}"
    if letter.client in _MAILERS:
        yield _MAILERS[letter.client]
    if letter.mailing_list:
        name, host = letter.mailing_list, "lists.typoforum.example"
        yield "List-Id", f"<{name}.{host}>"
        yield "List-Post", f"<mailto:{name}@{host}>"
        yield "List-Unsubscribe", f"<mailto:{name}-leave@{host}>"
        yield "Precedence", "list"
    if line.has("auto"):
        yield "Auto-Submitted", "auto-replied"
        yield "X-Auto-Response-Suppress", "All"
    for value in line.all("header"):
        name, _, content = value.partition("=")
        yield name, content
