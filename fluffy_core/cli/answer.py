"""What a command answers: data with stable keys for programs, text for people."""

from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from enum import Enum


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


def day(seconds: float) -> str:
    """A date as people write it in lists; "undated" for 0."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M") if seconds else "undated"


def cut(text: str, width: int) -> str:
    """One line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"
