"""What may be said outside the window, when not, and whether closing the window ends the program."""

from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTimeEdit, QVBoxLayout, QWidget

from app.background import ChangeOp, QueryOp
from app.context import Context
from app.widgets.buttons import button
from app.widgets.check_box import CheckBox
from app.widgets.labels import label
from fluffy_core import NoticeSettings, notices

CLOCK = "HH:mm"


class NoticeDialog(QDialog):
    """Every change is kept at once; there is nothing to confirm."""

    def __init__(self, context: Context, parent: QWidget, *, has_tray: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle("Notifications")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        self.enabled = CheckBox(context.theme, "Tell me when something failed, or mail of mine got no answer")
        self.quiet = CheckBox(context.theme, "Quiet from")
        self.start, self.end = _time("Quiet from"), _time("Quiet until")
        self.tray = CheckBox(context.theme, "Keep working in the tray when I close the window")
        self.tray.setVisible(has_tray)
        self._lay_out()
        store = context.core.store
        QueryOp(context.background, self, lambda: notices.read(store)).success(self._show).run()
        self.setEnabled(False)

    def _show(self, found: NoticeSettings) -> None:
        self.enabled.setChecked(found.enabled)
        self.quiet.setChecked(found.quiet)
        self.start.setTime(QTime.fromString(found.quiet_from, CLOCK))
        self.end.setTime(QTime.fromString(found.quiet_until, CLOCK))
        self.tray.setChecked(found.keep_in_tray)
        self.setEnabled(True)
        self._follow()
        for box in (self.enabled, self.quiet, self.tray):
            box.toggled.connect(self._keep)
        for edit in (self.start, self.end):
            edit.timeChanged.connect(self._keep)
        self.enabled.setFocus()

    def chosen(self) -> NoticeSettings:
        """What the boxes say."""
        return NoticeSettings(
            enabled=self.enabled.isChecked(),
            quiet=self.quiet.isChecked(),
            quiet_from=self.start.time().toString(CLOCK),
            quiet_until=self.end.time().toString(CLOCK),
            keep_in_tray=self.tray.isChecked(),
        )

    def _keep(self) -> None:
        self._follow()
        store, chosen = self._context.core.store, self.chosen()
        ChangeOp(self._context.background, self, lambda: notices.write(store, chosen)).run()

    def _follow(self) -> None:
        """What has no meaning while something else is off cannot be changed."""
        self.quiet.setEnabled(self.enabled.isChecked())
        for edit in (self.start, self.end):
            edit.setEnabled(self.enabled.isChecked() and self.quiet.isChecked())

    def _lay_out(self) -> None:
        hours = QHBoxLayout()
        hours.setSpacing(8)
        for one in (self.quiet, self.start, label("until"), self.end):
            hours.addWidget(one)
        hours.addStretch()
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(button("Close", self.close))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label("Notifications", "heading"))
        column.addWidget(self.enabled)
        column.addLayout(hours)
        column.addWidget(
            label("What comes up in the quiet hours is told as one when they end.", "dim", wrap=True)
        )
        column.addWidget(self.tray)
        column.addSpacing(4)
        column.addLayout(foot)


def _time(name: str) -> QTimeEdit:
    made = QTimeEdit()
    made.setDisplayFormat(CLOCK)
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    made.setAccessibleName(name)
    return made
