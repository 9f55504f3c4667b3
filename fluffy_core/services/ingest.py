"""One page of prepared messages into the store: duplicates told apart, threads settled, people noted."""

from collections.abc import Iterable, Sequence

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.ingest import PageCount, Prepared
from fluffy_core.domain.message import ParsedMessage
from fluffy_core.mail import threading as rules
from fluffy_core.mail import zones
from fluffy_core.store import addresses, messages, threads
from fluffy_core.store.database import Transaction
from fluffy_core.store.messages import Placed

Numbered = tuple[int, Prepared, ParsedMessage]
"""(message id, item, its message)"""


def store_page(tx: Transaction, source_id: int, page: Sequence[Prepared]) -> PageCount:
    """Write one page; returns what became of its items. The caller moves the cursor in the same `tx`."""
    readable = [(one, one.message) for one in page if one.message is not None]
    unread = [one for one in page if one.message is None]
    fresh, seen = _tell_apart(tx, readable)
    if fresh:
        _store(tx, fresh)
    places = [(one.position, message_id, one.locator) for message_id, one, _ in fresh]
    places += [(one.position, message_id, one.locator) for message_id, one in seen]
    messages.note_locations(tx, source_id, places)
    messages.keep_unread(tx, source_id, unread)
    return PageCount(len(page), len(fresh), len(seen), len(unread))


def _tell_apart(
    tx: Transaction, page: Sequence[tuple[Prepared, ParsedMessage]]
) -> tuple[list[Numbered], list[tuple[int, Prepared]]]:
    """Split a page into new messages with their ids, and (id of the stored message, item) for known ones."""
    known = messages.known(tx, sorted({one.identity for one, _ in page}))
    bodies: dict[int, str] = {}
    number = messages.next_id(tx)
    fresh: list[Numbered] = []
    seen: list[tuple[int, Prepared]] = []
    for one, message in page:
        candidates = known.setdefault(one.identity, [])
        same = next((c[0] for c in candidates if c[1] == one.content_key), None)
        if same is None:
            same = next((c[0] for c in candidates if _same_letter(tx, c, message, bodies)), None)
        if same is not None:
            seen.append((same, one))
            continue
        candidates.append((number, one.content_key, message.date or 0))
        bodies[number] = message.text
        fresh.append((number, one, message))
        number += 1
    return fresh, seen


def _same_letter(
    tx: Transaction, candidate: tuple[int, bytes, int], message: ParsedMessage, bodies: dict[int, str]
) -> bool:
    """One Message-ID, unequal content: still one message when a list only added or cut a footer."""
    message_id, _, date = candidate
    if not message.message_id_header or not message.date or date != message.date:
        return False
    stored = bodies.get(message_id)
    if stored is None:
        stored = messages.body(tx, message_id)
    ours, theirs = "".join(message.text.split()), "".join(stored.split())
    shorter, longer = sorted((ours, theirs), key=len)
    return bool(shorter) and longer.startswith(shorter[: max(len(shorter) - 40, 1)]) and len(shorter) * 4 > len(longer)


def _store(tx: Transaction, fresh: Sequence[Numbered]) -> None:
    ids = addresses.ids_for(tx, _emails(message for _, _, message in fresh))
    placer = _Placer(tx, ids, fresh)
    placed = [
        Placed(MessageId(number), placer.place(one, message, message.date or 0), one, message, message.date or 0)
        for number, one, message in fresh
    ]
    placed = placer.settled(placed)
    messages.insert(tx, placed, ids)
    addresses.count_deliveries(tx, messages.delivery_counts(placed, ids))
    threads.refresh(tx, sorted({one.thread_id for one in placed}))


def _emails(page: Iterable[ParsedMessage]) -> set[str]:
    found: set[str] = set()
    for message in page:
        found.update(address.email for _, address in messages.roles(message))
        found.update(email for email in message.delivered_to if email)
    return found


