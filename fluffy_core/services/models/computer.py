"""What this computer has for models: memory and room on the disk."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from fluffy_core.domain.models import Fit

_NEAR = 0.9
"""A computer sold with 16 GB shows a little less."""


@dataclass(frozen=True, slots=True)
class Computer:
    """What a model needs of a computer: memory in MB and room on the disk in bytes."""

    memory_mb: int
    free_bytes: int

    def fit(self, *, ram_hint_mb: int, bytes_needed: int = 0) -> Fit:
        """Whether it is enough."""
        if self.memory_mb < ram_hint_mb * _NEAR:
            return Fit.MEMORY
        return Fit.FITS if bytes_needed <= self.free_bytes else Fit.DISK


def this_computer(models_dir: Path) -> Computer:
    """The one that this runs on."""
    import psutil

    there = next((one for one in (models_dir, *models_dir.parents) if one.exists()), Path.home())
    return Computer(psutil.virtual_memory().total >> 20, shutil.disk_usage(there).free)
