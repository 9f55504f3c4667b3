"""Zones of a message text: what is new, what is quoted, what is signature."""

from dataclasses import dataclass
from enum import StrEnum


class ZoneKind(StrEnum):
    """What a run of lines is."""

    BODY = "body"
    QUOTE = "quote"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"


@dataclass(frozen=True, slots=True)
class Zone:
    """Lines `start` up to, not including, `end` of `text.split("\\n")`."""

    kind: ZoneKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuotedHeader:
    """The header block of a quoted message, as Outlook writes it or as "On … X wrote:" says."""

    from_text: str
    subject: str = ""
    date_text: str = ""
    to_text: str = ""
