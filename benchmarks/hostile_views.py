"""What the program shows of hostile mail beside what its skills say: rows, lists, cards, notices."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from benchmarks.hostile_home import Attacked, genuine_text, texts
from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.services.home import notices
from fluffy_core.services.insight import commitments, follow_ups
from fluffy_core.services.people import people
from fluffy_core.services.reading import digest, reader, searching
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.services.sorting import tagging, topics

WAITED_DAYS = 3
"""What I asked so long ago waits for an answer."""


@dataclass(frozen=True, slots=True)
class View:
    """Something shown: where, its words, and what its reader may find in it because it stands in the mail."""

    part: str
    text: str
    shown: str


def of_threads(core: Core, attacked: Sequence[Attacked], *, embed: Embeds | None) -> Iterator[View]:
    """What is shown of each thread: its row with the reasons, what is owed, the passages that are found."""
    owed: dict[ThreadId, list[str]] = {}
    for one in commitments.everything(core.store):
        owed.setdefault(one.thread_id, []).append("\n".join(texts(asdict(one))))
    for each in attacked:
        opened = reader.open_thread(core.store, each.id)
        reasons = [text for one in opened.messages for text in (one.reason, one.ask)]
        yield View("row", "\n".join([*texts(asdict(opened.row)), *reasons]), each.shown)
        yield from (View("ledger", quote, each.shown) for quote in owed.get(each.id, ()))
        found = searching.threads(core.store, " ".join(opened.row.subject.split()[:4]), embed=embed)
        if match := searching.explain_threads(core.store, found, [each.id]).get(each.id):
            yield View("passage", match.text, each.shown)


def of_home(core: Core, attacked: Sequence[Attacked]) -> Iterator[View]:
    """What is shown of all mail at once: topics, follow-ups, notices, the digest, people."""
    by_id = {one.id: one.shown for one in attacked}
    everything = "\n".join(by_id.values())
    with core.store.transaction() as tx:
        topics.keep(tx, topics.look(core.store))
        follow_ups.write(tx, follow_ups.find(core.store, lookback_days=WAITED_DAYS))
    yield from (View("topics", one.name, everything) for one in tagging.listed(core.store))
    for waiting in follow_ups.listed(core.store):
        if waiting.thread_id in by_id:
            yield View("follow-ups", "\n".join(texts(asdict(waiting))), by_id[waiting.thread_id])
    for notice in notices.take(core.store).notices:
        yield View("notifications", f"{notice.title}\n{notice.text}", everything)
    page = digest.digest(core.store, limit=len(attacked))
    for row in page.needs_reply:
        if row.id in by_id:
            summary = [*texts(asdict(page.summaries[row.id]))] if row.id in page.summaries else []
            yield View("digest", "\n".join([*texts(asdict(row)), *summary]), by_id[row.id])
    yield from _cards(core)


def _cards(core: Core) -> Iterator[View]:
    """Each person's card against the mail that they wrote themselves."""
    for contact_id in people.ids(core.store):
        card = people.detail(core.store, contact_id)
        filled = [text for field in card.fields for text in (field.field, field.value, field.quote)]
        yield View(
            "people",
            "\n".join([*texts(asdict(card.row)), *card.addresses, *filled]),
            "\n".join([*card.addresses, genuine_text(core.store, card.addresses)]),
        )
