"""One question before something that cannot be taken back, with what follows in words."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.widgets.text import clean


def confirm(
    parent: QWidget, question: str, consequence: str, *, action: str, run: Callable[[], object]
) -> QMessageBox:
    """Ask, and run what was asked for when the user agrees; Enter does nothing that hurts."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "FluffyMail", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(clean(question, 200))
    box.setInformativeText(clean(consequence, 600))
    agreed = box.addButton(action, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.buttonClicked.connect(lambda pressed: run() if pressed is agreed else None)
    box.open()
    return box
