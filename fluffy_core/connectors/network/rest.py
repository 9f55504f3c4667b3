"""A provider's HTTP interface: requests with a token, and what its answers mean in our errors.

Statuses are those of RFC 9110, Retry-After included; Google puts the moment into the text instead
("Retry after 2025-03-10T09:00:00.000Z").
"""

import json
import re
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.http_transport import GatewayTransport
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.errors import AnswerError, RejectedError, SignInError, TransientError, UncertainError

LIMIT = 64 << 20
"""Bytes of an answer; a larger one is a failure."""
LONGEST = 86_400.0
"""Seconds: a server that asks for a longer pause than a day is asked again after one."""
_OK, _REDIRECT, _UNAUTHORISED, _FORBIDDEN = 200, 300, 401, 403
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 509})
_LIMITED = re.compile(r"rate.?limit|limit.?exceeded|quota|throttl|too many", re.IGNORECASE)
_MOMENT = re.compile(r"retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `headers` have lower-case names; `host` is who said it."""

    host: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> dict[str, Any]:
        """The content as a JSON object, {} when there is none. Raises TransientError for anything else."""
        if not self.content:
            return {}
        try:
            found = json.loads(self.content)
        except ValueError as error:
            raise nonsense(self) from error
        if not isinstance(found, dict):
            raise nonsense(self)
        return found


class Rest:
    """Requests below `root`, on connections that are kept alive. One thread uses it at a time.

    With a `pace` each request waits for its turn.
    """

    def __init__(
        self,
        gateway: Gateway,
        root: str,
        *,
        reason: str,
        token: Token | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.root = root.rstrip("/")
        self._token = token
        self._pace = pace
        self._cost = 1.0
        self._ended = threading.Event()
        self._transport = GatewayTransport(gateway, root, reason=reason)
        self._client = httpx.Client(
            transport=self._transport, headers={"User-Agent": "FluffyMail"}, timeout=60.0, trust_env=False
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        most: int = LIMIT,
    ) -> Answer:
        """One request and its answer, of a status below 300. `path` is below the root, or a whole URL there.

        Raises SignInError (401), TransientError (network, limits, faults of the server, a web page in place
        of an answer), RejectedError (a larger answer than `most` bytes) and AnswerError for every other
        status; and as `Gateway.connect` and `Token` do.
        """
        answer = self.answer(method, path, params=params, headers=headers, content=content, most=most)
        if failure := failure_of(answer):
            raise failure
        return answer

    def answer(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        most: int = LIMIT,
    ) -> Answer:
        """As `ask`, but an answer of any status: for those who see more in one than `failure_of`."""
        url = path if "://" in path else f"{self.root}/{path.lstrip('/')}"
        try:
            request = self._client.build_request(
                method, url, params=params, headers=dict(headers or {}), content=content
            )
        except httpx.InvalidURL as error:
            raise TransientError(f"The connection to {self.root} broke.") from error
        token = self._token() if self._token else ""
        answer = self._in_turn(request, token, most)
        if answer.status == _UNAUTHORISED and self._token:
            answer = self._in_turn(request, self._token(rejected=token), most)
        return answer

    def hand_over(self, path: str, content: bytes, *, headers: Mapping[str, str]) -> Answer:
        """POST what must not arrive twice. An answer of any status, as from `answer`.

        Raises UncertainError when the connection broke after the server may have read all of it.
        """
        try:
            return self.answer("POST", path, headers=headers, content=content)
        except TransientError as error:
            if isinstance(error.__cause__, httpx.TransportError):
                host = httpx.URL(self.root).host
                words = f"The connection to {host} broke at the very end: the message may have been sent."
                raise UncertainError(words) from error
            raise

    def costing(self, units: float) -> "Rest":
        """The same; its next request takes so much of the pace, others take 1."""
        self._cost = units
        return self

    def _in_turn(self, request: httpx.Request, token: str, most: int) -> Answer:
        if self._pace is None:
            return self._send(request, token, most)
        cost, self._cost = self._cost, 1.0
        with self._pace.turn(cost, self._ended.wait) as given:
            if not given:
                raise TransientError(f"The connection to {request.url.host} was closed.")
            return self._send(request, token, most)

    def _send(self, request: httpx.Request, token: str, most: int) -> Answer:
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        host = request.url.host
        try:
            with closing(self._client.send(request, stream=True)) as answer:
                return Answer(host, answer.status_code, answer.headers, _read(answer, host, most))
        except httpx.TimeoutException as error:
            raise TransientError(f"{host} does not answer.") from error
        except httpx.UnsupportedProtocol as error:
            raise TransientError(f"{httpx.URL(self.root).host} sends us on to another server.") from error
        except (httpx.HTTPError, RuntimeError) as error:  # RuntimeError: closed meanwhile
            raise TransientError(f"The connection to {host} broke.") from error

    def interrupt(self) -> None:
        """End the connections, and a wait for its turn, from another thread."""
        self._ended.set()
        self._transport.interrupt()

    def close(self) -> None:
        """End the connections; safe to call twice."""
        self._ended.set()
        self._client.close()


def _read(answer: httpx.Response, host: str, most: int) -> bytes:
    parts, size = [], 0
    for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > most:
            raise RejectedError(f"{host} sends more than {most:,} bytes at once.")
    return b"".join(parts)


def failure_of(answer: Answer) -> Exception | None:
    """What is wrong with an answer, as the error to raise; None when nothing is. Parts of a batch too."""
    page = _is_page(answer)
    if _OK <= answer.status < _REDIRECT and not page:
        return None
    words = said(answer)
    if answer.status == _UNAUTHORISED:
        return SignInError(
            f"{answer.host} does not let us in. Sign in again.{words and ' It says: ' + words}"
        )
    limited = answer.status == _FORBIDDEN and _LIMITED.search(
        answer.content[:4096].decode("utf-8", "replace")
    )
    if answer.status in _LATER or limited:
        sentence = f"{answer.host} asks for a pause." if limited or answer.status == 429 else ""  # noqa: PLR2004
        sentence = sentence or f"{answer.host} has a fault of its own ({answer.status})."
        return TransientError(f"{sentence}{words and ' It says: ' + words}", retry_after=retry_after(answer))
    if page:
        return TransientError(
            f"{answer.host} answers with a web page. On a guest Wi-Fi, sign in to it with your browser first."
        )
    return AnswerError(
        f"{answer.host} refuses the request ({answer.status}).{words and ' It says: ' + words}",
        status=answer.status,
        reason=words,
    )


def nonsense(answer: Answer) -> TransientError:
    """The sentence for an answer that cannot be what was asked for."""
    return TransientError(f"The answer of {answer.host} makes no sense.")


def _is_page(answer: Answer) -> bool:
    return "text/html" in answer.headers.get("content-type", "") or answer.content[:64].lstrip().startswith(
        (b"<!DOCTYPE", b"<!doctype", b"<html", b"<HTML")
    )


def said(answer: Answer) -> str:
    """The server's own words about a failure, one line, "" without any."""
    try:
        found = json.loads(answer.content)
    except ValueError:
        return ""
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    elif isinstance(found, dict) and "error_description" in found:
        error = found["error_description"]
    text = error if isinstance(error, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:300]).split())


def retry_after(answer: Answer, *, now: float | None = None) -> float | None:
    """Seconds until the server wants to be asked again, from its header or its words; None when unsaid."""
    moment = time.time() if now is None else now
    header = answer.headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit() and len(header) < 10:  # noqa: PLR2004
        return min(float(header), LONGEST)
    try:
        if header:
            return _until(parsedate_to_datetime(header), moment)
    except ValueError:
        pass
    found = _MOMENT.search(answer.content[:4096].decode("utf-8", "replace"))
    if found is None:
        return None
    try:
        return _until(datetime.fromisoformat(found[1].rstrip("Z")).replace(tzinfo=UTC), moment)
    except ValueError:
        return None


def _until(when: datetime, now: float) -> float:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(0.0, aware.timestamp() - now), LONGEST)
