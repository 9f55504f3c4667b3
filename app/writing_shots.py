"""Pictures of writing: the composer, a draft and a better one, recipients being found, the drafts page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from app.application import Desk
from fluffy_core import DraftGrew, Suggestion, ThreadId, drafting

LONG = "Dr. Maximiliane-Charlotte von Hohenstein-Wallerstein"
CROWD = (f"{LONG} <m.c.hohenstein@verwaltung.example>", "نور الهدى القيسي <noor@alqaisi.example>", "ada@")
ARABIC = "مرحبا نور،\n\nشكرا على رسالتك. نلتقي يوم الخميس في الساعة 10:30 في مكتب Lindqvist.\n\nمع التحية"
TYPED = "an"
BETTER = "I will send the figures by Thursday. "


class Camera(Protocol):
    """What takes the pictures."""

    def settle(self, ready: Callable[[], bool] = ...) -> None:
        """Wait until the window is at rest and `ready`."""
        ...

    def save(self, name: str, ready: Callable[[], bool] = ...) -> None:
        """Take one, then."""
        ...


def take(desk: Desk, camera: Camera, thread: ThreadId, *, size: str) -> None:
    """Every state of writing in the theme and size of now; what is written for it is thrown away."""
    Writing(desk, camera, size).all(thread)


class Writing:
    """Writes as a user does; no job runs, so the draft panel is told what to show."""

    def __init__(self, desk: Desk, camera: Camera, size: str) -> None:
        self._window, self._core, self._bus = desk.window, desk.context.core, desk.context.core.bus
        self._camera, self._size = camera, size
        self._dock = desk.window.inbox.dock
        self._composer, self._panel = self._dock.composer, self._dock.desk.panel

    def all(self, thread: ThreadId) -> None:
        """The pictures, one after another."""
        self._window.run("inbox")
        self._window.show_thread(thread)
        self._camera.settle()
        self._begin("reply")
        self._save("composer")
        self._draft()
        self._window.run("escape")
        self._camera.settle()
        self._recipients()
        self._crowd()
        self._window.show_page("drafts")
        self._save("drafts")
        self._throw_away()

    def _begin(self, command: str) -> None:
        self._window.run(command)
        self._camera.settle(lambda: self._composer.unsent_id is not None)

    def _draft(self) -> None:
        """A first draft, a better one growing, and one that waits to be wanted."""
        self._dock.desk.suggest()
        self._camera.settle(lambda: self._panel.request is not None)
        request = self._panel.request
        if request is None:
            return
        self._save("draft-begun")
        first = drafting.suggest(self._core.store, replace(request, model="fast"), models=self._core.models)
        self._answer(replace(first, improving=True))
        self._bus.publish(DraftGrew(request.id, first.text.replace("\n\n", f"\n\n{BETTER}", 1)))
        self._save("draft-first", lambda: self._panel.improves)
        self._composer.body.take(len(first.text) // 3)
        self._answer(replace(first, text=first.text.replace("\n\n", f"\n\n{BETTER}", 1)))
        self._save("draft-better", lambda: not self._panel.waits)
        self._dock.desk.show_panel(True)
        self._save("draft-panel")
        self._dock.desk.show_panel(False)

    def _answer(self, found: Suggestion) -> None:
        request = self._panel.request
        if request is not None:
            with self._core.store.transaction() as tx:
                drafting.keep(tx, request, found)
            drafting.stop(self._core.store, request.id) if not found.improving else None

    def _recipients(self) -> None:
        self._begin("compose")
        self._composer.recipients.to.setFocus()
        self._composer.recipients.to.line.insert(TYPED)
        self._save("recipients")
        self._composer.recipients.to.line.clear()

    def _crowd(self) -> None:
        """Names that are too long, from right to left, and wrong; the question before sending."""
        self._composer.recipients.to.show_texts(CROWD)
        self._composer.subject.setText("الاجتماع القادم, and a subject that goes on for longer than its line")
        self._composer.body.show_text(ARABIC)
        self._composer.send()
        self._save("composer-crowd")
        self._window.run("escape")
        self._camera.settle()

    def _throw_away(self) -> None:
        from fluffy_core import unsent

        for one in unsent.overview(self._core.store):
            unsent.discard(self._core.store, one.id)

    def _save(self, name: str, ready: Callable[[], bool] = lambda: True) -> None:
        self._camera.save(f"{name}{self._size}", ready)
