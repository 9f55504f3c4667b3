"""Models in words: what they need, whether they fit, how they stand, how fast they are."""

import time
from collections.abc import Sequence

from app.views.reader.message_card import size_words
from app.widgets import dates
from fluffy_core import Bench, Computer, DownloadState, DownloadView, Fit, FoundModel, ModelStatus, ModelView

GIGABYTE = 1024
MINUTES = 90
"""Seconds from which on minutes are said."""
WITHOUT = (
    "Without one, summaries are the most telling sentences of the mail itself, drafts are made of your own "
    "earlier answers, and sorting, search, reminders and people work as ever. With one, summaries and drafts "
    "are written in its own words, each checked against the mail."
)
DOWNLOADS = {
    DownloadState.WAITING: "Waiting for the download before it",
    DownloadState.CHECKING: "All here, being checked",
    DownloadState.PAUSED: "Paused",
}


def needs_words(one: ModelView | FoundModel) -> str:
    """As "1.3 GB · needs 8 GB of memory"."""
    return f"{size_words(one.bytes)} · needs {memory_words(one.ram_hint_mb)} of memory"


def memory_words(megabytes: int) -> str:
    """As "8 GB"; a computer of 16 GB that shows a little less has 16."""
    return f"{max(1, round(megabytes / GIGABYTE))} GB"


def fit_words(one: ModelView | FoundModel, computer: Computer, *, best: bool = False) -> str:
    """Whether it is something for this computer, or even the best that is."""
    if one.fit is Fit.MEMORY:
        return f"Too large for this computer, which has {memory_words(computer.memory_mb)}"
    if one.fit is Fit.DISK:
        return f"No room: {size_words(computer.free_bytes)} are free"
    return "The best that fits this computer" if best else "Fits this computer"


def best_to_get(models: Sequence[ModelView]) -> str:
    """Id of the best language model that fits and is not here; "" when none is better than what is."""
    writing = [one for one in models if one.writes and one.fit is Fit.FITS]
    best = max(writing, key=lambda one: one.ram_hint_mb, default=None)
    return "" if best is None or best.status is ModelStatus.READY else best.id


def state_words(one: ModelView, download: DownloadView | None) -> str:
    """How it stands; "" when there is nothing to say."""
    if download is not None:
        return _download_words(download)
    if one.status is ModelStatus.PARTIAL:
        return f"{size_words(one.partial_bytes)} of {size_words(one.download_bytes)} are here"
    if one.status is ModelStatus.DAMAGED:
        return "The file is not there any more" if one.origin else "Damaged: fetch it anew"
    return ""


def _download_words(one: DownloadView) -> str:
    far = f"{size_words(one.done)} of {size_words(one.total)}"
    if one.state is DownloadState.FAILED:
        return one.error
    if one.state is DownloadState.RUNNING:
        return far
    words = DOWNLOADS[one.state]
    return f"{words}: {far} are here" if one.state is DownloadState.PAUSED else words


def speed_words(bench: Bench | None, *, now: float | None = None) -> str:
    """As "Summaries take about 6 s here, drafts about 8 s. Measured 2 days ago."."""
    if bench is None:
        return "How long a summary takes here was not measured yet."
    when = dates.ago(bench.at, time.time() if now is None else now)
    summary, draft = seconds_words(bench.summary_seconds), seconds_words(bench.draft_seconds)
    return f"Summaries take about {summary} here, drafts about {draft}. Measured {when}."


def seconds_words(seconds: float) -> str:
    """As "6 s", "3 min"."""
    return f"{max(1, round(seconds))} s" if seconds < MINUTES else f"{round(seconds / 60)} min"
