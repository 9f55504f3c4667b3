"""Writing: kept at once, found again, sent once, taken back as it was, doubted before it goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.message import Address
from fluffy_core.domain.outgoing import DoubtKind, OutboxState, Unsent, WritingKind, Written
from fluffy_core.errors import RejectedError, UnreadableError, UsageError
from fluffy_core.events import Changed
from fluffy_core.services.sorting import triage
from fluffy_core.services.writing import attaching, outbox, own_signatures, unsent
from fluffy_core.store import addresses
from fluffy_core.store import unsent as rows
from tests.fakes import stored
from tests.fakes.posted import LETTER, Posted
from tests.fakes.stored import ANN, Letter
from tests.fakes.synced import ADDRESS

DAY = 86_400.0


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    store = stored.empty(tmp_path)
    made = Posted(store)
    with store.transaction() as tx:
        addresses.set_mine(tx, [ADDRESS], confirmed=True)
    yield made
    store.close()


@pytest.fixture
def answer(posted: Posted) -> Unsent:
    """An answer that nothing was written in yet."""
    (one,) = stored.keep(posted.store, [Letter("Plan", to=ADDRESS, id="one")])
    return unsent.answer(posted.store, one)


def write(posted: Posted, found: Unsent, text: str = "Yes.") -> Written:
    written = Written(
        found.written.account_id, found.written.to, subject=found.written.subject, text=text,
        quote=found.written.quote,
    )  # fmt: skip
    unsent.save(posted.store, found.id, written)
    return written


def send(posted: Posted, unsent_id: int) -> int:
    return outbox.send_unsent(posted.store, unsent_id, now=posted.now).id


# --- keeping ---


def test_an_answer_begins_with_account_recipient_and_quote(posted: Posted, answer: Unsent) -> None:
    assert answer.kind is WritingKind.ANSWER
    assert answer.written.account_id == posted.id
    assert answer.written.to == ("Ann Ode <ann@firm.example>",)
    assert answer.written.text == ""
    assert answer.written.quote.startswith("On 2025-03-10")
    assert (answer.references, answer.thread_id) == (("one@letters.example",), ThreadId(1))


def test_only_what_was_written_is_a_draft(posted: Posted, answer: Unsent) -> None:
    assert unsent.overview(posted.store) == ()
    write(posted, answer)
    (found,) = unsent.overview(posted.store)
    assert found.written.text == "Yes."
    assert unsent.in_thread(posted.store, ThreadId(1)) == (found,)
    assert unsent.close(posted.store, answer.id)
    assert unsent.get(posted.store, answer.id) == found


def test_what_was_never_written_is_forgotten(posted: Posted, answer: Unsent) -> None:
    assert not unsent.close(posted.store, answer.id)
    with pytest.raises(UsageError, match="not there any more"):
        unsent.get(posted.store, answer.id)


def test_the_same_answer_is_found_again_and_another_kind_is_another(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    assert answer.message_id is not None
    assert unsent.answer(posted.store, answer.message_id).written.text == "Yes."
    assert unsent.answer(posted.store, answer.message_id, everybody=True).id != answer.id
    assert unsent.forward(posted.store, answer.message_id).id != answer.id


def test_it_survives_a_kill(posted: Posted, answer: Unsent, tmp_path: Path) -> None:
    """Another connection, as another process has, sees it as soon as `save` returns."""
    write(posted, answer, "Grüße 👋")
    row = posted.store.one("SELECT content FROM unsent WHERE id = ?", (answer.id,))
    assert row is not None
    assert "Grüße 👋" in row[0]
    assert (tmp_path / "fluffy.db").exists()


def test_what_no_mail_can_hold_is_not_kept(posted: Posted, answer: Unsent) -> None:
    write(posted, answer, "a\x00b\ud800c\r\nd")
    assert unsent.get(posted.store, answer.id).written.text == "abc\nd"


def test_recipients_are_kept_as_they_were_typed(posted: Posted) -> None:
    found = unsent.begin(posted.store, (Address("ann@x.example", "Ode, Ann"),))
    assert found.written.to == ('"Ode, Ann" <ann@x.example>',)
    unsent.save(posted.store, found.id, Written(posted.id, ("bo",), cc=("ann@x.example",)))
    assert unsent.get(posted.store, found.id).written.to == ("bo",)


def test_files_are_kept_with_it(posted: Posted, answer: Unsent, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    made = unsent.attach(posted.store, answer.id, tmp_path / "a.pdf")
    assert (made.name, made.media_type, made.size) == ("a.pdf", "application/pdf", 4)
    assert unsent.get(posted.store, answer.id).files == (made,)
    unsent.detach(posted.store, made.id)
    assert unsent.get(posted.store, answer.id).files == ()
    with pytest.raises(UnreadableError):
        unsent.attach(posted.store, answer.id, tmp_path / "none")


def test_files_have_a_limit_together(
    posted: Posted, answer: Unsent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "MOST_FILE_BYTES", 10)
    (tmp_path / "a").write_bytes(b"x" * 6)
    unsent.attach(posted.store, answer.id, tmp_path / "a")
    with pytest.raises(UsageError, match="too large"):
        unsent.attach(posted.store, answer.id, tmp_path / "a")
    assert len(unsent.get(posted.store, answer.id).files) == 1


def test_throwing_away_is_undone_and_in_the_end_pruned(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    assert unsent.discard(posted.store, answer.id).label == "Threw a draft away"
    assert unsent.overview(posted.store) == ()
    assert not unsent.is_open(posted.store, answer.id)
    assert triage.undo(posted.store) == "Threw a draft away"
    assert len(unsent.overview(posted.store)) == 1
    unsent.discard(posted.store, answer.id)
    with posted.store.transaction() as tx:
        assert rows.prune(tx, before=0.0) == 0
        assert rows.prune(tx, before=4e9) == 1


# --- sending ---


def test_what_is_sent_is_what_was_written(posted: Posted, answer: Unsent, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"file")
    unsent.attach(posted.store, answer.id, tmp_path / "a.txt")
    write(posted, answer)
    draft = outbox.draft_of(posted.store, send(posted, answer.id))
    assert [one.email for one in draft.to] == ["ann@firm.example"]
    assert draft.text.startswith("Yes.\n\nOn 2025-03-10")
    assert (draft.references, [one.content for one in draft.files]) == (("one@letters.example",), [b"file"])
    assert [one.row is not None for one in unsent.overview(posted.store)] == [True]


def test_it_is_sent_once(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    send(posted, answer.id)
    with pytest.raises(UsageError, match="was sent or thrown away"):
        send(posted, answer.id)
    with pytest.raises(UsageError, match="sent already"):
        write(posted, answer, "changed")
    assert posted.settle() is OutboxState.SENT
    assert len(posted.delivered()) == 1
    assert unsent.overview(posted.store) == ()


@pytest.mark.parametrize("way", ["reopen", "undo"])
def test_taking_back_leaves_the_draft_as_it_was(posted: Posted, answer: Unsent, way: str) -> None:
    written = write(posted, answer)
    row_id = send(posted, answer.id)
    if way == "undo":
        assert triage.undo(posted.store) == "Sending “Re: Plan”"
    else:
        assert outbox.reopen(posted.store, row_id) == answer.id
        assert triage.undo(posted.store) is None
    assert unsent.get(posted.store, answer.id).written == written
    assert unsent.is_open(posted.store, answer.id)
    assert outbox.listed(posted.store, done=True) == ()
    posted.now += DAY
    assert posted.step() == 0
    send(posted, answer.id)
    posted.now += 20
    assert posted.step() == 1
    assert len(posted.delivered()) == 1


def test_nothing_is_taken_back_once_a_server_may_have_it(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    row_id = send(posted, answer.id)
    posted.settle()
    assert triage.undo(posted.store) is None
    with pytest.raises(UsageError, match="too late"):
        outbox.reopen(posted.store, row_id)


def test_what_was_refused_is_written_on(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    posted.faulty.sending = [RejectedError("No such person.")]
    row_id = send(posted, answer.id)
    assert posted.settle() is OutboxState.FAILED
    assert triage.undo(posted.store) is None
    assert outbox.reopen(posted.store, row_id) == answer.id
    assert unsent.is_open(posted.store, answer.id)


def test_discarding_in_the_outbox_takes_the_text_along(posted: Posted, answer: Unsent) -> None:
    write(posted, answer)
    posted.faulty.sending = [RejectedError("No.")]
    row_id = send(posted, answer.id)
    posted.settle()
    outbox.discard(posted.store, row_id)
    assert unsent.overview(posted.store) == ()


def test_the_conversation_and_the_lists_hear_of_it(posted: Posted, answer: Unsent) -> None:
    heard: set[Changed] = set()
    posted.store.add_after_commit(lambda changes, _jobs: heard.update(changes))
    write(posted, answer)
    assert Changed.DRAFTS in heard
    send(posted, answer.id)
    heard.clear()
    posted.settle()
    assert {Changed.DRAFTS, Changed.OUTBOX, Changed.MESSAGES, Changed.THREADS} <= heard


def test_mail_that_others_put_into_the_outbox_is_listed_too(posted: Posted) -> None:
    posted.send(LETTER)
    (found,) = unsent.overview(posted.store)
    assert (found.id, found.written.subject, found.written.to) == (
        0,
        "Hello",
        ("ben@x.example", "cleo@x.example"),
    )
    outbox.take_back(posted.store, 1)
    assert unsent.overview(posted.store) == ()


# --- doubts ---


def doubts(posted: Posted, **fields: object) -> list[tuple[DoubtKind, str]]:
    found = unsent.begin(posted.store)
    written = Written(**({"account_id": posted.id, "to": ("ann@firm.example",), "subject": "S"} | fields))  # type: ignore[arg-type]
    unsent.save(posted.store, found.id, written)
    return [(one.kind, one.about) for one in unsent.doubts(posted.store, found.id)]


def test_doubts_are_few(posted: Posted) -> None:
    assert doubts(posted, text="Hello") == []
    assert doubts(posted, text="Hello", subject=" ") == [(DoubtKind.NO_SUBJECT, "")]
    assert doubts(posted, text="See the attachments.") == [(DoubtKind.NO_FILE, "attachments")]
    assert doubts(posted, text="Yes.", quote="On Monday, Ann wrote:\n> it is attached") == []
    assert doubts(posted, text="Yes.\n\nOn 2025-03-10 12:00, Ann wrote:\n> it is attached") == []


def test_what_goes_to_nobody_is_refused(posted: Posted) -> None:
    with pytest.raises(UsageError, match="Say whom"):
        doubts(posted, to=())
    with pytest.raises(UsageError, match="“bob” is no mail address"):
        doubts(posted, cc=("bob",))


def test_somebody_who_looks_like_somebody_else(posted: Posted) -> None:
    written_to(posted, ANN, 3)
    assert doubts(posted, to=("ann@firm.example",)) == []
    assert doubts(posted, to=("ann@firrn.example",)) == [
        (DoubtKind.STRANGER, "ann@firrn.example looks like ann@firm.example")
    ]


def written_to(posted: Posted, who: str, times: int) -> None:
    """As contact extraction counts it."""
    stored.keep(posted.store, [Letter("Hi", sender=who, to=ADDRESS)], name=who)
    email = who.partition("<")[2].rstrip(">")
    name = who.partition(" <")[0]
    with posted.store.transaction() as tx:
        (address_id,) = addresses.ids_for(tx, [email]).values()
        tx.execute(
            "INSERT INTO address_stats (address_id, written_to) VALUES (?, ?) ON CONFLICT (address_id) "
            "DO UPDATE SET written_to = excluded.written_to",
            (address_id, times),
        )
        tx.execute(
            "INSERT OR IGNORE INTO address_names (address_id, name, key, messages) VALUES (?, ?, ?, 1)",
            (address_id, name, " ".join(sorted(name.lower().split()))),
        )


def test_people_are_completed_by_any_word_and_the_usual_ones_come_first(posted: Posted) -> None:
    written_to(posted, "Ann Ode <ann@firm.example>", 2)
    written_to(posted, "Joanna Anders <jo@shop.example>", 9)
    written_to(posted, "Zoe <zoe@an.example>", 1)
    assert unsent.complete(posted.store, "an") == (
        "Joanna Anders <jo@shop.example>", "Ann Ode <ann@firm.example>", "Zoe <zoe@an.example>",
    )  # fmt: skip
    assert unsent.complete(posted.store, "ODE") == ("Ann Ode <ann@firm.example>",)
    assert unsent.complete(posted.store, "an", limit=1) == ("Joanna Anders <jo@shop.example>",)
    assert unsent.complete(posted.store, "%") == ()
    assert unsent.complete(posted.store, " ") == ()


def test_i_am_not_suggested_to_myself(posted: Posted) -> None:
    written_to(posted, f"Ben <{ADDRESS}>", 5)
    assert unsent.complete(posted.store, "ben") == ()


# --- signatures ---


def test_a_signature_stands_below_the_text(posted: Posted) -> None:
    own_signatures.put(posted.store, posted.id, "  Ben\nFirm \n")
    assert unsent.begin(posted.store).written.text == "\n\n-- \nBen\nFirm"
    assert unsent.resigned("Hi\n\n-- \nBen\nFirm", "Ben\nFirm", "B.") == "Hi\n\n-- \nB."
    assert unsent.resigned("Hi\n\n-- \nChanged", "Ben\nFirm", "B.") == "Hi\n\n-- \nChanged"
    assert unsent.resigned("Hi", "", "B.") == "Hi\n\n-- \nB."
    assert unsent.resigned("Hi\n\n-- \nB.", "B.", "") == "Hi"
    own_signatures.put(posted.store, posted.id, "")
    assert unsent.begin(posted.store).written.text == ""
    with pytest.raises(UsageError, match="at most"):
        own_signatures.put(posted.store, posted.id, "x" * 3000)


def test_a_signature_is_suggested_when_most_mail_has_it(posted: Posted) -> None:
    assert own_signatures.suggested(posted.store, posted.id) == ""
    body = "Hello,\n\nthis is letter {}.\n\n-- \nBen Vale\nFirm, +49 40 000\n"
    letters = [Letter(f"n{n}", body.format(n), f"Ben Vale <{ADDRESS}>", ANN, day=n) for n in range(4)]
    stored.keep(posted.store, letters[:2], name="a")
    assert own_signatures.suggested(posted.store, posted.id) == ""
    stored.keep(posted.store, letters[2:], name="b")
    assert own_signatures.suggested(posted.store, posted.id) == "Ben Vale\nFirm, +49 40 000"
    assert own_signatures.of(posted.store, posted.id) == ""
