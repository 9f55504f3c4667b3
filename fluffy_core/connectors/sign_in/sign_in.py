"""How an account proves who it is: a password, or a token that is asked for anew each time."""

from dataclasses import dataclass, field
from typing import Protocol

from fluffy_core.errors import SignInError


class Token(Protocol):
    """Hands out OAuth access tokens; asked anew for each request."""

    def __call__(self, rejected: str = "") -> str:
        """A token that should be good; never `rejected`, which the server has refused.

        Raises SignInError when there is none without the user, TransientError when it could not be renewed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are: `password`, or `token` where the provider takes no passwords."""

    user: str
    password: str = field(default="", repr=False)
    token: Token | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if any(c in self.user + self.password for c in "\r\n\0"):
            raise SignInError("A user name or password cannot have line breaks in it.")

    def xoauth2(self) -> str:
        """What XOAUTH2 sends (Google's and Microsoft's mechanism of that name)."""
        return f"user={self.user}\1auth=Bearer {self.token() if self.token else ''}\1\1"

    def plain(self) -> str:
        """What PLAIN sends (RFC 4616)."""
        return f"\0{self.user}\0{self.password}"


def refused(login: Login, words: str) -> SignInError:
    """The sentence for a sign-in that the server refused, with the server's own words."""
    what = "permission" if login.token is not None else "user name or password"
    says = f" It says: {words}" if words else ""
    return SignInError(f"The server refuses the {what} of {login.user}.{says}")
