"""An engine that only tells what its process has loaded; it imports nothing itself for that reason."""

import sys
from pathlib import Path

from fluffy_core.errors import ModelError


def list_modules(_model_dir: Path) -> None:
    """Refuse to load, with the names of all loaded modules as the reason."""
    raise ModelError(" ".join(sys.modules))
