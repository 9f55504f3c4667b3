"""Connecting an account, step by step: Enter goes on, Esc goes back, nothing is kept before the last."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton, QStackedLayout, QWidget

from app.actions import accounts as acts
from app.actions import privacy
from app.actions.accounts import Draft, Proof
from app.background import Op
from app.context import Context
from app.views.connecting.address import AddressStep
from app.views.connecting.calendar import CalendarStep
from app.views.connecting.choose import ChooseStep
from app.views.connecting.done import DoneStep
from app.views.connecting.password import PasswordStep
from app.views.connecting.permission import PermissionStep
from app.views.connecting.servers import ServersStep
from app.views.connecting.step import Step
from app.widgets.labels import pane
from fluffy_core import (
    AccountKind,
    AccountSettings,
    Added,
    Estimate,
    Grant,
    Looked,
    Servers,
    Service,
    account_check,
    number_of,
)

WIDTH, HEIGHT = 560, 560
PAUSE_MS = 700
"""Between the last change of a choice and a look at what it would bring."""
WHAT = {Service.CALENDAR: "meetings", Service.CONTACTS: "contacts"}


class ConnectDialog(QDialog):
    """Holds the password between two steps, and forgets it when it closes."""

    connected = Signal()
    """An account was connected, and the user wants to look around."""

    def __init__(self, context: Context, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect an account")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = parent.size() if parent is not None else None
        self.resize(
            min(WIDTH, room.width()) if room else WIDTH, min(HEIGHT, room.height()) if room else HEIGHT
        )
        pane(self, "paper")
        self._context = context
        self._trail: list[Step] = []
        self._op: Op[Servers] | Op[Looked] | Op[tuple[Draft, Looked]] | Op[Added] | None = None
        self._draft = Draft("", AccountSettings())
        self._servers: Servers | None = None
        self._looked = Looked((), ())
        self._proof = Proof()
        self._estimating: Op[Estimate] | None = None
        self._estimate = QTimer(self, singleShot=True, interval=PAUSE_MS)
        theme, begin = context.theme, partial(acts.begin, context)
        self.address, self.password = AddressStep(theme), PasswordStep(theme)
        self.servers, self.choose = ServersStep(theme), ChooseStep(theme)
        self.permission, self.calendar = (
            PermissionStep(context, begin),
            CalendarStep(theme),
        )
        self.finish = DoneStep(context)
        self._stack = QStackedLayout(self)
        steps = (
            self.address,
            self.password,
            self.servers,
            self.choose,
            self.permission,
            self.calendar,
            self.finish,
        )
        for one in steps:
            self._stack.addWidget(one)
            one.back.clicked.connect(self.go_back)
        self._connect_steps()
        self._show(self.address)

    @property
    def step(self) -> Step:
        """What is in view."""
        step = self._stack.currentWidget()
        assert isinstance(step, Step)
        return step

    def go_back(self) -> None:
        """One step back, ending what is under way; out of the first one."""
        self._cancel()
        self.step.leave()
        if len(self._trail) == 1 or self.step is self.finish:
            self.close()
            return
        self._trail.pop()
        self._proof = Proof()
        self._enter(self._trail[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what has the focus, else what goes on; Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.go_back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            (focus if isinstance(focus, QPushButton) else self.step.go).click()
        else:
            super().keyPressEvent(event)

    def done_with(self) -> None:
        """Close, with nothing under way and no password left."""
        self._cancel()
        self._proof = Proof()
        for one in (self.password, self.permission, self.calendar, self.finish):
            one.leave()

    def closeEvent(self, event: object) -> None:
        """Whatever closes it."""
        self.done_with()
        super().closeEvent(event)  # type: ignore[arg-type]

    def _connect_steps(self) -> None:
        self.address.confirmed.connect(self._find)
        self.address.by_hand.connect(self._by_hand)
        self.address.problem.online.connect(lambda: self._go_online(self.address.confirm))
        self.password.confirmed.connect(self._sign_in)
        self.password.by_hand.connect(self._by_hand)
        self.password.problem.again.connect(self._try_again)
        self.password.problem.online.connect(lambda: self._go_online(self._try_again))
        self.password.problem.trusted.connect(self._trust)
        self.address.calendar.connect(self._by_url)
        self.calendar.confirmed.connect(self._add_calendar)
        self.calendar.problem.again.connect(self._try_calendar)
        self.calendar.problem.online.connect(lambda: self._go_online(self._try_calendar))
        self.calendar.problem.trusted.connect(self._trust_calendar)
        self.permission.granted.connect(self._try_permission)
        self.permission.password.connect(self._ask_password)
        self.servers.confirmed.connect(self._set_up)
        self.choose.confirmed.connect(self._keep)
        self.choose.changed.connect(self._estimate.start)
        self._estimate.timeout.connect(self._ask_estimate)
        self.choose.problem.again.connect(self.choose.confirm)
        self.finish.closed.connect(self._look_around)
        self.finish.another.connect(self._start_over)

    def _show(self, step: Step) -> None:
        if self._trail:
            self.step.leave()
        self._trail.append(step)
        self._enter(step)

    def _enter(self, step: Step) -> None:
        step.back.setText("Back" if len(self._trail) > 1 else "Cancel")
        self._stack.setCurrentWidget(step)
        step.enter()

    def _cancel(self) -> None:
        if self._op is not None:
            self._op.cancel()
            self._op = None

    def _find(self, address: str) -> None:
        self._op = acts.find_servers(
            self._context, self, address, found=self._found, failed=self.address.fail
        )

    def _found(self, servers: Servers) -> None:
        self._servers = servers
        address = self.address.address
        self._draft = Draft(address, account_check.settings_of(servers, address))
        if servers.oauth:
            self._ask_permission(AccountKind(servers.oauth))
        else:
            self._ask_password()

    def _ask_permission(self, kind: AccountKind) -> None:
        draft = Draft(self._draft.address, AccountSettings(kind=kind))
        self.permission.prepare(draft, app_password=kind is AccountKind.GOOGLE and self._servers is not None)
        self._show(self.permission)

    def sign_in_again(self, address: str, kind: AccountKind) -> None:
        """For an account that is there already: its permission is all that is asked for."""
        self._draft, self._trail = Draft(address, AccountSettings(kind=kind)), []
        self._ask_permission(kind)

    def _ask_password(self) -> None:
        hint = self._servers.hint if self._servers is not None else ""
        self.password.prepare(self._draft.address, self._draft.settings, hint=hint)
        self._show(self.password)

    def _by_hand(self) -> None:
        known = self._draft.settings if self._servers is not None else None
        self._cancel()
        self.servers.prepare(self.address.address, known)
        self._show(self.servers)

    def _set_up(self, address: str, settings: AccountSettings) -> None:
        self._draft = Draft(address, settings)
        self.password.prepare(address, settings, found=False)
        self._show(self.password)

    def _sign_in(self, secret: str) -> None:
        self._proof = Proof(secret)
        self._op = acts.look(
            self._context, self, self._draft, proof=self._proof, met=self.password.relay.met.emit,
            told=(self._let_in, self.password.fail),
        )  # fmt: skip

    def _try_again(self) -> None:
        """With the password that was typed before, where one was."""
        if self._proof.password:
            self.password.start()
            self._sign_in(self._proof.password)
        else:
            self.password.confirm()

    def _trust(self, fingerprint: str) -> None:
        self._certify(fingerprint)
        self._try_again()

    def _certify(self, fingerprint: str) -> None:
        settings = replace(self._draft.settings, certificate=fingerprint)
        self._draft = replace(self._draft, settings=settings)

    def _go_online(self, then: object) -> None:
        privacy.set_offline(self._context, self, False, then=then)  # type: ignore[arg-type]

    def _by_url(self) -> None:
        self._cancel()
        self.calendar.prepare(self.address.address)
        self._show(self.calendar)

    def _add_calendar(self, address: str, settings: AccountSettings, secret: str) -> None:
        self._draft, self._proof = Draft(address, settings), Proof(secret)
        self._try_calendar()

    def _try_calendar(self) -> None:
        self.calendar.problem.clear()
        self.calendar.set_busy(True)
        self._op = acts.add(
            self._context,
            self,
            self._draft,
            proof=self._proof,
            added=self._kept,
            failed=self.calendar.fail,
        )  # fmt: skip

    def _trust_calendar(self, fingerprint: str) -> None:
        self._certify(fingerprint)
        self._try_calendar()

    def _let_in(self, found: Looked) -> None:
        self._looked = found
        self.password.succeed(found)
        self.choose.prepare(found)
        self._choose()

    def _try_permission(self, grant: Grant) -> None:
        self._proof = Proof(grant=grant)
        self._op = acts.look_granted(
            self._context, self, self._draft, grant=grant, told=self._allowed, failed=self.permission.fail
        )

    def _allowed(self, found: tuple[Draft, Looked]) -> None:
        self._draft, self._looked = found
        self.permission.succeed(self._looked)
        if self._looked.folders:
            settings = self._draft.settings
            self.choose.prepare(self._looked, chosen=settings.folders, since=settings.since)
            self._choose()
        else:
            self._keep((), "")

    def _choose(self) -> None:
        self._show(self.choose)
        self._ask_estimate()

    def _ask_estimate(self) -> None:
        """One at a time, however often the choice changes: each asks the server."""
        if self.step is not self.choose or not self.choose.choice.folders:
            self.choose.say_estimate("")
        elif self._estimating is not None:
            self._estimate.start()
        else:
            choice = self.choose.choice
            draft = acts.narrowed(self._draft, self._looked, choice.folders, since=choice.since)
            self.choose.say_estimate("Looking how much that is …")
            self._estimating = acts.estimated(
                self._context,
                self,
                draft,
                proof=self._proof,
                told=self._estimated,
                failed=self._guess_nothing,
            )

    def _estimated(self, found: Estimate) -> None:
        self._estimating = None
        if not self._estimate.isActive():
            self.choose.say_estimate(found.sentence)

    def _guess_nothing(self, _error: Exception) -> None:
        """It was only a guess; connecting tells what is wrong."""
        self._estimating = None
        self.choose.say_estimate("")

    def _keep(self, folders: tuple[str, ...], since: str) -> None:
        draft = acts.narrowed(self._draft, self._looked, folders, since=since)
        self._op = acts.add(
            self._context, self, draft, proof=self._proof, added=self._kept, failed=self.choose.fail
        )

    def _kept(self, added: Added) -> None:
        self._proof = Proof()
        words = connected_words(self._draft.address, added)
        trouble = f"No mail can be sent by it: {added.cannot_send}" if added.cannot_send else ""
        self.finish.follow(added.id, words, trouble=trouble)
        self._show(self.finish)

    def _look_around(self) -> None:
        self.close()
        self.connected.emit()

    def _start_over(self) -> None:
        self.finish.leave()
        self._trail = []
        self.address.field.line.clear()
        self._show(self.address)


def connected_words(address: str, added: Added) -> str:
    """What is fetched from now on, and what the server does not have or was not allowed."""
    parts = [number_of(len(added.folders), "folder")] if Service.MAIL in added.services else []
    parts += [WHAT[one] for one in added.services if one in WHAT]
    said = f"{address} is connected: {' and '.join(parts)} to fetch."
    return " ".join([said, *added.missing])
