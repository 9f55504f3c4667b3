"""The demo mailbox as a whole: nothing missing, nothing contradicting, the same for the same moment."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from fluffy_core.services.demo.demo import build_demo
from tests.fakes.effort import within
from tests.unit.services.demo_built import NOWS, PLAIN_DAY, RESOURCES, Built, built, read_box, shared, when


@pytest.fixture(scope="module", params=list(NOWS.values()), ids=list(NOWS))
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return shared(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return shared(PLAIN_DAY, tmp_path_factory)


def test_the_boxes_hold_exactly_what_was_written(demo: Built) -> None:
    assert (len(demo.inbox), len(demo.sent)) == (demo.files.received, demo.files.written)
    assert len(demo.all) >= 380
    assert demo.files.written >= 120
    assert demo.files.me == "mara@kieselcrane.example"


def test_nothing_is_defective(demo: Built) -> None:
    faults = [
        (str(message["Subject"]), part.get_content_type(), part.defects)
        for message in demo.all
        for part in message.walk()
        if part.defects
    ]
    assert not faults


def test_what_i_wrote_is_in_sent_and_nothing_else_is(demo: Built) -> None:
    mine = {demo.files.me, *demo.files.also_me}
    assert mine == {"mara@kieselcrane.example", "mara.vogt@ymail.example"}
    assert {str(message["From"].addresses[0].addr_spec) for message in demo.sent} == mine
    assert not mine & {str(message["From"].addresses[0].addr_spec) for message in demo.inbox}


def test_message_ids_are_unique_and_every_reference_exists(demo: Built) -> None:
    ids = [str(message["Message-ID"]) for message in demo.all]
    assert len(set(ids)) == len(ids)
    for message in demo.all:
        references = str(message["References"] or "").split()
        assert set(references) <= set(ids)
        assert str(message["In-Reply-To"] or "") == (references[-1] if references else "")


def test_no_header_begins_on_its_second_line(demo: Built) -> None:
    """Folding a Message-ID off its own line is legal, and read wrongly by some."""
    for path in (demo.files.inbox, demo.files.sent):
        assert not re.findall(
            rb"^(?:Message-ID|In-Reply-To|References|Date|From): *$", path.read_bytes(), re.MULTILINE
        )


def test_an_answer_is_later_than_what_it_answers(demo: Built) -> None:
    dates = {str(message["Message-ID"]): when(message) for message in demo.all}
    answers = [message for message in demo.all if message["In-Reply-To"]]
    assert len(answers) > 180
    assert all(when(message) > dates[str(message["In-Reply-To"])] for message in answers)


def test_no_message_comes_from_the_future(demo: Built) -> None:
    assert max(map(when, demo.all)) <= demo.now - timedelta(minutes=5)
    age = demo.now - min(map(when, demo.all))
    assert timedelta(days=415) < age < timedelta(days=435)


def test_the_last_days_are_busy(demo: Built) -> None:
    recent = [message for message in demo.inbox if demo.now - when(message) < timedelta(days=7)]
    assert len(recent) >= 12


def test_boxes_are_in_order_and_escaped_as_mboxrd(demo: Built) -> None:
    for path, messages in ((demo.files.inbox, demo.inbox), (demo.files.sent, demo.sent)):
        assert [when(message) for message in messages] == sorted(map(when, messages))
        separators = re.findall(
            rb"^From \S+ \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}$", path.read_bytes(), re.MULTILINE
        )
        assert (
            len(separators) == len(re.findall(rb"^From ", path.read_bytes(), re.MULTILINE)) == len(messages)
        )


def test_business_keeps_working_hours(demo: Built) -> None:
    """People at work write from Monday to Friday, eight to half past six on their own clocks."""
    domains = (
        "harbourpine",
        "nordlicht-apotheken",
        "tidewell",
        "museum-am-fluss",
        "finovia",
        "brueckner-maschinen",
    )
    business = [
        message
        for message in demo.inbox
        if str(message["From"]).rstrip(">").endswith(tuple(f"@{domain}.example" for domain in domains))
        and not message["Auto-Submitted"]
    ]
    assert len(business) > 70
    for message in business:
        moment = when(message)
        assert moment.weekday() < 5, message["Subject"]
        assert "08:00" <= f"{moment:%H:%M}" <= "18:30", message["Subject"]


def test_read_and_answered_marks(plain: Built) -> None:
    marks = Counter(str(message["X-Mozilla-Status"]) for message in plain.inbox)
    assert set(marks) == {"0000", "0001", "0003"}
    assert marks["0000"] >= 5
    assert marks["0003"] >= 90
    assert {str(message["X-Mozilla-Status"]) for message in plain.sent} <= {"0001", "0003"}


# the same for the same moment


def test_the_same_moment_gives_the_same_bytes(plain: Built, tmp_path: Path) -> None:
    again = build_demo(tmp_path, now=plain.now, resources=RESOURCES)
    for name in ("inbox", "sent", "calendar", "contacts"):
        assert getattr(again, name).read_bytes() == getattr(plain.files, name).read_bytes(), name


def test_another_day_moves_the_dates_and_keeps_the_messages(plain: Built, tmp_path: Path) -> None:
    later = built(tmp_path, plain.now + timedelta(days=30))
    assert [message["Message-ID"] for message in later.all] != []
    assert {str(m["Message-ID"]) for m in later.all} == {str(m["Message-ID"]) for m in plain.all}
    assert max(map(when, later.all)) > max(map(when, plain.all)) + timedelta(days=26)


def test_building_again_replaces_the_files(plain: Built, tmp_path: Path) -> None:
    for _ in range(2):
        files = build_demo(tmp_path, now=plain.now, resources=RESOURCES)
    assert len(read_box(files.inbox)) == plain.files.received


def test_building_takes_under_a_second(plain: Built, tmp_path: Path) -> None:
    within(1, build_demo, tmp_path, now=plain.now, resources=RESOURCES)
