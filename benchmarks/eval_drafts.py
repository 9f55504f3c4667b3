"""Drafts against real replies: `python -m benchmarks drafts PATH [--me ADDRESS] [--model] [--json]`.

PATH is a mailbox (a folder of .eml files, an mbox, a Maildir) or a folder of such. Its owner's newest replies
are held out, with everything they wrote later; a reply is suggested for each thread as it stood before. Where
these are too few, threads that wait for an answer are taken as well, without a real reply to compare.

Told are: drafts made and declined; facts invented (by `facts.py`, not by the program's own filter); whether
the language is the thread's; whether greeting and closing are as the profile of the reader says; placeholders
left to fill in; and against the real reply the length (median ratio) and the words in common (F1).
"""

import argparse
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, median

from benchmarks import evaluation, held_out
from benchmarks.draft_scores import Judge, Score
from benchmarks.held_out import Case, Mailbox, Plan
from fluffy_core.ai.base import Models, Prompt
from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.services.writing import drafting, styles
from fluffy_core.store import reading
from fluffy_core.store import styles as own_mail

Writer = Callable[[Case], str]
"""A case to a draft; "" for none."""


def ours(judge: Judge, models: Models, model: str) -> Writer:
    """This program's suggestion."""

    def write(case: Case) -> str:
        request = DraftRequest("measured", case.thread_id, model=model)
        return drafting.suggest(judge.store, request, models=models).text

    return write


def template(judge: Judge) -> Writer:
    """The same thanks to everybody in English, with the names filled in."""

    def write(case: Case) -> str:
        last = reading.thread_messages(judge.store, case.thread_id)[-1]
        first = styles.named(last.sender.name, last.sender.email).first
        greeting = f"Hello {first}," if first else "Hello,"
        return f"{greeting}\n\nThank you for your message.\n\nBest regards,\n{judge.me.first}"

    return write


def random_own(judge: Judge) -> Writer:
    """Any earlier letter of the owner's, as it is."""
    dice = random.Random(held_out.SEED)
    ids = own_mail.letters(judge.store, styles.EVERYONE, limit=styles.SAMPLE)
    letters = [f"{one.text}\n\n{one.signature}".strip() for one in styles.letters(judge.store, ids)]

    def write(_case: Case) -> str:
        return dice.choice(letters) if letters else ""

    return write


class Overheard:
    """Models whose last answer is kept as it came."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.raw = ""
        self.language_model = models.language_model
        self.is_installed = models.is_installed
        self.embed = models.embed
        self.interrupt = models.interrupt

    def generate(
        self, prompt: Prompt, *, interactive: bool = False, deadline: float = 120.0
    ) -> Iterator[str]:
        """The answer, overheard."""
        self.raw = ""
        for piece in self._models.generate(prompt, interactive=interactive, deadline=deadline):
            self.raw += piece
            yield piece


def measure(judge: Judge, write: Writer) -> tuple[list[Score], int]:
    """The scores of the drafts that were made, and how many were declined."""
    texts = [(case, write(case)) for case in judge.box.cases]
    made = [judge.score(case, text) for case, text in texts if text]
    return made, len(texts) - len(made)


def summed(scores: Sequence[Score], declined: int) -> dict[str, float]:
    """The figures of many drafts."""
    return {
        "drafts": len(scores),
        "declined": declined,
        "with_profile": sum(one.greeting is not None for one in scores),
        "with_real_reply": sum(one.common is not None for one in scores),
        "invented_facts": sum(one.facts for one in scores),
        "language": _mean(one.language for one in scores),
        "greeting": _mean(one.greeting for one in scores),
        "sign_off": _mean(one.sign_off for one in scores),
        "placeholders": _mean(one.marks for one in scores),
        "length_ratio": median([one.length for one in scores if one.length is not None] or [0.0]),
        "words_in_common": _mean(one.common for one in scores),
    }


def _mean(values: Iterable[float | None]) -> float:
    known = [one for one in values if one is not None]
    return fmean(known) if known else 0.0


def run(options: argparse.Namespace) -> dict[str, tuple[list[Score], int]]:
    """Every writer's scores over all mailboxes of the path."""
    total: dict[str, tuple[list[Score], int]] = {}
    places = held_out.folders(options.path)
    plan = Plan(tuple(options.me), options.owners, -(-options.limit // len(places)))
    for place in places:
        for box in held_out.mailboxes(place, plan):
            for name, (scores, declined) in _of_one(box, options).items():
                before = total.get(name, ([], 0))
                total[name] = ([*before[0], *scores], before[1] + declined)
    return total


def _of_one(box: Mailbox, options: argparse.Namespace) -> dict[str, tuple[list[Score], int]]:
    judge = Judge(box)
    models = Overheard(box.core.models)
    raw: dict[Case, str] = {}

    def write(case: Case) -> str:
        models.raw = ""
        text = ours(judge, models, "accurate" if options.model else "fast")(case)
        raw[case] = models.raw
        return text

    writers: dict[str, Writer] = {
        OURS: write,
        "template": template(judge),
        "random own": random_own(judge),
    }
    if options.model:
        writers["raw model"] = lambda case: raw[case]
    return {name: measure(judge, one) for name, one in writers.items()}


OURS = "ours"


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks drafts", description=__doc__)
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument(
        "--me", action="append", default=[], metavar="ADDRESS", help="the owner's (repeatable)"
    )
    parser.add_argument("--limit", type=int, default=100, help="threads in all (default 100)")
    parser.add_argument("--model", action="store_true", help="with the language model of this computer")
    parser.add_argument(
        "--owners", type=int, default=3, help="people to stand in where the owner does not reply (default 3)"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    started = time.process_time()
    figures = {name: summed(*scores) for name, scores in run(options).items()}
    mine = figures.pop(OURS)
    about = f"{mine['drafts']:.0f} drafts, {time.process_time() - started:.0f} s of processor time"
    evaluation.tell(mine, figures, as_json=options.json, about=about)
    return 0
