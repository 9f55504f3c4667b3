"""Everything can be reached with Tab, says its name, and shows that it has the focus."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton, QWidget

from app.views.importing.dialog import ImportDialog
from app.views.owed.row import OwedRow
from app.views.people.card import PersonCard
from app.views.today.row import CallRow
from app.widgets.key_overlay import KeyOverlay
from app.widgets.palette import Palette
from app.widgets.scroll_pane import ScrollPane
from fluffy_core import ThreadId
from tests.app.driver import Opened

MOST = 200


def _inbox(opened: Opened) -> QWidget:
    opened.settle(opened.window.inbox.side.isVisible)
    opened.settle(lambda: bool(opened.window.inbox.side.findChildren(QLabel)))
    return opened.window


def _people(opened: Opened) -> QWidget:
    opened.press("2")
    opened.settle(lambda: bool(opened.window.page.findChildren(PersonCard)))
    return opened.window


def _owed(opened: Opened) -> QWidget:
    opened.press("4")
    opened.settle(lambda: bool(opened.window.page.findChildren(OwedRow)))
    return opened.window


def _today(opened: Opened) -> QWidget:
    opened.press("5")
    opened.settle(lambda: bool(opened.window.page.findChildren(CallRow)))
    return opened.window


def _activity(opened: Opened) -> QWidget:
    opened.press("3")
    opened.settle()
    return opened.window


def _welcome(opened: Opened) -> QWidget:
    opened.window.show_page("welcome")
    return opened.window


def _import(opened: Opened) -> QWidget:
    dialog = ImportDialog(opened.desk.context, opened.window)
    dialog.show()
    opened.settle()
    return dialog


def _keys(opened: Opened) -> QWidget:
    opened.press("?")
    return opened.window.findChildren(KeyOverlay)[0]


def _palette(opened: Opened) -> QWidget:
    opened.press("Ctrl+K")
    return opened.window.findChildren(Palette)[0]


VIEWS: list[Callable[[Opened], QWidget]] = [
    _inbox, _people, _owed, _today, _activity, _welcome, _import, _keys, _palette,
]  # fmt: skip
view = pytest.mark.parametrize("bring_up", VIEWS, ids=lambda one: one.__name__.strip("_"))


def activate(opened: Opened, inside: QWidget) -> None:
    inside.window().activateWindow()
    opened.bot.waitUntil(inside.window().isActiveWindow)


def stops(inside: QWidget) -> list[QWidget]:
    """What Tab should come to: visible, enabled, and glad to have the focus."""
    return [
        one
        for one in inside.findChildren(QWidget)
        if one.isVisibleTo(inside) and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.focusProxy() is None
    ]  # fmt: skip


def walked(inside: QWidget) -> list[QWidget]:
    """Where Tab goes from the first stop until it comes round."""
    found: list[QWidget] = []
    current = stops(inside)[0]
    current.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(MOST):
        now = QApplication.focusWidget()
        if now is None or now in found[:-1]:
            break
        if now not in found:  # a text keeps the focus while Tab goes through its links
            found.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    return found


@view
def test_everything_that_takes_the_focus_says_its_name(
    opened: Opened, bring_up: Callable[[Opened], QWidget]
) -> None:
    inside = bring_up(opened)
    nameless = [one for one in stops(inside) if not one.accessibleName().strip()]
    assert [(type(one).__name__, one.objectName()) for one in nameless] == []
    assert stops(inside)


@view
def test_tab_reaches_everything(opened: Opened, bring_up: Callable[[Opened], QWidget]) -> None:
    inside = bring_up(opened)
    activate(opened, inside)
    reached = walked(inside)
    missed = set(stops(inside)) - set(reached)  # asked afterwards: of the rail, Tab stops at one button
    assert [(type(one).__name__, one.accessibleName()) for one in missed] == []


def test_arrows_go_along_the_rail(opened: Opened) -> None:
    activate(opened, opened.window)
    buttons = opened.window.rail.findChildren(QToolButton)
    buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    seen = {QApplication.focusWidget()}
    for _ in buttons:
        now = QApplication.focusWidget()
        assert now is not None
        QTest.keyClick(now, Qt.Key.Key_Down)
        seen.add(QApplication.focusWidget())
    pages = {one for one in buttons if one.isCheckable()}
    assert pages
    assert pages <= seen


@pytest.mark.parametrize("bring_up", [_keys, _palette], ids=["keys", "palette"])
def test_tab_stays_in_what_covers_the_window(opened: Opened, bring_up: Callable[[Opened], QWidget]) -> None:
    inside = bring_up(opened)
    activate(opened, inside)
    assert [one for one in walked(inside) if not inside.isAncestorOf(one)] == []
    QTest.keyClick(stops(inside)[0], Qt.Key.Key_Backtab)
    now = QApplication.focusWidget()
    assert now is not None
    assert inside.isAncestorOf(now)


def test_a_pane_is_framed_only_for_those_who_use_tab(opened: Opened) -> None:
    activate(opened, opened.window)
    opened.press("O")
    pane = QApplication.focusWidget()
    assert isinstance(pane, ScrollPane)
    assert not pane.property("ring")
    pane.clearFocus()
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    assert pane.property("ring")
    pane.clearFocus()
    assert not pane.property("ring")


def test_tab_goes_down_the_conversation_also_through_what_was_unfolded(opened: Opened) -> None:
    reader = opened.window.inbox.reader
    opened.window.show_thread(ThreadId(6))
    opened.settle(lambda: reader.page is not None and reader.page.detail.row.id == 6)
    page = reader.page
    assert page is not None
    for message in page.detail.messages[1:4]:
        card = page.card(message.id)
        assert card is not None
        card.set_open(True)
    activate(opened, opened.window)

    def places() -> list[tuple[int, int]]:
        points = (one.mapTo(page, QPoint(0, 0)) for one in walked(opened.window) if page.isAncestorOf(one))
        return [(one.y(), one.x()) for one in points]

    opened.bot.waitUntil(lambda: len(places()) > 8 and places() == sorted(places()))


@view
def test_the_focus_is_visible(opened: Opened, bring_up: Callable[[Opened], QWidget]) -> None:
    inside = bring_up(opened)
    activate(opened, inside)
    unseen = [one.accessibleName() for one in walked(inside) if not _changes(one)]
    assert unseen == []


def _changes(one: QWidget) -> bool:
    """Whether a widget looks different with the focus."""
    if isinstance(one, QLineEdit):
        one.deselect()
    one.clearFocus()
    if one.hasFocus():
        return True  # the only stop of an overlay never lets go
    without = _picture(one)
    one.setFocus(Qt.FocusReason.TabFocusReason)
    return _picture(one) != without


def _picture(one: QWidget) -> QImage:
    return one.grab().toImage()
