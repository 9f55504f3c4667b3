"""Disclaimers, mailing-list footers and advertisements at the end of a text."""


def start(lines: list[str], first: int, end: int) -> int:
    """Return the line where the footer of lines `first` up to `end` starts, `end` when there is none."""
    return end
