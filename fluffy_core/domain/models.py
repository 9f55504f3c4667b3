"""The models of a computer, as a person sees them."""

from dataclasses import dataclass
from enum import StrEnum

NO_MODEL = "none"
"""What is chosen by whoever wants no language model at all."""


class ModelStatus(StrEnum):
    """What lies in a model's folder."""

    READY = "ready"
    MISSING = "missing"
    PARTIAL = "partial"
    """A download was begun."""
    DAMAGED = "damaged"


class Fit(StrEnum):
    """Whether a computer is enough for a model."""

    FITS = "fits"
    MEMORY = "memory"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Bench:
    """How fast a language model is here, in tokens a second; `at` in Unix seconds."""

    reads: float
    writes: float
    at: float

    @property
    def summary_seconds(self) -> float:
        """A summary of a typical conversation: 1,200 tokens read, 140 written."""
        return 1_200 / self.reads + 140 / self.writes

    @property
    def draft_seconds(self) -> float:
        """A draft of an answer: 1,000 tokens read, 180 written."""
        return 1_000 / self.reads + 180 / self.writes


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model. `origin` is "" for those of the catalog, "added", or the program that it belongs to.

    `bytes` is the room it takes, `download_bytes` what fetching it would bring, `partial_bytes` how much of
    that is there; `writes` tells language models from the one that searches.
    """

    id: str
    name: str
    summary: str
    licence: str
    writes: bool
    origin: str
    context: int
    bytes: int
    download_bytes: int
    partial_bytes: int
    ram_hint_mb: int
    status: ModelStatus
    fit: Fit
    in_use: bool = False
    bench: Bench | None = None


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A file of another program that can be used where it lies; `key` names it as long as it lies there."""

    key: str
    name: str
    origin: str
    licence: str
    bytes: int
    ram_hint_mb: int
    fit: Fit


class DownloadState(StrEnum):
    """How a download stands."""

    WAITING = "waiting"
    """Another one comes first."""
    RUNNING = "running"
    CHECKING = "checking"
    """All is here and compared with its checksum."""
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DownloadView:
    """A download of this run; bytes `done` of `total`, and the sentence for a failure."""

    model_id: str
    state: DownloadState
    done: int
    total: int
    seconds_left: float | None = None
    error: str = ""
