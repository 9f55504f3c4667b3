"""Answers from mail, and "not in your mail": `python -m benchmarks asking [--letters FILE] [--fit] [--json]`.

Questions with and without an answer about made-up letters (`asking.toml`, seven languages), put into the
demo mailbox so that much else could be cited. `found`: share of answerable questions whose answer is cited,
`first`: cited first. `refused`: share of the others that get "not in your mail"; `precision`: share of those
refusals that are right. Every second letter is for fitting (`--fit` writes the weights), the others for
measuring; all of those of another FILE of the same form, such as `asking_unseen.toml`, are.
"""

import argparse
import json
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import evaluation, trial_home
from fluffy_core.ai.sentences import answers
from fluffy_core.ai.sentences.answers import Weights
from fluffy_core.config import resources_folder
from fluffy_core.domain.intelligence import Answer
from fluffy_core.services.demo.demo import build_demo
from fluffy_core.services.reading import asking
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DATA = Path(__file__).with_name("asking.toml")
ME = "mara@example.org"
MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REFUSALS = 0.95
"""Share of the unanswerable questions that must be refused when `sure` is chosen."""
HARD = 12
"""Sentences of a question that are fitted on, the likeliest."""
Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Item:
    """A question; `answer` are the words that must be cited, "" where nothing answers."""

    question: str
    answer: str


def items(path: Path = DATA) -> tuple[list[Item], list[Item]]:
    """(for fitting, for measuring), of our letters every second."""
    found: tuple[list[Item], list[Item]] = ([], [])
    for number, letter in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["letters"]):
        found[number % 2].extend(Item(question, answer) for question, answer in letter["asked"])
        found[number % 2].extend(Item(question, "") for question in letter["unanswered"])
    return found


def write_letters(folder: Path, path: Path = DATA) -> None:
    """The letters as files, a day apart."""
    folder.mkdir()
    for number, letter in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["letters"]):
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = letter["from"], ME, letter["subject"]
        made["Date"] = f"{1 + number % 28} Feb 2026 09:00:00 +0000"
        made["Message-ID"] = f"<asking-{number}@example.org>"
        made.set_content(letter["body"])
        (folder / f"{number}.eml").write_bytes(bytes(made))


def score(asked: Sequence[Item], ask: Ask) -> dict[str, float]:
    """How right the answers are; see above."""
    found = first = refused = wrongly = 0
    for item in asked:
        told = [one.quote for one in ask(item.question).citations]
        if not told:
            refused += not item.answer
            wrongly += bool(item.answer)
        elif item.answer:
            found += any(item.answer in quote for quote in told)
            first += item.answer in told[0]
    answerable = sum(1 for item in asked if item.answer)
    return {
        "found": found / max(1, answerable),
        "first": first / max(1, answerable),
        "refused": refused / max(1, len(asked) - answerable),
        "precision": refused / max(1, refused + wrongly),
    }


def fit(store: Database, asked: Sequence[Item], embed: Embeds | None) -> dict[str, object]:
    """Weights for the signs of a sentence, and from where on it answers."""
    import numpy as np

    questions, rows = [], []
    for item in asked:
        question, judged = asking.judged(store, item.question, embed=embed)
        there = [place.candidate for _, place in judged]
        questions.append((item, question, there))
        rows += [
            (answers.signs(question, one), bool(item.answer) and item.answer in one.sentence)
            for one in there[:HARD]
            if not answers.lacks(question, one)
        ]
    fitted = logistic(np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=float))
    weights = Weights(tuple(round(float(one), 3) for one in fitted), 0.0)
    wrong = sorted(
        max((answers.likely(question, one, weights) for one in there), default=0.0)
        for item, question, there in questions
        if not item.answer
    )
    sure = wrong[int(REFUSALS * (len(wrong) - 1))] + 0.001
    return {"signs": weights.signs, "sure": round(sure, 3)}


def logistic(rows: "NDArray[np.float64]", right: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Logistic regression by gradient descent, both classes weighing the same; L2 but for the last column."""
    import numpy as np

    weights = np.zeros(rows.shape[1])
    share = np.where(right > 0, 0.5 / max(1.0, right.sum()), 0.5 / max(1.0, (1 - right).sum()))
    shrink = np.full(rows.shape[1], 0.003)
    shrink[-1] = 0.0
    for _ in range(20_000):
        likely = 1 / (1 + np.exp(-(rows @ weights)))
        weights -= 1.0 * (rows.T @ (share * (likely - right)) + shrink * weights)
    return weights


def main(arguments: Sequence[str]) -> int:
    """Measure and print, or fit and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks asking", description=__doc__)
    parser.add_argument("--letters", type=Path, metavar="FILE", default=DATA, help="measure these letters")
    parser.add_argument("--among", type=Path, metavar="PATH", help="more mail to look in")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew and write them")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    fitting, measuring = items(options.letters)
    if options.letters != DATA:
        fitting, measuring = items()[0], [*fitting, *measuring]
    with tempfile.TemporaryDirectory() as folder:
        letters, demo = Path(folder) / "letters", Path(folder) / "demo"
        write_letters(letters, options.letters)
        files = build_demo(demo, now=MOMENT, resources=resources_folder() / "demo")
        paths = [letters, demo, *([options.among] if options.among else [])]
        with trial_home.opened(paths, me=[ME, files.me]) as core:
            embed = trial_home.embedder(core)
            count = trial_home.embed_all(core, embed) if embed is not None else 0
            if options.fit:
                write_weights(core.store, fitting, embed)
            evaluation.tell(
                score(measuring, lambda text: asking.answer(core.store, text, embed=embed)),
                {
                    "words only": score(measuring, lambda text: asking.answer(core.store, text, embed=None)),
                    "always the likeliest": score(measuring, _unsure(core.store, embed)),
                },
                as_json=options.json,
                about=f"{len(measuring)} questions about {count} messages",
            )
    return 0


def _unsure(store: Database, embed: Embeds | None) -> Ask:
    """Answers whatever is asked, with the sentence that comes closest."""

    def ask(text: str) -> Answer:
        found = asking.answer(store, text, embed=embed)
        closest = (*found.citations, *found.closest)[:1]
        return Answer(text, closest, ())

    return ask


def write_weights(store: Database, fitting: Sequence[Item], embed: Embeds | None) -> None:
    """Fit with and without meaning, and keep the weights where the program reads them."""
    path = resources_folder() / "ai" / "answers.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["words"] = fit(store, fitting, None)
    if embed is not None:
        told["meaning"] = fit(store, fitting, embed)
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    answers.weights_for.cache_clear()
