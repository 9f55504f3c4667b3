"""Mailboxes with some of their owner's replies held out: what a draft is measured against."""

import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import zstandard

from benchmarks import trial_home
from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.message import BulkKind
from fluffy_core.domain.rows import Section
from fluffy_core.mail.addresses import names
from fluffy_core.mail.zones import zones
from fluffy_core.services.imports import imports
from fluffy_core.store import inbox, messages, reading
from fluffy_core.store.database import Database
from fluffy_core.store.reading import MessageFacts

_PERSONAL = frozenset({BulkKind.NONE, BulkKind.LIST})
ENOUGH_REPLIES, FEWEST_REPLIES = 20, 6
"""An owner with fewer replies than the first leaves little to measure: others, with the second, stand in."""
SEED = 1
HELD_BACK = 2
"""Of the replies, one in so many is held out at most: the rest is what style is learned from."""
NOBODY = "nobody@example.invalid"
"""The owner of a mailbox in which nobody replies to anybody."""
_MANY_NAMES = 4
"""An address that writes under more names than this is a list's."""
Thread = list[MessageFacts]
Pair = tuple[MessageFacts, MessageFacts]
"""A message and the owner's reply to it."""
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose mailbox it is (found out where `me` is empty), for how many people, and how many threads."""

    me: tuple[str, ...] = ()
    owners: int = 3
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Case:
    """A thread that waits for an answer, and what its owner answered; "" where they did not."""

    thread_id: ThreadId
    reply: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A home that knows nothing of the replies in `cases`."""

    core: Core
    owner: str
    cases: tuple[Case, ...]
    people: frozenset[str]
    """The words of all names in all headers, in small letters."""


def folders(path: Path) -> list[Path]:
    """The mailboxes in a path: each folder of a folder of folders, or else the path itself."""
    if not path.is_dir() or any((path / one).is_dir() for one in ("cur", "new")):
        return [path]
    inside = sorted(path.iterdir())
    return inside if inside and all(one.is_dir() for one in inside) else [path]


def mailboxes(path: Path, plan: Plan) -> Iterator[Mailbox]:
    """A mailbox as that of its owner, or of each of those who reply most in it, one after another."""
    with trial_home.opened([path], me=plan.me) as whole:
        threads = _threads(whole.store)
        people = frozenset(word for thread in threads for one in thread for word in _names(one))
        owners = [plan.me] if plan.me else [[one] for one in _owners(whole.store, threads, plan.owners)]
        limit = -(-plan.limit // len(owners))
        for me in owners:
            held = _held_out(threads, frozenset(me), limit)
            with (
                _files(whole.store, _known_then(threads, held)) as folder,
                trial_home.opened([folder], me=me) as learned,
            ):
                cases = _cases(learned.store, held, frozenset(me), limit=limit)
                yield Mailbox(learned, me[0], cases, people)


def _known_then(threads: Sequence[Thread], held: Sequence[Pair]) -> Iterator[MessageFacts]:
    """All mail before the first reply that is held out, and of the threads of the others what stood then."""
    since = min((reply.date for _, reply in held), default=2**62)
    until = {reply.id: reply.date for _, reply in held}
    for thread in threads:
        end = max((until.get(one.id, 0) for one in thread), default=0)
        yield from (one for one in thread if one.date < max(since, end))


def _threads(store: Database) -> list[Thread]:
    ids = inbox.ids(store, Section.EVERYTHING, include_done=True)
    return [reading.thread_messages(store, one) for one in reversed(ids)]


def _owners(store: Database, threads: Sequence[Thread], most: int) -> list[str]:
    """Who the mailbox seems to belong to, or where that is nobody who replies, those who reply most."""
    replies: Counter[str] = Counter()
    known_as: defaultdict[str, set[str]] = defaultdict(set)
    for thread in threads:
        for one in thread:
            known_as[one.sender.email].add(one.sender.name)
        replies.update(
            one.sender.email for one in thread if _answered(thread, one, frozenset({one.sender.email}))
        )
    own = [one.email for one in imports.own_addresses(store)]
    if own and replies[own[0]] >= ENOUGH_REPLIES:
        return own[:1]
    people = [one for one in replies if len(known_as[one]) <= _MANY_NAMES and not names.is_role(one)]
    ranked = sorted(people, key=lambda one: (-replies[one], one))
    found = [one for one in ranked if replies[one] >= FEWEST_REPLIES][:most] or ranked[:1] or own[:1]
    return found or [NOBODY]


def _answered(thread: Thread, reply: MessageFacts, owners: frozenset[str]) -> MessageFacts | None:
    """What a message of the owner's answers: the newest of somebody else before it."""
    if reply.sender.email not in owners or reply.bulk not in _PERSONAL or not said(reply):
        return None
    earlier = [one for one in thread if one.date < reply.date and one.sender.email not in owners]
    return earlier[-1] if earlier and earlier[-1].bulk in _PERSONAL else None


def said(one: MessageFacts) -> str:
    """The new words of a message."""
    return zones.reply_text(one.text, sender=one.sender.name or one.sender.email)


def _held_out(threads: Sequence[Thread], owners: frozenset[str], limit: int) -> list[Pair]:
    """The newest replies, the first after the cut in each thread."""
    pairs = [
        (asked, one, number)
        for number, thread in enumerate(threads)
        for one in thread
        if (asked := _answered(thread, one, owners)) is not None
    ]
    pairs.sort(key=lambda pair: (pair[1].date, pair[1].id))
    newest = pairs[-min(limit, len(pairs) // HELD_BACK) :] if len(pairs) >= HELD_BACK else []
    first: dict[int, Pair] = {}
    for asked, reply, number in newest:
        first.setdefault(number, (asked, reply))
    return list(first.values())


@contextmanager
def _files(store: Database, kept: Iterable[MessageFacts]) -> Iterator[Path]:
    """A folder with these messages, as long as it is needed."""
    unpack = zstandard.ZstdDecompressor()
    with tempfile.TemporaryDirectory(prefix="fluffy-held-out-") as folder:
        for one in kept:
            raw = messages.raw(store, one.id)
            if raw is not None:
                content = unpack.decompress(raw, max_output_size=1 << 30)
                (Path(folder) / f"{one.id}.eml").write_bytes(content)
        yield Path(folder)


def _cases(store: Database, held: Sequence[Pair], owners: frozenset[str], *, limit: int) -> tuple[Case, ...]:
    """The held-out replies; where they are too few, threads whose last message waits for an answer."""
    threads = _threads(store)
    place = {_key(one): one.thread_id for thread in threads for one in thread}
    cases = [Case(place[_key(asked)], said(reply)) for asked, reply in held if _key(asked) in place]
    taken = {one.thread_id for one in cases}
    left = [
        thread[-1]
        for thread in threads
        if thread[-1].bulk in _PERSONAL
        and thread[-1].sender.email not in owners
        and said(thread[-1])
        and thread[-1].thread_id not in taken
    ]
    random.Random(SEED).shuffle(left)
    left.sort(key=lambda one: owners.isdisjoint(person.email for person in one.to))  # theirs to answer first
    return (*cases, *(Case(one.thread_id, "") for one in left[: max(0, limit - len(cases))]))


def _key(one: MessageFacts) -> Key:
    return one.date, one.sender.email, one.text


def _names(one: MessageFacts) -> Iterator[str]:
    for person in (one.sender, *one.to, *one.cc):
        for word in names.clean(person.name, person.email).split():
            if len(word) > 2 and word.isalpha():
                yield word.casefold()
