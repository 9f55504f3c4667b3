"""The people of the demo: who they are, where they work, how they sign."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluffy_core.errors import BugError

OWNER = "me"
_ZONES = {"berlin": 0, "london": -1, "boston": -6}
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "ı": "i", "ø": "o", "å": "a"})


@dataclass(frozen=True, slots=True)
class Company:
    """One company: its name, its domain, how its people sign."""

    name: str
    domain: str
    street: str = ""
    sign: str = "{name}\n{title}, {company}"
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One person; `client` and `lang` decide how their mail looks, `shift` is hours from Berlin."""

    key: str
    name: str
    address: str
    home: str
    company: Company | None
    title: str
    phone: str
    client: str
    lang: str
    shift: int
    signature: str
    card: bool

    @property
    def domain(self) -> str:
        """The part of the address behind the @."""
        return self.address.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Party:
    """A person at one of their addresses."""

    person: Person
    address: str

    @property
    def name(self) -> str:
        """The display name, the same at every address."""
        return self.person.name


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by key."""

    people: Mapping[str, Person]
    companies: Mapping[str, Company]

    def party(self, key: str) -> Party:
        """`olivia` at work, `olivia.home` at her second address."""
        name, _, place = key.partition(".")
        person = self.people.get(name)
        if person is None or (place and not person.home):
            raise BugError(f"The demo speaks of somebody its people.toml does not know: {key}")
        return Party(person, person.home if place else person.address)


def load_cast(path: Path) -> Cast:
    """Read people.toml."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    companies = {key: Company(**fields) for key, fields in data["companies"].items()}
    people = {key: _person(key, fields, companies) for key, fields in data["people"].items()}
    return Cast(people, companies)


def _person(key: str, fields: Mapping[str, Any], companies: Mapping[str, Company]) -> Person:
    company = companies[fields["company"]] if "company" in fields else None
    name, title, phone = fields["name"], fields.get("title", ""), fields.get("phone", "")
    plain = name.rpartition(". ")[2].lower().translate(_FOLDED).replace(" ", ".")
    address = fields.get("mail") or f"{plain}@{company.domain if company else ''}"
    signature = fields.get("sign", "")
    if company and not signature:
        form = company.sign if title else "{name}\n{company}"
        signature = form.format(
            name=name, title=title, phone=phone, company=company.name, street=company.street, mail=address
        )
    return Person(
        key=key,
        name=name,
        address=address,
        home=fields.get("home", ""),
        company=company,
        title=title,
        phone=phone,
        client=fields.get("client", "plain"),
        lang=fields.get("lang", "en"),
        shift=_ZONES[fields.get("zone", "berlin")],
        signature="\n".join(line for line in signature.splitlines() if line.strip()),
        card=fields.get("card", bool(phone)),
    )
