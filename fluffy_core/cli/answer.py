"""What a command answers: data with stable keys for programs, text for people; safe for any terminal."""

import json
import unicodedata
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from enum import Enum

_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: invisible, harmless, and part of emoji, Persian and Hindi words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is printed with --json, `text` without."""

    data: object
    text: str = ""
    code: int = 0


def plain(value: object) -> object:
    """Dataclasses, enums and tuples as dictionaries, strings and lists, for JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(one) for key, one in asdict(value).items()}
    if isinstance(value, Enum):
        return value.value if not isinstance(value.value, int) else value.name.lower().replace("_", "-")
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value


def as_json(data: object) -> str:
    """One JSON document on one line, in which nothing can steer a terminal."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def printable(text: str) -> str:
    """Text that a terminal only shows: mail may hold control codes and marks that turn lines around."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char.isprintable() or char in "\n\t" or char in _JOINERS:
        return char
    return " " if unicodedata.category(char) == "Zs" else "�"


def day(seconds: float) -> str:
    """A date as people write it in lists; "undated" for 0."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M") if seconds else "undated"


def cut(text: str, width: int) -> str:
    """One line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
