"""Google's contacts (People API): everybody in the user's address book, with sync tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.pim import ContactCard
from fluffy_core.domain.sync import CardPage, RemoteCard
from fluffy_core.errors import AnswerError, CursorExpiredError, TransientError

PAGE = 1000
_FIELDS = (
    "names,nicknames,emailAddresses,phoneNumbers,organizations,addresses,birthdays,biographies,urls,metadata"
)
_FORGOTTEN = (400, 410)
_NONSENSE = (ValueError, KeyError, TypeError, AttributeError)


class GoogleContacts:
    """A `ContactSource`. A cursor is a sync token, which Google keeps for seven days."""

    def __init__(self, gateway: Gateway, root: str, token: Token) -> None:
        self._api = GoogleApi(gateway, root, "people", reason="Google contacts", token=token)

    def cards(self, *, cursor: str = "", token: str = "") -> CardPage:
        """As `ContactSource.cards`."""
        where: dict[str, Any] = {"pageSize": PAGE, "personFields": _FIELDS, "requestSyncToken": True}
        where |= {name: one for name, one in (("syncToken", cursor), ("pageToken", token)) if one}
        with self._api.understood():
            connections = self._api.service.people().connections()
            try:
                page = self._api.ask(connections.list(resourceName="people/me", **where))
            except AnswerError as error:
                if error.status in _FORGOTTEN and (cursor or token):
                    raise CursorExpiredError("Google has forgotten which contacts changed.") from error
                raise
            return _page(page, token=token, whole=not cursor)

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._api.close()


def _page(page: Mapping[str, Any], *, token: str, whole: bool) -> CardPage:
    changed: list[RemoteCard] = []
    gone: list[str] = []
    problems: list[str] = []
    for one in page.get("connections", ()):
        name = str(one["resourceName"])
        if one.get("metadata", {}).get("deleted"):
            gone.append(name)
            continue
        try:
            changed.append(RemoteCard(name, card(one)))
        except _NONSENSE:
            problems.append(f"The contact {name} was left out: its values make no sense.")
    following = str(page.get("nextPageToken", ""))
    if following and following == token:
        raise TransientError("Google gives the same page again and again.")
    cursor = "" if following else str(page.get("nextSyncToken", ""))
    return CardPage(tuple(changed), tuple(gone), following, cursor, whole, tuple(problems))


def card(person: Mapping[str, Any]) -> ContactCard:
    """A person of the address book. Raises ValueError, KeyError or the like for nonsense."""
    name = _first(person, "names")
    work = _first(person, "organizations")
    emails = tuple(dict.fromkeys(one.lower() for one in _values(person, "emailAddresses")))
    org = _text(work, "name")
    return ContactCard(
        name=_text(name, "displayName") or org or (emails[0] if emails else ""),
        emails=emails,
        phones=tuple(dict.fromkeys(_values(person, "phoneNumbers"))),
        given=_text(name, "givenName"),
        family=_text(name, "familyName"),
        nickname=_text(_first(person, "nicknames"), "value"),
        org=org,
        department=_text(work, "department"),
        title=_text(work, "title"),
        urls=tuple(dict.fromkeys(_values(person, "urls"))),
        addresses=tuple(dict.fromkeys(_values(person, "addresses", "formattedValue"))),
        birthday=_birthday(_first(person, "birthdays").get("date", {})),
        notes=_text(_first(person, "biographies"), "value"),
        uid=str(person["resourceName"]),
    )


def _sorted(person: Mapping[str, Any], field: str) -> Sequence[Mapping[str, Any]]:
    """The values of a field, the primary one first."""
    return sorted(person.get(field, ()), key=lambda one: not one.get("metadata", {}).get("primary"))


def _first(person: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    return next(iter(_sorted(person, field)), {})


def _values(person: Mapping[str, Any], field: str, key: str = "value") -> list[str]:
    """One line each, without those that are empty."""
    lines = [", ".join(_text(one, key).splitlines()) for one in _sorted(person, field)]
    return [one for one in lines if one]


def _text(told: Mapping[str, Any], name: str) -> str:
    return str(told.get(name, "")).strip()


def _birthday(told: Mapping[str, Any]) -> str:
    if not told.get("month") or not told.get("day"):
        return ""
    year = f"{int(told['year']):04d}" if told.get("year") else "-"
    return f"{year}-{int(told['month']):02d}-{int(told['day']):02d}"
