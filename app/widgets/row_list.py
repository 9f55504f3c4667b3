"""A list view for a hundred thousand rows of two heights; it keeps selection and place when rows change."""

from collections.abc import Callable
from itertools import compress, count
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyleOptionViewItem, QWidget

from app.itemmodels.rows import Role, RowsModel
from app.widgets.geometry import RowGeometry

Index = QModelIndex | QPersistentModelIndex


class RowListView(QListView):
    """Geometry is arithmetic (`RowGeometry`), so nothing depends on how many rows there are.

    A `QListView` by descent for the sake of screen readers; of its layout nothing is used.
    """

    chosen = Signal(object)
    """The id of the current row, when the user moved to it."""
    opened = Signal(object)
    """The id of a row that was activated with Enter or a double click."""

    def __init__(self, geometry: RowGeometry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = geometry
        self.is_tall: Callable[[Any], bool] = lambda _row: False
        self.stays_near = True
        """Whether the row that took a vanished one's place becomes current; not so for another question."""
        self.starts_over = False
        """Whether the next rows begin at their top with none current: they answer another question."""
        self._tall: set[object] = set()
        self._restoring = False
        self._kept: tuple[object, object, int, int] = (None, None, 0, -1)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else a scroll draws everything
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(lambda index: self.opened.emit(index.data(Role.ID)))

    def show_model(self, model: RowsModel) -> None:
        """Show these rows."""
        model.modelAboutToBeReset.connect(self._keep)
        self.setModel(model)
        model.modelReset.connect(self._restore)  # after the view's own reset, which forgets the current row
        model.rows_arrived.connect(self._learn)

    @property
    def items(self) -> RowsModel:
        """The model."""
        model = self.model()
        assert isinstance(model, RowsModel)
        return model

    def current_id(self) -> Any | None:
        """The id of the current row."""
        return self.items.id_at(self.currentIndex().row())

    def choose(self, identity: object) -> bool:
        """Make this id the current row if it is listed."""
        row = self.items.row_of(identity)
        if row >= 0:
            self.setCurrentIndex(self.items.index(row))
        return row >= 0

    def step(self, by: int) -> None:
        """Move the current row, skipping headers; from nowhere to the first."""
        row = self._item_from(self.currentIndex().row() + by, 1 if by > 0 else -1)
        if row >= 0:
            self.setCurrentIndex(self.items.index(row))

    # What Qt asks

    def visualRect(self, index: Index) -> QRect:
        """Where a row is, in viewport coordinates."""
        top = self.rows.top(index.row()) - self.verticalOffset()
        return QRect(0, top, self.viewport().width(), self.rows.row_height(index.row()))

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The row at a point of the viewport."""
        y = point.y() + self.verticalOffset()
        return self.items.index(self.rows.row_at(y)) if 0 <= y < self.rows.height else QModelIndex()

    def verticalOffset(self) -> int:
        """Pixels scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Rows are as wide as the view."""
        return 0

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a row into view, with its section header when it is the first."""
        top, bar = self.rows.top(index.row()), self.verticalScrollBar()
        if self.rows.is_header(index.row() - 1):
            top = self.rows.top(index.row() - 1)
        bottom = self.rows.top(index.row()) + self.rows.row_height(index.row())
        if top < bar.value() or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    def scrollContentsBy(self, _dx: int, dy: int) -> None:
        """Move what is drawn; only what comes into view is drawn anew."""
        self.viewport().scroll(0, dy)

    def doItemsLayout(self) -> None:
        """There is nothing to lay out."""
        self.updateGeometries()

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the height of the list."""
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self.rows.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(28)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the scroll bar to the new height."""
        super().resizeEvent(event)
        self.updateGeometries()

    def moveCursor(self, action: QAbstractItemView.CursorAction, _keys: Qt.KeyboardModifier) -> QModelIndex:
        """Arrow and page keys, headers skipped."""
        row, moves = self.currentIndex().row(), QAbstractItemView.CursorAction
        page = self.viewport().height()
        targets = {
            moves.MoveDown: (row + 1, 1),
            moves.MoveNext: (row + 1, 1),
            moves.MoveUp: (row - 1, -1),
            moves.MovePrevious: (row - 1, -1),
            moves.MoveHome: (0, 1),
            moves.MoveEnd: (self.items.rowCount() - 1, -1),
            moves.MovePageDown: (self.rows.row_at(self.rows.top(max(row, 0)) + page), -1),
            moves.MovePageUp: (self.rows.row_at(max(0, self.rows.top(max(row, 0)) - page)), 1),
        }
        found = self._item_from(*targets.get(action, (row, 1)))
        return self.items.index(found) if found >= 0 else self.currentIndex()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the item at the top left of a rectangle."""
        index = self.indexAt(rect.topLeft())
        if self.items.id_at(index.row()) is not None:
            self.selectionModel().select(index, command)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell who was chosen, unless the place is just being restored."""
        super().currentChanged(current, previous)
        identity = self.items.id_at(current.row())
        if identity is not None and not self._restoring:
            self.chosen.emit(identity)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in view and ask for what is missing of them."""
        painter, model = QPainter(self.viewport()), self.items
        painter.fillRect(event.rect(), self.palette().base())
        if not model.rowCount():
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        hover = (
            self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.underMouse() else None
        )
        first = self.rows.row_at(event.rect().top() + self.verticalOffset())
        last = self.rows.row_at(event.rect().bottom() + self.verticalOffset())
        for row in range(first, last + 1):
            index = model.index(row)
            option.rect = self.visualRect(index)
            option.state = self._state(index, hovered=hover is not None and hover.row() == row)
            self.itemDelegate().paint(painter, option, index)
        self._want_visible()

    def _state(self, index: QModelIndex, *, hovered: bool) -> QStyle.StateFlag:
        state = QStyle.StateFlag.State_Enabled
        if hovered:
            state |= QStyle.StateFlag.State_MouseOver
        if index == self.currentIndex():
            state |= QStyle.StateFlag.State_Selected
            if self.hasFocus():
                state |= QStyle.StateFlag.State_HasFocus
        return state

    # Keeping the place

    def _item_from(self, row: int, step: int) -> int:
        """The nearest item at or beyond a flat row in one direction, then in the other; -1 without items."""
        total = self.items.rowCount()
        row = min(max(row, 0), total - 1)
        while 0 <= row < total and self.rows.is_header(row):
            row += step
        if row < 0:
            return self._item_from(0, 1) if total else -1
        return row if row < total else -1

    def _want_visible(self) -> None:
        top = self.verticalOffset()
        self.items.want(self.rows.row_at(top), self.rows.row_at(top + self.viewport().height()))

    def _keep(self) -> None:
        """Remember the current id and what is at the top."""
        self._restoring = True
        top = self._item_from(self.rows.row_at(self.verticalOffset()), 1)
        anchor = self.items.id_at(top) if self.verticalOffset() else None
        self._kept = (
            self.current_id(),
            anchor,
            self.rows.top(max(top, 0)) - self.verticalOffset(),
            self.currentIndex().row(),
        )

    def _restore(self) -> None:
        """After a reset: the same row current and the same row at the same height."""
        self._measure()
        if self.starts_over:
            self._kept = (None, None, 0, -1)
            self.verticalScrollBar().setValue(0)
        current, anchor, offset, row = self._kept
        found = self.items.row_of(current) if current is not None else -1
        if anchor is not None and (top := self.items.row_of(anchor)) >= 0:
            self.verticalScrollBar().setValue(self.rows.top(top) - offset)
        if found >= 0:
            self.selectionModel().setCurrentIndex(
                self.items.index(found), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._restoring = False
        if self.stays_near and current is not None and found < 0 and (near := self._item_from(row, 1)) >= 0:
            self.setCurrentIndex(self.items.index(near))
        self.viewport().update()

    def _measure(self) -> None:
        """Heights of all rows; the loops run in C, since there may be a hundred thousand."""
        model, tall = self.items, self._tall
        rows = (
            row
            for start, section in zip(model.starts, model.sections, strict=True)
            for row in compress(count(start + bool(section.title)), map(tall.__contains__, section.ids))
        )
        self.rows.reset(model.headers, model.rowCount(), rows if tall else ())
        self.updateGeometries()

    def _learn(self, first: int, last: int) -> None:
        """Rows arrived: some are taller than thought; what is in view stays where it is."""
        bar, known, model = self.verticalScrollBar(), self.items.known(), self.items
        anchor = self.rows.row_at(bar.value())
        before = self.rows.top(max(anchor, 0))
        last, moved, current = min(last, model.rowCount() - 1), False, self.currentIndex()
        seen = current.isValid() and self.viewport().rect().contains(self.visualRect(current))
        for row in range(first, last + 1):
            identity = model.id_at(row)
            if identity in known:
                tall = self.is_tall(known[identity])
                (self._tall.add if tall else self._tall.discard)(identity)
                moved |= self.rows.set_tall(row, tall)
        if moved:
            self.updateGeometries()
            if anchor >= 0 and bar.value():
                bar.setValue(bar.value() + self.rows.top(anchor) - before)
            if seen:
                self.scrollTo(current)
            self.viewport().update()
        else:
            ends = self.visualRect(model.index(first)) | self.visualRect(model.index(last))
            self.viewport().update(ends)
