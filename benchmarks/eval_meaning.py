"""Known-item search in any mailbox: `python -m benchmarks meaning PATH… [--queries N] [--json]`.

Nobody labelled anything: what is looked for is known as the query comes from beside it. `reply`: the first
sentence of a reply finds the message before it (the reply itself left out), as one who asks in other words.
`recall`: half of the words of one sentence, in any order, find its message, as one who half remembers.
`filter`: such a query with `from:` the sender and a date. MRR within 50 results, and how often the message
is among the first 10 (recall): for words and meaning fused as the program does, for each of them alone, and
for any of the words.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks import evaluation, trial_home
from fluffy_core.ai.sentences import sentences
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.rows import Section
from fluffy_core.services.reading import conversations, inbox, searching
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store import search
from fluffy_core.store.database import Database

DEPTH, SHOWN = 50, 10
WORDS = range(6, 31)
"""Words of a sentence that is worth asking for."""
QUERIES = 200
"""Of each kind."""
NOBODY = MessageId(0)
Rank = Callable[[str], Sequence[MessageId]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, the message that is looked for, and the one that may not count."""

    kind: str
    text: str
    wanted: MessageId
    source: MessageId


def queries(store: Database, most: int) -> list[Query]:
    """At most so many of each kind, drawn over the whole mailbox."""
    chance = random.Random(11)
    threads = list(inbox.ids(store, Section.EVERYTHING, include_done=True))
    chance.shuffle(threads)
    found: dict[str, list[Query]] = {"reply": [], "recall": [], "filter": []}
    for thread_id in threads:
        thread = conversations.load(store, thread_id)
        at = chance.randrange(len(thread)) if thread else 0
        for query in _of(thread, at, chance):
            found[query.kind].append(query)
        if all(len(each) >= most for each in found.values()):
            break
    return [query for each in found.values() for query in each[:most]]


def _of(thread: Sequence[ThreadMessage], at: int, chance: random.Random) -> Iterator[Query]:
    """The queries that one message gives; what it answers is the message before it."""
    told = [
        one.text
        for one in (sentences.split(thread[at].body) if thread else ())
        if one.kind is sentences.SentenceKind.TEXT and len(one.text.split()) in WORDS
    ]
    if not told:
        return
    message = thread[at]
    if at and thread[at - 1].body and thread[at - 1].from_email != message.from_email:
        yield Query("reply", _words(told[0]), thread[at - 1].id, message.id)
    remembered = _words(chance.choice(told)).split()
    half = " ".join(chance.sample(remembered, (len(remembered) + 1) // 2))
    yield Query("recall", half, message.id, NOBODY)
    if message.from_email and message.date:
        day = datetime.fromtimestamp(message.date).astimezone() - timedelta(days=1)
        yield Query("filter", f"{half} from:{message.from_email} after:{day:%Y-%m-%d}", message.id, NOBODY)


def _words(text: str) -> str:
    """A text as words only: nothing of it is an operator."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


def score(asked: Sequence[Query], rank: Rank) -> dict[str, float]:
    """MRR and recall of each kind."""
    totals: dict[str, list[float]] = {}
    for query in asked:
        ranked = [one for one in rank(query.text)[: DEPTH + 1] if one != query.source][:DEPTH]
        place = ranked.index(query.wanted) + 1 if query.wanted in ranked else 0
        totals.setdefault(f"{query.kind} mrr", []).append(1 / place if place else 0.0)
        totals.setdefault(f"{query.kind} recall", []).append(float(0 < place <= SHOWN))
    return {name: sum(values) / len(values) for name, values in totals.items()}


def ways(store: Database, embed: Embeds) -> dict[str, Rank]:
    """Words and meaning as the program fuses them, and what it is compared with."""

    def some(text: str) -> list[MessageId]:
        query = search.parse(text)
        return search.messages(store, search.relaxed(query, query.words), limit=DEPTH + 1)

    return {
        "ours": lambda text: searching.messages(store, text, embed=embed).messages,
        "words only": lambda text: searching.messages(store, text).messages,
        "meaning only": lambda text: list(searching.messages(store, text, embed=embed).near),
        "any word": some,
    }


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks meaning", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="mail, as for `fluffy import`")
    parser.add_argument("--queries", type=int, default=QUERIES, metavar="N", help="of each kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with trial_home.opened(options.paths) as core:
        embed = trial_home.embedder(core)
        if embed is None:
            parser.error("the search model is not installed: fluffy models pull --small")
        count = trial_home.embed_all(core, embed)
        asked = queries(core.store, options.queries)
        if not asked:
            parser.error("there is no mail with sentences to ask for")
        found = {name: score(asked, rank) for name, rank in ways(core.store, embed).items()}
    ours = found.pop("ours")
    about = f"{len(asked)} queries in {count:,} messages"
    evaluation.tell(ours, found, as_json=options.json, about=about)
    return 0
