"""Figures by day: right, brought up to date by what changed alone, the same however often they are made."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from fluffy_core.services.home import local_time
from fluffy_core.services.insight import analytics
from fluffy_core.services.people import contacts
from fluffy_core.store import addresses, settings
from fluffy_core.store import analytics as kept
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.effort import least, seconds, within
from tests.fakes.stored import ANN, BOB, ME, NOON, Letter

LATER = NOON.timestamp() + 400 * 86400
LETTERS = [
    Letter("Report", id="q"),
    Letter("Re: Report", sender=ME, to=ANN, answers="q", day=0.25),
    Letter("Offer", id="o", sender=ME, to=BOB, day=1),
    Letter("Re: Offer", sender=BOB, answers="o", day=3),
    Letter(
        "Sale", sender="Shop <news@shop.example>", day=1, headers={"List-Unsubscribe": "<https://x.example>"}
    ),
]


@pytest.fixture
def box(store: Database) -> Database:
    """Two conversations and a newsletter, dates told in UTC."""
    zone(store, "UTC")
    keep(store, LETTERS)
    return store


def zone(store: Database, name: str) -> None:
    with store.transaction() as tx:
        settings.put(tx, local_time.ZONE, name)


def keep(store: Database, letters: Sequence[Letter], name: str = "box") -> list[int]:
    ids = stored.keep(store, letters, name=name)
    with store.transaction() as tx:
        contacts.extract(tx, ids)
    return list(ids)


def day(number: int) -> str:
    return f"{NOON + timedelta(days=number):%Y-%m-%d}"


def rows(store: Database) -> list[tuple[object, ...]]:
    return store.all("SELECT * FROM daily_figures ORDER BY day")


def short(store: Database) -> dict[str, tuple[int, int, int, int]]:
    """(received, personal, sent, conversations begun) of each day."""
    found = kept.days(store, "0000", "9999")
    return {name: (one.received, one.personal, one.sent, one.threads) for name, one in found.items()}


def fresh(store: Database) -> list[tuple[object, ...]]:
    """What a count from nothing gives."""
    with store.transaction() as tx:
        settings.put(tx, analytics.STATE, None)
    analytics.refresh(store)
    return rows(store)


def test_what_each_day_holds(box: Database) -> None:
    assert analytics.refresh(box) == "Counted the mail of 3 days"
    assert short(box) == {day(0): (1, 1, 1, 1), day(1): (1, 0, 1, 1), day(3): (1, 1, 0, 0)}
    found = kept.days(box, day(0), day(3))
    assert (found[day(0)].my_waits, found[day(0)].answered) == ([6 * 3600], 1)
    assert (found[day(1)].got_answer, found[day(1)].their_waits) == (1, [])
    assert found[day(3)].their_waits == [2 * 86400]
    assert [found[day(n)].new_contacts for n in (0, 1, 3)] == [1, 1, 0]


def test_counting_again_changes_nothing(box: Database) -> None:
    analytics.refresh(box)
    before = rows(box)
    changes = box.connection.total_changes
    assert analytics.refresh(box) == "No new mail to count"
    assert box.connection.total_changes == changes
    assert rows(box) == before == fresh(box)


def test_new_mail_counts_the_days_it_touches_alone(box: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    analytics.refresh(box)
    keep(box, [Letter("Hello", day=9)], name="more")
    assert analytics.refresh(box) == "Counted the mail of 1 day"
    assert short(box)[day(9)] == (1, 1, 0, 1)
    monkeypatch.setattr(analytics, "MANY", 0)
    keep(box, [Letter("Hello again", day=10)], name="many")
    assert analytics.refresh(box) == "Counted the mail of 5 days"
    assert rows(box) == fresh(box)


def test_late_mail_updates_old_days_and_the_answers_of_its_thread(box: Database) -> None:
    analytics.refresh(box)
    late = [Letter("Re: Offer", sender=BOB, id="l", answers="o", day=1.5), Letter("Old", id="x", day=-30)]
    keep(box, late, name="late")
    assert analytics.refresh(box) == "Counted the mail of 4 days"
    found = kept.days(box, "0000", "9999")
    assert found[day(1)].received == 1
    assert found[day(2)].their_waits == [12 * 3600]
    assert found[day(3)].their_waits == []
    assert found[day(-30)].received == 1
    assert rows(box) == fresh(box)


def test_another_zone_counts_everything_anew(box: Database) -> None:
    analytics.refresh(box)
    zone(box, "Pacific/Auckland")  # noon in UTC is the next day there
    assert analytics.refresh(box) == "Counted the mail of 3 days"
    assert set(short(box)) == {day(1), day(2), day(4)}
    assert sum(kept.days(box, "0000", "9999")[one].new_contacts for one in short(box)) == 2


def test_other_own_addresses_count_everything_anew(box: Database) -> None:
    analytics.refresh(box)
    with box.transaction() as tx:
        addresses.set_mine(tx, ["bob@shop.example", ME], confirmed=True)
    analytics.refresh(box)
    assert short(box)[day(3)] == (0, 0, 1, 0)


def test_figures_that_do_not_add_up_are_made_anew(box: Database) -> None:
    analytics.refresh(box)
    right = rows(box)
    for damage in ("DELETE FROM daily_figures WHERE sent > 0", "UPDATE daily_figures SET received = 900"):
        with box.transaction() as tx:
            tx.execute(damage)
        analytics.refresh(box)
        assert rows(box) == right


def test_mail_that_is_gone_is_no_longer_counted(box: Database) -> None:
    analytics.refresh(box)
    with box.transaction() as tx:
        tx.execute("DELETE FROM messages WHERE id = 4")
    analytics.refresh(box)
    assert set(short(box)) == {day(0), day(1)}


def test_drafts_and_undated_mail_are_left_out(store: Database) -> None:
    zone(store, "UTC")
    stored.keep(store, [Letter("One"), Letter("Draft", flags=("draft",)), Letter("When", day=1)])
    with store.transaction() as tx:
        tx.execute("UPDATE messages SET date_known = 0, date = 0 WHERE subject = 'When'")
    analytics.refresh(store)
    assert short(store) == {day(0): (1, 1, 0, 1)}


def test_an_empty_home(store: Database) -> None:
    assert analytics.refresh(store) == "No new mail to count"
    assert analytics.report(store, by="day", limit=3, now=LATER) is None


@pytest.mark.parametrize(
    ("by", "spans"),
    [
        ("day", [("2025-03-13", "2025-03-13"), ("2025-03-12", "2025-03-12"), ("2025-03-11", "2025-03-11")]),
        ("week", [("2025-03-10", "2025-03-13"), ("2025-03-03", "2025-03-09"), ("2025-02-24", "2025-03-02")]),
        ("month", [("2025-03-01", "2025-03-13"), ("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31")]),
    ],
)
def test_periods_end_with_the_last_mail_of_an_old_archive(
    box: Database, by: str, spans: list[tuple[str, str]]
) -> None:
    analytics.refresh(box)
    found = analytics.report(box, by=by, limit=3, now=LATER)
    assert found is not None
    assert found.as_of == day(3)
    assert [(one.first, one.last) for one in found.periods] == spans
    whole = found.periods[0].figures
    assert whole.received == (1 if by == "day" else 3)


def test_a_report_names_trends_hours_and_people(box: Database) -> None:
    keep(box, [Letter("Hello", day=3.1), Letter("Far ahead", day=30)], name="more")
    analytics.refresh(box)
    now = (NOON + timedelta(days=3, hours=6)).timestamp()
    found = analytics.report(box, by="week", limit=1, now=now)
    assert found is not None
    assert found.as_of == day(3)
    assert {one.name: one.now for one in found.trends}["received"] == 4
    assert (found.recent.busiest(), found.recent.busiest(sent=True)) == (12, 12)
    assert [(one.name, one.received, one.sent) for one in found.correspondents] == [
        ("Ann Ode", 2, 1), ("Bob Roe", 1, 1)
    ]  # fmt: skip


def test_a_checkpoint_may_stop_the_count_and_nothing_is_written(box: Database) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        analytics.recount(box, checkpoint=stop)
    assert rows(box) == []


def test_days_of_a_clock_change_hold_their_own_mail(store: Database) -> None:
    zone(store, "Europe/Berlin")
    moments = ["2026-03-28T22:30", "2026-03-28T23:30", "2026-03-29T21:30", "2026-03-29T22:30"]  # in UTC
    days = [(datetime.fromisoformat(one).replace(tzinfo=UTC) - NOON) / timedelta(days=1) for one in moments]
    for number, one in enumerate(days):
        keep(store, [Letter(f"At {number}", day=one)], name=f"box {number}")
        analytics.refresh(store)
    assert {name: one[0] for name, one in short(store).items()} == {
        "2026-03-28": 1, "2026-03-29": 2, "2026-03-30": 1
    }  # fmt: skip
    assert rows(store) == fresh(store)


def test_ten_thousand_messages_take_little_work(store: Database) -> None:
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO addresses (id, email, mine) VALUES (1, 'me@example.com', 1), (2, 'a@x.example', 0)"
        )
        tx.executemany(
            "INSERT INTO threads (id, subject, base_subject, first_date, last_date) VALUES (?, '', '', 0, 0)",
            [(n,) for n in range(1, 3001)],
        )
        tx.executemany(
            "INSERT INTO messages (id, thread_id, identity, content_key, message_id_header, date, "
            "date_known, from_address_id, subject, preview, size) "
            "VALUES (?, ?, x'00', x'00', '', ?, 1, ?, '', '', 1)",
            [(n, 1 + n % 3000, 1_600_000_000 + n * 7000, 1 + n % 2) for n in range(1, 10_001)],
        )
    first = least(lambda: seconds(lambda: analytics.recount(store)), enough=0)
    found = within(2, analytics.recount, store)
    with store.transaction() as tx:
        found.write(tx)
    assert within(first / 3, analytics.recount, store).days == frozenset()
    assert sum(one[0] + one[2] for one in short(store).values()) == 10_000
