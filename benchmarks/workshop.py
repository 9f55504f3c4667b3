"""What benchmarks share: how much to measure, a folder, Maildirs of any size, homes filled from them."""

import json
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import letters, programs
from fluffy_core.config import Settings, load
from fluffy_core.core import Core
from fluffy_core.domain.jobs import Job, JobState
from fluffy_core.services.home import activity


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a run measures."""

    small: int = 10_000
    """Messages of an import."""
    large: int = 100_000
    """Messages of growth, search and start-up; ten times `small`."""
    rounds: int = 3
    idle_seconds: float = 15.0
    """Rest before the latency of a job is measured."""
    jobs: int = 1_500
    sentences: int = 600
    million: bool = False


QUICK = Sizes(small=1_000, large=10_000, rounds=1, idle_seconds=3.0, jobs=500, sentences=120)


@dataclass(frozen=True, slots=True)
class Phases:
    """When an import was how far, in seconds after the program was started."""

    read: float
    people: float
    sorted: float


@dataclass(frozen=True, slots=True)
class Filled:
    """A home that was filled by `fluffy import`, and what that took."""

    home: Path
    messages: int
    seconds: float
    peak: int
    phases: Phases
    report: dict[str, object]

    def summary(self) -> dict[str, object]:
        """For the JSON: figures only."""
        kept = ("stored", "duplicates", "unread", "threads", "contacts")
        phases = {"read": self.phases.read, "people": self.phases.people, "sorted": self.phases.sorted}
        told = {name: self.report.get(name) for name in kept}
        return {"messages": self.messages, "seconds": self.seconds, "peak": self.peak, **phases, **told}


class Workshop:
    """One run of benchmarks: everything it makes lies in `folder`."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.folder = folder
        self.sizes = sizes
        self.source = "real mail"
        self._maildirs: dict[int, Path] = {}
        self._filled: dict[int, Filled] = {}

    @cached_property
    def messages(self) -> list[bytes]:
        """The messages that everything is made from."""
        scratch = self.folder / "unpacked"
        found = letters.real(scratch)
        shutil.rmtree(scratch, ignore_errors=True)
        if found:
            return found[: self.sizes.small]
        self.source = f"invented mail (no real mail at {letters.real_folder().name}/)"
        return letters.invented(self.sizes.small)

    @cached_property
    def me(self) -> list[str]:
        """Options that say whose mailbox it is, so that people are found in it."""
        return [word for one in letters.owners(self.messages) for word in ("--me", one)]

    def maildir(self, count: int) -> Path:
        """A Maildir of `count` messages, made once, with its files in the page cache."""
        if count not in self._maildirs:
            folder = self.folder / f"maildir-{count}"
            for name in ("cur", "new", "tmp"):
                (folder / name).mkdir(parents=True)
            for number, content in enumerate(letters.enough(self.messages, count)):
                (folder / "cur" / f"{1_600_000_000 + number}.M{number}.bench:2,S").write_bytes(content)
            self._maildirs[count] = folder
        warm(self._maildirs[count])
        return self._maildirs[count]

    @property
    def environment(self) -> dict[str, str]:
        """Variables for `fluffy`: a key file of this run."""
        return {"FLUFFY_KEY_FILE": str(self.folder / "bench.key")}

    def settings(self, home: Path) -> Settings:
        """Settings for opening `home` in this process."""
        settings = load(home)
        return Settings(settings.paths, key_file=self.folder / "bench.key")

    def fill(self, count: int, *, memory: bool = True, name: str = "home", limit: float = 900) -> Filled:
        """A new home, filled by `fluffy import` with a Maildir of `count` messages."""
        mailbox = self.maildir(count)
        home = self.folder / f"{name}-{count}"
        shutil.rmtree(home, ignore_errors=True)
        command = [sys.executable, "-m", "fluffy_core", "--home", str(home), "--json", "import", *self.me]
        ended = programs.run([*command, str(mailbox)], env=self.environment, limit=limit, memory=memory)
        with Core.open(self.settings(home)) as core:
            jobs = activity.jobs(core.store, states=[JobState.SUCCEEDED], limit=100_000)
            phases = phases_of(jobs, ended.started)
        return Filled(home, count, ended.seconds, ended.peak, phases, json.loads(ended.output))

    def filled(self, count: int) -> Filled:
        """A home with `count` messages, filled once in a run; its memory was watched."""
        if count not in self._filled:
            self._filled[count] = self.fill(count, name="kept", limit=max(600.0, count / 100))
        return self._filled[count]


def phases_of(jobs: tuple[Job, ...], started: float) -> Phases:
    """When the last job of each phase was over, after `started` (Unix seconds)."""

    def over(name: str) -> float:
        ends = [job.finished_at for job in jobs if job.name == name and job.finished_at is not None]
        if not ends:
            raise programs.BenchmarkError(f"the import ran no {name}")
        return round(max(ends) - started, 3)

    read = over("sync-emails-initial")
    return Phases(read, over("extract-contacts"), over("categorize-emails"))


def warm(folder: Path) -> None:
    """Read every file, so that all who are measured find them in the page cache."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()
