"""Fast summaries against people's: `python -m benchmarks summaries --bc3 DIR [--crossed] [--json]`.

On threads of the BC3 corpus (DIR holds corpus.xml and annotation.xml), for each annotator: an extract as long
as their summary, its ROUGE-1, -2 and -L (F1) and the annotators' votes for its sentences, as a share of the
most votes that many sentences can have. Means over annotators and threads. The baselines choose from the
corpus's own sentences, quotes and signatures left out. With `--crossed` ours is fitted anew for each thread
on the others.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import evaluation, extracts, fit_salience, labelled
from benchmarks.extracts import Order

BASELINES: dict[str, Order] = {
    "lead": extracts.lead,
    "firsts": extracts.firsts,
    "textrank": extracts.textrank,
    "lexrank": extracts.lexrank,
}


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks summaries", description=__doc__)
    parser.add_argument("--bc3", type=Path, metavar="DIR", help="default: the threads beside the project")
    parser.add_argument("--crossed", action="store_true", help="leave one thread out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    threads = labelled.threads(options.bc3)
    ours = fit_salience.crossed(threads) if options.crossed else extracts.measure(threads, extracts.ours())
    baselines = {name: extracts.measure(threads, order) for name, order in BASELINES.items()}
    evaluation.tell(ours, baselines, as_json=options.json, about=_references(threads))
    return 0


def _references(threads: Sequence[labelled.Thread]) -> str:
    """What no extract can reach, and what people reach."""
    best = extracts.measure(threads, extracts.best)
    people = extracts.mean([(*extracts.people(thread), 0.0) for thread in threads])
    told = " ".join(f"{best[name]:.3f}" for name in extracts.NAMES)
    human = " ".join(f"{people[name]:.3f}" for name in extracts.NAMES[:3])
    return f"{len(threads)} threads; the sentences with most votes {told}; one person against another {human}"
