"""A computer with models in memory, with the names of the core's face; `fault` is what is raised next."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fluffy_core import (
    Bench,
    Bus,
    Changed,
    Computer,
    DownloadState,
    DownloadView,
    Fit,
    FoundModel,
    ModelStatus,
    ModelView,
)

GB = 1_000_000_000
BENCH = Bench(300.0, 30.0, time.time() - 2 * 86_400)


def model(
    model_id: str, name: str, *, status: ModelStatus = ModelStatus.MISSING, size: int = GB, ram: int = 8192,
    fit: Fit = Fit.FITS,
) -> ModelView:  # fmt: skip
    """A language model of the catalog."""
    left = 0 if status is ModelStatus.READY else size
    return ModelView(
        model_id, name, f"What {name} is for", "Apache-2.0", True, "", 8192, size, left, 0, ram, status, fit
    )


EMBEDDER = replace(
    model("minilm", "MiniLM", status=ModelStatus.READY, size=23_000_000, ram=2048), writes=False
)
SMALL = replace(model("small", "Small", status=ModelStatus.READY, size=98_000_000, ram=2048), in_use=True)
MIDDLE = model("middle", "Middle")
LARGE = model("large", "Large", size=3 * GB, ram=16_384)
HUGE = model("huge", "Huge", size=40 * GB, ram=98_304, fit=Fit.MEMORY)
FOUND = FoundModel("/lm/found.gguf", "Found", "LM Studio", "mit", 2 * GB, 8192, Fit.FITS)


class FakeDownloads:
    """Notes what it was told; tests say how downloads stand."""

    def __init__(self, note: Callable[..., None]) -> None:
        self._note = note
        self.now: dict[str, DownloadView] = {}

    def views(self) -> dict[str, DownloadView]:
        return dict(self.now)

    def start(self, model_id: str) -> None:
        self._note("start", model_id)

    def pause(self, model_id: str) -> None:
        self._note("pause", model_id)

    def discard(self, model_id: str) -> None:
        self._note("discard", model_id)

    def say(self, model_id: str, state: DownloadState, done: int, total: int, error: str = "") -> None:
        seconds = 200.0 if state is DownloadState.RUNNING else None
        self.now[model_id] = DownloadView(model_id, state, done, total, seconds, error)


class FakeModels:
    """Five models, one of them in use; another program has one more."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.rows: tuple[ModelView, ...] = (EMBEDDER, SMALL, MIDDLE, LARGE, HUGE)
        self.found: tuple[FoundModel, ...] = (FOUND,)
        self.chosen = ""
        self.server = ""
        self.asked: list[tuple[object, ...]] = []
        self.callers: set[str] = set()
        self.fault: Exception | None = None
        self.measuring = threading.Event()
        self.measuring.set()
        self.downloads = FakeDownloads(self.note)

    def note(self, *what: object) -> None:
        self.callers.add(threading.current_thread().name)
        self.asked.append(what)
        if self.fault is not None:
            raise self.fault

    def tell(self) -> None:
        """Something about the models changed."""
        self._bus.changed(Changed.MODELS)

    def use(self, _store: object, _paths: object, model_id: str) -> None:
        self.note("use", model_id)
        self.chosen = model_id
        wanted = "small" if model_id == "" else model_id
        self.rows = tuple(replace(one, in_use=one.id == wanted) for one in self.rows)
        self.tell()

    def add(self, path: Path, _paths: object, *, told: Callable[[int, int], object]) -> str:
        told(1, 2)
        self.note("add", path)
        self.rows = (
            *self.rows,
            replace(MIDDLE, id="own", name=path.stem, origin="added", status=ModelStatus.READY),
        )
        return "own"

    def use_found(self, key: str, _paths: object) -> str:
        self.note("use found", key)
        self.found = ()
        self.rows = (*self.rows, replace(MIDDLE, id="found", origin="LM Studio", status=ModelStatus.READY))
        return "found"

    def remove(self, _paths: object, model_id: str) -> int:
        self.note("remove", model_id)
        self.rows = tuple(
            replace(one, status=ModelStatus.MISSING, in_use=False) if one.id == model_id else one
            for one in self.rows
        )
        return 1

    def measure(self, _models: object, *, stopped: Callable[[], bool]) -> Bench:
        assert not stopped()
        self.measuring.wait(10)
        self.note("measure")
        return BENCH

    def keep(self, _folder: object, model_id: str, bench: Bench) -> None:
        self.note("keep", model_id)
        self.rows = tuple(replace(one, bench=bench) if one.id == model_id else one for one in self.rows)

    def views(self, _store: object, _paths: object) -> tuple[ModelView, ...]:
        self.note("views")
        return self.rows

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this one's function."""
        return {
            "models": {"chosen": lambda _s: self.chosen, "server": lambda _s: self.server, "use": self.use},
            "model_shelf": {
                "views": self.views,
                "computer": lambda _p: Computer(24_000, 300 * GB),
                "find": lambda _p: self.found,
                "use_found": self.use_found,
                "add": self.add,
                "remove": self.remove,
            },
            "model_bench": {
                "measure": self.measure,
                "keep": self.keep,
                "kept": lambda _f: {self.server: BENCH},
            },
        }
