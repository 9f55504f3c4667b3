"""How fast the language model is on this computer: measured once, kept beside the models, told in seconds."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from fluffy_core.ai.base import Models, Prompt
from fluffy_core.domain.models import Bench
from fluffy_core.errors import ModelError, TransientError

Clock = Callable[[], float]

KEPT_IN = "bench.json"
LOAD_SECONDS, WRITE_SECONDS, READ_SECONDS = 60.0, 6.0, 12.0
"""The most that loading may take, and the two parts of the measurement."""
WRITTEN = 64
LEAST_READ, MOST_READ = 100, 600
"""Tokens."""
LETTERS = 4.5
"""In a token of English, about; the same for all models here, so that they can be compared."""
_SYSTEM = "You write plain English and do what you are asked."
_TELL = "Tell a long story about a lighthouse and the people who pass it."
_WORDS = (
    "meeting",
    "quote",
    "garden",
    "window",
    "river",
    "market",
    "letter",
    "morning",
    "customer",
    "harbour",
)


def measure(
    models: Models, *, clock: Clock = time.monotonic, stopped: Callable[[], bool] = lambda: False
) -> Bench:
    """About twenty seconds of work with the language model in use, its loading not counted.

    Nothing is read sooner than it is written: so the text to be read is as long as the time allows.

    Raises:
        ModelError: there is none, or it says nothing.
        TransientError: it crashed, is too slow to be of use, or was `stopped`.
    """
    run = _Run(models, clock, stopped)
    run.ask(Prompt(_SYSTEM, "Say yes.", max_tokens=1), LOAD_SECONDS)
    pieces, first, last = run.ask(Prompt(_SYSTEM, _TELL, max_tokens=WRITTEN), WRITE_SECONDS)
    writes = max(1, pieces - 1) / max(last - first, 1e-3) if pieces > 1 else 1 / max(first, 1e-3)
    text = _text(min(MOST_READ, max(LEAST_READ, READ_SECONDS * writes)))
    _, first, _ = run.ask(Prompt(_SYSTEM, text, max_tokens=1), READ_SECONDS)
    return Bench(len(text) / LETTERS / max(first - 1 / writes, 1e-3), writes, time.time())


def kept(models_dir: Path) -> dict[str, Bench]:
    """What was measured here, by model."""
    try:
        table = json.loads((models_dir / KEPT_IN).read_text(encoding="utf-8"))
        found = {name: Bench(**one) for name, one in table.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return {name: one for name, one in found.items() if _sound(one)}


def keep(models_dir: Path, model_id: str, bench: Bench) -> None:
    """Write a measurement down. Raises ModelError when that cannot be."""
    table = {name: asdict(one) for name, one in (kept(models_dir) | {model_id: bench}).items()}
    target = models_dir / KEPT_IN
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(KEPT_IN + ".new")
        fresh.write_text(json.dumps(table), encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        raise ModelError(f"The measurement cannot be written: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True)
class _Run:
    """Asks and looks at the clock."""

    models: Models
    clock: Clock
    stopped: Callable[[], bool]

    def ask(self, prompt: Prompt, seconds: float) -> tuple[int, float, float]:
        """(pieces, seconds to the first, seconds to the last); ended after `seconds` of writing."""
        started = self.clock()
        pieces, first, last = 0, 0.0, 0.0
        with closing(self._answer(prompt, 2 * seconds)) as answer:
            for piece in answer:
                if not piece:  # a sign of life
                    continue
                last = self.clock() - started
                first = first or last
                pieces += 1
                if last - first > seconds:
                    break
        if not pieces:
            raise ModelError("The model says nothing: it cannot be measured.")
        return pieces, first, last

    def _answer(self, prompt: Prompt, deadline: float) -> Generator[str, None, None]:
        for piece in self.models.generate(prompt, interactive=True, deadline=deadline):
            if self.stopped():
                raise TransientError("The measurement was stopped.")
            yield piece


def _text(tokens: float) -> str:
    """Plain words behind a number that no cache has seen."""
    count, length, words = 0, 0, [str(time.time_ns())]
    while length < tokens * LETTERS:
        words.append(_WORDS[count * count * 7 % len(_WORDS)])
        length += len(words[-1]) + 1
        count += 1
    return f"{' '.join(words)}.\nWhich word comes first? Answer with it alone."


def _sound(bench: Bench) -> bool:
    values: tuple[object, ...] = (bench.reads, bench.writes, bench.at)
    return all(isinstance(one, int | float) and one > 0 for one in values)
