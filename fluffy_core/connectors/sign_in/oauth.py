"""Sign-in in the system's browser, and tokens: OAuth with a code and PKCE (RFC 6749, 7636, 8252)."""

import base64
import binascii
import hashlib
import json
import secrets
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.rest import Answer, Rest, failure_of, nonsense, said
from fluffy_core.connectors.sign_in.oauth_providers import Provider
from fluffy_core.connectors.sign_in.redirect import WAIT_SECONDS, Redirect
from fluffy_core.domain.accounts import Client
from fluffy_core.errors import AnswerError, RejectedError, SignInError, TransientError

REASON = "sign-in"
USUAL_SECONDS = 3600.0
"""A token lives so long when its server does not say (RFC 6749, 5.1)."""
_LONGEST = 86_400.0
_MOST = 1 << 20
_UNKNOWN_TOKEN = 400
_REFUSED = frozenset({400, 401, 403})
_NOT_ANY_MORE = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
_NOT_US = frozenset({"invalid_client", "unauthorized_client", "deleted_client"})
_LATER = frozenset({"temporarily_unavailable", "server_error"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token server gave: `access` for `seconds`; `refresh` is "" when it gave no new one.

    `scopes` are what the user allowed; `address` is whose account it is, "" where the server does not say.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: float
    scopes: frozenset[str]
    address: str = ""


class TokenServer:
    """Asks a provider for tokens. Its errors never repeat a token, a code or a secret."""

    def __init__(self, gateway: Gateway, provider: Provider, client: Client) -> None:
        self._gateway = gateway
        self._provider = provider
        self._client = client

    def exchange(self, code: str, *, verifier: str, redirect: str, scopes: Collection[str]) -> Tokens:
        """Tokens for the code of a sign-in.

        Raises SignInError when the server refuses, TransientError when it cannot be asked now, and as
        `Rest.ask` does.
        """
        words = {"grant_type": "authorization_code", "code": code}
        words |= {"code_verifier": verifier, "redirect_uri": redirect}
        return self._tokens(words, scopes)

    def renew(self, refresh: str, scopes: Collection[str]) -> Tokens:
        """Another access token, perhaps with another refresh token that must be used from then on.

        Raises SignInError when only the user can help, and TransientError for whatever else is in the way.
        """
        words = {"grant_type": "refresh_token", "refresh_token": refresh}
        if self._provider.names_scopes:
            words["scope"] = " ".join(scopes)
        try:
            return self._tokens(words, scopes)
        except (AnswerError, RejectedError) as error:  # a server beside the rules is worth another try too
            raise TransientError(str(error)) from error

    def revoke(self, token: str) -> bool:
        """Have a permission taken back (RFC 7009); False where the provider has no way. Raises likewise."""
        if not self._provider.revoke:
            return False
        try:
            self._ask(self._provider.revoke, {"token": token})
        except AnswerError as error:
            if error.status != _UNKNOWN_TOKEN:
                raise
        except SignInError:  # it was taken back already
            pass
        return True

    def _tokens(self, words: dict[str, str], asked: Collection[str]) -> Tokens:
        words["client_id"] = self._client.id
        if self._client.secret:
            words["client_secret"] = self._client.secret
        answer = self._ask(self._provider.token, words)
        found = answer.json()
        access, scopes = found.get("access_token"), found.get("scope")
        if not _is_token(access) or str(found.get("token_type", "bearer")).lower() != "bearer":
            raise nonsense(answer)
        refresh = found.get("refresh_token")
        return Tokens(
            str(access),
            str(refresh) if _is_token(refresh) else "",
            _seconds(found.get("expires_in")),
            frozenset(scopes.split() if isinstance(scopes, str) and scopes else asked),
            _address(found.get("id_token")),
        )

    def _ask(self, path: str, words: Mapping[str, str]) -> Answer:
        with closing(Rest(self._gateway, self._provider.server, reason=REASON)) as rest:
            answer = rest.answer("POST", path, headers=_FORM, content=urlencode(words).encode(), most=_MOST)
        if failure := self._failure(answer, [words[one] for one in words.keys() & _HIDDEN]):
            raise failure
        return answer

    def _failure(self, answer: Answer, hidden: list[str]) -> Exception | None:
        """RFC 6749, 5.2: what is wrong has a name, perhaps with a description, whatever the status is."""
        code = _error(answer) if answer.status in _REFUSED else ""
        words = said(answer)
        heard = answer.content.decode("utf-8", "replace").replace("\\/", "/")
        if any(one in heard for one in hidden if one):
            answer, words = Answer(answer.host, answer.status, answer.headers, b""), code
        says = f" It says: {words}" if words else ""
        name = self._provider.name
        if code in _NOT_ANY_MORE:
            return SignInError(f"{name} does not accept this permission any more. Sign in again.{says}")
        if code in _NOT_US:
            return SignInError(f"{name} does not know this client id, or its secret is wrong.{says}")
        failure = failure_of(answer)
        if isinstance(failure, SignInError) or (isinstance(failure, AnswerError) and code in _LATER):
            return TransientError(f"{answer.host} does not give a token now ({answer.status}).{says}")
        return failure


_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_HIDDEN = {"code", "code_verifier", "refresh_token", "client_secret", "token"}


class SignIn:
    """A sign-in that waits for the user: open `url` in a browser, then `wait`. Nothing listens after that."""

    def __init__(
        self, gateway: Gateway, provider: Provider, client: Client, *, scopes: Collection[str], hint: str = ""
    ) -> None:
        self._server = TokenServer(gateway, provider, client)
        self._provider = provider
        self._scopes = scopes
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(64)
        self._begun = time.monotonic()
        self._redirect = Redirect(gateway)
        self._back = f"http://{provider.host}:{self._redirect.port}"
        self.url = f"{provider.pages.rstrip('/')}/{provider.authorize}?" + urlencode(
            {
                "response_type": "code",
                "client_id": client.id,
                "redirect_uri": self._back,
                "scope": " ".join(scopes),
                "state": self._state,
                "code_challenge": _challenge(self._verifier),
                "code_challenge_method": "S256",
                **({"login_hint": hint} if hint else {}),
                **provider.wants,
            }
        )

    def wait(self, seconds: float = WAIT_SECONDS) -> Tokens:
        """The tokens that the user allowed, at most `seconds` after the beginning.

        Raises SignInError when the user or the provider says no, nobody answers, or it was cancelled;
        otherwise as `TokenServer.exchange` does.
        """
        with closing(self._redirect):
            left = seconds - (time.monotonic() - self._begun)
            found = self._redirect.wait(self._state, left)
        if "error" in found:
            raise self._refusal(found)
        return self._server.exchange(
            found["code"], verifier=self._verifier, redirect=self._back, scopes=self._scopes
        )

    def cancel(self) -> None:
        """End it, also from another thread while it waits."""
        self._redirect.cancel()

    def close(self) -> None:
        """Let go of it without having waited; safe to call twice."""
        self._redirect.close()

    def _refusal(self, found: Mapping[str, str]) -> Exception:
        """RFC 6749, 4.1.2.1, in plain words."""
        code, name = found["error"], self._provider.name
        words = _line(found.get("error_description", "") or code)
        if code == "access_denied":
            return SignInError(f"{name} was not allowed to let FluffyMail in. Nothing was kept.")
        if code in _LATER:
            return TransientError(f"{name} cannot sign anybody in just now. Try again later.")
        return SignInError(f"{name} refuses the sign-in. It says: {words}")


def _challenge(verifier: str) -> str:
    """RFC 7636, 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _is_token(value: object) -> bool:
    """RFC 6749, A.12: visible characters; what could end a header line is none."""
    return isinstance(value, str) and 0 < len(value) <= _MOST and value.isascii() and value.isprintable()


def _seconds(value: object) -> float:
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return USUAL_SECONDS
    return min(found, _LONGEST) if found > 0 else USUAL_SECONDS


def _address(id_token: object) -> str:
    """Whose account it is. The token comes straight from its server over TLS: no signature is needed."""
    try:
        part = str(id_token).split(".")[1]
        found: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return ""
    address = found.get("email") if isinstance(found, dict) else None
    return _line(address) if isinstance(address, str) else ""


def _error(answer: Answer) -> str:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return ""
    code = found.get("error") if isinstance(found, dict) else None
    return code if isinstance(code, str) else ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:300]).split())
