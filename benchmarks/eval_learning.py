"""How well five corrections teach a kind of mail: `python -m benchmarks learning PATH [--json]`.

PATH is any mail that can be imported; it is read into a home of its own. Kinds are lists, senders,
companies and words of subjects, drawn with a seed. Five conversations of a kind are put into a category;
the other conversations are judged. `recall`: the share of a kind's unseen messages that are put there too,
mean over kinds; `kinds_at_90`: kinds with at least 90 %; `harm`: the largest share of any other kind's
messages that are put there wrongly; `effect_ms`: until the corrected conversation and those like it show
it, 95th percentile, and `effect_cpu_ms` the processor time of that;
`restored`: kinds whose undoing left every category and tag exactly as it was.
`importance_…` and `reply_…` are the same for the categories that every home
has, by how the mail is sorted then; `people_moved`: the share of people of
whose other mail any moved after one correction.
"""

import argparse
import math
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from benchmarks import built_in_categories, evaluation, kinds_of_mail
from benchmarks.built_in_categories import Trial
from benchmarks.kinds_of_mail import EXAMPLES, Judge, Outcome, figures, outcome
from fluffy_core.cli import start
from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.core import Core
from fluffy_core.domain.events import CorrectionMade, DomainEvent
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.learning import Scope, Sighting, Trait, tag_question
from fluffy_core.services.imports import imports
from fluffy_core.services.sorting import categories, labels, learning, triage
from fluffy_core.store import learned, messages, tags
from fluffy_core.store.database import Database, Transaction

_NAME = "Taught"
Took = tuple[float, float]
"""Milliseconds of wall and of processor time."""
Learner = Callable[[Sequence[Sighting], Mapping[int, Sighting]], Judge]


def read(core: Core, path: Path) -> dict[int, Sighting]:
    """Import mail and have it sorted; every message of others as rules see it."""
    account = imports.start(core.store, [path], me=[])
    start.work(core, lambda: imports.is_read(core.store, account), quiet=True)
    seen = learned.seen(core.store, messages.all_ids(core.store))
    return {int(one.id): learning.sighting(one) for one in seen if not one.mine}


def fingerprint(store: Database) -> bytes:
    """Of every category and tag of every message."""
    ids = messages.all_ids(store)
    kept = (sorted(learned.before(store, ids).items()), sorted(tags.of_messages(store, ids).items()))
    return blake2b(repr(kept).encode()).digest()


def spread_in_place(core: Core) -> Callable[[], None]:
    """What a correction leaves to a job is kept; calling the result does what the job would do."""
    waiting: list[int] = []

    def note(_tx: Transaction, event: DomainEvent) -> None:
        if isinstance(event, CorrectionMade):
            waiting.append(event.number)

    def work() -> None:
        for number in waiting:
            with core.store.transaction() as tx:
                categories.learn_again(tx, learning.left(tx, number))
                learning.reached(tx, number)
        waiting.clear()

    core.store.add_trigger(note)
    return work


def teach(core: Core, shown: Sequence[Sighting], work: Callable[[], None]) -> tuple[Judge, list[Took]]:
    """Correct these conversations as a user would; what is predicted then, and how long each took."""
    times = []
    for one in shown:
        began, busy = time.perf_counter(), time.thread_time()
        labels.categorize(core.store, ThreadId(one.thread_id), _NAME)
        times.append(((time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000))
        work()
    question = tag_question(tags.named(core.store, _NAME) or 0)
    known = learning.current(core.store)
    return lambda one: known.answers(one).get(question) == "yes", times


def naive_bayes(shown: Sequence[Sighting], mail: Mapping[int, Sighting]) -> Judge:
    """Bernoulli features of header and subject; all mail stands for the other class."""
    yes = Counter(trait for one in shown for trait in one.traits)
    no = Counter(trait for one in mail.values() for trait in one.traits if trait in yes)
    weight: dict[Trait, float] = {}
    start_at = math.log(0.01)
    for trait, count in yes.items():
        here, there = (count + 0.3) / (len(shown) + 0.6), (no[trait] + 0.5) / (len(mail) + 1)
        absent = math.log((1 - here) / (1 - there))
        weight[trait] = math.log(here / there) - absent
        start_at += absent
    return lambda one: start_at + sum(weight.get(trait, 0.0) for trait in one.traits) > 0


def sender_rule(shown: Sequence[Sighting], _mail: Mapping[int, Sighting]) -> Judge:
    """What most programs do: the senders of the examples."""
    senders = {trait for one in shown for trait in one.traits if trait.scope is Scope.SENDER}
    return lambda one: not senders.isdisjoint(one.traits)


BASELINES: Mapping[str, Learner] = {
    "no learning": lambda _shown, _mail: lambda _one: False,
    "sender rule": sender_rule,
    "naive Bayes": naive_bayes,
}


def late(times: Iterable[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(times)
    return ordered[int(0.95 * (len(ordered) - 1))] if ordered else 0.0


def measure(core: Core, mail: Mapping[int, Sighting], *, most: int, seed: int) -> dict[str, dict[str, float]]:
    """Our figures, then those of the baselines, by name."""
    found = kinds_of_mail.kinds(list(mail.values()), most=most, seed=seed)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in ("ours", *BASELINES)}
    families: dict[Scope, list[Outcome]] = {}
    times: list[Took] = []
    restored = 0
    work = spread_in_place(core)
    for kind in found:
        shown = kinds_of_mail.taught(kind, mail, count=EXAMPLES, seed=seed)
        before = fingerprint(core.store)
        judge, took = teach(core, shown, work)
        told = outcome(kind, judge, shown, mail=mail, others=found)
        for _ in shown:
            triage.undo(core.store)
            work()
        restored += fingerprint(core.store) == before
        times += took
        outcomes["ours"].append(told)
        families.setdefault(kind.trait.scope, []).append(told)
        for name, learner in BASELINES.items():
            outcomes[name].append(outcome(kind, learner(shown, mail), shown, mail=mail, others=found))
    table = {name: figures(some) for name, some in outcomes.items()}
    table["ours"] |= {
        "effect_ms": late(wall for wall, _ in times),
        "effect_cpu_ms": late(cpu for _, cpu in times),
    }
    table["ours"] |= {"restored": restored / max(1, len(found))}
    table["ours"] |= {f"recall_{scope}": figures(some)["recall"] for scope, some in families.items()}
    table["ours"] |= built_in_categories.measure(Trial(core.store, mail, work, seed), found)
    return table


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when the mail holds no kind that is large enough."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks learning", description=__doc__)
    parser.add_argument("path", type=Path, help="mail: a folder of .eml, an mbox, a Maildir, …")
    parser.add_argument("--kinds", type=int, default=10, help="of each family, at most (default 10)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="fluffy-learning-") as folder:
        paths = Paths(home=Path(folder) / "home", models=Path(folder) / "none", resources=resources_folder())
        with Core.open(Settings(paths=paths, key_file=Path(folder) / "key")) as core:
            mail = read(core, options.path)
            table = measure(core, mail, most=options.kinds, seed=options.seed)
    ours = table.pop("ours")
    evaluation.tell(ours, table, as_json=options.json, about=f"{len(mail):,} messages of others")
    return 0 if ours["kinds"] else 1
