"""Drafts against real replies: `python -m benchmarks drafts PATH [--me ADDRESS] [--model] [--json]`.

PATH is a mailbox (a folder of .eml files, an mbox, a Maildir) or a folder of such. Its owner's newest replies
are held out, with everything they wrote later; a reply is suggested for each thread as it stood before. Where
these are too few, threads that wait for an answer are taken as well, without a real reply to compare.

Told are: drafts made and declined, invented facts, whether the language is the thread's, whether greeting and
closing are as the profile of the reader says, placeholders left to fill in, and against the real reply the
length (median ratio) and the words in common (F1).
"""

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks import evaluation, facts, held_out
from benchmarks.held_out import Case, Mailbox, Plan
from fluffy_core.ai import placeholders, salutations, style, style_words
from fluffy_core.ai.base import Models, Prompt
from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.domain.styles import Circle, Manner, Named, Scope, Style
from fluffy_core.mail import language, names
from fluffy_core.services import drafting, styles
from fluffy_core.store import reading
from fluffy_core.store import styles as own_mail

Writer = Callable[[Case], str]
"""A case to a draft; "" for none."""


@dataclass(frozen=True, slots=True)
class Score:
    """One draft, measured."""

    facts: int
    language: bool
    greeting: bool
    sign_off: bool
    marks: int
    length: float | None
    common: float | None


class Judge:
    """Knows a mailbox: what may be said in each of its threads, and how its owner writes to whom."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.store = box.core.store
        self.learned = styles.learn(self.store)
        self.me = styles.me(self.store, box.owner)

    def score(self, case: Case, text: str) -> Score:
        """Measure one draft."""
        thread = reading.thread_messages(self.store, case.thread_id)
        last = next(one for one in reversed(thread) if not one.sender.mine)
        to = styles.named(last.sender.name, last.sender.email)
        spoken = _language(thread)
        own = _own_lines(text)
        how = self.expected(last.sender.email, spoken)
        sources = [*(f"{one.subject}\n{one.text}" for one in thread), *_people(thread), *_both(to, self.me)]
        vocabulary = style_words.vocabulary(spoken)
        sources += list(vocabulary.lines.values()) if vocabulary else []
        sources += [how.greeting, how.sign_off] if how else []
        real, said = _words(case.reply), _words(own)
        return Score(
            len(facts.invented(text, sources, language=spoken, people=self.box.people)),
            language.detect(placeholders.bare(own)) in ("", spoken),
            how is None or _opens_with(text, salutations.write_greeting(how.greeting, to)),
            how is None or text.rstrip().endswith(salutations.write_sign_off(how.sign_off, self.me)),
            len(placeholders.found(text)),
            len(said) / len(real) if real else None,
            _common(said, real) if real else None,
        )

    def expected(self, email: str, spoken: str) -> Manner | None:
        """How `fluffy style` says that this reader is written to; None where it says nothing."""
        circles = [Circle(Scope.PERSON, email), Circle(Scope.COMPANY, names.company_of(email)), Circle()]
        known: list[Style] = [
            one
            for circle in circles
            for one in self.learned
            if (one.circle, one.language) == (circle, spoken)
        ]
        return style.manner(known, spoken) if any(one.letters >= style.ENOUGH for one in known) else None


def _opens_with(text: str, greeting: str) -> bool:
    first = text.split("\n", 1)[0]
    return first == greeting if greeting else not first.endswith(",")


def _language(thread: held_out.Thread) -> str:
    found = (language.detect(held_out.said(one)) for one in reversed(thread))
    return next((one for one in found if one), "en")


def _own_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))


def _people(thread: held_out.Thread) -> list[str]:
    return [f"{one.name} {one.email}" for each in thread for one in (each.sender, *each.to, *each.cc)]


def _both(*people: Named) -> list[str]:
    return [f"{one.first} {one.last}" for one in people]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _common(one: Sequence[str], other: Sequence[str]) -> float:
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / max(1, len(one) + len(other))


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
    lengths = [one.length for one in scores if one.length is not None]
    common = [one.common for one in scores if one.common is not None]
    return {
        "drafts": len(scores),
        "declined": declined,
        "with_real_reply": len(common),
        "invented_facts": sum(one.facts for one in scores),
        "language": fmean(one.language for one in scores) if scores else 0.0,
        "greeting": fmean(one.greeting for one in scores) if scores else 0.0,
        "sign_off": fmean(one.sign_off for one in scores) if scores else 0.0,
        "placeholders": fmean(one.marks for one in scores) if scores else 0.0,
        "length_ratio": median(lengths) if lengths else 0.0,
        "words_in_common": fmean(common) if common else 0.0,
    }


def run(options: argparse.Namespace) -> dict[str, tuple[list[Score], int]]:
    """Every writer's scores over all mailboxes of the path."""
    total: dict[str, tuple[list[Score], int]] = {}
    places = held_out.folders(options.path)
    plan = Plan(tuple(options.me), options.owners, -(-options.limit // len(places)))
    for place in places:
        with tempfile.TemporaryDirectory(prefix="fluffy-drafts-") as scratch:
            for box in held_out.mailboxes(place, Path(scratch), plan):
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
