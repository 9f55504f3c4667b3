"""The demo's scripts: plain text files, one story each, that say who wrote what to whom and when.

    subject: Garden bench photos
    lang: en
    ==== -37d 09:14 olivia > me, tom | cc ben; attach brief.pdf as Brief.pdf
    Hello Mara, …
    ==== -36d 10:02 me > olivia
    …

A message answers the one before it, unless an option says otherwise; resources/demo/README.md lists them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from fluffy_core.errors import BugError

_HEAD = re.compile(r"==== (-\d+)d (\d\d):(\d\d) ([\w.]+) > ([\w., ]+?)(?: \| (.*))?")
OPTIONS = frozenset(
    {"anytime", "attach", "auto", "bare", "bottom", "bounce", "cc", "fwd", "header", "inline", "interleaved"}
    | {"invite", "lang", "new", "noref", "nosig", "phone", "reply", "subject"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message as authored; `days` counts from today (never positive), `at` is the owner's clock."""

    days: int
    at: time
    sender: str
    to: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    text: str

    def has(self, option: str) -> bool:
        """Whether the option was given, with a value or without."""
        return any(key == option for key, _ in self.options)

    def all(self, option: str) -> tuple[str, ...]:
        """The values of an option that may be given several times."""
        return tuple(value for key, value in self.options if key == option)

    def get(self, option: str, default: str = "") -> str:
        """The first value of an option."""
        return next(iter(self.all(option)), default)


@dataclass(frozen=True, slots=True)
class Script:
    """One story: its name (the file's), its subject, language, messages and, where it has one, its list."""

    name: str
    subject: str
    lang: str
    lines: tuple[Line, ...]
    mailing_list: str = ""


def load_scripts(folder: Path) -> Iterator[Script]:
    """Every script of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.txt")):
        yield parse_script(path.stem, path.read_text(encoding="utf-8"))


def parse_script(name: str, text: str) -> Script:
    """Read one script; BugError names the line that cannot be understood."""
    preamble, *blocks = re.split(r"^(?=====)", text, flags=re.MULTILINE)
    fields = dict(_field(name, line) for line in preamble.splitlines() if line.strip())
    lines = tuple(_line(name, block) for block in blocks)
    if "subject" not in fields or not lines or fields.keys() - {"subject", "lang", "list"}:
        raise BugError(f"The demo script {name} needs a subject and a message, and knows lang and list.")
    return Script(name, fields["subject"], fields.get("lang", "en"), lines, fields.get("list", ""))


def _field(name: str, line: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise BugError(f"The demo script {name} opens with a line that is no field: {line}")
    return key.strip(), value.strip()


def _line(name: str, block: str) -> Line:
    head, _, text = block.partition("\n")
    found = _HEAD.fullmatch(head.rstrip())
    if found is None:
        raise BugError(f"The demo script {name} has a heading that cannot be read: {head}")
    days, hour, minute, sender, to, tail = found.groups()
    pairs = [option.strip().partition(" ") for option in (tail or "").split(";") if option.strip()]
    options = tuple((key, value.strip()) for key, _, value in pairs)
    if unknown := {key for key, _ in options} - OPTIONS:
        raise BugError(f"The demo script {name} uses an option nobody knows: {', '.join(sorted(unknown))}")
    recipients = tuple(part.strip() for part in to.split(","))
    return Line(int(days), time(int(hour), int(minute)), sender, recipients, options, text.strip())
