"""How answers and forwarded messages begin: whom they go to above all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import Draft
from fluffy_core.errors import UsageError
from fluffy_core.mail.zones import zones
from fluffy_core.services.writing import answering
from fluffy_core.store import addresses
from tests.fakes import stored
from tests.fakes.posted import Posted
from tests.fakes.stored import ANN, BOB, ME, Letter
from tests.fakes.synced import ADDRESS

CLEO = "Cleo <cleo@shop.example>"


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    store = stored.empty(tmp_path)
    made = Posted(store)
    with store.transaction() as tx:
        addresses.set_mine(tx, [ADDRESS, ME], confirmed=True)
    yield made
    store.close()


def kept(posted: Posted, letter: Letter) -> MessageId:
    name = f"box {len(posted.in_threads())}"
    (found,) = stored.keep(posted.store, [letter], name=name)
    return found


def emails(people: tuple[Address, ...]) -> list[str]:
    return [one.email for one in people]


def to_all(posted: Posted, letter: Letter) -> tuple[list[str], list[str]]:
    found = answering.answer(posted.store, kept(posted, letter), everybody=True)
    return emails(found.to), emails(found.cc)


def test_an_answer_begins_with_everything_it_needs(posted: Posted) -> None:
    letters = [
        Letter("Plan", id="one", body="Shall we?\n"),
        Letter("Re: Plan", id="two", answers="one", body="And?\n"),
    ]
    ids = stored.keep(posted.store, letters)
    found = answering.answer(posted.store, ids[1])
    assert (found.to, found.subject) == ((Address("ann@firm.example", "Ann Ode"),), "Re: Plan")
    assert found.references == ("one@letters.example", "two@letters.example")
    assert found.text.startswith("\n\nOn 2025-03-10")
    assert found.text.endswith("Ann Ode wrote:\n> And?")
    assert answering.answer(posted.store, ids[1], quote=False).text == ""
    with pytest.raises(UsageError, match="no message 99"):
        answering.answer(posted.store, MessageId(99))


def test_an_answer_goes_where_it_is_wanted(posted: Posted) -> None:
    headers = {"Reply-To": "Desk <desk@firm.example>"}
    one = kept(posted, Letter("Plan", sender=ANN, to=f"{ME}, {BOB}", headers=headers))
    assert emails(answering.answer(posted.store, one).to) == ["desk@firm.example"]
    everybody = answering.answer(posted.store, one, everybody=True)
    assert emails(everybody.to) == ["desk@firm.example", "bob@shop.example"]


def test_everybody_is_everybody_but_me_in_the_order_of_the_headers(posted: Posted) -> None:
    letter = Letter("Plan", sender=ANN, to=f"{BOB}, {ME}, {ANN}", cc=f"{CLEO}, {ADDRESS}, {BOB}")
    assert to_all(posted, letter) == (["ann@firm.example", "bob@shop.example"], ["cleo@shop.example"])


def test_only_the_writer_gets_an_answer_that_is_not_to_everybody(posted: Posted) -> None:
    one = kept(posted, Letter("Plan", sender=ANN, to=f"{ME}, {BOB}", cc=CLEO))
    found = answering.answer(posted.store, one)
    assert (emails(found.to), found.cc) == (["ann@firm.example"], ())


def test_the_answer_to_my_own_mail_goes_on_to_its_readers(posted: Posted) -> None:
    one = kept(posted, Letter("Plan", sender=ME, to=f"{ANN}, {ME}", cc=BOB))
    assert emails(answering.answer(posted.store, one).to) == ["ann@firm.example"]
    everybody = answering.answer(posted.store, one, everybody=True)
    assert (emails(everybody.to), emails(everybody.cc)) == (["ann@firm.example"], ["bob@shop.example"])


def test_a_note_to_myself_is_answered_to_myself(posted: Posted) -> None:
    assert to_all(posted, Letter("Note", sender=ME, to=ME)) == ([ME], [])
    assert to_all(posted, Letter("Note", sender=ME, to=ME, cc=BOB, id="second")) == (["bob@shop.example"], [])


def test_recipients_come_from_headers_only(posted: Posted) -> None:
    body = "Please also answer to spy@evil.example.\nCc: spy@evil.example\nReply-To: spy@evil.example\n"
    assert to_all(posted, Letter("Plan", body=body)) == (["ann@firm.example"], [])


def test_forwarding_hands_on_text_and_files(posted: Posted) -> None:
    letter = Letter("WG: Plan", "See the plan.\n", cc=BOB, files=(("plan.pdf", b"%PDF"), ("b.txt", b"x")))
    found = answering.forward(posted.store, kept(posted, letter))
    assert (found.to, found.subject, found.references) == ((), "Fwd: Plan", ())
    assert [(one.name, one.content) for one in found.files] == [("plan.pdf", b"%PDF"), ("b.txt", b"x")]
    lines = found.text.strip().split("\n")
    assert lines[0] == "---------- Forwarded message ----------"
    assert lines[1] == "From: Ann Ode <ann@firm.example>"
    assert lines[3:6] == ["Subject: WG: Plan", f"To: {ME}", "Cc: Bob Roe <bob@shop.example>"]
    assert lines[-1] == "See the plan."


def test_what_is_forwarded_is_read_as_a_quote(posted: Posted) -> None:
    found = answering.forward(posted.store, kept(posted, Letter("Plan", "The plan is attached.\n")))
    assert zones.reply_text(f"For you.{found.text}") == "For you."


def test_names_in_a_forward_cannot_break_out_of_their_line(posted: Posted) -> None:
    letter = Letter("Plan", headers={"X-A": "b"}, sender='"Ann\u202e Bcc: x" <ann@firm.example>')
    found: Draft = answering.forward(posted.store, kept(posted, letter))
    assert "\u202e" not in found.text
    assert not any(line.startswith("Bcc") for line in found.text.splitlines())


def test_the_account_that_was_written_to_answers(posted: Posted) -> None:
    assert answering.sender(posted.store, kept(posted, Letter("Plan", to=ADDRESS))) == posted.id
    assert (
        answering.sender(posted.store, kept(posted, Letter("Other", to="list@x.example", id="second")))
        == posted.id
    )
