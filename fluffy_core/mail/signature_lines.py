"""Which of the last lines of a text are its signature."""


def delimiter(lines: list[str], first: int, end: int) -> int:
    """Return the "-- " line that starts a signature within `first` up to `end`, `end` when there is none."""
    for i in range(first, end):
        if lines[i].startswith("--") and lines[i].strip() in ("--", "—"):
            return i
    return end


def start(lines: list[str], first: int, end: int, *, sender: str = "") -> int:
    """Return the line where the signature of lines `first` up to `end` starts, `end` when there is none."""
    return end
