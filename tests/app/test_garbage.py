"""Widgets end on the main thread, whoever's allocation makes garbage worth collecting."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.garbage import YOUNG, GarbageCollector
from tests.app.driver import Opened


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    made = GarbageCollector(qapp)
    yield made
    made.stop()


def _closed_page(ended: list[int]) -> None:
    """A widget that holds itself, as every page does through its parts; where it ends is noted."""
    button = QPushButton("Done")
    button.me = button  # type: ignore[attr-defined]
    weakref.finalize(button, lambda: ended.append(threading.get_ident()))


def _allocate() -> None:
    """Far more than Python's own collector lets pass."""
    kept: list[list[object]] = []
    for _ in range(20 * YOUNG):
        kept.append([kept])


def _in_a_thread(work: object) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    thread.join()


def test_a_busy_thread_leaves_a_closed_page_alone(collector: GarbageCollector, qtbot: QtBot) -> None:
    ended: list[int] = []
    _closed_page(ended)
    _in_a_thread(_allocate)
    assert ended == []
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [threading.get_ident()]


def test_somebody_who_enables_collecting_changes_nothing(collector: GarbageCollector) -> None:
    ended: list[int] = []
    _closed_page(ended)

    def work() -> None:
        gc.disable()
        gc.enable()
        _allocate()

    _in_a_thread(work)
    assert ended == []


def test_old_garbage_goes_in_time(collector: GarbageCollector) -> None:
    ended: list[int] = []
    holder: list[object] = [mark := _Mark()]
    holder.append(holder)
    weakref.finalize(mark, ended.append, 1)
    gc.collect(1)  # everything that is alive is old now
    del holder, mark
    gc.collect(1)
    assert ended == []
    kept: list[list[int]] = []
    while not ended and len(kept) < 1000 * YOUNG:
        kept += [[one] for one in range(2 * YOUNG)]
        collector.collect()
    assert ended == [1]


class _Mark:
    """Something that can be watched."""


def test_python_collects_again_after_the_window(qapp: QApplication) -> None:
    before = gc.get_threshold()
    made = GarbageCollector(qapp)
    assert gc.get_threshold()[0] == 0
    made.stop()
    assert gc.get_threshold() == before


def test_the_window_has_it(opened: Opened) -> None:
    assert opened.desk.findChild(GarbageCollector) is not None
    assert gc.get_threshold()[0] == 0
