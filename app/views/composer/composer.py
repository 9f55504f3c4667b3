"""The composer: recipients, subject, text with what is quoted folded, files, and sending."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from app.actions import compose
from app.actions.compose import Letter
from app.context import Context
from app.errors import words as error_words
from app.views.composer import words
from app.views.composer.form import ComposerForm
from app.widgets.text import shorten
from app.widgets.token_line import TokenLine
from fluffy_core import (
    AccountId,
    Doubt,
    DoubtKind,
    OutboxRow,
    UnsentFile,
    WritingKind,
    Written,
    number_of,
    unsent,
)

SAVE_MS = 1000
"""Nothing that is written waits longer to be kept, however long the typing goes on without a pause."""


class Composer(ComposerForm):
    """Writes one message at a time; whatever happens to it, what was written is kept."""

    left = Signal()
    """Nothing is being written any more."""
    away = Signal(int)
    """The number of a draft that was sent or thrown away from here, and may come back by an undo."""
    draft_wanted = Signal()
    """The panel that suggests a draft is wanted, or in the way."""

    def __init__(self, context: Context) -> None:
        acts = {
            "account": self._account_chosen,
            "unfold": self._unfold_quote,
            "send": self.send,
            "attach": self.choose_files,
            "signature": self.edit_signature,
            "suggest": self._want_draft,
            "discard": self.discard,
            "leave": self.leave,
            "connect": context.notices.connect_wanted.emit,
        }
        super().__init__(context, acts, complete=self._complete)
        self._context = context
        self._letter: Letter | None = None
        self._kept = Written()
        self._quote = ""
        self._agreed: frozenset[DoubtKind] = frozenset()
        self._sending = False
        self._autosave = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._autosave.timeout.connect(self.keep)
        self.body.edited.connect(self._save_soon)
        self.subject.textEdited.connect(lambda _text: self._save_soon())
        self.recipients.changed.connect(self._save_soon)
        self.files.removed.connect(self._detach)

    # --- what is being written ---

    @property
    def unsent_id(self) -> int | None:
        """The number of the draft that is being written."""
        return None if self._letter is None else self._letter.unsent.id

    @property
    def letter(self) -> Letter | None:
        """What is being written."""
        return self._letter

    @property
    def written(self) -> Written:
        """What stands here now."""
        to, cc, bcc = (one.texts for one in (self.recipients.to, self.recipients.cc, self.recipients.bcc))
        return Written(self.account.value, to, cc, bcc, self.subject.text(), self.body.text, self._quote)

    def show_letter(self, letter: Letter) -> None:
        """Write this one; what was being written is kept."""
        if self._letter is not None and self._letter.unsent.id != letter.unsent.id:
            self.let_go()
        self._letter, self._agreed, self._sending = letter, frozenset(), False
        found = letter.unsent.written
        self.title.say(words.title(letter.unsent))
        self._show_senders(letter)
        self.recipients.show_written(found)
        self.subject.setText(found.subject)
        self.subject.setCursorPosition(0)
        self.body.show_text(found.text)
        self._show_quote(found.quote)
        self.files.show_files(letter.unsent.files)
        self.question.hide()
        self._kept = self.written
        self._autosave.stop()
        self.state.setText("Draft" if letter.unsent.changed_at else "")
        self.send_button.setEnabled(True)
        self.take_focus()

    def take_focus(self) -> None:
        """Go on writing: whom it goes to, or its text."""
        (self.body if self.recipients.to.texts else self.recipients.to).setFocus()

    def keep(self) -> None:
        """Save now, if anything changed."""
        self._autosave.stop()
        if self._letter is None or self._sending:
            return
        if self.written == self._kept:
            self._tell_kept()
            return
        self._kept = self.written
        self.state.setText("Saving")
        op = compose.save(self._context, self, self._letter.unsent.id, written=self._kept)
        op.success(lambda _none: self._tell_kept()).failure(self._not_kept).run()

    def _tell_kept(self) -> None:
        """Only a pause in the typing ends "Saving": a word that comes and goes would draw the eye."""
        if self.state.text() == "Saving" and self.written == self._kept:
            self.state.setText("Saved")

    def let_go(self) -> None:
        """Keep what was written and write it no more for now."""
        self.body.dismiss()
        self.keep()
        if self._letter is not None:
            compose.close(self._context, self, self._letter.unsent.id)
        self._letter = None

    def leave(self) -> None:
        """Close; nothing is asked since nothing is lost."""
        if self._letter is None:
            return
        found = self._letter.unsent
        kept = self.written != found.written or found.changed_at > 0
        self.let_go()
        self.left.emit()
        if kept and found.thread_id is None:  # in a conversation the draft is seen below it
            self._context.notices.done.emit("Kept as a draft", False)

    def discard(self) -> None:
        """Throw the draft away; `z` brings it back."""
        if self._letter is None:
            return
        if not self.state.text() and self.written == self._letter.unsent.written:
            self.leave()
            return
        self.keep()
        unsent_id, self._letter = self._letter.unsent.id, None
        self.away.emit(unsent_id)
        compose.discard(self._context, self, unsent_id)
        self.left.emit()

    # --- sending ---

    def send(self) -> None:
        """Send, unless something is to be asked first."""
        if self._letter is None or self._sending:
            return
        self.body.dismiss()
        if fault := self.recipients.faults():
            self.question.ask(fault, ("Change it", self.recipients.to.setFocus))
        elif not any((self.recipients.to.texts, self.recipients.cc.texts, self.recipients.bcc.texts)):
            self.question.ask("Say whom it goes to.", ("Add somebody", self.recipients.to.setFocus))
        elif open_ones := self.body.open_placeholders():
            self._ask_placeholder(open_ones[0])
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        assert self._letter is not None
        self._sending, self._kept = True, self.written
        self._autosave.stop()
        self.send_button.setEnabled(False)
        unsent_id = self._letter.unsent.id
        self.away.emit(unsent_id)
        op = compose.send(self._context, self, unsent_id, written=self._kept, agreed=self._agreed)
        op.success(partial(self._answered, unsent_id)).failure(partial(self._refused, unsent_id)).run()

    def _answered(self, unsent_id: int, found: tuple[Doubt, ...] | OutboxRow) -> None:
        """It is on its way, or something is asked; something else may be written here by now."""
        if isinstance(found, OutboxRow):
            compose.tell_sent(self._context, self, found)
        if self.unsent_id != unsent_id:
            return
        self._sending = False
        self.send_button.setEnabled(True)
        if isinstance(found, OutboxRow):
            self._letter = None
            self.left.emit()
        else:
            self._ask(found[0])

    def _refused(self, unsent_id: int, error: Exception) -> None:
        """It stays here; what is wrong is said where the user looks."""
        if self.unsent_id != unsent_id:
            self._context.notices.failed.emit(error)
            return
        self._sending = False
        self.send_button.setEnabled(True)
        self.question.ask(error_words(error).happened, ("All right", self.take_focus))

    def _ask(self, doubt: Doubt) -> None:
        mend = {
            DoubtKind.NO_FILE: self.choose_files,
            DoubtKind.NO_SUBJECT: self.subject.setFocus,
            DoubtKind.STRANGER: self.recipients.to.setFocus,
        }[doubt.kind]
        text, mended = words.question(doubt)
        self.question.ask(text, (mended, mend), ("Send it as it is", partial(self._agree, doubt.kind)))

    def _ask_placeholder(self, placeholder: str) -> None:
        def send_anyway() -> None:
            self.body.mark(())
            self.send()

        text = f"“{shorten(placeholder, 60)}” is still to be filled in."
        self.question.ask(text, ("Go there", self.body.next_placeholder), ("Send it as it is", send_anyway))

    def _agree(self, kind: DoubtKind) -> None:
        self._agreed |= {kind}
        self.send()

    # --- files ---

    def choose_files(self) -> None:
        """Ask which files go along."""
        chosen, _filter = QFileDialog.getOpenFileNames(self, "Attach files")
        self.attach([Path(one) for one in chosen])

    def attach(self, paths: list[Path]) -> None:
        """Add files."""
        if self._letter is not None and paths:
            compose.attach(self._context, self, self._letter.unsent.id, paths=paths, show=self._attached)
            self._save_soon(touched=True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped here."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """They go along."""
        event.acceptProposedAction()
        self.attach([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def _attached(self, file: UnsentFile) -> None:
        self.files.add_file(file)

    def _detach(self, file_id: int) -> None:
        compose.detach(self._context, self, file_id)
        self._save_soon(touched=True)

    # --- the rest ---

    def edit_signature(self) -> None:
        """Change how mail of this account is signed."""
        from app.views.composer.signature import SignatureDialog

        if self._letter is not None and self.account.value is not None:
            dialog = SignatureDialog(self._context, self, self.account.value)
            dialog.kept.connect(self._signed)
            dialog.open()

    def _signed(self, text: str) -> None:
        """A new signature, here as well unless the one here was changed by hand."""
        assert self._letter is not None
        before = self._letter.signatures.get(self.account.value, "")
        self._letter.signatures[self.account.value] = text
        self._sign(before, text)

    def _not_kept(self, error: Exception) -> None:
        self._kept = Written()
        self.state.setText("Not saved")
        self._context.notices.failed.emit(error)

    def _save_soon(self, *, touched: bool = False) -> None:
        if self._letter is None:
            return
        if touched:
            self._kept = Written()
        if self.written != self._kept and not self._autosave.isActive():
            self.state.setText("Saving")
            self._autosave.start()

    def _show_senders(self, letter: Letter) -> None:
        entries: list[tuple[str, AccountId | None]] = [(one.address.email, one.id) for one in letter.senders]
        self.account.value = letter.unsent.written.account_id
        if entries and self.account.value not in [value for _, value in entries]:
            self.account.value = entries[0][1]
        self.account.show_entries(entries or [("nobody", None)])
        self.account_row.setVisible(len(entries) > 1)
        self.no_sender.setVisible(not entries)
        self._account_before = self.account.value

    def _account_chosen(self) -> None:
        """Another account signs in another way."""
        if self._letter is not None:
            signatures = self._letter.signatures
            self._sign(signatures.get(self._account_before, ""), signatures.get(self.account.value, ""))
        self._account_before = self.account.value
        self._save_soon()

    def _sign(self, before: str, now: str) -> None:
        text = unsent.resigned(self.body.text, before, now)
        if text != self.body.text:
            self.body.show_text(text)
            self._save_soon()

    def _show_quote(self, quote: str) -> None:
        self._quote = quote
        forwards = self._letter is not None and self._letter.unsent.kind is WritingKind.FORWARD
        what = "the forwarded message" if forwards else "the quoted text"
        self.fold.setText(f"Edit {what}, {number_of(quote.count(chr(10)) + 1, 'line')}")
        self.fold.setAccessibleName(self.fold.text())
        self.fold.setVisible(bool(quote))

    def _unfold_quote(self) -> None:
        """What is quoted becomes part of the text, to be cut and answered line by line."""
        text, place = f"{self.body.text.rstrip()}\n\n{self._quote}", self.body.textCursor().position()
        self.body.show_text(text)
        cursor = self.body.textCursor()
        cursor.setPosition(min(place, len(text)))
        self.body.setTextCursor(cursor)
        self._show_quote("")
        self.body.setFocus()
        self._save_soon()

    def _want_draft(self) -> None:
        self.draft_wanted.emit()

    def _complete(self, line: TokenLine, text: str) -> None:
        show: Callable[[tuple[str, ...]], object] = partial(line.offer, text)
        compose.complete(self._context, self, text, show=show)
