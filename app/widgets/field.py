"""A line to type into with its name above it and, where it helps, a word below it."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.widgets.labels import label


class Field(QWidget):
    """`secret` hides what is typed, `hint` says what is meant."""

    def __init__(self, name: str, *, placeholder: str = "", hint: str = "", secret: bool = False) -> None:
        super().__init__()
        self.line = QLineEdit(placeholderText=placeholder)
        self.line.setAccessibleName(name)
        self.line.setAccessibleDescription(hint)
        if secret:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        caption = label(name, "small")
        caption.setBuddy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(self.line)
        if hint:
            column.addWidget(label(hint, "small", wrap=True))

    @property
    def text(self) -> str:
        """What was typed, trimmed; a secret as it is."""
        typed = self.line.text()
        return typed if self.line.echoMode() is QLineEdit.EchoMode.Password else typed.strip()

    def take(self) -> str:
        """What was typed; the line is empty afterwards."""
        typed = self.text
        self.line.clear()
        return typed
