"""One page of prepared messages into the store: duplicates told apart, threads settled, people noted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.ingest import PageCount, Prepared
from fluffy_core.domain.message import ParsedMessage
from fluffy_core.errors import BugError
from fluffy_core.mail.threads import threading as rules
from fluffy_core.mail.zones import zones
from fluffy_core.store import addresses, gone_messages, messages, threads
from fluffy_core.store.database import Transaction
from fluffy_core.store.messages import Placed

LONG, TAIL = 400, 40
"""Of texts with more characters than LONG the last TAIL may differ: lists rewrap where a footer begins."""
_FOOTER_RULES = ("___", "---", "===", "***")

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
    gone_messages.came_back(tx, [message_id for message_id, _ in seen])
    messages.keep_unread(tx, source_id, unread)
    return PageCount(len(page), len(fresh), len(seen), len(unread))


def store_alone(tx: Transaction, item: Prepared) -> tuple[MessageId, bool]:
    """Write a message that lies in no folder yet: its id, and whether it is new here.

    When a folder brings it later, it is the same message. Raises BugError for one that cannot be read.
    """
    if item.message is None:
        raise BugError(f"a message of our own cannot be read: {item.reason}")
    fresh, seen = _tell_apart(tx, [(item, item.message)])
    if seen:
        return MessageId(seen[0][0]), False
    _store(tx, fresh)
    messages.keep(tx, [fresh[0][0]])
    return MessageId(fresh[0][0]), True


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
            same = next((c[0] for c in candidates if _same_letter(tx, c, message, bodies=bodies)), None)
        if same is not None:
            seen.append((same, one))
            continue
        candidates.append((number, one.content_key, message.date or 0))
        bodies[number] = message.text
        fresh.append((number, one, message))
        number += 1
    return fresh, seen


def _same_letter(
    tx: Transaction, candidate: tuple[int, bytes, int], message: ParsedMessage, *, bodies: dict[int, str]
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
    end = len(shorter) - TAIL if len(shorter) > LONG else len(shorter)
    if not shorter or not longer.startswith(shorter[:end]):
        return False
    return longer[len(shorter) :].startswith(_FOOTER_RULES) or len(shorter) * 4 > len(longer)


def _store(tx: Transaction, fresh: Sequence[Numbered]) -> None:
    roles = [messages.roles(message) for _, _, message in fresh]
    ids = addresses.ids_for(tx, _emails(fresh, roles))
    placer = _Placer(tx, fresh)
    placed = []
    for (number, one, message), named in zip(fresh, roles, strict=True):
        date = message.date or 0
        people = frozenset([ids[address.email] for role, address in named if role <= messages.CC])
        thread_id = placer.place(_Letter(one, message, people, date))
        placed.append(Placed(MessageId(number), thread_id, one, message, date, named))
    placed = placer.settled(placed)
    messages.insert(tx, placed, ids)
    addresses.count_deliveries(tx, messages.delivery_counts(placed, ids))
    threads.refresh(tx, sorted({one.thread_id for one in placed}))


def _emails(fresh: Sequence[Numbered], roles: Sequence[Sequence[messages.Role]]) -> set[str]:
    found = {address.email for named in roles for _, address in named}
    found.update(email for _, _, message in fresh for email in message.delivered_to if email)
    return found


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message that looks for its thread: who it is from and to, and its date (0 when undated)."""

    item: Prepared
    message: ParsedMessage
    people: frozenset[int]
    date: int


