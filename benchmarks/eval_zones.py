"""How well signatures are found: `python -m benchmarks zones --forge DIR [--json]`.

DIR holds mails whose signature lines begin with `#sig#` (`*_body`) and their senders (`*_sender`), in any
folders below it, as the forge-signatures corpus does. Lines are scored: a marked one that is found is a hit;
empty lines count for nobody. Nothing is fitted here.
"""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import evaluation
from fluffy_core.domain.zones import ZoneKind
from fluffy_core.mail.zones import zones

MARK = "#sig#"
_GOODBYE = re.compile(
    r"(?:best|kind|warm)?\s*(?:regards|wishes)|thanks|thank you|cheers|sincerely|yours|--\s*$|__",
    re.IGNORECASE,
)
Finder = Callable[[str, str], set[int]]
"""(text, sender) to the numbers of the lines that are signature."""


def ours(text: str, sender: str) -> set[int]:
    """What this program takes for the signature."""
    return {
        line
        for zone in zones.split(text, sender=sender)
        if zone.kind is ZoneKind.SIGNATURE
        for line in range(zone.start, zone.end)
    }


def delimiter(text: str, _sender: str) -> set[int]:
    """Everything from a line of two dashes on (RFC 3676, section 4.3)."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if re.fullmatch(r"--\s?", line)]
    return set(range(marks[-1], len(lines))) if marks else set()


def goodbye(text: str, _sender: str) -> set[int]:
    """From a closing formula on, when one begins one of the last ten lines that say something."""
    lines = text.split("\n")
    told = [number for number, line in enumerate(lines) if line.strip()][-10:]
    for number in told:
        if _GOODBYE.match(lines[number].strip()):
            return set(range(number, len(lines)))
    return set()


def last_lines(text: str, _sender: str) -> set[int]:
    """The last three lines that say something."""
    return set([number for number, line in enumerate(text.split("\n")) if line.strip()][-3:])


def mails(folder: Path) -> Iterator[tuple[str, str, set[int]]]:
    """(text without marks, sender, numbers of the marked lines) of each mail."""
    for path in sorted(folder.rglob("*_body")):
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        sender = path.with_name(path.name.removesuffix("_body") + "_sender")
        name = sender.read_text(encoding="utf-8", errors="replace").strip() if sender.exists() else ""
        marked = {number for number, line in enumerate(lines) if line.startswith(MARK)}
        yield "\n".join(line.removeprefix(MARK) for line in lines), name, marked


def score(found: Sequence[tuple[str, str, set[int]]], finder: Finder) -> dict[str, float]:
    """Precision, recall and F1 over lines, and the share of mails without a wrong line."""
    hits = said = wanted = whole = 0
    for text, sender, marked in found:
        told = {number for number, line in enumerate(text.split("\n")) if line.strip()}
        guess, truth = finder(text, sender) & told, marked & told
        hits, said, wanted = hits + len(guess & truth), said + len(guess), wanted + len(truth)
        whole += guess == truth
    return {
        "precision": hits / max(1, said),
        "recall": hits / max(1, wanted),
        "f1": 2 * hits / max(1, said + wanted),
        "whole": whole / max(1, len(found)),
    }


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks zones", description=__doc__)
    parser.add_argument(
        "--forge", type=Path, required=True, metavar="DIR", help="mails with marked signatures"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = list(mails(options.forge))
    if not found:
        parser.error(f"there are no mails (*_body) in {options.forge}")
    baselines = {"two dashes": delimiter, "closing formula": goodbye, "last three lines": last_lines}
    evaluation.tell(
        score(found, ours),
        {name: score(found, finder) for name, finder in baselines.items()},
        as_json=options.json,
        about=f"{len(found)} mails",
    )
    return 0
