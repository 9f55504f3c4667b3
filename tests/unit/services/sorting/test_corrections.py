"""What the user calls wrong goes, stays away whatever is worked out anew, and comes back with undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.ids import ContactId, MessageId, ThreadId
from fluffy_core.domain.intelligence import Conclusion, Decision
from fluffy_core.domain.rows import Section
from fluffy_core.errors import UsageError
from fluffy_core.services.insight import follow_ups
from fluffy_core.services.people import people
from fluffy_core.services.reading import inbox, reader
from fluffy_core.services.sorting import categories, corrections, triage
from fluffy_core.store import cleanup, people_rows
from tests.unit.services.homes import ME, START, letter, opened, person, read_letters

ADA = "Ada Byron <ada@example.com>"
ASK = "Could you send me the figures by Friday?"
SIGNATURE = "\n-- \nAda Byron\nHead of Engines, Byron Ltd\nPhone: +44 20 7946 0123\n"
OLD = letter("Lunch", sender=ME, to=ADA, hour=0, mid="old@x", body="It was good to see you.\n")
ASKS = letter("Figures", hour=1, mid="asks@x", body=f"Hello,\n\n{ASK}\n{SIGNATURE}")
MINE = letter(
    "Quote",
    sender=ME,
    to=ADA,
    hour=2,
    mid="mine@x",
    body="Hi Ada,\n\nwhen can you send me the signed quote?\n",
)
NEWS = letter(
    "News of the week",
    sender="news@digest.example",
    hour=300,
    mid="news@x",
    extra="List-Unsubscribe: <mailto:off@digest.example>",
)
STATE = (
    "SELECT * FROM corrections", "SELECT * FROM wrong_fields", "SELECT * FROM categories ORDER BY 1",
    "SELECT id, section, priority, note FROM threads ORDER BY 1", "SELECT * FROM follow_ups ORDER BY 1",
    "SELECT address_id, field, value, quote, message_id, messages FROM contact_fields ORDER BY 1, 2, 3",
)  # fmt: skip


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        last = letter("Later", sender=ADA, hour=200, mid="later@x", body="I am on holiday, greetings.\n")
        read_letters(core, OLD, ASKS, MINE, NEWS, last)
        yield core


def everything(core: Core) -> list[list[tuple[object, ...]]]:
    return [core.store.all(sql) for sql in STATE]


def thread(core: Core, subject: str) -> ThreadId:
    (found,) = core.store.all("SELECT id FROM threads WHERE subject = ?", (subject,))
    return ThreadId(found[0])


def concluded(core: Core, subject: str) -> Decision:
    found = reader.open_thread(core.store, thread(core, subject)).decision
    assert found is not None
    return found


def reject(core: Core, subject: str) -> str:
    return corrections.reject(core.store, thread(core, subject), concluded(core, subject)).label


def categorize_again(core: Core) -> None:
    ids = [row[0] for row in core.store.all("SELECT id FROM messages ORDER BY 1")]
    found = categories.sort(core.store, ids)
    with core.store.transaction() as tx:
        categories.write(tx, found)


def look_for_follow_ups_again(core: Core) -> None:
    waiting = follow_ups.find(core.store, lookback_days=3, now=START.timestamp() + 20 * 86400)
    with core.store.transaction() as tx:
        follow_ups.write(tx, waiting)


def test_a_conclusion_names_its_reason_and_the_sentence(core: Core) -> None:
    found = concluded(core, "Figures")
    assert (found.conclusion, found.quote, found.by_user) == (Conclusion.NEEDS_REPLY, ASK, False)
    assert "asks you" in found.reason
    text = next(one.text for one in reader.open_thread(core.store, thread(core, "Figures")).messages)
    assert found.quote in text
    look_for_follow_ups_again(core)
    waiting = concluded(core, "Quote")
    assert (waiting.conclusion, waiting.quote) == (
        Conclusion.WAITING,
        "when can you send me the signed quote?",
    )
    assert concluded(core, "News of the week").conclusion is Conclusion.BULK
    assert corrections.decision(core.store, ThreadId(999)) is None


def test_no_reply_needed_outlives_sorting_anew_and_is_taken_back(core: Core) -> None:
    before = everything(core)
    assert reject(core, "Figures") == "Needs no reply"
    for again in (False, True):
        if again:
            categorize_again(core)
        assert inbox.ids(core.store, Section.NEEDS_REPLY) == ()
        said = concluded(core, "Figures")
        assert (said.conclusion, said.by_user) == (Conclusion.IMPORTANT, True)
        assert said.reason == "You said that it needs no reply"
    assert triage.undo(core.store) == "Needs no reply"
    assert everything(core) == before
    assert inbox.ids(core.store, Section.NEEDS_REPLY) == (thread(core, "Figures"),)


def test_a_later_question_asks_anew(core: Core) -> None:
    reject(core, "Figures")
    body = f"Hello again,\n\n{ASK}\n"
    read_letters(core, letter("Re: Figures", hour=250, refs=["asks@x"], body=body), name="Later.mbox")
    assert concluded(core, "Figures").conclusion is Conclusion.NEEDS_REPLY
    assert inbox.ids(core.store, Section.NEEDS_REPLY) == (thread(core, "Figures"),)


def test_waiting_for_nobody_stays_so(core: Core) -> None:
    look_for_follow_ups_again(core)
    before = everything(core)
    assert reject(core, "Quote") == "Not waiting for an answer"
    look_for_follow_ups_again(core)
    assert inbox.ids(core.store, Section.WAITING) == ()
    triage.undo(core.store)
    assert everything(core) == before
    assert inbox.ids(core.store, Section.WAITING) == (thread(core, "Quote"),)


@pytest.mark.parametrize(("subject", "now"), [("News of the week", "important"), ("Later", "fyi")])
def test_importance_turns_into_its_opposite(core: Core, subject: str, now: str) -> None:
    before = everything(core)
    was = concluded(core, subject).conclusion
    reject(core, subject)
    categorize_again(core)
    assert concluded(core, subject).conclusion == now
    reject(core, subject)  # the user thinks better of it
    assert concluded(core, subject).conclusion != now
    triage.undo(core.store)
    triage.undo(core.store)
    assert everything(core) == before
    assert concluded(core, subject).conclusion is was


def ada(core: Core) -> ContactId:
    return person(core.store, "Ada")


def fields(core: Core) -> dict[str, str]:
    return {one.field: one.value for one in people.detail(core.store, ada(core)).fields}


def test_a_wrong_field_goes_and_does_not_come_back(core: Core) -> None:
    before = everything(core)
    facts = people.detail(core.store, ada(core)).fields
    phone = next(one for one in facts if "phone" in one.field)
    token = corrections.reject_field(core.store, ada(core), phone)
    assert token.label == f"Removed {phone.value}"
    assert phone.field not in fields(core)
    (address,) = core.store.one("SELECT id FROM addresses WHERE email = 'ada@example.com'") or (0,)
    for spelling in (phone.value, "+44 (20) 7946-0123"):
        with core.store.transaction() as tx:
            new = people_rows.NewField(phone.field, spelling, "a line", "signature", 0.8)
            people_rows.add_field(tx, address, new, message_id=int(phone.message_id or 0), seen_at=1)
    assert phone.field not in fields(core)
    assert len(fields(core)) == len({one.field for one in facts}) - 1
    triage.undo(core.store)
    assert everything(core) == before


def test_calling_a_field_wrong_twice_is_taken_back_in_two_steps(core: Core) -> None:
    phone = next(one for one in people.detail(core.store, ada(core)).fields if "phone" in one.field)
    corrections.reject_field(core.store, ada(core), phone)
    corrections.reject_field(core.store, ada(core), phone)
    triage.undo(core.store)
    assert phone.field not in fields(core)
    triage.undo(core.store)
    assert fields(core)[phone.field] == phone.value


def test_where_a_message_is(core: Core) -> None:
    phone = next(one for one in people.detail(core.store, ada(core)).fields if "phone" in one.field)
    assert phone.message_id is not None
    assert reader.thread_of(core.store, phone.message_id) == thread(core, "Figures")
    with pytest.raises(UsageError, match="no message 999"):
        reader.thread_of(core.store, MessageId(999))


def test_an_address_is_not_forgotten_while_the_user_said_something_of_it(core: Core) -> None:
    phone = next(one for one in people.detail(core.store, ada(core)).fields if "phone" in one.field)
    corrections.reject_field(core.store, ada(core), phone)
    with core.store.transaction() as tx:
        tx.execute("UPDATE address_stats SET contact_id = NULL")
        tx.execute("DELETE FROM message_addresses")
        tx.execute("UPDATE messages SET from_address_id = NULL")
        cleanup.unused_addresses(tx, after=0)
    left = [row[0] for row in core.store.all("SELECT email FROM addresses WHERE mine = 0")]
    assert left == ["ada@example.com"]
