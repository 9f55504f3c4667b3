"""Scripts become letters: each with its moment, its subject line and its place in the thread."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from fluffy_core.errors import BugError
from fluffy_core.services.demo.clock import Clock, stamped
from fluffy_core.services.demo.people import Cast, Party
from fluffy_core.services.demo.script import Line, Script

_PREFIXES = re.compile(r"^((?:Re|RE|AW): )+")
_AWAY = {"en": "Automatic reply: ", "de": "Automatische Antwort: "}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a script, resolved; `parent` is what it answers, forwards or quotes."""

    id: str
    when: datetime
    sender: Party
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    subject: str
    text: str
    lang: str
    client: str
    line: Line
    parent: "Letter | None"
    references: tuple[str, ...]
    mailing_list: str


def token(*parts: object, size: int = 16) -> str:
    """A short name that depends on its parts only: the same letters in every build."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:size]


def stage(script: Script, cast: Cast, clock: Clock) -> list[Letter]:
    """The letters of a script, in its order.

    Raises:
        BugError: a placeholder, a person or a `reply` number that does not exist.
    """
    letters: list[Letter] = []
    for index, (line, wall) in enumerate(zip(script.lines, _walls(script, cast, clock), strict=True)):
        sender = cast.party(line.sender)
        parent = _parent(script, line, letters)
        lang = line.get("lang", script.lang)
        title = line.get("subject") or (script.subject if parent is None else "")
        letters.append(
            Letter(
                id=_message_id(script.name, index, sender),
                when=stamped(wall, sender.person.shift),
                sender=sender,
                to=tuple(map(cast.party, line.to)),
                cc=tuple(cast.party(key) for key in line.get("cc").replace(",", " ").split()),
                subject=_subject(line, sender, parent, title=clock.speak(title, said=wall.date(), lang=lang)),
                text=clock.speak(line.text, said=wall.date(), lang=lang),
                lang=lang,
                client="phone" if line.has("phone") else sender.person.client,
                line=line,
                parent=parent,
                references=_references(line, parent),
                mailing_list=script.mailing_list,
            )
        )
    return letters


def _walls(script: Script, cast: Cast, clock: Clock) -> list[datetime]:
    """When each line was sent: settled from the last to the first, so that the order survives."""
    walls: list[datetime] = []
    limit = clock.newest
    for index, line in reversed(list(enumerate(script.lines))):
        wanted = clock.raw(line.days, line.at)
        if line.has("anytime"):
            wall = min(wanted, limit)
        else:
            wall = clock.settle(wanted, limit=limit, shift=cast.party(line.sender).person.shift)
        walls.append(wall)
        limit = wall - timedelta(minutes=9 + index * 7 % 23)
    return walls[::-1]


def _parent(script: Script, line: Line, letters: list[Letter]) -> Letter | None:
    if not letters or line.has("new"):
        return None
    number = int(line.get("reply", str(len(letters))))
    if not 1 <= number <= len(letters):
        raise BugError(f"The demo script {script.name} answers message {number}, which comes later or never.")
    return letters[number - 1]


def _references(line: Line, parent: Letter | None) -> tuple[str, ...]:
    if parent is None or line.has("noref") or line.has("fwd"):
        return ()
    return (*parent.references, parent.id)


def _subject(line: Line, sender: Party, parent: Letter | None, *, title: str) -> str:
    if parent is None or title:
        return title
    german = sender.person.client == "outlook" and sender.person.lang == "de"
    base = _PREFIXES.sub("", parent.subject)
    if line.has("auto"):
        return _AWAY[sender.person.lang] + base
    if line.has("fwd"):
        return ("WG: " if german else "Fwd: ") + base
    kept = "AW: " if "AW: " in parent.subject[:8] and not german else ""
    return ("AW: " if german else "Re: ") + kept + base


def _message_id(name: str, index: int, sender: Party) -> str:
    seed, domain = token(name, index, size=32), sender.address.partition("@")[2]
    client = sender.person.client
    if client == "outlook":
        return f"DB9PR{seed[:14].upper()}@{seed[14:20].upper()}.prod.{domain}"
    if client == "gmail":
        return f"CA{seed[:14]}+{seed[14:22]}@mail.{domain}"
    return f"{seed[:8]}-{seed[8:12]}-{seed[12:16]}-{seed[16:20]}-{seed[20:]}@{domain}"
