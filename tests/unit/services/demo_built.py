"""A demo mailbox, built and read back, for the tests of its parts."""

import mailbox
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fluffy_core.services.demo.demo import DemoFiles, build_demo

RESOURCES = Path(__file__).resolve().parents[3] / "resources" / "demo"
BERLIN = timezone(timedelta(hours=1))
NOWS = {
    "a leap day": datetime(2024, 2, 29, 11, 30, tzinfo=BERLIN),
    "early on a Monday": datetime(2025, 6, 2, 5, 10, tzinfo=UTC),
    "a Sunday night": datetime(2026, 3, 29, 3, 0, tzinfo=UTC),
    "New Year in another zone": datetime(2026, 1, 1, 0, 1, tzinfo=timezone(timedelta(hours=-8))),
}
PLAIN_DAY = datetime(2026, 7, 15, 16, 20, tzinfo=timezone(timedelta(hours=2)))


class Read(EmailMessage):
    """A message whose headers are parsed once, since the tests look at them again and again."""

    def get(self, name: str, failobj: Any = None) -> Any:
        seen = self.__dict__.setdefault("_seen", {})
        if name not in seen and (value := super().get(name)) is not None:
            seen[name] = value
        return seen.get(name, failobj)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)


@dataclass(frozen=True)
class Built:
    """A demo mailbox, built and read back."""

    now: datetime
    files: DemoFiles
    inbox: Sequence[EmailMessage]
    sent: Sequence[EmailMessage]

    @property
    def all(self) -> list[EmailMessage]:
        return [*self.inbox, *self.sent]

    def about(self, subject: str) -> list[EmailMessage]:
        found = [message for message in self.all if subject in str(message["Subject"])]
        return sorted(found, key=when)


_built: dict[datetime, Built] = {}


def read_box(path: Path) -> Sequence[EmailMessage]:
    box = mailbox.mbox(path, create=False)
    try:
        parser = BytesParser(Read, policy=default)
        return [parser.parsebytes(box.get_bytes(key)) for key in box.iterkeys()]
    finally:
        box.close()


@cache
def when(message: EmailMessage) -> datetime:
    return parsedate_to_datetime(str(message["Date"]))


@cache
def words(message: EmailMessage) -> str:
    """The text part without what it quotes."""
    part = message.get_body(("plain",))
    text = str(part.get_content()) if part else ""
    return re.split(r"\n(?:>|_{32}|(?:On|Am) .*(?:wrote|schrieb))", text)[0]


@cache
def addresses(message: EmailMessage) -> frozenset[tuple[str, str]]:
    return frozenset(getaddresses([str(message[name]) for name in ("From", "To", "Cc") if message[name]]))


def built(folder: Path, now: datetime) -> Built:
    files = build_demo(folder, now=now, resources=RESOURCES)
    return Built(now, files, read_box(files.inbox), read_box(files.sent))


def shared(now: datetime, folders: pytest.TempPathFactory) -> Built:
    """The mailbox of a moment, built once for all test modules."""
    if now not in _built:
        _built[now] = built(folders.mktemp("demo") / "not" / "there", now)
    return _built[now]
