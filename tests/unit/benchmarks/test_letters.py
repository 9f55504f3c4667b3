"""Mail to measure with: split, invented, and told again without becoming a duplicate or losing its thread."""

from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from benchmarks import letters

LETTER = (
    b"Message-ID: <a1@one.example>\nIn-Reply-To: <a0@one.example>\n"
    b"References: <z@one.example>\n <a0@one.example>\n"
    b"From: Ann <ann@one.example>\nTo: Bob <bob@two.example>,\n Owner <owner@home.example>\n"
    b"Date: Mon, 1 Jan 2018 10:00:00 +0000\nSubject: Re: plans for summer\n\n"
    b"The complete schedule of summer, at http://one.example/complete/schedule as before.\n"
)


def parsed(content: bytes) -> Message:
    return message_from_bytes(content)


def test_mbox_is_split_at_separators_and_unescaped() -> None:
    mbox = (
        b"From a Thu Jan  1\nSubject: one\n\nText\n>From here\n>>From there\n\n"
        b"From b Thu Jan  1\nSubject: two\n\nMore\n"
    )
    assert letters.messages_of_mbox(mbox) == [
        b"Subject: one\n\nText\nFrom here\n>From there",
        b"Subject: two\n\nMore\n",
    ]


def test_retold_mail_is_another_message_in_another_thread_of_the_same_shape() -> None:
    again = parsed(letters.retold(LETTER, 3))
    assert again["Message-ID"] == "<t3.a1@one.example>"
    assert again["In-Reply-To"] == "<t3.a0@one.example>"
    assert again["References"].split() == ["<t3.z@one.example>", "<t3.a0@one.example>"]


def test_retold_mail_has_other_people_days_and_words() -> None:
    again = parsed(letters.retold(LETTER, 2, staying=frozenset({b"owner@home.example"})))
    assert again["From"] == "Ann <t2.ann@one.example>"
    assert "t2.bob@two.example" in again["To"]
    assert "<owner@home.example>" in again["To"]
    days = parsedate_to_datetime(again["Date"]) - parsedate_to_datetime("Mon, 1 Jan 2018 10:00:00 +0000")
    assert days.days == 2 * letters.SHIFT_DAYS
    assert again["Subject"] == "Re: plansc for summerc"
    assert "completec schedulec of summer," in again.get_payload()


def test_addresses_in_links_keep_their_words() -> None:
    assert b"http://one.example/complete/schedule as" in letters.retold(LETTER, 1)


def test_every_telling_differs() -> None:
    told = list(letters.enough([LETTER], 12))
    assert told[0] == LETTER
    assert len({parsed(one)["Message-ID"] for one in told}) == 12


def test_bodies_in_parts_keep_their_borders() -> None:
    parts = (
        b'Message-ID: <m@x.example>\nContent-Type: multipart/mixed; boundary="complete"\n\n'
        b"--complete\nContent-Type: text/plain\n\nprivately\n--complete--\n"
    )
    found = [one.get_payload() for one in parsed(letters.retold(parts, 1)).walk() if not one.is_multipart()]
    assert found == ["privately"]


def test_encoded_bodies_stay_as_they_are() -> None:
    encoded = b"Message-ID: <m@x.example>\nContent-Transfer-Encoding: base64\n\nprivately complete\n"
    assert letters.retold(encoded, 1).endswith(b"\n\nprivately complete\n")


def test_a_letter_without_an_id_gets_one() -> None:
    bare = b"From: ann@one.example\n\nHello\n"
    first, second = (parsed(letters.retold(bare, telling))["Message-ID"] for telling in (1, 2))
    assert first != second
    assert first.endswith("@bench.example>")


@pytest.mark.parametrize(
    "date", [b"yesterday", b"Mon, 99 Jan 2018 10:00:00 +0000", b"\xff\xfe", b"1 Jan 9999 00:00 +0000"]
)
def test_a_date_that_cannot_be_read_or_moved_stays(date: bytes) -> None:
    assert b"Date: " + date in letters.retold(b"Date: " + date + b"\n\nHello\n", 9)


def test_frequent_addresses_are_counted_once_a_message() -> None:
    rare = [b"From: r%d@one.example\nTo: me@home.example, ME@home.example\n\nhi" % n for n in range(300)]
    assert letters.frequent_addresses(rare) == {b"me@home.example"}


def test_owners_write_and_are_written_to_and_are_no_lists() -> None:
    mail = [
        *(b"From: p%d@a.example\nTo: me@home.example\n\nx" % n for n in range(20)),
        *(b"From: me@home.example\nTo: p%d@a.example\n\nx" % n for n in range(8)),
        *(b"List-Id: <l.example>\nFrom: list@l.example\nTo: list@l.example\n\nx" for _ in range(30)),
    ]
    assert letters.owners(mail)[0] == "me@home.example"
    assert "list@l.example" not in letters.owners(mail)


def test_invented_mail_is_the_same_every_time_and_has_threads() -> None:
    mail = letters.invented(300)
    assert mail == letters.invented(300)
    ids = {parsed(one)["Message-ID"] for one in mail}
    answers = [parsed(one)["References"] for one in mail if parsed(one)["References"]]
    assert len(ids) == 300
    assert len(answers) > 80
    assert set(answers) <= ids
    assert letters.owners(mail) == ["owner@home.example"]


def test_headers_end_at_the_first_empty_line() -> None:
    assert letters.head_length(b"A: b\n\nbody\n\nmore") == 4
    assert letters.head_length(b"A: b\r\n\r\nbody\n\n") == 4
    assert letters.head_length(b"A: b") == 4


def test_without_real_mail_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUFFY_REALDATA", str(tmp_path))
    assert letters.real(tmp_path / "scratch") == []


@pytest.mark.realdata
def test_real_mail_is_read_from_all_its_sources(realmail: Path) -> None:
    found = letters.gathered(realmail)
    assert len(found) == 4150 + 4082 + 3552
    assert all(one.strip() for one in found)
