"""What a signature says about its author, each value with the line that says so."""

from dataclasses import dataclass
from enum import StrEnum


class PhoneKind(StrEnum):
    """What a phone number is for, as its label says."""

    UNKNOWN = ""
    WORK = "work"
    MOBILE = "mobile"
    HOME = "home"
    FAX = "fax"


@dataclass(frozen=True, slots=True)
class Evidenced:
    """A value and the line of the signature that it was read from, verbatim but trimmed."""

    value: str
    line: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164 ("+14155550100")."""

    number: str
    kind: PhoneKind
    line: str


@dataclass(frozen=True, slots=True)
class SignatureFields:
    """The fields of a signature; None or empty where the signature does not say."""

    name: Evidenced | None = None
    title: Evidenced | None = None
    company: Evidenced | None = None
    street: Evidenced | None = None
    city: Evidenced | None = None
    phones: tuple[Phone, ...] = ()
    urls: tuple[Evidenced, ...] = ()
