"""Staging: when each letter is sent, what it is called, and what it hangs on."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fluffy_core.errors import BugError
from fluffy_core.services.demo.clock import Clock
from fluffy_core.services.demo.letters import Letter, stage, token
from fluffy_core.services.demo.people import Cast, load_cast
from fluffy_core.services.demo.script import parse_script

PEOPLE = """
[companies]
studio = { name = "Studio", domain = "studio.example", sign = "{name}\\n{title}" }
client = { name = "Client Ltd", domain = "client.example", sign = "{name}\\n{title}\\nT {phone}" }
[people]
me = { name = "Mara Vogt", company = "studio", title = "Owner", client = "thunderbird" }
katrin = { name = "Dr. Katrin Weiß", company = "client", client = "outlook", lang = "de" }
grace = { name = "Grace Okafor", mail = "grace@client.example", client = "gmail", zone = "boston" }
[people.olivia]
name = "Olivia Grant"
company = "client"
title = "Head"
phone = "+44 20 7946 0112"
client = "outlook"
zone = "london"
home = "liv@post.example"
"""
NOW = datetime.fromisoformat("2026-07-15T16:20")


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    path = tmp_path / "people.toml"
    path.write_text(PEOPLE, encoding="utf-8")
    return load_cast(path)


def letters(cast: Cast, body: str, now: datetime = NOW) -> list[Letter]:
    return stage(parse_script("story", f"subject: A bench\n{body}"), cast, Clock(now))


def test_addresses_and_signatures(cast: Cast) -> None:
    assert cast.people["katrin"].address == "katrin.weiss@client.example"
    assert cast.people["katrin"].signature == "Dr. Katrin Weiß\nClient Ltd"
    assert cast.people["olivia"].signature == "Olivia Grant\nHead\nT +44 20 7946 0112"
    assert (cast.people["olivia"].shift, cast.people["grace"].shift) == (-1, -6)
    assert cast.party("olivia.home").address == "liv@post.example"
    assert (cast.people["olivia"].card, cast.people["grace"].card) == (True, False)


@pytest.mark.parametrize("key", ["nobody", "grace.home", "olivia2"])
def test_an_unknown_person_is_our_mistake(cast: Cast, key: str) -> None:
    with pytest.raises(BugError, match=f"people.toml does not know: {key}"):
        cast.party(key)


def test_an_answer_hangs_on_the_one_before(cast: Cast) -> None:
    first, second, third = letters(
        cast,
        "==== -9d 10:00 olivia > me\nA\n==== -8d 10:00 me > olivia\nB\n"
        "==== -7d 10:00 katrin > me | reply 1\nC\n",
    )
    assert (first.subject, second.subject, third.subject) == ("A bench", "Re: A bench", "AW: A bench")
    assert (first.references, second.references, third.references) == ((), (first.id,), (first.id,))
    assert (second.parent, third.parent) == (first, first)


def test_prefixes_do_not_pile_up(cast: Cast) -> None:
    senders = enumerate(["olivia", "katrin", "grace", "katrin"])
    chain = "".join(f"==== -{9 - number}d 10:00 {who} > me\nx\n" for number, who in senders)
    assert [letter.subject for letter in letters(cast, chain)] == [
        "A bench",
        "AW: A bench",
        "Re: AW: A bench",
        "AW: A bench",
    ]


def test_forwards_new_threads_and_answers_without_references(cast: Cast) -> None:
    _, forward, fresh, loose = letters(
        cast,
        "==== -9d 10:00 olivia > me\nA\n==== -8d 10:00 me > olivia | fwd\nB\n"
        "==== -7d 10:00 grace > me | new; subject Tides\nC\n==== -6d 10:00 me > grace | noref\nD\n",
    )
    assert (forward.subject, forward.references) == ("Fwd: A bench", ())
    assert (fresh.subject, fresh.parent) == ("Tides", None)
    assert (loose.subject, loose.references, loose.parent) == ("Re: Tides", (), fresh)


def test_an_out_of_office_reply_is_named_as_such(cast: Cast) -> None:
    _, away = letters(cast, "==== -9d 10:00 me > katrin\nA\n==== -9d 10:01 katrin > me | auto\nweg\n")
    assert away.subject == "Automatische Antwort: A bench"


@pytest.mark.parametrize("number", ["0", "3", "2"])
def test_an_answer_to_a_later_message_is_our_mistake(cast: Cast, number: str) -> None:
    with pytest.raises(BugError, match="comes later or never"):
        letters(cast, f"==== -9d 10:00 me > olivia\nA\n==== -8d 10:00 olivia > me | reply {number}\nB\n")


def test_order_survives_a_weekend(cast: Cast) -> None:
    """Saturday, Sunday and Monday before hours all fall on the Friday, in order and minutes apart."""
    found = letters(
        cast,
        "==== -4d 10:00 me > olivia\nA\n==== -3d 11:00 katrin > me\nB\n==== -2d 09:00 me > katrin\nC\n",
    )
    moments = [letter.when.replace(tzinfo=None) for letter in found]
    assert [moment.date().isoformat() for moment in moments] == ["2026-07-10", "2026-07-10", "2026-07-13"]
    assert moments == sorted(moments)


def test_what_would_be_later_than_now_is_pulled_back(cast: Cast) -> None:
    early = datetime.fromisoformat("2026-07-15T08:30")
    found = letters(cast, "==== -0d 11:00 me > katrin\nA\n==== -0d 14:00 katrin > me\nB\n", early)
    first, second = (letter.when.replace(tzinfo=None) for letter in found)
    assert second == early - timedelta(minutes=6)
    assert first < second - timedelta(minutes=8)


def test_a_sender_abroad_has_their_own_clock(cast: Cast) -> None:
    [letter] = letters(cast, "==== -1d 16:05 grace > me\nA\n")
    assert letter.when.isoformat() == "2026-07-14T10:05:00-04:00"


def test_days_are_told_in_the_language_of_the_script_or_the_line(cast: Cast) -> None:
    german, english = letters(
        cast,
        "lang: de\n==== -2d 10:00 olivia > me\nbis {weekday:+1d}\n"
        "==== -1d 10:00 me > olivia | lang en; subject By {date:+1d}\nby {weekday:+1d}\n",
    )
    assert (german.text, english.text, english.subject) == ("bis Donnerstag", "by Thursday", "By 16 July")


def test_message_ids_depend_on_the_place_only(cast: Cast) -> None:
    body = "==== -9d 10:00 olivia > me\nA\n==== -8d 10:00 grace > me\nB\n==== -7d 10:00 me > grace\nC\n"
    ids = [letter.id for letter in letters(cast, body)]
    later = [letter.id for letter in letters(cast, body.replace("A", "Z"), NOW + timedelta(days=9))]
    assert ids == later
    assert len(set(ids)) == 3
    assert ids[0].endswith(".prod.client.example")
    assert ids[1].startswith("CA")
    assert ids[1].endswith("@mail.client.example")


def test_tokens_differ_by_their_parts() -> None:
    assert token("a", 1) == token("a", 1)
    assert token("a", 1) != token("a", 2)
    assert len(token("a", size=24)) == 24
