"""Signing in with Google or Microsoft: what is asked, the browser, and waiting for its answer."""

from collections.abc import Callable

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid

from app.actions.accounts import Draft
from app.background import Op, QueryOp
from app.context import Context
from app.views.connecting.guide import GuideDialog, guide_in
from app.views.connecting.problem import Problem
from app.views.connecting.step import Step
from app.widgets.buttons import button
from app.widgets.check_list import CheckList, Outcome
from app.widgets.field import Field
from app.widgets.labels import label
from fluffy_core import AccountKind, AccountSettings, Client, Grant, Looked, PendingSignIn, number_of

NAMES = {AccountKind.GOOGLE: "Google", AccountKind.MICROSOFT: "Microsoft"}
ASKED = (
    "{name} asks you in your browser whether FluffyMail may read your mail, save drafts and send "
    "what you send, and see your calendars and contacts. FluffyMail never sees your password, and "
    "nothing passes through anybody else's server. You can take the permission back at any time."
)
OWN = "FluffyMail has no client id of its own at {name}: make one of yours. That takes ten minutes."


Begin = Callable[[Draft, Client], PendingSignIn]
"""Asks the provider of an account for a permission."""


class PermissionStep(Step):
    """`granted` tells what the provider gave; `password` that an app password is used in its place."""

    granted = Signal(object)
    password = Signal()

    def __init__(self, context: Context, begin: Begin) -> None:
        super().__init__("Sign in", go="Open the browser")
        self._context = context
        self._begin = begin
        self._ours = self._waiting = False
        self._draft = Draft("", AccountSettings(kind=AccountKind.GOOGLE))
        self._pending: PendingSignIn | None = None
        self._op: Op[Grant] | None = None
        self._words, self._own = label(kind="dim", wrap=True), label(kind="small", wrap=True)
        self.client_id = Field("Client id")
        self.client_secret = Field("Client secret, if it has one", secret=True)
        self.checks, self.problem = CheckList(context.theme), Problem(context.theme)
        self.problem.again.connect(self.confirm)
        self.cancel = button("Stop waiting", self._stop)
        self.cancel.hide()
        self.foot.insertWidget(self.foot.count() - 1, self.cancel)
        self._guide = guide_in(context.core.settings.paths.resources)
        self.how: QPushButton = button("How to make one", self._show_guide, kind="link")
        parts = (
            self._words,
            self._own,
            self.how,
            self.client_id,
            self.client_secret,
            self.checks,
            self.problem,
        )
        for one in parts:
            self.body.addWidget(one)
        self.instead: QPushButton = button("Use an app password instead", self.password.emit, kind="link")
        self.body.addWidget(self.instead)
        self.problem.shown.connect(lambda: self.bring(self.problem))
        self.body.addStretch()

    def prepare(self, draft: Draft, *, app_password: bool) -> None:
        """Whose permission is wanted, and at whom."""
        self._draft, kind = draft, draft.settings.kind
        name, ours = NAMES[kind], kind in self._context.core.settings.clients
        self.heading.setText(f"Sign in with {name}")
        self._words.setText(ASKED.format(name=name))
        self._own.setText(OWN.format(name=name))
        for one in (self._own, self.client_id, self.client_secret):
            one.setVisible(not ours)
        self.how.setVisible(not ours and self._guide is not None)
        self._ours = ours
        self.instead.setVisible(app_password)
        self.problem.clear()
        self.checks.forget()

    def confirm(self) -> None:
        """Open the browser and wait."""
        self.problem.clear()
        client = Client(self.client_id.text, self.client_secret.text)
        if not client.id and not self._ours:
            self.problem.say(f"Put in your client id at {NAMES[self._draft.settings.kind]}.")
            self.client_id.line.setFocus()
            return
        begin, draft = self._begin, self._draft
        self._set_busy(True)
        op = QueryOp(self._context.background, self._context.notices, lambda: begin(draft, client))
        op.success(self._begun).failure(lambda error: self._fail(error) if isValid(self) else None).run()

    def leave(self) -> None:
        """Nobody waits any more."""
        self._stop()
        self.client_secret.line.clear()

    def _show_guide(self) -> None:
        if self._guide is not None:
            GuideDialog(self.window(), self._guide).show()

    def succeed(self, found: Looked) -> None:
        """The permission was used once."""
        self.checks.say("sign-in", "Signed in", Outcome.DONE)
        self.checks.say("folders", number_of(len(found.folders), "folder"), Outcome.DONE)
        self._set_busy(False)

    def fail(self, error: Exception) -> None:
        """It was not given, or does not work."""
        self._fail(error)

    def enter(self) -> None:
        """The client id, where one is wanted and not there."""
        empty = not self._ours and not self.client_id.text
        (self.client_id.line if empty else self.go).setFocus()

    def _begun(self, pending: PendingSignIn) -> None:
        """Nobody may wait for it any more: then its port is closed at once."""
        if isValid(self) and self._waiting:
            self._wait(pending)
        else:
            pending.close()

    def _wait(self, pending: PendingSignIn) -> None:
        self._pending = pending
        self.checks.say("browser", "Your browser is open: answer there", Outcome.DONE)
        self.checks.say("answer", "Waiting for its answer …", Outcome.NOW)
        QDesktopServices.openUrl(QUrl(pending.url))
        op = QueryOp(self._context.background, self, pending.finish)
        self._op = op.success(self._done).failure(self._fail).run()

    def _done(self, grant: Grant) -> None:
        self._pending = None
        self.checks.say("answer", "Permission given", Outcome.DONE)
        self.checks.say("sign-in", "Signing in …", Outcome.NOW)
        self.granted.emit(grant)

    def _fail(self, error: Exception) -> None:
        self._pending = None
        self.checks.fail()
        self._set_busy(False)
        self.problem.show_error(error)

    def _stop(self) -> None:
        pending, self._pending = self._pending, None
        if self._op is not None:
            self._op.cancel()
        if pending is not None:
            pending.cancel()
        self.checks.forget()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._waiting = busy
        self.go.setEnabled(not busy)
        self.cancel.setVisible(busy)
        for one in (self.client_id, self.client_secret, self.instead):
            one.setEnabled(not busy)
