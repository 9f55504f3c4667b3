"""`python -m benchmarks [NAME…]`: measure, print the table with ratios against the bars, write JSON.

`python -m benchmarks EVALUATION OPTIONS…` measures how right a skill is on data given by the options.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import (
    embeddings,
    growth,
    importing,
    language_model,
    queueing,
    quota,
    results,
    searching,
    sorting,
    syncing,
    window,
)
from benchmarks.programs import BenchmarkError
from benchmarks.results import Row
from benchmarks.workshop import QUICK, Sizes, Workshop
from fluffy_core.errors import FluffyError

PROJECT = Path(__file__).resolve().parent.parent
Measure = Callable[[Workshop], Iterator[Row]]
BENCHMARKS: dict[str, Measure] = {
    "import": importing.measure,
    "growth": growth.measure,
    "memory": growth.memory,
    "search": searching.measure,
    "sorting": sorting.measure,
    "window": window.measure,
    "jobs": queueing.measure,
    "embeddings": embeddings.measure,
    "llm": language_model.measure,
    "sync": syncing.measure,
    "quota": quota.measure,
}
"""In the order they run."""
EVALUATIONS = tuple(sorted(path.stem[5:] for path in Path(__file__).parent.glob("eval_*.py")))
"""How right the skills are: `benchmarks/eval_NAME.py`, whose `main` takes the rest of the command line."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; a wrong one exits 2."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = list(BENCHMARKS)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)} (default: all speeds)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the mail and one round: under 3 minutes"
    )
    parser.add_argument(
        "--million", action="store_true", help="search also in 1,000,000 messages (long, 20 GB)"
    )
    parser.add_argument(
        "--idle", type=float, metavar="S", help="rest before the latency of a job is measured"
    )
    parser.add_argument("--out", type=Path, default=PROJECT / "build" / "bench.json", metavar="FILE")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in names]:
        parser.error(f"unknown: {', '.join(unknown)}. There are: {', '.join(names)}.")
    return options


def measure(chosen: Sequence[str], shop: Workshop) -> Iterator[Row]:
    """Every row of the chosen benchmarks; what cannot be measured says so in a row, and the next goes on."""
    seen: set[str] = set()
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            for row in BENCHMARKS[name](shop):
                if row.what not in seen:  # `memory` alone, and as a part of `growth`
                    seen.add(row.what)
                    yield row
        except (BenchmarkError, FluffyError, OSError) as error:
            yield Row(name, f"{name} could not be measured", None, "", None, str(error))
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def machine() -> dict[str, object]:
    """What the figures were measured on; no names."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load_at_start": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def speeds(options: argparse.Namespace, chosen: Sequence[str]) -> bool:
    """Measure, print and write; False when something could not be measured at all."""
    sizes = QUICK if options.quick else Sizes()
    sizes = replace(sizes, million=options.million, idle_seconds=options.idle or sizes.idle_seconds)
    about = machine()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fluffy-bench-") as folder:
        shop = Workshop(Path(folder), sizes)
        rows = list(measure(chosen, shop))
        source = shop.source
    seconds = time.monotonic() - started
    print(results.table(rows))
    print(f"\n{results.closing(rows)} Measured with {source} in {seconds:.0f} s.")
    told = {"machine": about, "quick": options.quick, "mail": source, "seconds": round(seconds, 1)}
    found = {**told, "rows": [results.as_json(row) for row in rows]}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Written to {options.out}")
    return not any(row.what.endswith("could not be measured") for row in rows)


def evaluate(name: str, arguments: Sequence[str]) -> int:
    """Run one evaluation; its exit code."""
    ran: int = importlib.import_module(f"benchmarks.eval_{name}").main(arguments)
    return ran


def main() -> int:
    """0 when everything chosen was measured, whatever the figures; else 1."""
    if sys.argv[1:] and sys.argv[1] in EVALUATIONS:
        return evaluate(sys.argv[1], sys.argv[2:])
    options = parse(sys.argv[1:])
    chosen = [name for name in BENCHMARKS if name in options.names or not options.names]
    return 0 if speeds(options, chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
