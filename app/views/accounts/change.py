"""Which folders of an account are fetched, and how far back: chosen anew."""

from PySide6.QtWidgets import QWidget

from app.actions import accounts as acts
from app.actions import privacy
from app.actions.accounts import Fetched
from app.context import Context
from app.views.accounts.form import WIDTH, AccountForm
from app.widgets.folder_choice import FolderChoice
from app.widgets.labels import label
from fluffy_core import ALL, AccountOverview

ASKING = "Asking the server for its folders …"
STAYS = "What was fetched before stays here, also where it is not wanted any more."


class ChangeDialog(AccountForm):
    """Asks the server for its folders first."""

    def __init__(self, context: Context, parent: QWidget, state: AccountOverview) -> None:
        super().__init__(context, parent, "Change what is fetched", go="Save")
        self.resize(WIDTH, 440)
        self._state = state
        self._fetched: Fetched | None = None
        self._words = label(ASKING, "dim", wrap=True)
        self.choice = FolderChoice(context.theme, self.problem.clear)
        for one in (self._words, self.choice, self.problem):
            self.body.addWidget(one)
        self.body.addStretch()
        self.problem.again.connect(self._ask)
        self.problem.online.connect(lambda: privacy.set_offline(context, self, False, then=self._ask))
        self._ask()

    def confirm(self) -> None:
        """Keep the choice; the usual folders need no names, so that new ones join them."""
        found, folders = self._fetched, self.choice.folders
        if found is None:
            return
        if not folders:
            self.problem.say("Choose at least one folder.")
            return
        named = () if set(folders) == set(found.looked.usual) else folders
        acts.change(
            self.context, self.context.notices, self._state.id, folders=named, since=self.choice.since
        )
        self.close()

    def _ask(self) -> None:
        self.problem.clear()
        self._words.setText(ASKING)
        self.choice.hide()
        self.go.setEnabled(False)
        acts.fetched(self.context, self, self._state.id, told=self._told, failed=self._fail)

    def _told(self, found: Fetched) -> None:
        self._fetched = found
        self._words.setText(STAYS)
        chosen = found.settings.folders or found.looked.usual
        names = [one.name for one in found.looked.folders]
        self.choice.show_folders(names, chosen, since=found.settings.since or ALL)
        self.choice.show()
        self.go.setEnabled(True)
        self.go.setFocus()

    def _fail(self, error: Exception) -> None:
        self._words.setText("The folders cannot be shown.")
        self.problem.show_error(error)
