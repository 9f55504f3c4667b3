"""How an account proves who it is: a password, or a token that is asked for anew each time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fluffy_core.errors import SignInError


@dataclass(frozen=True, slots=True)
class Login:
    """`password`, or `token`, which returns a fresh OAuth access token (and may raise SignInError)."""

    user: str
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)

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
