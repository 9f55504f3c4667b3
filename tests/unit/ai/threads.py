"""Messages for the tests of the skills."""

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import Address

TUESDAY = 1_746_525_600
"""2025-05-06 10:00 UTC."""
DAY = 86_400


def theirs(number: int, body: str, *, day: float = 0, bulk: str = "", language: str = "") -> ThreadMessage:
    """A message that Jane Roe wrote to me."""
    return ThreadMessage(
        id=MessageId(number),
        date=TUESDAY + int(day * DAY),
        from_name="Jane Roe",
        from_email="jane@example.com",
        from_me=False,
        to_me=True,
        subject="The brochure",
        body=body,
        bulk=bulk,
        language=language,
    )


def mine(
    number: int, body: str, *, day: float = 0, bulk: str = "", to: tuple[str, ...] = ("jane@example.com",)
) -> ThreadMessage:
    """A message that I wrote."""
    return ThreadMessage(
        id=MessageId(number),
        date=TUESDAY + int(day * DAY),
        from_name="Max Doe",
        from_email="max@example.org",
        from_me=True,
        to_me=False,
        subject="The brochure",
        body=body,
        bulk=bulk,
        to=tuple(Address(each) for each in to),
    )