class _Placer:
    """Finds or makes the thread of each message of a page, in order."""

    def __init__(self, tx: Transaction, ids: dict[str, int], fresh: Sequence[Numbered]) -> None:
        self._tx = tx
        self._ids = ids
        keys = sorted({key for _, one, _ in fresh for key in one.references})
        self._known = threads.by_reference(tx, keys)
        self._next = threads.next_id(tx)
        self._moved: dict[int, int] = {}
        self._new: dict[int, tuple[int, str, str, int]] = {}
        self._subjects = _Subjects(tx)

    def place(self, one: Prepared, message: ParsedMessage, date: int) -> int:
        """The thread id of a message; earlier answers of this page may have been joined since."""
        known = {key: self._root(self._known[key]) for key in one.references if key in self._known}
        placement = rules.place(one.references, known)
        thread_id = placement.thread_id
        if thread_id is None and not message.references:
            thread_id = self._subjects.find(one, message, date, self._people(message))
        if thread_id is None:
            thread_id = self._create(one, message, date)
        thread_id = self._root(thread_id)
        for other in placement.absorbed:
            self._join(thread_id, other)
        for key in one.references:
            self._known.setdefault(key, thread_id)
        self._subjects.note(one, message, date, thread_id, self._people(message))
        return thread_id

    def settled(self, placed: Sequence[Placed]) -> list[Placed]:
        """Write the threads down and return the messages with the threads they ended up in."""
        alive = [row for thread_id, row in self._new.items() if thread_id not in self._moved]
        threads.create(self._tx, alive)
        stored: dict[int, list[int]] = {}
        for other in self._moved:
            if other not in self._new:
                stored.setdefault(self._root(other), []).append(other)
        for target, absorbed in sorted(stored.items()):
            threads.absorb(self._tx, target, sorted(absorbed))
        keys = {key for one in placed for key in one.prepared.references}
        threads.add_references(self._tx, [(key, self._root(self._known[key])) for key in sorted(keys)])
        return [
            Placed(one.id, self._root(one.thread_id), one.prepared, one.message, one.date) for one in placed
        ]

    def _root(self, thread_id: int) -> int:
        while thread_id in self._moved:
            thread_id = self._moved[thread_id]
        return thread_id

    def _join(self, target: int, other: int) -> None:
        other = self._root(other)
        if other != target:
            self._moved[other] = target

    def _create(self, one: Prepared, message: ParsedMessage, date: int) -> int:
        thread_id, self._next = self._next, self._next + 1
        self._new[thread_id] = (thread_id, message.subject, one.base_subject, date)
        return thread_id

    def _people(self, message: ParsedMessage) -> frozenset[int]:
        return frozenset(
            self._ids[address.email] for role, address in messages.roles(message) if role <= messages.CC
        )


class _Subjects:
    """Threads by base subject: those in the store and those of this page, for mail without References."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._cache: dict[str, dict[int, rules.SubjectCandidate]] = {}

    def find(self, one: Prepared, message: ParsedMessage, date: int, people: frozenset[int]) -> int | None:
        """A thread to join, or None."""
        if rules.is_generic(one.base_subject) or not date:
            return None
        candidates = self._candidates(one.base_subject, date)
        if not candidates:
            return None
        quoted: set[str] = set()
        if one.is_reply and any(len(set(people) & set(each.people)) == 1 for each in candidates):
            quoted = {header.from_text.casefold() for header in zones.quoted_headers(message.text)}
        return rules.place_by_subject(
            candidates, date=date, people=people, is_reply=one.is_reply, quoted_from=quoted
        )

    def _candidates(self, base_subject: str, date: int) -> list[rules.SubjectCandidate]:
        cached = self._cache.get(base_subject)
        if cached is None:
            cached = self._cache[base_subject] = {}
        window = rules.SUBJECT_WINDOW
        for thread_id, first, last in threads.with_subject(
            self._tx, base_subject, after=date - window, before=date + window
        ):
            if thread_id not in cached:
                people, names, subject = threads.participants(self._tx, thread_id)
                replies = rules.starts_with_reply(subject)
                cached[thread_id] = rules.SubjectCandidate(thread_id, first, last, people, names, replies)
        return list(cached.values())

    def note(
        self, one: Prepared, message: ParsedMessage, date: int, thread_id: int, people: frozenset[int]
    ) -> None:
        """Remember a message of this page, so that the next one of its conversation finds it."""
        if not date or rules.is_generic(one.base_subject):
            return
        cached = self._cache.setdefault(one.base_subject, {})
        old = cached.get(thread_id)
        sender = message.from_
        names = {text.casefold() for text in (sender.name, sender.email) if text} if sender else set()
        cached[thread_id] = rules.SubjectCandidate(
            thread_id,
            first_date=min(date, old.first_date) if old else date,
            last_date=max(date, old.last_date) if old else date,
            people=set(people) | set(old.people) if old else set(people),
            sender_names=names | set(old.sender_names) if old else names,
            starts_with_reply=one.is_reply if old is None or date < old.first_date else old.starts_with_reply,
        )
