"""What an account says to prove who it is, and that it is told to nobody else."""

import base64

import pytest

from fluffy_core.connectors.sign_in.sign_in import Login, refused
from fluffy_core.errors import SignInError


def test_words_of_the_mechanisms() -> None:
    assert Login("ann", "pass word").plain() == "\0ann\0pass word"
    # Google's own example of XOAUTH2.
    token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
    said = base64.b64encode(Login("someuser@example.com", token=lambda rejected="": token).xoauth2().encode())
    assert said == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1s"
        b"emRHRXVZMjl0Q2cBAQ=="
    )


def test_secrets_are_not_printed() -> None:
    login = Login("ann", "secret", lambda rejected="": "token")
    assert "secret" not in repr(login)
    assert "ann" in repr(login)


@pytest.mark.parametrize(("user", "password"), [("a\r\nb", ""), ("a", "b\nc"), ("a\0", "b")])
def test_line_breaks_would_be_commands(user: str, password: str) -> None:
    with pytest.raises(SignInError, match="line breaks"):
        Login(user, password)


def test_sentences() -> None:
    assert str(refused(Login("ann"), "")) == "The server refuses the user name or password of ann."
    assert str(refused(Login("ann", token=lambda rejected="": ""), "expired")) == (
        "The server refuses the permission of ann. It says: expired"
    )
