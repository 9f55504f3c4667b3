"""The commitments ledger: read with each thread, kept in step with its mail, ruled on and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.commitments import CommitmentRow, CommitmentState, Debtor, Ruling
from fluffy_core.domain.ids import ContactId, ThreadId
from fluffy_core.services.insight import commitments
from fluffy_core.services.sorting import triage
from fluffy_core.store import addresses, settings
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.effort import within
from tests.fakes.stored import ANN, ME, NOON, Letter

DAY = 86_400
NOW = NOON.timestamp() + DAY
ASKED = "Could you send me the signed contract by Thursday?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """An empty home in UTC."""
    made = stored.empty(tmp_path)
    with made.transaction() as tx:
        settings.put(tx, "time-zone", "UTC")
    yield made
    made.close()


def keep(store: Database, *letters: Letter, name: str = "box") -> None:
    """Store letters and bring the ledger in line, as the job does that sorts them."""
    stored.keep(store, letters, name=name)
    read = commitments.find(store, [row[0] for row in store.all("SELECT id FROM threads")])
    with store.transaction() as tx:
        commitments.write(tx, read)


def shown(rows: list[CommitmentRow]) -> list[tuple[str, str, str]]:
    return [(row.commitment.debtor.value, row.commitment.quote, row.commitment.state.value) for row in rows]


def test_a_request_is_owed_until_my_answer_comes(store: Database) -> None:
    keep(store, Letter("Contract", ASKED + "\n", id="a"))
    assert shown(commitments.open_ones(store, now=NOW)) == [("me", ASKED, "open")]
    answer = "Attached is the signed contract.\n"
    keep(store, Letter("Re: Contract", answer, sender=ME, to=ANN, id="b", answers="a", day=1), name="sent")
    assert commitments.open_ones(store, now=NOW) == []
    (row,) = commitments.everything(store, now=NOW)
    assert (row.commitment.state, row.commitment.evidence) == (
        CommitmentState.FULFILLED,
        "Attached is the signed contract.",
    )


def test_a_file_that_i_send_fulfils_what_i_promised(store: Database) -> None:
    promise = Letter("Contract", "I'll send you the contract.\n", sender=ME, to=ANN, id="a")
    sent = Letter(
        "Re: Contract", "Best wishes to all in the office.\n", sender=ME, to=ANN, id="b", answers="a",
        day=1, files=(("contract.pdf", b"%PDF-1.4"),),
    )  # fmt: skip
    keep(store, promise, sent)
    (row,) = commitments.everything(store, now=NOW)
    assert (row.commitment.state, row.commitment.evidence) == (CommitmentState.FULFILLED, "contract.pdf")


def test_a_day_that_has_passed_makes_it_overdue(store: Database) -> None:
    keep(store, Letter("Contract", ASKED + "\n"))
    (row,) = commitments.open_ones(store, now=NOW)
    assert (row.commitment.due, row.commitment.state) == ("2025-03-13", CommitmentState.OPEN)
    (row,) = commitments.open_ones(store, now=NOW + 3 * DAY)
    assert row.commitment.state is CommitmentState.OVERDUE


def test_the_day_of_a_letter_is_that_of_the_users_zone(store: Database) -> None:
    with store.transaction() as tx:
        settings.put(tx, "time-zone", "Asia/Tokyo")
    keep(store, Letter("Contract", "I'll send you the contract tomorrow.\n", day=0.25))  # 18:00 UTC
    (row,) = commitments.open_ones(store, now=NOW)
    assert row.commitment.due == "2025-03-12"


def test_what_is_open_in_a_thread_is_told_there_however_old(store: Database) -> None:
    promise = Letter("Re: Contract", "I'll send you the draft today.\n", ME, ANN, answers="a", day=1)
    keep(store, Letter("Contract", ASKED + "\n", id="a"), promise, Letter("Other", ASKED + "\n", id="c"))
    assert shown(commitments.in_thread(store, ThreadId(1), now=NOW)) == [
        ("me", "I'll send you the draft today.", "open")
    ]
    (row,) = commitments.in_thread(store, ThreadId(1), now=NOW + 400 * DAY)
    assert row.commitment.state is CommitmentState.OVERDUE
    for ruling in (Ruling.DONE, Ruling.WRONG, Ruling.NOT_MINE):
        commitments.rule(store, row.id, ruling)
        assert commitments.in_thread(store, ThreadId(1), now=NOW) == []
    assert commitments.in_thread(store, ThreadId(99), now=NOW) == []


def test_what_is_long_past_is_history(store: Database) -> None:
    keep(
        store,
        Letter("Contract", ASKED + "\n", id="a"),
        Letter("News", "Here is what went on.\n", id="b", day=commitments.CURRENT_DAYS + 10),
    )
    later = NOW + (commitments.CURRENT_DAYS + 10) * DAY
    assert commitments.open_ones(store, now=later) == []
    assert shown(commitments.everything(store, now=later)) == [("me", ASKED, "overdue")]


@pytest.mark.parametrize(
    ("ruling", "state"),
    [
        (Ruling.DONE, CommitmentState.FULFILLED),
        (Ruling.WRONG, CommitmentState.DISMISSED),
        (Ruling.NOT_MINE, CommitmentState.DISMISSED),
    ],
)
def test_the_users_word_counts_and_can_be_taken_back(
    store: Database, ruling: Ruling, state: CommitmentState
) -> None:
    keep(store, Letter("Contract", ASKED + "\n", id="a"))
    (row,) = commitments.open_ones(store, now=NOW)
    token = commitments.rule(store, row.id, ruling)
    assert token is not None
    assert ASKED[:40] in token.label
    assert commitments.open_ones(store, now=NOW) == []
    assert [one.commitment.state for one in commitments.everything(store, now=NOW)] == [state]
    keep(store, Letter("Re: Contract", "Hello again.\n", id="b", answers="a", day=1), name="more")
    assert commitments.open_ones(store, now=NOW) == []
    assert triage.undo(store) == token.label
    assert shown(commitments.open_ones(store, now=NOW)) == [("me", ASKED, "open")]


def test_ruling_on_what_is_gone_does_nothing(store: Database) -> None:
    assert commitments.rule(store, 5, Ruling.DONE) is None
    assert triage.undo(store) is None


def test_a_thread_that_grew_meanwhile_is_left_to_its_own_job(store: Database) -> None:
    stored.keep(store, [Letter("Contract", ASKED + "\n", id="a")])
    read = commitments.find(store, [1])
    stored.keep(store, [Letter("Re: Contract", "More.\n", id="b", answers="a", day=1)], name="more")
    with store.transaction() as tx:
        assert commitments.write(tx, read) == 0
    assert commitments.everything(store, now=NOW) == []


def test_my_name_is_that_of_my_address(store: Database) -> None:
    with store.transaction() as tx:
        addresses.set_mine(tx, ["mara.vogt@example.org"], confirmed=False)
    keep(store, Letter("Contract", f"Bob, {ASKED.lower()}\n"), Letter("Other", f"Mara, {ASKED.lower()}\n"))
    assert [one.commitment.quote[:5] for one in commitments.open_ones(store, now=NOW)] == ["Mara,"]


def test_nothing_is_owed_to_a_suspicious_sender(store: Database) -> None:
    stored.keep(store, [Letter("Contract", ASKED + "\n", id="a")])
    with store.transaction() as tx:
        tx.execute("UPDATE messages SET suspicious = 'Ann never wrote from this address.'")
    assert [one.found for one in commitments.find(store, [1])] == [()]


def test_a_contact_has_what_is_between_us(store: Database) -> None:
    keep(store, Letter("Contract", ASKED + "\n"))
    with store.transaction() as tx:
        tx.execute("INSERT INTO contacts (id, name, created_at) VALUES (7, 'Ann', 0)")
        tx.execute(
            "INSERT INTO address_stats (address_id, contact_id) SELECT id, 7 FROM addresses "
            "WHERE email = 'ann@firm.example' ON CONFLICT (address_id) DO UPDATE SET contact_id = 7"
        )
    (row,) = commitments.with_person(store, ContactId(7), now=NOW)
    assert row.commitment.debtor is Debtor.ME
    assert commitments.with_person(store, ContactId(8), now=NOW) == []


def test_newsletters_cost_nothing(store: Database) -> None:
    sale = {"List-Unsubscribe": "<https://shop.example>"}
    stored.keep(store, [Letter(f"Sale {n}", ASKED + "\n", headers=sale) for n in range(300)])
    threads = [row[0] for row in store.all("SELECT id FROM threads")]
    assert within(0.3, commitments.find, store, threads) == []


def test_a_large_mailbox_is_read_within_seconds(store: Database) -> None:
    body = "Hello,\n\nthanks for the call. " + ASKED + " I'll call you on Friday.\n\nBest regards\nAnn\n"
    stored.keep(store, [Letter(f"Letter number {n} of many", body, day=n / 100) for n in range(1_000)])
    threads = [row[0] for row in store.all("SELECT id FROM threads")]
    assert len(within(4.0, commitments.find, store, threads)) == len(threads)
