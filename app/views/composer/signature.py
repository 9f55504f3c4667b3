"""How the mail of an account is signed: edited here, and suggested from mail already sent."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.actions import compose
from app.background import QueryOp
from app.context import Context
from app.widgets.buttons import button
from app.widgets.labels import label
from fluffy_core import AccountId, own_signatures


class SignatureDialog(QDialog):
    """Nothing is taken over from sent mail before the user keeps it."""

    kept = Signal(str)
    """The signature that holds from now on."""

    def __init__(self, context: Context, parent: QWidget, account_id: AccountId) -> None:
        super().__init__(parent)
        self._context, self._account_id = context, account_id
        self.setWindowTitle("Signature")
        self.setMinimumWidth(420)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Signature")
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(96)
        self._hint = label("It stands below what you write, above what is quoted.", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("Signature", "heading"))
        column.addWidget(self._hint)
        column.addWidget(self.text)
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(button("Cancel", self.reject))
        line.addWidget(button("Keep", self._keep, kind="primary"))
        column.addLayout(line)
        store = context.core.store
        work = lambda: (own_signatures.of(store, account_id), own_signatures.suggested(store, account_id))  # noqa: E731
        QueryOp(context.background, self, work).success(self._show).run()

    def _show(self, found: tuple[str, str]) -> None:
        now, suggested = found
        if not now and suggested:
            self._hint.setText(
                "Most of your mail from this account ends like this. Keep it as your signature?"
            )
        self.text.setPlainText(now or suggested)
        self.text.setFocus()

    def _keep(self) -> None:
        text = self.text.toPlainText().strip()
        op = compose.keep_signature(self._context, self, self._account_id, text=text)
        op.success(lambda _none: self._kept(text)).run()

    def _kept(self, text: str) -> None:
        self.kept.emit(text)
        self.accept()
