"""How many of what, in words."""


def number_of(number: int, one: str, many: str = "") -> str:
    """As "1 message", "1,204 messages"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
