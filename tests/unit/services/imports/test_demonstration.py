"""The demo home: sensible at first sight, the same when asked for again on another day."""

import datetime as clock
from collections.abc import Iterator

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import ImportReport, Section, ThreadRow
from fluffy_core.services.home import care
from fluffy_core.services.imports import demonstration, imports
from fluffy_core.services.people import people
from fluffy_core.services.reading import digest, inbox, reader, searching
from fluffy_core.store import counts
from tests.unit.services.homes import opened, work_off


def fill(core: Core) -> ImportReport:
    resources = core.settings.paths.resources / "demo"
    account_id = demonstration.start(core.store, core.settings.paths.demo, resources=resources)
    work_off(core)
    return imports.report(core.store, account_id)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    with opened(tmp_path_factory.mktemp("demo") / "home") as core:
        report = fill(core)
        assert report.stored == report.messages >= 400
        assert (report.unread, report.problems, report.me_confirmed) == (0, (), True)
        yield core


def test_the_home_is_whole_and_full(core: Core) -> None:
    assert care.examine(core.store, core.settings).problems == ()
    totals = counts.totals(core.store)
    assert totals["threads"] >= 120
    assert totals["events"] >= 20
    assert totals["companies"] >= 12
    assert totals["summaries"] >= 60
    assert 45 <= totals["contacts"] <= 70


def test_much_needs_a_reply_and_some_waits_each_with_a_reason(core: Core) -> None:
    found = inbox.counts(core.store)
    assert 8 <= found.needs_reply <= 25
    assert 5 <= found.waiting <= 20
    for section in (Section.NEEDS_REPLY, Section.WAITING):
        ids = inbox.ids(core.store, section)
        rows = inbox.rows(core.store, ids)
        assert sum(bool(rows[one].note) for one in ids) >= len(ids) * 0.8
    priorities = [row.priority for row in _rows(core, Section.NEEDS_REPLY)]
    assert priorities == sorted(priorities, reverse=True)


def _rows(core: Core, section: Section) -> list[ThreadRow]:
    ids = inbox.ids(core.store, section)
    rows = inbox.rows(core.store, ids)
    return [rows[one] for one in ids]


def test_the_digest_shows_real_people_and_what_they_said(core: Core) -> None:
    found = digest.digest(core.store)
    assert len(found.needs_reply) == len(found.people) == 8
    assert all(person.messages_in and person.messages_out and " " in person.name for person in found.people)
    assert len(found.summaries) >= 6
    for thread_id, summary in found.summaries.items():
        texts = {
            one.id: " ".join(one.text.split()) for one in reader.open_thread(core.store, thread_id).messages
        }
        for point in summary.points:
            assert point.text.rstrip("….") in texts[point.message_id]


def test_people_with_two_addresses_are_one(core: Core) -> None:
    several = [people.detail(core.store, one) for one in people.ids(core.store)]
    several = [one for one in several if len(one.addresses) > 1]
    assert len(several) >= 5
    names = [people.detail(core.store, one).row.name for one in people.ids(core.store)]
    assert len(names) - len(set(names)) <= 1


def test_no_newsletter_and_no_machine_is_a_contact(core: Core) -> None:
    bulk = "SELECT DISTINCT from_address_id FROM messages WHERE bulk IN ('bulk', 'auto-generated')"
    personal = "SELECT DISTINCT from_address_id FROM messages WHERE bulk = ''"
    rows = core.store.all(
        "SELECT a.email FROM address_stats s JOIN addresses a ON a.id = s.address_id WHERE "
        "s.contact_id NOT NULL "
        f"AND s.written_to = 0 AND a.id IN ({bulk}) AND a.id NOT IN ({personal})"
    )
    assert rows == []
    assert people.ids(core.store, "reply@") == ()


def test_the_phishing_mail_is_never_important(core: Core) -> None:
    rows = core.store.all(
        "SELECT c.importance, c.requires_response, c.priority, t.section FROM messages m "
        "JOIN categories c ON c.message_id = m.id JOIN threads t ON t.id = m.thread_id "
        "JOIN addresses a ON a.id = m.from_address_id WHERE a.email LIKE '%@secure-docs-login.example'"
    )
    assert rows
    for importance, wants_answer, priority, section in rows:
        assert importance != "important"
        assert (wants_answer, priority, section) == (0, 0, Section.EVERYTHING)


def test_who_borrows_a_name_does_not_become_that_person(core: Core) -> None:
    real = people.detail(core.store, people.ids(core.store, "jonas@kieselcrane.example")[0])
    assert not [one for one in real.addresses if "secure-docs" in one]


def test_search_finds_across_the_story(core: Core) -> None:
    found = searching.threads(core.store, "invoice has:attachment")
    assert found.best
    assert all(
        inbox.rows(core.store, [ThreadId(one)])[ThreadId(one)].has_attachments
        for one in tuple(found.best)[:5]
    )


def test_asked_for_again_on_another_day_it_is_the_same_mail(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(clock.datetime):
        @classmethod
        def now(cls, tz: clock.tzinfo | None = None) -> "Later":
            return cls(2030, 5, 6, 7, 8, 9, tzinfo=tz or clock.UTC)

    before = counts.totals(core.store)
    monkeypatch.setattr(demonstration, "datetime", Later)
    report = fill(core)
    assert (report.stored, report.duplicates) == (0, report.messages)
    after = counts.totals(core.store)
    assert {name: after[name] for name in after if name != "jobs"} == {
        name: before[name] for name in before if name != "jobs"
    }
