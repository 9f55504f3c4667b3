"""What the demo must contain to convince: people, languages, special messages, files, calendar, cards."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta, timezone
from email.message import EmailMessage
from typing import Any

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar

from tests.unit.services.demo_built import (
    BERLIN,
    NOWS,
    PLAIN_DAY,
    RESOURCES,
    Built,
    addresses,
    shared,
    when,
    words,
)


@pytest.fixture(scope="module", params=list(NOWS.values()), ids=list(NOWS))
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return shared(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return shared(PLAIN_DAY, tmp_path_factory)


def test_people_and_companies(demo: Built) -> None:
    everybody = {(name, address) for message in demo.all for name, address in addresses(message)}
    names = {name for name, address in everybody if " " in name and "MAILER-DAEMON" not in address}
    domains = Counter(domain for domain in {(a.partition("@")[2], a) for _, a in everybody})
    crowded = Counter(domain for domain, _ in domains)
    assert len(names) >= 58
    assert sum(people >= 2 for people in crowded.values()) >= 12


def test_addresses_and_phone_numbers_are_fictional(demo: Built) -> None:
    for path in (demo.files.inbox, demo.files.sent, demo.files.calendar, demo.files.contacts):
        text = path.read_bytes().replace(b"=\n", b"").replace(b"\r\n ", b"").decode("utf-8", "replace")
        hosts = set(re.findall(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})\b", text))
        assert {host for host in hosts if not host.endswith(".example")} == set()
        phones = re.findall(r"\+\d[\d ]{9,}\d", text)
        fictional = r"\+44 20 7946 0\d{3}|\+1 \d{3} 555 01\d\d|\+49 30 23125 \d{3}"
        assert {phone for phone in phones if not re.match(fictional, phone)} == set()


def test_both_languages_are_well_represented(plain: Built) -> None:
    german = re.compile(r"\b(?:und|nicht|ich|wir|der|die|das|Sie)\b")
    english = re.compile(r"\b(?:and|not|the|we|you|is|of)\b")
    votes = Counter(
        "de" if len(german.findall(text)) > len(english.findall(text)) else "en"
        for text in map(words, plain.all)
    )
    assert votes["de"] >= 130
    assert votes["en"] >= 180


def test_texts_are_not_copies_of_each_other(plain: Built) -> None:
    human = [message for message in plain.all if not message["List-Unsubscribe"]]
    openings = Counter(" ".join(words(message).split())[:120] for message in human)
    assert [text for text, times in openings.items() if times > 1] == []


def test_no_text_names_a_weekday_by_itself() -> None:
    days = (
        r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur)day|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag)\b"
    )
    for path in (RESOURCES / "threads").glob("*.txt"):
        assert not re.findall(days, path.read_text(encoding="utf-8")), path.name


def test_no_placeholder_is_left(demo: Built) -> None:
    for path in (demo.files.inbox, demo.files.sent, demo.files.calendar):
        assert not re.findall(rb"\{(?:weekday|date|month|year|iso|own)\b|\[\[[edi][+-]", path.read_bytes())


def test_a_promised_weekday_is_the_right_one(demo: Built) -> None:
    """Mara promised Anneke the running order for the first working day from tomorrow on."""
    promise = next(m for m in demo.sent if "Hausschuhe unbedingt" in words(m))
    due = demo.now.astimezone(BERLIN if demo.now.month in (1, 2, 12) else timezone(timedelta(hours=2))).date()
    due += timedelta(days=1)
    while due.weekday() > 4 or (due.month, due.day) == (1, 1):
        due += timedelta(days=1)
    names = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag")
    said = f"am {names[due.weekday()]}"
    assert said in words(promise).replace("\n", " ")


def test_a_thread_of_a_dozen_and_more(plain: Built) -> None:
    thread = plain.about("A new face for Harbour & Pine?")
    assert len(thread) >= 12
    assert len({str(message["From"]) for message in thread}) >= 4


def test_threads_without_references(plain: Built) -> None:
    nudge = plain.about("A regular arrangement?")[-1]
    assert (str(nudge["Subject"]), nudge["References"]) == ("Re: A regular arrangement?", None)


def test_people_with_two_addresses(plain: Built) -> None:
    by_name: dict[str, set[str]] = {}
    for message in plain.all:
        for name, address in addresses(message):
            by_name.setdefault(name, set()).add(address)
    doubles = {name for name, found in by_name.items() if len(found) > 1}
    assert {"Olivia Grant", "Nadja Roth", "Anneke Jansen", "Yusuf Demir", "Clara Nyström"} <= doubles
    assert by_name["Jonas Kiesel"] == {
        "jonas@kieselcrane.example",
        "j.kiesel@ymail.example",
        "jonas.kiesel@secure-docs-login.example",
    }


def waiting(demo: Built) -> Iterator[EmailMessage]:
    """The last message of each thread that hangs together by references."""
    answered = {str(m["In-Reply-To"]) for m in demo.all}
    return (m for m in demo.all if str(m["Message-ID"]) not in answered)


def test_some_need_an_answer_now_and_some_are_awaited(demo: Built) -> None:
    ends = list(waiting(demo))
    asked_me = [
        m
        for m in ends
        if m in demo.inbox
        and "?" in words(m)
        and demo.now - when(m) < timedelta(days=9)
        and not m["Auto-Submitted"]
        and not m["List-Id"]
    ]
    asked_by_me = [
        m
        for m in ends
        if m in demo.sent and "?" in words(m) and timedelta(days=3) < demo.now - when(m) < timedelta(days=17)
    ]
    assert len(asked_me) >= 10
    assert len(asked_by_me) >= 6


def test_rivals_are_mentioned_by_several_clients(plain: Built) -> None:
    for rival, least in (("Brightfold", 4), ("Halbmond", 3)):
        writers = {str(m["From"]).partition("@")[2] for m in plain.inbox if rival in words(m)}
        assert len(writers) >= least - 1, writers


# special messages


def test_an_out_of_office_reply_in_german(plain: Built) -> None:
    away = [m for m in plain.inbox if str(m["Subject"]).startswith("Automatische Antwort: ")]
    assert len(away) == 2
    assert {str(m["Auto-Submitted"]) for m in away} == {"auto-replied"}


def test_a_bounce_is_a_delivery_report(plain: Built) -> None:
    [bounce] = [m for m in plain.inbox if m.get_content_type() == "multipart/report"]
    assert bounce.get_param("report-type") == "delivery-status"
    kinds = [part.get_content_type() for part in bounce.iter_parts()]
    assert kinds == ["text/plain", "message/delivery-status"]
    assert b"Final-Recipient: rfc822; harriet.poole@lumenloaf.example" in bounce.as_bytes()
    assert str(bounce["In-Reply-To"]) in {str(m["Message-ID"]) for m in plain.sent}


def test_a_phishing_mail_with_a_borrowed_name(plain: Built) -> None:
    [bait] = [m for m in plain.inbox if "secure-docs-login" in str(m["From"])]
    assert bait["From"].addresses[0].display_name == "Jonas Kiesel"
    assert str(bait["Reply-To"]) == "jonas.kiesel.private@quickmailbox.example"
    assert str(bait["Received-SPF"]).startswith("Fail")


def test_newsletters_and_receipts(plain: Built) -> None:
    letters = [m for m in plain.inbox if m["List-Unsubscribe"] and m["Precedence"] == "bulk"]
    assert len(letters) == 31
    assert len({words(m) for m in letters}) == len(letters)
    receipts = [m for m in plain.inbox if m["Auto-Submitted"] == "auto-generated"]
    assert len(receipts) >= 18


def test_mailing_list_mail(plain: Built) -> None:
    posts = [m for m in plain.all if m["List-Id"] == "<typo-berlin.lists.typoforum.example>"]
    assert len(posts) == 17
    assert {str(m["Precedence"]) for m in posts} == {"list"}
    assert sum(m in plain.sent for m in posts) == 2


def test_inline_images_are_there(plain: Built) -> None:
    shown = 0
    for message in plain.all:
        html = message.get_body(("html",))
        wanted = set(re.findall(r'src="cid:([^"]+)"', str(html.get_content()))) if html else set()
        held = {str(part["Content-ID"])[1:-1] for part in message.walk() if part["Content-ID"]}
        assert wanted == held, message["Subject"]
        shown += len(wanted)
    assert shown >= 40
    image = next(part for m in plain.all for part in m.walk() if part.get_content_type() == "image/png")
    assert image.get_content().startswith(b"\x89PNG")


def attached(demo: Built) -> dict[str, bytes]:
    return {
        str(part.get_filename()): part.get_content()
        for message in demo.all
        for part in message.iter_attachments()
        if part.get_content_disposition() == "attachment" and part.get_content_maintype() == "application"
    }


def test_contracts_are_real_pdf_and_docx(plain: Built) -> None:
    files = attached(plain)
    pdfs = [data for name, data in files.items() if name.endswith(".pdf")]
    words_files = [data for name, data in files.items() if name.endswith(".docx")]
    assert (len(pdfs), len(words_files)) >= (25, 5)
    for data in pdfs:
        assert data.startswith(b"%PDF-")
        start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
        assert data[start : start + 4] == b"xref"
    for data in words_files:
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_contracts_are_dated_from_today(plain: Built) -> None:
    files = attached(plain)
    assert b"2026-07-27" in files["Retainer proposal Harbour & Pine.pdf"]  # twelve days on
    lease = files["Mietvertrag 3. OG links.pdf"]
    assert b"24.07.2026" in lease  # nine days on
    with zipfile.ZipFile(io.BytesIO(files["Services Agreement - Harbour & Pine.docx"])) as archive:
        agreement = archive.read("word/document.xml").decode()
    assert "made on 13 June 2025" in agreement


def test_quotes_in_the_manner_of_several_programs(plain: Built) -> None:
    bodies = [
        part.get_content() for m in plain.all for part in m.walk() if part.get_content_type() == "text/html"
    ]
    pages = "\n".join(map(str, bodies))
    assert pages.count('class="gmail_quote"') >= 40
    assert pages.count("border-top:solid #E1E1E1") >= 60
    assert pages.count('blockquote type="cite"') >= 10
    texts = "\n".join(str(m.get_body(("plain",))) for m in plain.all)
    for line in (r"^On \w{3}, \d+ \w+ \d{4} at", r"^Am \d\d\.\d\d\.\d\d um", r"^Gesendet: ", r"^Sent: "):
        assert re.search(line, texts, re.MULTILINE), line


# calendar and contacts


def test_the_calendar_recurs_around_today(demo: Built) -> None:
    calendar = Calendar.from_ical(demo.files.calendar.read_bytes())
    events = list(calendar.walk("VEVENT"))
    assert len(events) >= 22
    assert sum("RRULE" in event for event in events) == 5
    assert sum("RECURRENCE-ID" in event for event in events) == 1
    today = demo.now.date()
    coming = recurring_ical_events.of(calendar).between(today, today + timedelta(days=14))
    summaries = Counter(str(event["SUMMARY"]) for event in coming)
    assert summaries["Studio week"] == 2
    assert {"Tidewell: final conversation, no slides", "Museum am Fluss: Vorstellung"} <= set(summaries)


def test_moved_and_skipped_meetings_are_on_the_series(demo: Built) -> None:
    """A RECURRENCE-ID or EXDATE that names no occurrence would do nothing."""
    events: list[Any] = list(Calendar.from_ical(demo.files.calendar.read_bytes()).walk("VEVENT"))
    series = next(e for e in events if e["SUMMARY"] == "Studio week")
    moved = next(e for e in events if "RECURRENCE-ID" in e)
    first = series["DTSTART"].dt.replace(tzinfo=None)
    assert first.weekday() == 0
    for moment in (moved["RECURRENCE-ID"].dt, *(e.dts[0].dt for e in series["EXDATE"])):
        assert (moment.replace(tzinfo=None) - first) % timedelta(days=7) == timedelta(0)
    assert moved["UID"] == series["UID"]


def test_lines_of_the_calendar_are_folded(plain: Built) -> None:
    for path in (plain.files.calendar, plain.files.contacts):
        lines = path.read_bytes().split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert b"\n" not in b"".join(lines)


def test_the_invitation_carries_the_event(plain: Built) -> None:
    [invited] = [m for m in plain.inbox for p in m.walk() if p.get_content_type() == "text/calendar"]
    part = next(p for p in invited.walk() if p.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    request = Calendar.from_ical(part.get_content())
    stored = Calendar.from_ical(plain.files.calendar.read_bytes())
    [event] = request.walk("VEVENT")
    assert str(event["UID"]) in {str(each["UID"]) for each in stored.walk("VEVENT")}


def test_the_address_book(demo: Built) -> None:
    cards: list[Any] = list(vobject.readComponents(demo.files.contacts.read_bytes().decode()))
    assert len(cards) >= 45
    assert demo.files.me not in {card.email.value for card in cards}
    olivia = next(card for card in cards if card.fn.value == "Olivia Grant")
    assert [each.value for each in olivia.contents["email"]] == [
        "olivia.grant@harbourpine.example",
        "liv.grant@live.example",
    ]
    assert olivia.tel.value == "+44 20 7946 0112"
    katrin = next(card for card in cards if card.fn.value == "Dr. Katrin Weiss")
    assert (katrin.n.value.family, katrin.n.value.given, katrin.n.value.prefix) == ("Weiss", "Katrin", "Dr.")
