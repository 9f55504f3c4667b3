"""Import against `mu index` and `notmuch new`: the same Maildir, in turns, best of several rounds."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import programs
from benchmarks.programs import Contender
from benchmarks.results import Row, at_least
from benchmarks.workshop import Filled, Workshop

BUDGET = 180.0
"""Seconds that all rounds may take."""
BARS = {"mu": 2.0, "notmuch": 5.0}
COMMANDS = {"mu": "mu index", "notmuch": "notmuch new"}


def measure(shop: Workshop) -> Iterator[Row]:
    """How many times as fast as each peer: until people are known, and the whole command."""
    count = shop.sizes.small
    mailbox = shop.maildir(count)
    runs: list[Filled] = []

    def fluffy(number: int) -> float:
        runs.append(shop.fill(count, memory=False, name=f"import-{number}"))
        shutil.rmtree(runs[-1].home)
        return runs[-1].seconds

    contenders = [Contender("fluffy", fluffy), *peers(mailbox, shop.folder)]
    times = programs.best_in_turns(contenders, rounds=shop.sizes.rounds, budget=BUDGET)
    people = min(run.phases.people for run in runs)
    yield from rows(times, people=people, count=count, source=shop.source, runs=runs)


def rows(
    times: Mapping[str, list[float]], *, people: float, count: int, source: str, runs: list[Filled]
) -> Iterator[Row]:
    """The table of ratios from seconds of each contender; a peer without seconds is not installed."""
    rounds = len(times["fluffy"])
    how = f"{count:,} messages of {source}, encrypted, best of {rounds}"
    found = {"rounds": [run.summary() for run in runs]}
    yield Row("import", "import, until people are known", count / people, "msg/s", None, how, found)
    whole = min(times["fluffy"])
    yield Row("import", "import, the whole command", count / whole, "msg/s", None, "with categories")
    for peer, command in COMMANDS.items():
        if not times.get(peer):
            yield Row("import", f"import against {command}", None, "x", at_least(BARS[peer]), "not installed")
            continue
        best = min(times[peer])
        how = f"{command}: {count / best:,.0f} msg/s, not encrypted"
        details = {"seconds": times[peer]}
        yield Row(
            "import", f"import against {command}", best / people, "x", at_least(BARS[peer]), how, details
        )
        yield Row(
            "import", f"the whole command against {command}", best / whole, "x", None, "with categories"
        )


def peers(mailbox: Path, folder: Path) -> list[Contender]:
    """Those of the peers that are installed."""
    ways = {
        "mu": lambda n: mu(mailbox, folder / f"mu-{n}"),
        "notmuch": lambda n: notmuch(mailbox, folder / f"nm-{n}"),
    }
    return [Contender(name, once) for name, once in ways.items() if shutil.which(name)]


def mu(mailbox: Path, home: Path) -> float:
    """Seconds of `mu index` into a new index."""
    programs.run(["mu", "init", f"--muhome={home}", f"--maildir={mailbox}"])
    seconds = programs.run(["mu", "index", f"--muhome={home}", "--quiet"]).seconds
    shutil.rmtree(home)
    return seconds


def notmuch(mailbox: Path, home: Path) -> float:
    """Seconds of `notmuch new` into a new index."""
    home.mkdir()
    config = home / "config"
    config.write_text(
        f"[database]\npath={home / 'index'}\nmail_root={mailbox}\n"
        "[user]\nname=Bench\nprimary_email=owner@home.example\n"
        "[new]\ntags=new\n[maildir]\nsynchronize_flags=false\n"
    )
    (home / "index").mkdir()
    command = ["notmuch", "new", "--quiet", "--no-hooks"]
    seconds = programs.run(command, env={"NOTMUCH_CONFIG": str(config)}).seconds
    shutil.rmtree(home)
    return seconds
