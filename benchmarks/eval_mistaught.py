"""Mail written to be taken for what the user taught: `python -m benchmarks mistaught [--json]`.

Four kinds of honest mail (of a sender, of a list, with a word of many, with a word of one sender) are taught
as important by five conversations each. Then fifty mails come that copy what those share. `followed`:
the share of the kinds' other honest mail that is important by then; `others`: how much other honest mail is;
`taken`: how many of the fifty are, because of what was taught; `taken_…` the same for each way.
"""

import argparse
import itertools
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from benchmarks import evaluation
from fluffy_core.ai.sorting.learning import ENGINE, USER
from fluffy_core.cli import start
from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.core import Core
from fluffy_core.domain.intelligence import Importance
from fluffy_core.services.imports import imports
from fluffy_core.services.sorting import labels
from fluffy_core.store import learned, messages
from fluffy_core.store.learned import Seen

ME = "owner@home.example"
HONEST, TAUGHT, NOISE = 12, 5, 300
_FIRST_DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SYLLABLES = ("ba", "do", "fe", "ki", "lu", "mo", "na", "pi", "ro", "su", "ta", "ve")
_WORDS = ["".join(three) for three in itertools.product(_SYLLABLES, repeat=3)]
SENDER, LIST, WORD = "Billing <billing@acme.example>", "Boats <boats.list.example>", "Tender"
BUSY, OWN_WORD = "Office <office@works.example>", "Ledger"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail; `passed`: what the receiving server said about its sender, "" when it said nothing."""

    sender: str
    subject: str = ""
    list_id: str = ""
    passed: str = "spf=pass; dkim=pass; dmarc=pass"
    answers: str = ""

    def written(self, number: int, folder: Path) -> None:
        """Put it into a folder; its Message-ID and its words follow from its number."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, ME
        first, second = _WORDS[number % len(_WORDS)], _WORDS[(7 * number + 5) % len(_WORDS)]
        mail["Subject"] = f"{self.subject} {first} {second}".strip()
        mail["Date"] = format_datetime(_FIRST_DAY + timedelta(hours=number))
        mail["Message-ID"] = f"<{number}@letters.example>"
        if self.list_id:
            mail["List-Id"] = self.list_id
        if self.passed:
            mail["Authentication-Results"] = f"mx.home.example; {self.passed}"
        if self.answers:
            mail["In-Reply-To"] = mail["References"] = self.answers
        mail.set_content(f"Here is what I have to say about {first}.\n")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:04}.eml").write_bytes(mail.as_bytes())


def honest() -> list[Letter]:
    """The four kinds, then other mail, some of it of the sender whose word is taught."""
    mail = [Letter(SENDER) for _ in range(HONEST)]
    mail += [Letter(f"Sailor {n} <s{n}@sea{n}.example>", list_id=LIST) for n in range(HONEST)]
    mail += [Letter(f"Buyer {n} <b{n}@firm{n}.example>", WORD) for n in range(HONEST)]
    mail += [Letter(BUSY, OWN_WORD) for _ in range(HONEST)] + [Letter(BUSY) for _ in range(2 * HONEST)]
    return mail + [Letter(f"Person {n} <p{n}@place{n}.example>") for n in range(NOISE)]


_FAILED = (
    "dmarc=fail",
    "spf=fail; dkim=none",
    "dkim=fail",
    "spf=hardfail",
    "spf=pass; dkim=pass; dmarc=fail",
)
_UNSURE = (
    "spf=softfail",
    "spf=none",
    "spf=neutral; dkim=none",
    "spf=temperror",
    "dkim=permerror",
    "dmarc=none",
)
_NAMES = ("Billing", "Acme Billing", "billing@acme.example", "BILLING", "Billing (acme.example)", "Вilling")
_ALIKE = (
    "billing@acrne.example", "billing@acme.example.evil.example", "billing@acme-example.example",
    "billing@\u0430cme.example", "billing.acme.example@evil.example", "billing@acme.test",
)  # fmt: skip


def hostile() -> Mapping[str, Sequence[Letter]]:
    """Fifty mails, by the way in which each wants to be taken for what was taught."""
    stranger = "Winner <you@prizes.example>"
    return {
        "forged": [Letter(SENDER, passed=one) for one in _FAILED],
        "unsure": [Letter(SENDER, passed=one) for one in _UNSURE],
        "unsaid": [Letter(SENDER, passed="") for _ in range(5)],
        "name": [Letter(f'"{name}" <you@prizes.example>') for name in _NAMES],
        "alike": [Letter(f"Billing <{address}>") for address in _ALIKE],
        "list": [Letter(stranger, list_id=LIST) for _ in range(6)],
        "words": [Letter(stranger, WORD) for _ in range(6)],
        "own_words": [Letter(stranger, OWN_WORD) for _ in range(6)],
        "conversation": [
            Letter(SENDER if n % 2 else stranger, passed="dmarc=fail", answers="<0@letters.example>")
            for n in range(4)
        ],
    }


def read(core: Core, letters: Sequence[Letter], folder: Path, *, first: int = 0) -> dict[int, Seen]:
    """Import letters, numbered from `first` on, and have them sorted; by their numbers."""
    for number, letter in enumerate(letters, start=first):
        letter.written(number, folder)
    account = imports.start(core.store, [folder], me=[ME])
    start.work(core, lambda: imports.is_read(core.store, account), quiet=True)
    seen = learned.seen(core.store, messages.all_ids(core.store))
    numbers = {(one.date - int(_FIRST_DAY.timestamp())) // 3600: one for one in seen}
    return {number: numbers[number] for number in range(first, first + len(letters))}


def taken(core: Core, mail: Mapping[int, Seen]) -> set[int]:
    """The numbers of the letters that are important because of what was taught."""
    held = learned.before(core.store, [one.id for one in mail.values()])
    return {
        number
        for number, one in mail.items()
        if held[one.id][1].importance is Importance.IMPORTANT and held[one.id][1].engine in (ENGINE, USER)
    }


def measure(core: Core, folder: Path) -> dict[str, float]:
    """Teach, let the fifty come, and count."""
    mail = read(core, honest(), folder / "honest")
    kinds = [range(start_at, start_at + HONEST) for start_at in range(0, 4 * HONEST, HONEST)]
    for kind in kinds:
        for number in kind[:TAUGHT]:
            labels.categorize(core.store, mail[number].thread_id, "important")
    right = taken(core, mail)
    rest = [number for kind in kinds for number in kind[TAUGHT:]]
    ways = [(way, letter) for way, some in hostile().items() for letter in some]
    first = len(mail)
    came = read(core, [letter for _, letter in ways], folder / "hostile", first=first)
    wrong = Counter(ways[number - first][0] for number in taken(core, came))
    return {
        "followed": sum(number in right for number in rest) / len(rest),
        "others": float(len(right) - sum(number in right for kind in kinds for number in kind)),
        "hostile": float(len(came)),
        "taken": float(wrong.total()),
        **{f"taken_{way}": float(wrong[way]) for way in hostile()},
    }


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mistaught", description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fluffy-mistaught-") as folder:
        home = Path(folder)
        paths = Paths(home=home / "home", models=home / "none", resources=resources_folder())
        with Core.open(Settings(paths=paths, key_file=home / "key")) as core:
            ours = measure(core, home)
    evaluation.tell(ours, {}, as_json=options.json)
    return 0
