"""Opening a thread: zones, summary, HTML with its images, attachments by their SHA-256, read marks."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.core import Core
from fluffy_core.domain.commitments import Ruling
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.rows import Section
from fluffy_core.domain.zones import ZoneKind
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed, Changes, Event
from fluffy_core.services.insight import commitments
from fluffy_core.services.reading import inbox, reader
from fluffy_core.services.sorting import triage
from tests.unit.services.homes import ME, letter, opened, read_letters

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
PDF = b"%PDF-1.4\n" + bytes(range(256))
HTML = '<p>Hello <b>you</b></p><img src="cid:logo@x"><script>alert(1)</script>'
HTML += '<img src="https://spy.example/x.png">'


def part(head: str, content: bytes) -> str:
    return f"--B\n{head}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(content).decode()}\n"


PARTS = (
    part("Content-Type: text/html; charset=utf-8", HTML.encode()),
    part("Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline", PNG),
    part('Content-Type: application/pdf\nContent-Disposition: attachment; filename="../../offer.pdf"', PDF),
    "--B--\n",
)
MIXED = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"'
RICH = letter("Rich", mid="r@x", hour=1, extra=MIXED, body="".join(PARTS))


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        yield core


def only_thread(core: Core) -> ThreadId:
    (found,) = inbox.ids(core.store, Section.EVERYTHING)
    return found


def test_a_thread_opens_with_its_messages_oldest_first_in_zones(core: Core) -> None:
    answer = "Yes.\n\nOn Mon, 3 Mar 2025, Ada Byron wrote:\n> This is the text.\n\n-- \nMe\n"
    read_letters(
        core,
        letter(
            "Re: Q",
            mid="b@x",
            refs=["a@x"],
            sender=f"Me <{ME}>",
            to="Ada <ada@example.com>, Carl <c@x.example>",
            hour=1,
            body=answer,
        ),
        letter("Q", mid="a@x"),
    )
    detail = reader.open_thread(core.store, only_thread(core))
    assert [one.subject for one in detail.messages] == ["Q", "Re: Q"]
    mine = detail.messages[1]
    assert mine.sender.mine
    assert [(one.name, one.email) for one in mine.to] == [("Ada", "ada@example.com"), ("Carl", "c@x.example")]
    assert mine.folders == ("Inbox",)
    lines = mine.text.split("\n")
    by_kind = {zone.kind: lines[zone.start : zone.end] for zone in mine.zones}
    assert by_kind[ZoneKind.BODY][0] == "Yes."
    assert "> This is the text." in by_kind[ZoneKind.QUOTE]
    assert "Me" in by_kind[ZoneKind.SIGNATURE]
    assert mine.zones[0].start == 0
    assert mine.zones[-1].end == len(lines)
    assert detail.summary is not None
    assert detail.summary_age is not None


def test_what_is_owed_is_shown_until_the_user_says_otherwise(core: Core) -> None:
    read_letters(core, letter("Q", mid="a@x", body="Could you send me the signed contract?\n"))
    thread_id = only_thread(core)
    (row,) = reader.open_thread(core.store, thread_id).owed
    assert row.commitment.quote == "Could you send me the signed contract?"
    commitments.rule(core.store, row.id, Ruling.WRONG)
    assert reader.open_thread(core.store, thread_id).owed == ()
    assert triage.undo(core.store) is not None
    assert reader.open_thread(core.store, thread_id).owed == (row,)


def test_html_is_made_safe_and_shows_its_own_images(core: Core) -> None:
    read_letters(core, RICH)
    shown = reader.message_html(core.store, MessageId(1))
    assert "<b>you</b>" in shown
    assert f"data:image/png;base64,{base64.b64encode(PNG).decode()}" in shown
    assert "script" not in shown
    assert "spy.example" not in shown
    assert "spy.example" in reader.message_html(core.store, MessageId(1), remote_images=True)


def test_plain_mail_has_no_html(core: Core) -> None:
    read_letters(core, letter())
    assert reader.message_html(core.store, MessageId(1)) == ""
    assert not reader.open_thread(core.store, only_thread(core)).messages[0].has_html


def test_attachments_come_back_byte_for_byte(core: Core) -> None:
    read_letters(core, RICH)
    (view,) = reader.open_thread(core.store, only_thread(core)).messages
    shown = {one.media_type: one for one in view.attachments}
    pdf = shown["application/pdf"]
    assert (pdf.size, pdf.inline, pdf.sha256) == (len(PDF), False, hashlib.sha256(PDF).hexdigest())
    assert "/" not in pdf.name
    assert reader.attachment(core.store, pdf.id) == (pdf, PDF)
    assert reader.attachment(core.store, shown["image/png"].id)[1] == PNG
    assert inbox.rows(core.store, [only_thread(core)])[only_thread(core)].has_attachments


def test_looking_at_a_thread_marks_it_read_and_wants_its_summary_first(core: Core) -> None:
    read_letters(core, letter("Q", extra="X-Gmail-Labels: Inbox,Unread"))
    thread_id = only_thread(core)
    assert inbox.rows(core.store, [thread_id])[thread_id].unread_count == 1
    heard: list[Event] = []
    core.bus.subscribe(heard.append)
    reader.opened(core.store, thread_id)
    assert inbox.rows(core.store, [thread_id])[thread_id].unread_count == 0
    assert any(isinstance(one, Changes) and Changed.THREADS in one.kinds for one in heard)
    heard.clear()
    reader.opened(core.store, thread_id)
    assert not any(isinstance(one, Changes) and Changed.THREADS in one.kinds for one in heard)


def test_what_is_not_there_is_said(core: Core) -> None:
    with pytest.raises(UsageError, match="no thread 7"):
        reader.open_thread(core.store, ThreadId(7))
    with pytest.raises(UsageError, match="no message 7"):
        reader.raw_bytes(core.store, MessageId(7))
    with pytest.raises(UsageError, match="no message 7"):
        reader.message_html(core.store, MessageId(7))
    with pytest.raises(UsageError, match="no attachment 7"):
        reader.attachment(core.store, 7)
