"""Recipients as they are shown: a name for an address, and what is wrong with what is none."""

from app.widgets.text import clean, isolated, shorten
from app.widgets.token_line import Token
from fluffy_core import UsageError, unsent


def token(text: str) -> Token:
    """A typed recipient."""
    try:
        (one, *more) = unsent.people([text])
    except UsageError as error:
        return Token(text, text, str(error))
    if more:
        return Token(text, text, "These are several addresses.")
    return Token(clean(one.name) or one.email, one.email)


def person(text: str) -> str:
    """What to call a recipient."""
    return isolated(shorten(token(text).shown, 60))
