"""Writing a message in the window: kept, found again, doubted, sent, and taken back as it was."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.views.composer import words
from app.views.composer.signature import SignatureDialog
from fluffy_core import AccountSettings, OutboxState, Server, UsageError, own_signatures, unsent
from fluffy_core.domain.accounts import AccountKind
from fluffy_core.errors import RejectedError
from fluffy_core.services.accounts import network
from fluffy_core.store import accounts, sources
from tests.app.writing import Writing
from tests.fakes.synced import ADDRESS


def second_account(writing: Writing) -> None:
    here = Server("127.0.0.1", 1)
    with writing.store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.IMAP, "second@example.com", now=0.0)
        accounts.put(tx, account_id, AccountSettings(here, "second@example.com", here), password="x")
    own_signatures.put(writing.store, account_id, "Second")
    own_signatures.put(writing.store, writing.posted.id, "Ben")


# --- beginning ---


def test_an_answer_knows_to_whom_and_about_what(writing: Writing) -> None:
    writing.write("reply")
    composer = writing.composer
    assert composer.title.text() == "Reply to Ann Ode"
    assert composer.recipients.to.texts == ("Ann Ode <ann@firm.example>",)
    assert composer.subject.text() == "Re: Quote"
    assert composer.body.hasFocus()
    assert "quoted text" in composer.fold.text()
    assert not composer.account_row.isVisible()
    assert writing.dock.reader.isVisible()


def test_an_answer_to_everybody_leaves_me_out(writing: Writing) -> None:
    writing.write("reply-all")
    assert writing.composer.recipients.to.texts == ("Ann Ode <ann@firm.example>",)
    assert writing.composer.recipients.cc.texts == ("Cleo <cleo@firm.example>",)
    assert writing.composer.recipients.cc.isVisible()


def test_forwarding_takes_the_files_along_and_asks_for_whom(writing: Writing) -> None:
    writing.write("forward")
    assert [one.name for one in writing.composer.files.files] == ["plan.pdf"]
    assert writing.composer.recipients.to.line.hasFocus()
    assert "forwarded message" in writing.composer.fold.text()


def test_a_new_message_begins_with_its_recipient(writing: Writing) -> None:
    writing.write("compose")
    assert writing.composer.title.text() == "New message"
    assert writing.composer.recipients.to.line.hasFocus()


def test_the_quote_can_be_edited(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Yes.")
    writing.composer.fold.click()
    assert writing.composer.body.text.startswith("Yes.\n\nOn 2025-03-10")
    assert writing.composer.body.textCursor().position() == 4
    assert writing.composer.written.quote == ""
    assert not writing.composer.fold.isVisible()


# --- keeping ---


def test_what_is_typed_is_kept_by_itself(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Half a sent")
    writing.settle(lambda: bool(writing.drafts()))
    assert writing.drafts()[0].written.text == "Half a sent"
    assert writing.composer.state.text() == "Saved"


def test_typing_without_a_pause_does_not_put_off_saving(writing: Writing) -> None:
    writing.write("reply")
    body = writing.composer.body
    typing = QTimer(body, interval=20)
    typing.timeout.connect(lambda: QTest.keyClicks(body, "b"))
    typing.start()
    writing.settle(lambda: bool(writing.drafts()))
    assert typing.isActive()
    assert writing.composer.state.text() in {"Saving", "Saved"}
    typing.stop()
    writing.settle(lambda: writing.composer.state.text() == "Saved")
    assert writing.drafts()[0].written.text == body.text != ""


def test_closing_asks_nothing_and_the_draft_is_found_again(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Later more")
    writing.run("escape", lambda: bool(writing.drafts()))
    assert not writing.dock.writes
    writing.settle(writing.dock.strip.isVisible)
    writing.click("Go on writing", inside=writing.dock.strip)
    writing.settle(lambda: writing.dock.writes)
    assert writing.composer.body.text == "Later more"
    assert not writing.dock.strip.isVisible()
    writing.run("escape")
    writing.run("reply", lambda: writing.composer.unsent_id is not None)
    assert writing.composer.body.text == "Later more"
    assert len(writing.drafts()) == 1


def test_what_nothing_was_written_in_leaves_no_draft(writing: Writing) -> None:
    writing.write("reply")
    writing.run("escape")
    assert writing.drafts() == ()
    assert writing.store.one("SELECT count(*) FROM unsent") == (0,)


def test_another_message_keeps_the_first(writing: Writing) -> None:
    writing.write("compose")
    writing.composer.subject.setFocus()
    writing.type("Idea")
    first = writing.composer.unsent_id
    writing.open_quote()
    writing.run("reply", lambda: writing.composer.unsent_id not in (None, first))
    writing.settle(lambda: bool(writing.drafts()))
    assert [one.written.subject for one in writing.drafts()] == ["Idea"]


def test_the_end_of_the_window_keeps_what_was_just_typed(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Last words")
    writing.close()
    assert [one.written.text for one in writing.drafts()] == ["Last words"]


def test_throwing_away_can_be_undone(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Never mind")
    writing.run("discard", lambda: not writing.drafts())
    assert ("Draft thrown away", True) in writing.said
    writing.settle(lambda: bool(writing.store.one("SELECT 1 FROM undo_log WHERE undone = 0")))
    assert not writing.dock.writes
    writing.run("undo", lambda: writing.dock.writes)
    assert writing.composer.body.text == "Never mind"
    assert len(writing.drafts()) == 1


# --- sending ---


def test_sending_and_taking_back_is_as_if_nothing_had_been(writing: Writing) -> None:
    writing.write("reply")
    writing.type("It is 40.")
    before = writing.composer.written
    writing.run("send", lambda: not writing.dock.writes)
    (row,) = [one.row for one in writing.drafts()]
    assert row is not None
    assert row.recipients == ("ann@firm.example",)
    writing.settle(lambda: ("Sending in 10 seconds", True) in writing.said)
    writing.run("undo", lambda: writing.dock.writes)
    assert writing.composer.written == before
    assert [one.row for one in writing.drafts()] == [None]
    writing.posted.now = row.not_before + 60
    assert writing.posted.step() == 0
    assert writing.posted.delivered() == []


def test_what_was_sent_is_in_its_conversation_and_gone_from_the_drafts(writing: Writing) -> None:
    writing.write("reply")
    writing.type("It is 40.")
    writing.run("send", lambda: not writing.dock.writes)
    writing.settle(writing.dock.strip.isVisible)
    row = writing.drafts()[0].row
    assert row is not None
    writing.posted.now = row.not_before
    writing.posted.step()
    writing.settle(lambda: not writing.dock.strip.isVisible())
    page = writing.dock.reader
    writing.settle(lambda: page.page is not None and len(page.page.detail.messages) == 2)
    assert writing.drafts() == ()
    sent = writing.posted.server.outbox.delivered[0].content.decode()
    assert "In-Reply-To: <one@letters.example>" in sent
    assert "It is 40." in sent
    assert "> could you send the quote?" in sent


def test_offline_is_said(writing: Writing) -> None:
    network.set_offline(writing.store, True)
    writing.write("reply")
    writing.type("Hello")
    writing.run("send", lambda: not writing.dock.writes)
    writing.settle(lambda: ("It goes out when you are back online", True) in writing.said)
    found = writing.drafts()[0]
    assert words.standing(found, offline=True) == ("On its way", "It goes out when you are back online.")


def test_a_refused_message_can_be_edited_and_sent_again(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Hello")
    writing.run("send", lambda: not writing.dock.writes)
    writing.posted.faulty.sending = [RejectedError("No such person.")]
    row = writing.drafts()[0].row
    assert row is not None
    writing.posted.now = row.not_before
    writing.posted.step()
    found = writing.drafts()[0]
    assert words.standing(found) == ("Not sent", "No such person.")
    writing.settle(lambda: "1 message not sent" in writing.desk.window.inbox.list.drafts.words)
    writing.click("Edit", inside=writing.dock.strip)
    writing.settle(lambda: writing.dock.writes)
    assert writing.composer.body.text == "Hello"
    assert [one.row for one in writing.drafts()] == [None]


def test_a_promised_file_that_is_missing_is_asked_about_once(writing: Writing) -> None:
    writing.write("reply")
    writing.type("The plan is attached.")
    writing.run("send", writing.composer.question.isVisible)
    assert "“attached”" in writing.composer.question.accessibleName()
    assert writing.drafts()[0].row is None
    writing.click("Send it as it is", inside=writing.composer.question)
    writing.settle(lambda: not writing.dock.writes)
    assert writing.drafts()[0].row is not None


def test_files_answer_the_question(writing: Writing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("x" * 2048)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(plan)], ""))
    writing.write("reply")
    writing.type("The plan is attached.")
    writing.run("send", writing.composer.question.isVisible)
    writing.click("Attach a file", inside=writing.composer.question)
    writing.settle(lambda: bool(writing.composer.files.files))
    writing.run("send", lambda: not writing.dock.writes)
    assert [one.name for one in writing.drafts()[0].files] == ["plan.txt"]


def test_an_empty_subject_is_asked_about(writing: Writing) -> None:
    writing.write("compose")
    writing.type("ann@firm.example,")
    writing.composer.body.setFocus()
    writing.type("Hello")
    writing.run("send", writing.composer.question.isVisible)
    assert writing.composer.question.accessibleName() == "It has no subject."
    writing.click("Write a subject", inside=writing.composer.question)
    assert writing.composer.subject.hasFocus()


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Say whom it goes to."), ("bob,", "“bob” is no mail address.")]
)
def test_nobody_to_send_to_is_said(writing: Writing, typed: str, said: str) -> None:
    writing.write("compose")
    writing.type(typed)
    writing.run("send", writing.composer.question.isVisible)
    assert writing.composer.question.accessibleName() == said
    assert writing.store.one("SELECT count(*) FROM outbox") == (0,)


def test_a_lookalike_is_asked_about(writing: Writing) -> None:
    with writing.store.transaction() as tx:
        tx.execute(
            "INSERT INTO address_stats (address_id, written_to) SELECT id, 3 FROM addresses WHERE email = ?",
            ("ann@firm.example",),
        )
    writing.write("compose")
    writing.type("ann@flrm.example,")
    writing.composer.subject.setFocus()
    writing.type("Account")
    writing.run("send", writing.composer.question.isVisible)
    assert "ann@flrm.example looks like ann@firm.example" in writing.composer.question.accessibleName()


def test_without_an_account_it_is_kept_and_said(writing: Writing) -> None:
    with writing.store.transaction() as tx:
        accounts.remove(tx, writing.posted.id)
    writing.write("reply")
    assert writing.composer.no_sender.isVisible()
    writing.type("Hello")
    writing.run("send", writing.composer.question.isVisible)
    assert "No account can send" in writing.composer.question.accessibleName()
    assert len(writing.drafts()) == 1


# --- files ---


def test_files_are_dropped_taken_out_and_named_without_tricks(writing: Writing, tmp_path: Path) -> None:
    paths = [tmp_path / "a.txt", tmp_path / "b\u202etxt.exe"]
    for one in paths:
        one.write_bytes(b"x" * 1500)
    writing.write("reply")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(one)) for one in paths])
    drop = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    writing.composer.dropEvent(drop)
    writing.settle(lambda: len(writing.composer.files.files) == 2)
    assert not writing.composer.body.canInsertFromMimeData(mime)
    writing.click("a.txt", inside=writing.composer.files)
    assert [one.name for one in writing.composer.files.files] == ["b\u202etxt.exe"]
    writing.settle(lambda: len(writing.drafts()) == 1 and len(writing.drafts()[0].files) == 1)
    assert "\u202e" not in writing.composer.files.children()[-1].accessibleName()  # type: ignore[attr-defined]


def test_a_file_that_cannot_be_read_holds_up_no_other(writing: Writing, tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_text("x")
    writing.write("reply")
    writing.composer.attach([tmp_path / "none.txt", good])
    writing.settle(lambda: len(writing.composer.files.files) == 1)
    assert any("none.txt cannot be read" in text for text, _ in writing.said)


# --- accounts and signatures ---


def test_another_account_signs_in_its_own_way(writing: Writing) -> None:
    second_account(writing)
    writing.write("reply")
    composer = writing.composer
    assert composer.account_row.isVisible()
    assert composer.account.text().startswith(ADDRESS)
    writing.type("Hello")
    assert composer.body.text == "Hello\n\n-- \nBen"
    composer.account.choose(unsent.senders(writing.store)[1].id)
    assert composer.body.text == "Hello\n\n-- \nSecond"
    writing.run("send", lambda: not writing.dock.writes)
    row = writing.drafts()[0].row
    assert row is not None
    assert row.sender == "second@example.com"


def test_a_signature_is_edited_where_it_is_used(writing: Writing) -> None:
    writing.write("reply")
    writing.composer.edit_signature()
    (dialog,) = writing.composer.findChildren(SignatureDialog)
    writing.settle(dialog.isVisible)
    dialog.text.setPlainText("Ben Vale\nFirm")
    writing.click("Keep", inside=dialog)
    writing.settle(lambda: not dialog.isVisible())
    assert writing.composer.body.text == "\n\n-- \nBen Vale\nFirm"
    assert own_signatures.of(writing.store, writing.posted.id) == "Ben Vale\nFirm"


# --- room ---


def test_a_small_window_shows_the_composer_alone(writing: Writing) -> None:
    writing.desk.window.resize(640, 400)
    writing.write("reply")
    assert not writing.dock.reader.isVisible()
    writing.settle(lambda: writing.composer.body.height() >= 96)
    button = writing.composer.send_button
    writing.settle(lambda: button.mapTo(writing.desk.window, QPoint(0, button.height())).y() < 372)
    assert writing.desk.window.width() == 640
    writing.run("escape")
    assert writing.dock.reader.isVisible()


def test_a_wide_window_shows_conversation_text_and_panel(writing: Writing) -> None:
    writing.write("reply")
    assert writing.dock.reader.isVisible()
    writing.settle(writing.dock.desk.panel.isVisible)
    assert not writing.desk.window.inbox.side.isVisible()
    writing.run("escape", writing.desk.window.inbox.side.isVisible)


def test_undoing_elsewhere_brings_the_composer_into_view(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Hello")
    writing.run("send", lambda: not writing.dock.writes)
    writing.run("people")
    writing.run("undo", lambda: writing.dock.writes)
    assert writing.desk.window.page is writing.desk.window.inbox


def test_it_is_too_late_once_it_is_handed_over(writing: Writing) -> None:
    writing.write("reply")
    writing.type("Hello")
    writing.run("send", lambda: not writing.dock.writes)
    row = writing.drafts()[0].row
    assert row is not None
    writing.posted.now = row.not_before
    writing.posted.step()
    writing.run("undo", lambda: any("nothing to take back" in text for text, _ in writing.said))
    assert not writing.dock.writes
    with pytest.raises(UsageError, match="not there any more"):
        unsent.get(writing.store, 99)
    assert writing.posted.state(row.id) is OutboxState.SENT
