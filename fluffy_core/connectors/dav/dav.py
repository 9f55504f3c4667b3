"""WebDAV (RFC 4918) for calendars and address books: questions in XML, answers as rows of properties."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from caldav.elements import dav
from caldav.elements.base import BaseElement
from lxml import etree

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.rest import Answer, Rest, failure_of, nonsense, retry_after
from fluffy_core.connectors.sign_in.sign_in import Login, refused
from fluffy_core.errors import AnswerError, BlockedError, TransientError

FORWARDED_MOST = 5
_UNAUTHORISED, _FORBIDDEN, _TOO_LARGE = 401, 403, 507
_LATER = frozenset({408, 425, 429})
_LIMITED = re.compile(rb"rate.?limit|throttl|too many requests|user.?quota", re.IGNORECASE)
_FORWARDED = frozenset({301, 302, 303, 307, 308})
_PROLOG = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--.*?-->|<\?.*?\?>)*(<!DOCTYPE)?", re.DOTALL)
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*\?>")
_STATUS = re.compile(r"HTTP/[\d.]+\s+(\d{3})")


class NotXmlError(TransientError):
    """An answer that cannot be read as what was asked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the server says of one resource. `href` is its path; `found` has what it knows, by tag."""

    href: str
    status: int = 200
    found: Mapping[str, etree._Element] = field(default_factory=dict)

    def text(self, kind: type[BaseElement]) -> str:
        """The text of a property, "" without one."""
        element = self.found.get(str(kind.tag))
        return "" if element is None else "".join(element.itertext()).strip()

    def names(self, kind: type[BaseElement]) -> frozenset[str]:
        """The tags of everything inside a property."""
        element = self.found.get(str(kind.tag))
        return (
            frozenset(str(one.tag) for one in element.iter(etree.Element))
            if element is not None
            else frozenset()
        )

    def hrefs(self, kind: type[BaseElement]) -> tuple[str, ...]:
        """The addresses inside a property, as they stand there."""
        element = self.found.get(str(kind.tag))
        found = () if element is None else element.iter(dav.Href.tag)
        return tuple(text for one in found if (text := (one.text or "").strip()))


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer about several resources (207). `token` is RFC 6578's; `truncated`: there is more."""

    rows: tuple[Row, ...]
    token: str = ""
    truncated: bool = False


class Dav:
    """Requests to one server with a name and a password. One thread uses it at a time."""

    def __init__(self, gateway: Gateway, url: str, login: Login, *, reason: str) -> None:
        self.url = url if "://" in url else f"https://{url}"
        self._login = login
        self._rest = Rest(gateway, self.url, reason=reason)
        self._origin = _origin(self.url)

    def rows(self, method: str, path: str, question: BaseElement, *, depth: int = 0) -> Rows:
        """Ask for properties. Raises as `ask` does, NotXmlError for an answer that is none."""
        answer = self.ask(method, path, str(question).encode(), depth=depth)
        return parsed(answer)

    def ask(self, method: str, path: str, content: bytes = b"", *, depth: int = 0) -> Answer:
        """One request, also where the server moved what it is about.

        Raises SignInError, BlockedError when it moved to another server, AnswerError for another status
        below 500, and TransientError.
        """
        url = self.absolute(path)
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)}
        for _ in range(FORWARDED_MOST):
            answer = self._rest.answer(method, url, headers=headers | self._signed(), content=content)
            if answer.status not in _FORWARDED or not (location := answer.headers.get("location", "")):
                self._check(answer)
                return answer
            url = self.absolute(urljoin(url, location))
        raise TransientError(f"{answer.host} sends us round in circles.")

    def absolute(self, path: str) -> str:
        """The whole address of something on this server. Raises BlockedError for another server's."""
        url = urljoin(self.url, path)
        if _origin(url) != self._origin:
            here, there = urlsplit(self.url).hostname, urlsplit(url).hostname
            raise BlockedError(
                f"{here} sends us on to {there}. Connect the account with that address instead."
            )
        return url

    def _signed(self) -> dict[str, str]:
        if self._login.token is not None:
            return {"Authorization": f"Bearer {self._login.token()}"}
        both = f"{self._login.user}:{self._login.password}".encode()
        return {"Authorization": f"Basic {b64encode(both).decode()}"}

    def _check(self, answer: Answer) -> None:
        """A page of HTML beside a status below 500 is an answer here: file servers say it so."""
        if answer.status == _UNAUTHORISED:
            raise refused(self._login, "")
        if answer.status == _FORBIDDEN and _LIMITED.search(answer.content[:4096]):
            raise TransientError(f"{answer.host} asks for a pause.", retry_after=retry_after(answer))
        if 400 <= answer.status < 500 and answer.status not in _LATER:  # noqa: PLR2004
            raise AnswerError(
                f"{answer.host} refuses the request ({answer.status}).",
                status=answer.status,
                reason=_reason(answer.content),
            )
        if failure := failure_of(answer):
            raise failure

    def close(self) -> None:
        """End the connections, from any thread; safe to call twice."""
        self._rest.interrupt()
        self._rest.close()


def holding(outer: BaseElement, *inner: BaseElement) -> BaseElement:
    """An element with others in it."""
    return outer.append(inner)


def propfind(*properties: BaseElement) -> BaseElement:
    """The question for some properties."""
    return holding(dav.Propfind(), holding(dav.Prop(), *properties))


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def plain_path(href: str) -> str:
    """The path of an address in one spelling, so that two answers about one resource agree."""
    path = urlsplit(href).path if "://" in href else href.partition("?")[0]
    return quote(unquote(path), safe="/@:!$&'()*+,;=~-._")


def parsed(answer: Answer) -> Rows:
    """The rows of an answer. Raises NotXmlError when it is none.

    Entities are never expanded: an answer that declares any is refused before it is parsed.
    """
    try:
        text = answer.content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(answer) from error
    start = _PROLOG.match(text)
    if start is not None and start[1]:
        raise _unreadable(answer)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _unreadable(answer) from error
    if root is None or root.tag != dav.MultiStatus.tag:
        raise _unreadable(answer)
    token = (root.findtext(dav.SyncToken.tag) or "").strip()
    rows = tuple(_rows(root))
    return Rows(
        tuple(one for one in rows if one.status != _TOO_LARGE),
        token,
        truncated=any(one.status == _TOO_LARGE for one in rows),
    )


def _unreadable(answer: Answer) -> NotXmlError:
    return NotXmlError(str(nonsense(answer)))


def _rows(root: etree._Element) -> Iterator[Row]:
    for response in root.iterchildren(dav.Response.tag):
        found: dict[str, etree._Element] = {}
        status = _status(response)
        answered = []
        for part in response.iterchildren(dav.PropStat.tag):
            answered.append(_status(part))
            if answered[-1] < 300:  # noqa: PLR2004
                found |= {str(one.tag): one for prop in part.iterchildren(dav.Prop.tag) for one in prop}
        if answered and not found and min(answered) >= 300:  # noqa: PLR2004
            status = min(answered)
        for href in response.iterchildren(dav.Href.tag):
            yield Row(plain_path((href.text or "").strip()), status, found)


def _status(element: etree._Element) -> int:
    match = _STATUS.match((element.findtext(dav.Status.tag) or "").strip())
    return int(match[1]) if match else 200


def _reason(content: bytes) -> str:
    """The precondition that a refusal names (RFC 4918, 16): "valid-sync-token", "" without one."""
    found = re.search(rb"<(?:[\w.-]+:)?error\b[^>]*>\s*<(?:[\w.-]+:)?([\w-]+)", content[:4096])
    return found[1].decode("ascii", "replace") if found else ""