class _Placer:
    """Finds or makes the thread of each message of a page, in order."""

    def __init__(self, tx: Transaction, fresh: Sequence[Numbered]) -> None:
        self._tx = tx
        keys = sorted({key for _, one, _ in fresh for key in one.references})
        self._known = threads.by_reference(tx, keys)
        self._next = threads.next_id(tx)
        self._moved: dict[int, int] = {}
        self._new: dict[int, tuple[int, str, str, int]] = {}
        self._subjects = _Subjects(tx, {one.base_subject for _, one, _ in fresh})

    def place(self, letter: _Letter) -> int:
        """The thread id of a message; earlier answers of this page may have been joined since."""
        references = letter.item.references
        known = {key: self._root(self._known[key]) for key in references if key in self._known}
        placement = rules.place(references, known)
        thread_id = placement.thread_id
        if thread_id is None and not letter.message.references:
            thread_id = self._subjects.find(letter)
        if thread_id is None:
            thread_id = self._create(letter)
        thread_id = self._root(thread_id)
        for other in placement.absorbed:
            self._join(thread_id, other)
        for key in references:
            self._known.setdefault(key, thread_id)
        self._subjects.note(letter, thread_id)
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
        return [replace(one, thread_id=self._root(one.thread_id)) if self._moved else one for one in placed]

    def _root(self, thread_id: int) -> int:
        while thread_id in self._moved:
            thread_id = self._moved[thread_id]
        return thread_id

    def _join(self, target: int, other: int) -> None:
        other = self._root(other)
        if other != target:
            self._moved[other] = target

    def _create(self, letter: _Letter) -> int:
        thread_id, self._next = self._next, self._next + 1
        self._new[thread_id] = (thread_id, letter.message.subject, letter.item.base_subject, letter.date)
        return thread_id


class _Subjects:
    """Threads by base subject: those in the store and those of this page, for mail without References."""

    def __init__(self, tx: Transaction, subjects: Collection[str]) -> None:
        self._tx = tx
        self._stored = threads.stored_subjects(tx, subjects)
        self._cache: dict[str, dict[int, rules.SubjectCandidate]] = {}

    def find(self, letter: _Letter) -> int | None:
        """A thread to join, or None."""
        subject, is_reply = letter.item.base_subject, letter.item.is_reply
        if rules.is_generic(subject) or not letter.date:
            return None
        candidates = self._candidates(subject, letter.date)
        if not candidates:
            return None
        quoted: set[str] = set()
        if is_reply and any(len(letter.people & set(each.people)) == 1 for each in candidates):
            quoted = {header.from_text.casefold() for header in zones.quoted_headers(letter.message.text)}
        return rules.place_by_subject(
            candidates, date=letter.date, people=letter.people, is_reply=is_reply, quoted_from=quoted
        )

    def _candidates(self, base_subject: str, date: int) -> list[rules.SubjectCandidate]:
        cached = self._cache.get(base_subject)
        if cached is None:
            cached = self._cache[base_subject] = {}
        if base_subject not in self._stored:
            return list(cached.values())
        window = rules.SUBJECT_WINDOW
        for thread_id, first, last in threads.with_subject(
            self._tx, base_subject, after=date - window, before=date + window
        ):
            if thread_id not in cached:
                people, names, subject = threads.participants(self._tx, thread_id)
                replies = rules.starts_with_reply(subject)
                cached[thread_id] = rules.SubjectCandidate(thread_id, first, last, people, names, replies)
        return list(cached.values())

    def note(self, letter: _Letter, thread_id: int) -> None:
        """Remember a message of this page, so that the next one of its conversation finds it."""
        date, subject = letter.date, letter.item.base_subject
        if not date or rules.is_generic(subject):
            return
        cached = self._cache.setdefault(subject, {})
        old = cached.get(thread_id)
        sender = letter.message.from_
        names = {text.casefold() for text in (sender.name, sender.email) if text} if sender else set()
        cached[thread_id] = rules.SubjectCandidate(
            thread_id,
            first_date=min(date, old.first_date) if old else date,
            last_date=max(date, old.last_date) if old else date,
            people=letter.people | set(old.people) if old else letter.people,
            sender_names=names | set(old.sender_names) if old else names,
            starts_with_reply=(
                letter.item.is_reply if old is None or date < old.first_date else old.starts_with_reply
            ),
        )
