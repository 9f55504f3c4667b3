"""Which thread a message belongs to: references in any order, subjects under strict conditions."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.threads import threading
from fluffy_core.mail.threads.threading import (
    NEAREST,
    SUBJECT_WINDOW,
    Placement,
    SubjectCandidate,
    place_by_subject,
)
from tests.fakes.effort import within

DAY = 86400
OFFER = SubjectCandidate(
    7, first_date=100 * DAY, last_date=110 * DAY, people={1, 2, 3}, sender_names={"ada byron"}
)


def test_nothing_known_is_a_new_thread() -> None:
    assert threading.place([b"own", b"parent"], {b"other": 4}) == Placement(None)
    assert threading.place([], {b"other": 4}) == Placement(None)


def test_one_known_reference_is_enough_whatever_its_place() -> None:
    assert threading.place([b"own", b"root", b"parent"], {b"root": 4}) == Placement(4)
    assert threading.place([b"own", b"root", b"parent"], {b"parent": 5}) == Placement(5)


def test_a_message_that_others_referred_to_before_it_came_joins_them() -> None:
    assert threading.place([b"own"], {b"own": 9}) == Placement(9)


def test_the_oldest_of_joined_threads_absorbs_the_others() -> None:
    assert threading.place([b"own", b"a", b"b", b"c"], {b"a": 8, b"b": 3, b"c": 5}) == Placement(3, (5, 8))
    assert threading.place([b"own", b"a", b"b"], {b"a": 3, b"b": 3}) == Placement(3)


def test_the_root_and_the_nearest_ancestors_count() -> None:
    assert threading.links(()) == ()
    assert threading.links(("a",)) == ("a",)
    assert threading.links(("a", "b", "c", "d", "e")) == ("a", "b", "c", "d", "e")
    assert threading.links(tuple("abcdefghij")) == ("a", "g", "h", "i", "j")


def test_thirty_thousand_references_cost_nothing() -> None:
    many = tuple(f"{number}@example.com" for number in range(30_000))
    assert len(within(1, threading.links, many)) == 1 + NEAREST


class Mailbox:
    """Threads kept in memory, by the same rules as the store."""

    def __init__(self) -> None:
        self.known: dict[bytes, int] = {}
        self.members: dict[int, set[str]] = {}

    def add(self, own: str, references: Sequence[str]) -> None:
        keys = [one.encode() for one in (own, *threading.links(references))]
        placement = threading.place(keys, self.known)
        thread = placement.thread_id
        if thread is None:
            thread = len(self.known) + 1000 * len(self.members) + 1
        self.members.setdefault(thread, set()).add(own)
        for other in placement.absorbed:
            self.members[thread] |= self.members.pop(other)
            self.known.update({key: thread for key, at in self.known.items() if at == other})
        self.known.update(dict.fromkeys(keys, thread))

    def threads(self) -> set[frozenset[str]]:
        return {frozenset(group) for group in self.members.values()}


def grouped(letters: Sequence[tuple[str, Sequence[str]]]) -> set[frozenset[str]]:
    box = Mailbox()
    for own, references in letters:
        box.add(own, references)
    return box.threads()


@st.composite
def correspondence(draw: st.DrawFn) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """Messages that name any others or missing ones, in two orders."""
    count = draw(st.integers(1, 14))
    names = [f"m{number}" for number in range(count)]
    anything = st.lists(st.sampled_from([*names, "lost1", "lost2"]), max_size=9, unique=True)
    letters = [(name, draw(anything)) for name in names]
    return letters, draw(st.permutations(letters))


@given(correspondence())
def test_the_order_of_arrival_does_not_matter(
    two_orders: tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]],
) -> None:
    one, other = two_orders
    assert grouped(one) == grouped(other)


@given(
    st.permutations([(f"m{n}", [f"m{k}" for k in range(n)]) for n in range(12)]), st.sets(st.integers(0, 11))
)
def test_a_conversation_stays_whole_when_messages_are_missing(
    letters: list[tuple[str, list[str]]], missing: set[int]
) -> None:
    kept = [one for one in letters if int(one[0][1:]) not in missing]
    assert grouped(kept) == ({frozenset(own for own, _ in kept)} if kept else set())


def test_forged_references_do_not_glue_a_mailbox_together() -> None:
    strangers: list[tuple[str, list[str]]] = [(f"s{number}", []) for number in range(100)]
    forged = ("evil", [own for own, _ in strangers])
    threads = grouped([*strangers, forged])
    assert max(len(group) for group in threads) == 1 + NEAREST + 1
    assert threads == grouped([forged, *strangers])


def joins(people: set[int], *, day: float = 111, reply: bool = True, quoted: tuple[str, ...] = ()) -> bool:
    found = place_by_subject([OFFER], date=int(day * DAY), people=people, is_reply=reply, quoted_from=quoted)
    assert found in (None, 7)
    return found == 7


def test_a_reply_between_the_same_people_joins_by_subject() -> None:
    assert joins({1, 2})
    assert joins({1, 2, 99})


def test_a_message_that_is_no_reply_starts_its_own_thread() -> None:
    assert not joins({1, 2}, reply=False)


def test_the_original_of_a_thread_that_starts_with_a_reply_joins_it_when_it_is_older() -> None:
    answer = SubjectCandidate(3, 100 * DAY, 100 * DAY, {1, 2}, starts_with_reply=True)
    assert place_by_subject([answer], date=99 * DAY, people={1, 2}, is_reply=False) == 3
    assert place_by_subject([answer], date=101 * DAY, people={1, 2}, is_reply=False) is None


def test_strangers_do_not_join_by_subject() -> None:
    assert not joins({98, 99})
    assert not joins(set())


def test_one_shared_person_needs_a_quoted_header_of_somebody_in_the_thread() -> None:
    assert not joins({1, 99})
    assert joins({1, 99}, quoted=("ada byron <ada@example.com>",))
    assert not joins({1, 99}, quoted=("somebody else",))
    assert not joins({98, 99}, quoted=("ada byron",))


@pytest.mark.parametrize(
    ("day", "near"), [(65, True), (54.9, False), (155, True), (155.1, False), (105, True)]
)
def test_subjects_connect_within_the_window_only(day: float, near: bool) -> None:
    assert SUBJECT_WINDOW == 45 * DAY
    assert joins({1, 2}, day=day) is near


def test_the_nearest_of_several_candidates_wins_and_the_older_thread_among_equals() -> None:
    near, far = (SubjectCandidate(n, d * DAY, d * DAY, {1, 2}) for n, d in ((9, 20), (4, 10)))
    twin = SubjectCandidate(5, 20 * DAY, 20 * DAY, {1, 2})
    ask = {"date": 21 * DAY, "people": {1, 2}, "is_reply": True}
    assert place_by_subject([far, near], **ask) == 9  # type: ignore[arg-type]
    assert place_by_subject([near, twin, far], **ask) == 5  # type: ignore[arg-type]
    assert place_by_subject([], **ask) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "subject", ["", "hi", "Hello", "test", "FYI", "ok", "Frage", "kein Betreff", "(no subject)"]
)
def test_common_subjects_connect_nothing(subject: str) -> None:
    assert threading.is_generic(subject)


@pytest.mark.parametrize("subject", ["offer", "hello world", "Rechnung 12", "test plan", "日本語"])
def test_other_subjects_may_connect(subject: str) -> None:
    assert not threading.is_generic(subject)


def test_which_threads_start_with_a_reply() -> None:
    assert threading.starts_with_reply("Re: Offer")
    assert threading.starts_with_reply("WG: Angebot")
    assert not threading.starts_with_reply("Offer")
