"""Archives."""

from pathlib import Path

from fluffy_core.connectors.base import MailSource
from fluffy_core.domain.source import SourceFile
from fluffy_core.errors import NotMailError


def members(path: Path, parts: tuple[str, ...]) -> tuple[SourceFile, ...]:
    """Nothing yet."""
    raise NotMailError(f"{path} is an archive.")


def reader(source: SourceFile, scratch: Path | None) -> MailSource:
    """Nothing yet."""
    raise NotMailError(f"{source.path} is an archive.")
