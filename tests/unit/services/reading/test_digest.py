"""What is concluded of mail: categories with reasons, follow-ups, summaries, sections and the first page."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import Section, ThreadRow
from fluffy_core.services.home import activity
from fluffy_core.services.insight import analytics, follow_ups, summarising
from fluffy_core.services.reading import conversations, digest, inbox, meaning, reader
from fluffy_core.services.sorting import triage
from fluffy_core.store import counts, insight, summaries, vectors
from tests.unit.services.homes import ME, START, letter, mailboxes_of, opened, read, read_letters

ASK = "Could you send me the signed contract by Friday?"
MINE = f"Me <{ME}>"


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def asked(hour: float = 0, mid: str = "q@x") -> bytes:
    return letter("Contract", mid=mid, hour=hour, body=f"Hello,\n\n{ASK}\n\nAda\n")


def answered(hour: float, refs: Sequence[str] = ("q@x",)) -> bytes:
    return letter(
        "Re: Contract",
        sender=MINE,
        to="ada@example.com",
        mid="r@x",
        refs=refs,
        hour=hour,
        body="Here it is.\n",
    )


def only_row(core: Core) -> ThreadRow:
    (thread_id,) = inbox.ids(core.store, Section.EVERYTHING)
    return inbox.rows(core.store, [thread_id])[thread_id]


def test_a_question_to_me_needs_a_reply_and_says_what_is_asked(core: Core) -> None:
    read_letters(core, asked())
    row = only_row(core)
    assert row.section is Section.NEEDS_REPLY
    assert row.note == f"asks: {ASK}"
    (message,) = reader.open_thread(core.store, row.id).messages
    assert (message.importance, message.ask) == ("important", ASK)
    assert message.reason
    assert inbox.ids(core.store, Section.NEEDS_REPLY) == (row.id,)
    assert inbox.counts(core.store).needs_reply == 1


def test_my_answer_settles_it_whichever_comes_first(core: Core, tmp_path: Path) -> None:
    read_letters(core, asked())
    read_letters(core, answered(2), name="sent.mbox")
    assert only_row(core).section is not Section.NEEDS_REPLY
    with opened(tmp_path / "other") as other:
        read_letters(other, answered(2), name="sent2.mbox")
        read_letters(other, asked(), name="in2.mbox")
        assert only_row(other).section is not Section.NEEDS_REPLY


def test_newsletters_never_need_a_reply(core: Core) -> None:
    news = "List-Unsubscribe: <https://shop.example/off>\nPrecedence: bulk"
    read_letters(core, letter("Survey", sender="Shop <news@shop.example>", extra=news, body=f"{ASK}\n"))
    assert only_row(core).section is Section.EVERYTHING
    assert insight.category_counts(core.store) == {"bulk": 1, "requires-response": 0}


def test_a_question_older_than_three_months_is_history(core: Core) -> None:
    read_letters(core, asked(), letter("Now", hour=24 * 91, body="Just so you know.\n"))
    assert inbox.ids(core.store, Section.NEEDS_REPLY) == ()


def test_my_question_without_an_answer_waits_and_an_answer_ends_the_waiting(core: Core) -> None:
    question = letter("Offer", sender=MINE, to="Ada Byron <ada@example.com>", mid="o@x", body=f"{ASK}\n")
    read_letters(
        core, question, letter("Other", sender="b@x.example", hour=24 * 10, body="For your files.\n")
    )
    (waiting,) = follow_ups.listed(core.store)
    assert (waiting.subject, waiting.ask) == ("Offer", ASK)
    assert "Ada" in waiting.reason or "days" in waiting.reason
    assert inbox.ids(core.store, Section.WAITING) == (waiting.thread_id,)
    triage.set_done(core.store, [waiting.thread_id], True)
    assert follow_ups.listed(core.store) == ()
    triage.undo(core.store)
    reply = letter("Re: Offer", mid="p@x", refs=["o@x"], hour=24 * 11, body="It is attached.\n")
    read_letters(core, reply, name="late.mbox")
    assert follow_ups.listed(core.store) == ()
    assert inbox.ids(core.store, Section.WAITING) == ()


def test_an_old_archive_is_seen_from_its_own_last_day(core: Core) -> None:
    read_letters(core, asked())
    sent = int(START.timestamp())
    assert follow_ups.as_of(core.store, sent + 3600.0) == sent + 3600
    later = (START + timedelta(days=4000)).timestamp()
    assert follow_ups.as_of(core.store, later) == sent + follow_ups.QUIET_DAYS * 86400


def test_an_empty_home_waits_for_nothing(core: Core) -> None:
    assert follow_ups.as_of(core.store, 5.0) == 5
    assert follow_ups.find(core.store, lookback_days=3) == []
    first = digest.digest(core.store)
    assert (first.needs_reply, first.follow_ups, first.people, first.summaries) == ((), (), (), {})
    assert (first.due, first.week) == ((), ())


def test_each_point_of_a_summary_is_said_in_its_message(core: Core) -> None:
    read_letters(
        core,
        asked(),
        answered(3),
        letter("Re: Contract", mid="s@x", refs=["r@x"], hour=5, body="We decided to start on 1 May.\n"),
    )
    row = only_row(core)
    detail = reader.open_thread(core.store, row.id)
    assert detail.summary is not None
    assert detail.summary.engine.startswith("fast")
    texts = {one.id: " ".join(one.text.split()) for one in detail.messages}
    assert detail.summary.points
    for point in detail.summary.points:
        assert point.text in texts[point.message_id]


def test_a_summary_is_made_again_when_the_thread_grows(core: Core) -> None:
    read_letters(core, asked())
    thread_id = only_row(core).id
    last = only_row(core)
    before = summaries.get(core.store, thread_id)
    read_letters(core, answered(3), name="late.mbox")
    after = summaries.get(core.store, thread_id)
    assert before is not None
    assert after is not None
    assert after[1] > before[1]
    assert last.message_count == 1
    assert only_row(core).message_count == 2


def ones(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.full((len(texts), vectors.SIZE), vectors.SIZE**-0.5, dtype=np.float32)


def test_summarising_leaves_vectors_on_the_way_once(core: Core, tmp_path: Path) -> None:
    read(core, mailboxes_of(tmp_path, asked(), answered(3)), embed=ones)
    assert counts.totals(core.store)["vectors"] == 2
    again = summarising.work(core.store, only_row(core).id, embed=ones)
    assert again.made == meaning.Made()


def test_a_thread_of_newsletters_has_nothing_to_summarise(core: Core) -> None:
    read_letters(
        core, letter("Sale", sender="Shop <news@shop.example>", extra="Precedence: bulk", body="Cheap!\n")
    )
    done = summarising.work(core.store, only_row(core).id, embed=None)
    assert done.summary is None
    assert summarising.sentence(done) == "Too short to need a summary"
    assert not conversations.is_summarisable(conversations.load(core.store, only_row(core).id))
    assert summarising.work(core.store, ThreadId(99), embed=None).summary is None


def test_the_skills_see_new_text_only(core: Core) -> None:
    quoted = "Yes, gladly.\n\nOn Mon, 3 Mar 2025 at 10:00, Me <me@example.org> wrote:\n> Would you?\n"
    read_letters(core, letter("Re: A", body=quoted))
    (seen,) = conversations.load(core.store, only_row(core).id)
    assert seen.body.strip() == "Yes, gladly."
    assert (seen.from_me, seen.to_me, seen.to) == (False, True, ())


def test_the_first_page_holds_the_most_pressing(core: Core) -> None:
    letters = [
        letter(f"Q{n}", sender=f"P {n} <p{n}@x.example>", mid=f"{n}@x", hour=n, body=f"{ASK}\n")
        for n in range(12)
    ]
    read_letters(core, *letters)
    first = digest.digest(core.store, limit=5)
    assert first.counts.needs_reply == 12
    assert [one.id for one in first.needs_reply] == list(inbox.ids(core.store, Section.NEEDS_REPLY)[:5])
    assert len(first.people) == 5
    assert list(first.decisions) == [one.id for one in first.needs_reply]
    assert {one.quote for one in first.decisions.values()} == {ASK}


def test_what_i_owe_within_a_week_is_told_where_it_is_not_listed(core: Core) -> None:
    promises = ("I will send you the first part by tomorrow.\n", "I will send you the plan by 20 March.\n")
    mine = [
        letter(f"Part {n}", sender=MINE, to="Ada <ada@example.com>", mid=f"d{n}@x", hour=n, body=body)
        for n, body in enumerate(promises, 1)
    ]
    read_letters(core, asked(), *mine)
    tomorrow = START.timestamp() + 86_400
    (due,) = digest.digest(core.store, now=tomorrow).due
    assert due.commitment.quote == promises[0].strip()
    later = digest.digest(core.store, now=tomorrow + 14 * 86_400)
    assert [one.subject for one in later.due] == ["Part 1", "Part 2"]
    assert "Contract" in {one.subject for one in later.needs_reply}


def test_the_week_is_told_once_it_was_counted(core: Core) -> None:
    read_letters(core, asked(), answered(2))
    analytics.refresh(core.store)
    told = digest.digest(core.store, now=START.timestamp() + 86_400).week
    assert [one.split(",")[0] for one in told] == ["1 message received", "1 message sent"]


def test_jobs_are_told_in_sentences(core: Core) -> None:
    read_letters(core, asked())
    jobs = activity.jobs(core.store)
    assert {one.name for one in jobs} == {
        "sync-emails-initial", "extract-contacts", "categorize-emails",
        "check-follow-ups", "summarize-email-thread", "analyze-writing-style",
    }  # fmt: skip
    assert activity.title("extract-contacts") == "Finding people"
    assert activity.title("make-coffee") == "Make coffee"
    assert all(activity.sentence(one).endswith(": done") for one in jobs)
    stats = activity.stats(core.store)
    assert stats["states"]["succeeded"] == len(jobs)
    assert stats["kinds"]["extract-contacts"] == {"runs": 1, "succeeded": 1}
    assert activity.jobs(core.store, limit=2) == jobs[:2]
