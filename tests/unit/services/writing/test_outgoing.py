"""Handing over: once in effect whatever breaks, and never again without the user when nobody can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.domain.ids import AccountId, ThreadId
from fluffy_core.domain.outgoing import Draft, OutboxState
from fluffy_core.domain.rows import Section
from fluffy_core.errors import (
    AnswerError,
    BlockedError,
    DiskFullError,
    FluffyError,
    RejectedError,
    SignInError,
    TransientError,
    UncertainError,
    UntrustedServerError,
    UsageError,
)
from fluffy_core.jobs.triggers import Triggers
from fluffy_core.services.accounts import network
from fluffy_core.services.home import activity
from fluffy_core.services.reading import inbox, reader
from fluffy_core.services.writing import answering, outbox, outgoing
from fluffy_core.store import accounts, addresses, ledger
from fluffy_core.store import outbox as rows
from tests.fakes import stored
from tests.fakes.kinds import everything
from tests.fakes.posted import BEN, CLEO, LETTER, START, Posted
from tests.fakes.stages import letter
from tests.fakes.synced import ADDRESS

S = OutboxState
EVERYBODY = (BEN.email, CLEO.email)
TAKEN, LOST = UncertainError("taken"), UncertainError("lost")
"""The connection broke after the last byte: the server has the message, or it has not."""


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    store = stored.empty(tmp_path)
    yield Posted(store)
    store.close()


def test_a_message_goes_out_after_its_time_once(posted: Posted) -> None:
    posted.send()
    posted.now = START + outbox.HOLD - 0.1
    assert posted.step() == 0
    assert posted.delivered() == []
    posted.now = START + outbox.HOLD
    assert posted.step() == 1
    assert posted.state() is S.SENT
    assert posted.step() == 0
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1
    (sent,) = posted.server.outbox.delivered
    assert b"Bcc" not in sent.content
    assert rows.data(posted.store, 1) == b""


# --- exactly once, whatever breaks ---


@pytest.mark.parametrize("files_sent", [False, True])
@pytest.mark.parametrize("times", [1, 3])
def test_what_was_surely_not_taken_is_handed_over_again(posted: Posted, files_sent: bool, times: int) -> None:
    posted.server.files_sent = files_sent
    posted.faulty.sending = [TransientError("The line broke.")] * times
    posted.send()
    assert posted.settle() is S.SENT
    assert posted.row().attempts == times + 1
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1


def test_before_each_further_try_it_is_looked_for(posted: Posted) -> None:
    posted.server.files_sent = True
    posted.faulty.sending = [TransientError("The line broke.")]
    posted.send()
    posted.now += 10
    posted.step()
    assert (posted.state(), posted.faulty.looks) == (S.WAITING, 0)
    content = outgoing.unpacked(rows.data(posted.store, 1))
    posted.server.deliver("Sent", content)  # the server lied about not taking it
    assert posted.settle() is S.SENT
    assert posted.faulty.looks > 0
    assert posted.delivered() == []
    assert posted.in_threads() == ["Hello"]


@pytest.mark.parametrize("lag", range(len(outgoing.LOOKS)))
def test_one_that_was_taken_is_found_though_the_folder_lags(posted: Posted, lag: int) -> None:
    posted.server.files_sent = True
    posted.faulty.sending, posted.faulty.lag = [TAKEN], lag
    posted.send()
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1
    assert posted.row().attempts == 1
    assert posted.in_threads() == ["Hello"]


@pytest.mark.parametrize("fault", [TAKEN, LOST])
def test_what_nobody_can_tell_is_the_users_to_decide(posted: Posted, fault: UncertainError) -> None:
    posted.faulty.sending = [fault]
    posted.send()
    assert posted.settle() is S.UNCERTAIN
    assert posted.now - START >= sum(outgoing.LOOKS)
    assert posted.faulty.looks == len(outgoing.LOOKS)
    assert len(posted.delivered()) == (fault is TAKEN)
    posted.now += 10 * outgoing.PATIENCE
    assert posted.step() == 0
    (alert,) = activity.alerts(posted.store)
    assert alert.text.startswith("A message needs a look: Nobody can tell whether it was sent")


def test_the_user_says_that_it_was_sent(posted: Posted) -> None:
    posted.faulty.sending = [TAKEN]
    posted.send()
    posted.settle()
    outbox.confirm(posted.store, 1, now=posted.now)
    assert activity.alerts(posted.store) == ()
    assert posted.in_threads() == ["Hello"]
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1


def test_the_user_has_it_sent_again(posted: Posted) -> None:
    posted.faulty.sending = [LOST]
    posted.send()
    posted.settle()
    outbox.retry(posted.store, 1, now=posted.now)
    assert activity.alerts(posted.store) == ()
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1


def test_even_then_it_is_not_doubled_when_it_is_found(posted: Posted) -> None:
    posted.server.files_sent = True
    posted.faulty.sending, posted.faulty.lag = [TAKEN], 99
    posted.send()
    assert posted.settle() is S.UNCERTAIN
    posted.faulty.lag = 0
    outbox.retry(posted.store, 1, now=posted.now)
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1


def test_found_by_nobodys_thread_it_is_looked_for(posted: Posted) -> None:
    """As after a kill: it was being handed over."""
    posted.send()
    with posted.store.transaction() as tx:
        rows.move(tx, 1, S.WAITING, after=rows.Next(S.SENDING))
    assert outgoing.recover(posted.store, now=posted.now, alive=lambda: [1]) == 0
    assert outgoing.recover(posted.store, now=posted.now) == 1
    assert posted.settle() is S.UNCERTAIN
    assert posted.delivered() == []


def test_an_account_that_does_not_answer_while_it_is_looked_for_costs_no_look(posted: Posted) -> None:
    posted.server.files_sent = True
    posted.faulty.sending, posted.faulty.lag = [TAKEN], len(outgoing.LOOKS) - 1
    posted.send()
    posted.now += 10
    posted.step()
    posted.server.faults = [TransientError("No network.")] * 9
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]


# --- refusals and waits ---


@pytest.mark.parametrize(
    "error",
    [
        RejectedError("No such user."),
        AnswerError("Too large.", status=413),
        UntrustedServerError("Its certificate is expired."),
        BlockedError("It belongs to none of the accounts."),
        SignInError("The server refuses the password."),
    ],
)
def test_a_refusal_is_told_in_the_servers_words_and_the_text_is_kept(
    posted: Posted, error: FluffyError
) -> None:
    posted.faulty.sending = [error]
    posted.send()
    assert posted.settle() is S.FAILED
    assert posted.row().error == str(error)
    assert posted.delivered() == []
    assert posted.in_threads() == []
    assert outbox.draft_of(posted.store, 1).text == LETTER.text
    (alert,) = activity.alerts(posted.store)
    assert str(error) in alert.text
    assert accounts.cannot_send(posted.store, posted.id) == (
        str(error) if isinstance(error, SignInError) else ""
    )
    outbox.retry(posted.store, 1, now=posted.now)
    assert posted.settle() is S.SENT
    assert activity.alerts(posted.store) == ()
    assert accounts.cannot_send(posted.store, posted.id) == ""


def test_the_server_says_how_long_to_wait(posted: Posted) -> None:
    posted.faulty.sending = [TransientError("Later.", retry_after=37.0)]
    posted.send()
    posted.now += 10
    posted.step()
    assert posted.row().not_before == posted.now + 37.0
    assert accounts.throttled_until(posted.store, posted.id) == posted.now + 37.0
    assert posted.row().error == "Later."
    posted.now += 36.9
    assert posted.step() == 0
    posted.now += 0.1
    assert posted.step() == 1
    assert posted.state() is S.SENT


def test_a_longer_pause_than_this_one_stays(posted: Posted) -> None:
    with posted.store.transaction() as tx:
        accounts.set_throttled(tx, posted.id, START + 500.0)
    posted.faulty.sending = [TransientError("Later.", retry_after=37.0)]
    row = posted.send()
    posted.now += 10
    outgoing.step(posted.store, posted.connect, row, clock=lambda: posted.now)
    assert accounts.throttled_until(posted.store, posted.id) == START + 500.0
    posted.now = START + 499.0
    assert posted.step() == 0
    posted.now = START + 500.0
    assert posted.settle() is S.SENT


def test_waits_grow_up_to_a_quarter_of_an_hour_and_end_after_three_days(posted: Posted) -> None:
    posted.faulty.sending = [TransientError("Later.")] * 100_000
    posted.send()
    waits = []
    while posted.state() is S.WAITING:
        posted.now = max(posted.now, posted.row().not_before)
        posted.step()
        waits.append(posted.row().not_before - posted.now)
    assert posted.state() is S.FAILED
    assert posted.row().error.startswith("It could not be handed over for three days. Later.")
    assert max(waits[:2]) <= 11
    assert 300 < max(waits) <= outgoing.BACKOFF_CAP + 1
    assert min(waits[:-1]) >= 1
    assert posted.now - START >= outgoing.PATIENCE


def test_a_computer_that_slept_for_a_week_tries_more_than_once(posted: Posted) -> None:
    posted.faulty.sending = [TransientError("No network yet.")] * 3
    posted.send()
    posted.now += 7 * 86_400
    assert posted.settle() is S.SENT


def test_offline_it_waits_uncounted(posted: Posted) -> None:
    posted.send()
    posted.now += 10
    network.set_offline(posted.store, True)
    posted.faulty.sending = [BlockedError("Working offline.")]
    posted.step()
    row = posted.row()
    assert (row.state, row.tries, row.error) == (S.WAITING, 0, "Working offline.")
    network.set_offline(posted.store, False)
    assert posted.settle() is S.SENT


def test_a_removed_account_gives_the_text_back(posted: Posted) -> None:
    posted.send()
    with posted.store.transaction() as tx:
        accounts.remove(tx, posted.id)
    assert posted.settle() is S.FAILED
    assert posted.row().error == outgoing.GONE
    assert outbox.draft_of(posted.store, 1).text == LETTER.text
    with pytest.raises(UsageError, match="was removed"):
        outbox.retry(posted.store, 1)


def test_one_taken_back_at_the_last_moment_is_not_handed_over(posted: Posted) -> None:
    posted.send()
    posted.now += 10
    (row,) = rows.due(posted.store, now=posted.now)
    outbox.take_back(posted.store, 1)
    outgoing.step(posted.store, posted.connect, row, clock=lambda: posted.now)
    assert posted.state() is S.CANCELLED
    assert posted.delivered() == []


def test_an_outcome_that_cannot_be_written_is_no_reason_to_send_again(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted.server.files_sent = True

    def full(*_: object) -> None:
        raise DiskFullError("No room.")

    posted.send()
    posted.now += 10
    with monkeypatch.context() as patch:
        patch.setattr(outgoing, "_show", full)
        with pytest.raises(DiskFullError):
            posted.step()
    assert posted.state() is S.SENDING
    outgoing.recover(posted.store, now=posted.now)
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.in_threads() == ["Hello"]


# --- the copy among the sent ones ---


def test_the_copy_is_put_there_later_when_that_fails(posted: Posted) -> None:
    posted.faulty.keeping = [TransientError("No network.")] * 3
    posted.send()
    posted.now += 10
    posted.step()
    assert posted.state() is S.FILING
    assert not outbox.is_over(posted.row())
    assert posted.settle() is S.SENT
    assert posted.delivered() == [EVERYBODY]
    assert posted.among_the_sent() == 1


def test_a_server_that_takes_no_copy_is_said_but_it_was_sent(posted: Posted) -> None:
    posted.faulty.keeping = [RejectedError("Over quota.")]
    posted.send()
    assert posted.settle() is S.SENT
    assert posted.row().error == "Sent, but not kept among the sent messages: Over quota."
    assert posted.delivered() == [EVERYBODY]
    assert activity.alerts(posted.store)[0].text.startswith("A message needs a look: Sent, but")


# --- in its thread ---


def test_an_answer_ends_the_need_for_one_at_once(posted: Posted) -> None:
    posted.deliver(1)
    posted.run()
    with posted.store.transaction() as tx:
        tx.execute(
            "INSERT INTO categories (message_id, importance, requires_response, priority, reason, ask, "
            "engine) VALUES (1, 'important', 1, 5, 'asks', 'Hello?', 'rules')"
        )
        tx.execute("UPDATE threads SET section = 1")
        addresses.set_mine(tx, [ADDRESS], confirmed=True)
    assert len(inbox.ids(posted.store, Section.NEEDS_REPLY)) == 1
    answer = answering.answer(posted.store, reader.open_thread(posted.store, ThreadId(1)).messages[0].id)
    posted.now = 1_775_000_000.0  # after the letter
    posted.send(answer)
    posted.settle()
    assert inbox.ids(posted.store, Section.NEEDS_REPLY) == ()
    thread = reader.open_thread(posted.store, ThreadId(1))
    assert [one.subject for one in thread.messages] == ["Letter 0", "Re: Letter 0"]
    assert thread.messages[1].sender.mine
    assert thread.messages[1].seen


def test_what_follows_from_new_mail_follows(posted: Posted) -> None:
    posted.store.add_trigger(Triggers(everything()))
    posted.send()
    posted.settle()
    assert ledger.open_count(posted.store) > 0


@pytest.mark.parametrize("sync_first", [False, True])
def test_the_copy_that_a_sync_brings_is_the_same_message(posted: Posted, sync_first: bool) -> None:
    posted.server.files_sent = True
    posted.run()
    posted.send()
    posted.now += 10
    if sync_first:
        posted.faulty.sending = [TAKEN]
        posted.step()
        posted.run()
    posted.settle()
    tally = posted.run()
    assert tally.stored == 0
    assert posted.in_threads() == ["Hello"]
    assert posted.row().state is S.SENT
    places = posted.store.all(
        "SELECT s.folder FROM locations l JOIN sources s ON s.id = l.source_id WHERE l.message_id = 1"
    )
    assert places == [("Sent",)]
    people = reader.open_thread(posted.store, ThreadId(1)).messages[0]
    assert [one.email for one in people.to] == [BEN.email]


def test_two_messages_alike_are_two(posted: Posted) -> None:
    posted.send()
    posted.send()
    posted.settle()
    assert posted.delivered() == [EVERYBODY] * 2
    assert posted.in_threads() == ["Hello"] * 2
    assert posted.among_the_sent() == 2


# --- drafts ---


def drafts(posted: Posted) -> list[bytes]:
    return [one.content for one in posted.server.shelf("Drafts").messages.values()]


def test_a_draft_is_saved_and_its_newer_version_takes_its_place(posted: Posted) -> None:
    row = outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    assert posted.settle() is S.SAVED
    newer = Draft(LETTER.to, subject="Newer")
    outbox.save_draft(posted.store, posted.id, newer, replaces=row.id, now=posted.now)
    assert posted.settle() is S.SAVED
    (kept,) = drafts(posted)
    assert b"Subject: Newer" in kept
    assert posted.delivered() == []
    assert posted.in_threads() == []


@pytest.mark.parametrize("error", [TransientError("No network."), UncertainError("It broke.")])
def test_saving_a_draft_is_tried_until_it_works(posted: Posted, error: FluffyError) -> None:
    outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    posted.server.faults = [error]
    posted.step()
    assert (posted.state(), posted.row().error) == (S.WAITING, str(error))
    assert posted.settle() is S.SAVED
    assert len(drafts(posted)) == 1


def test_a_draft_that_is_refused_is_said_and_kept(posted: Posted) -> None:
    outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    posted.server.faults = [RejectedError("Over quota.")]
    assert posted.settle() is S.FAILED
    assert outbox.draft_of(posted.store, 1).text == LETTER.text
    assert activity.alerts(posted.store)[0].text == "A draft was not saved: Over quota."


def test_a_newer_version_while_the_older_is_saved_is_saved_too(posted: Posted) -> None:
    row = outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    newer = Draft(LETTER.to, subject="Newer")

    class Slow(type(posted.connect(AccountId(0)))):  # type: ignore[misc]
        def save_draft(self, message: bytes) -> object:
            outbox.save_draft(posted.store, posted.id, newer, replaces=row.id, now=posted.now)
            return super().save_draft(message)

    (due,) = rows.due(posted.store, now=posted.now)
    outgoing.step(posted.store, lambda _id: Slow(posted.faulty), due, clock=lambda: posted.now)
    assert posted.state() is S.WAITING
    assert posted.settle() is S.SAVED
    (kept,) = drafts(posted)
    assert b"Subject: Newer" in kept


def test_drafts_being_saved_when_the_process_ended_are_saved_again(posted: Posted) -> None:
    outbox.save_draft(posted.store, posted.id, LETTER, now=posted.now)
    with posted.store.transaction() as tx:
        rows.move(tx, 1, S.WAITING, after=rows.Next(S.SENDING))
    outgoing.recover(posted.store, now=posted.now)
    assert posted.settle() is S.SAVED
    assert len(drafts(posted)) == 1


def test_a_letter_of_another_is_no_business_of_the_outbox(posted: Posted) -> None:
    posted.server.deliver("Sent", letter(5))
    posted.send()
    posted.settle()
    assert posted.among_the_sent() == 2
