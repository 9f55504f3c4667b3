"""Summaries against people's: `python -m benchmarks summaries --bc3 DIR [--crossed] [--accurate] [--json]`.

On threads of the BC3 corpus (DIR holds corpus.xml and annotation.xml), for each annotator: an extract as long
as their summary, its ROUGE-1, -2 and -L (F1) and the annotators' votes for its sentences, as a share of the
most votes that many sentences can have. Means over annotators and threads. The baselines choose from the
corpus's own sentences, quotes and signatures left out. With `--crossed` ours is fitted anew for each thread
on the others; with `--accurate` the language model of this computer tells its sentences anew.

`--ungrounded PATH [--limit N]` instead summarises a seeded sample of the threads of a mailbox (a folder of
.eml files, an mbox, a Maildir) and counts facts that their threads do not hold.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import evaluation, extracts, fit_salience, labelled, told_anew, ungrounded
from benchmarks.evaluation import Scores
from benchmarks.extracts import Order
from fluffy_core.errors import ModelError

BASELINES: dict[str, Order] = {
    "lead": extracts.lead,
    "firsts": extracts.firsts,
    "textrank": extracts.textrank,
    "lexrank": extracts.lexrank,
}


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 where there is no language model to be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks summaries", description=__doc__)
    parser.add_argument("--bc3", type=Path, metavar="DIR", help="default: the threads beside the project")
    parser.add_argument("--crossed", action="store_true", help="leave one thread out")
    parser.add_argument("--accurate", action="store_true", help="by the language model of this computer")
    parser.add_argument("--ungrounded", type=Path, metavar="PATH", help="count invented facts in this mail")
    parser.add_argument("--limit", type=int, default=200, help="summaries of the mail (default 200)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        ours, baselines, about = _invented(options) if options.ungrounded else _against_people(options)
    except ModelError as error:
        print(error)
        return 1
    evaluation.tell(ours, baselines, as_json=options.json, about=about)
    return 0


def _invented(options: argparse.Namespace) -> tuple[Scores, dict[str, Scores], str]:
    found = ungrounded.count(options.ungrounded, limit=options.limit, accurate=options.accurate)
    return found.figures(), {}, ", ".join(found.invented[:20])


def _against_people(options: argparse.Namespace) -> tuple[Scores, dict[str, Scores], str]:
    threads = labelled.threads(options.bc3)
    ours: Scores = extracts.measure(threads, extracts.ours())
    baselines: dict[str, Scores] = {
        name: extracts.measure(threads, order) for name, order in BASELINES.items()
    }
    if options.crossed:
        ours = fit_salience.crossed(threads)
    elif options.accurate:
        baselines["fast"], ours = ours, told_anew.measure(threads)
    return ours, baselines, _references(threads)


def _references(threads: Sequence[labelled.Thread]) -> str:
    """What no extract can reach, and what people reach."""
    best = extracts.measure(threads, extracts.best)
    people = extracts.mean([(*extracts.people(thread), 0.0) for thread in threads])
    told = " ".join(f"{best[name]:.3f}" for name in extracts.NAMES)
    human = " ".join(f"{people[name]:.3f}" for name in extracts.NAMES[:3])
    return f"{len(threads)} threads; the sentences with most votes {told}; one person against another {human}"
