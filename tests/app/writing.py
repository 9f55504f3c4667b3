"""A window over a real store with two conversations, and an account that sends by a server in memory."""

from collections.abc import Callable
from types import SimpleNamespace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.application import Desk
from app.theme import Theme
from app.views.composer.composer import Composer
from app.views.composer.dock import ComposeDock
from fluffy_core import Bus, Confidence, DraftRequest, DraftSource, Suggestion, ThreadId, Unsent, unsent
from fluffy_core.config import resources_folder
from fluffy_core.domain.events import DomainEvent, DraftWanted
from fluffy_core.domain.jobs import Queue
from fluffy_core.services.writing import drafting
from fluffy_core.store import addresses, ledger, suggestions
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.ledger import NewJob
from tests.app.fake_jobs import FakeJobs
from tests.fakes import stored
from tests.fakes.models import NoModels
from tests.fakes.posted import Posted
from tests.fakes.stored import Letter
from tests.fakes.synced import ADDRESS

BEN = f"Ben Vale <{ADDRESS}>"
ANN, CLEO = "Ann Ode <ann@firm.example>", "Cleo <cleo@firm.example>"
QUOTE = Letter(
    "Quote", "Hello Ben,\n\ncould you send the quote?\n\nAnn\n", ANN, BEN, cc=CLEO, id="one",
    files=(("plan.pdf", b"%PDF" * 600),),
)  # fmt: skip
OTHER = Letter("Kick-off", "Hello Ben,\n\nwould Tuesday work?\n\nCleo\n", CLEO, BEN, day=1, id="two")


class Writing:
    """The window, its store, and what a hand does in it."""

    def __init__(self, store: Database, bot: QtBot, theme: Theme) -> None:
        self.store, self.bot = store, bot
        self.posted = Posted(store)
        with store.transaction() as tx:
            addresses.set_mine(tx, [ADDRESS], confirmed=True)
        self.quote, self.other = stored.keep(store, [QUOTE, OTHER])
        self.closed = False
        self.requests: list[DraftRequest] = []
        store.add_trigger(self._heard)
        bus = Bus()
        store.add_after_commit(lambda changes, _jobs: bus.changed(*changes))
        paths = SimpleNamespace(resources=resources_folder(), demo="demo")
        core = SimpleNamespace(
            store=store, bus=bus, jobs=FakeJobs(bus), gateway=None, start_workers=lambda: True,
            owned_elsewhere=False,
            settings=SimpleNamespace(paths=paths, clients={}), embed_if_installed=lambda **_limits: None,
            models=NoModels(),
        )  # fmt: skip
        self.bus = bus
        self.desk = Desk(core, theme)  # type: ignore[arg-type]
        self.desk.window.resize(1280, 800)
        self.desk.start()
        self.desk.window.activateWindow()
        self.said: list[tuple[str, bool]] = []
        self.desk.context.notices.done.connect(lambda text, undo: self.said.append((text, undo)))
        self.settle(lambda: self.dock.reader.page is not None)

    def close(self) -> None:
        """Close the window, once."""
        if not self.closed:
            self.closed = True
            self.desk.close()

    @property
    def dock(self) -> ComposeDock:
        return self.desk.window.inbox.dock

    @property
    def composer(self) -> Composer:
        return self.dock.composer

    def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        """Wait until nothing is under way and the condition holds."""
        self.bot.waitUntil(lambda: self.desk.context.background.idle and until(), timeout=8000)

    def run(self, command: str, until: Callable[[], bool] = lambda: True) -> None:
        """Run a command as its key would."""
        self.desk.window.run(command)
        self.settle(until)

    def open_quote(self) -> None:
        """Read the conversation about the quote."""
        self.desk.window.show_thread(self.thread)
        self.settle(lambda: self.dock.reader.current_message() == self.quote)

    def write(self, command: str) -> None:
        """Begin writing by a command."""
        if command != "compose":
            self.open_quote()
        self.run(command, lambda: self.composer.unsent_id is not None)

    @property
    def thread(self) -> ThreadId:
        return ThreadId(
            int((self.store.one("SELECT thread_id FROM messages WHERE id = ?", (self.quote,)) or (0,))[0])
        )

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        widget = self.desk.window.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, text)

    def press(self, key: Qt.Key, *, into: QWidget | None = None) -> None:
        widget = into or self.desk.window.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, key)

    def click(self, text: str, *, inside: QWidget | None = None) -> None:
        """Press the visible button with this text."""
        found: list[QPushButton] = []

        def shown() -> bool:
            buttons = (inside or self.desk.window).findChildren(QPushButton)
            found[:] = [one for one in buttons if one.text().startswith(text) and one.isVisible()]
            return bool(found)

        self.settle(shown)
        found[0].click()
        self.settle()

    def _heard(self, tx: Transaction, event: DomainEvent) -> None:
        if isinstance(event, DraftWanted):
            self.requests.append(event.request)
            job = NewJob(drafting.JOB, event.request.id, {}, Queue.FAST, 20, 0.0)
            ledger.enqueue(tx, job, now=0.0)

    def drafts(self) -> tuple[Unsent, ...]:
        return unsent.overview(self.store)

    def answer_request(
        self, text: str, confidence: Confidence = Confidence.MEDIUM, *, missing: tuple[str, ...] = (),
        used: tuple[DraftSource, ...] = (), improving: bool = False,
    ) -> None:  # fmt: skip
        """Do what the job does: a suggestion for the newest request."""
        request = self.requests[-1]
        found = Suggestion(
            request.id, text, confidence, "As you write.", "fast drafts 1", "en", missing, used, improving
        )
        with self.store.transaction() as tx:
            suggestions.put(tx, request, found, recipient="ann@firm.example", now=0.0)
