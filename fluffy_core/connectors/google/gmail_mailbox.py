"""A Gmail mailbox: its lists page by page, what changed, and everything when that is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.google import gmail_labels
from fluffy_core.connectors.google.api import GoogleApi
from fluffy_core.connectors.google.gmail_gets import Gets
from fluffy_core.connectors.google.gmail_labels import ALL_MAIL, SET_APART, Labels
from fluffy_core.domain.sync import Folder, MessageRef, RemoteChanges
from fluffy_core.errors import AnswerError, CursorExpiredError, FolderGoneError, KnownError, TransientError

PAGE = 500
"""The most that Gmail lists at once."""
COUNTED = 100
"""Pages that are listed only to count what arrived since a day."""
_EXPIRED = (400, 404)
_BAD_TOKEN = 400
_KINDS = ("messagesAdded", "labelsAdded", "labelsRemoved")


class Mailbox:
    """Asks for lists of messages. `labels` are those of the last listing of them."""

    def __init__(self, api: GoogleApi, gets: Gets) -> None:
        self._api = api
        self._gets = gets
        self._labels: Labels | None = None
        self._totals: dict[tuple[str, date | None], int] = {}

    @property
    def users(self) -> Any:
        """The library's object for everything about a mailbox."""
        return self._api.service.users()

    @property
    def labels(self) -> Labels:
        """The mailbox's labels, asked for when they are not known yet."""
        return self._labels or self.ask_labels()

    def ask_labels(self) -> Labels:
        """The labels as they are now."""
        self._labels = gmail_labels.labels(self._api.ask(self.users.labels().list(userId="me")))
        return self._labels

    def check(self, folder: Folder) -> None:
        """Raises FolderGoneError for a label that is not there any more."""
        if folder.id != ALL_MAIL.id and folder.id not in self.labels.names:
            self._labels = None
            raise FolderGoneError(f"Gmail has no label {folder.name} any more.")

    def profile(self) -> dict[str, Any]:
        """The mailbox's own figures."""
        return self._api.ask(self.users.getProfile(userId="me"))

    def total(self, folder: Folder, since: date | None = None) -> int:
        """Messages of a whole listing, asked once; of "All Mail" about that many: Gmail counts spam too."""
        key = (folder.id, since)
        if key not in self._totals:
            self._totals[key] = self._counted(folder, since) if since else self._kept(folder)
        return self._totals[key]

    def _kept(self, folder: Folder) -> int:
        if folder.id == ALL_MAIL.id:
            return int(self.profile().get("messagesTotal", 0))
        return int(self._api.ask(self.users.labels().get(userId="me", id=folder.id)).get("messagesTotal", 0))

    def _counted(self, folder: Folder, since: date) -> int:
        """Gmail's own estimate (`resultSizeEstimate`) is of no use: it ends at some hundreds."""
        count, token = 0, ""
        for _ in range(COUNTED):
            refs, token = self.page(folder, since, token=token)
            count += len(refs)
            if not token:
                return count
        return max(count, self._kept(folder))

    def page(
        self, folder: Folder, since: date | None = None, *, token: str = "", limit: int = PAGE
    ) -> tuple[list[MessageRef], str]:
        """(messages, token of the next page or ""). Raises CursorExpiredError for a token that is none."""
        where: dict[str, Any] = {"maxResults": limit}
        if folder.id != ALL_MAIL.id:
            where |= {"labelIds": [folder.id], "includeSpamTrash": folder.id in SET_APART}
        if since is not None:
            midnight = datetime(since.year, since.month, since.day, tzinfo=UTC)
            where["q"] = f"after:{int(midnight.timestamp()) - 1}"
        if token:
            where["pageToken"] = token
        try:
            page = self._api.ask(self.users.messages().list(userId="me", **where))
        except AnswerError as error:
            if token and error.status == _BAD_TOKEN:
                raise CursorExpiredError("Gmail does not know this listing any more.") from error
            raise
        following = str(page.get("nextPageToken", ""))
        if following and following == token:
            raise TransientError("Gmail lists the same page again and again.")
        return [_bare(one, folder.id) for one in page.get("messages", ())], following

    def everything(self, folder: Folder) -> list[MessageRef]:
        """All messages of a folder."""
        refs, token = self.page(folder)
        while token:
            more, token = self.page(folder, token=token)
            refs += more
        return refs

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """What one page of the history tells, or a whole comparison where Gmail has forgotten the cursor."""
        asked = self.users.history().list(userId="me", startHistoryId=cursor, maxResults=PAGE)
        try:
            page = self._api.ask(asked)
        except AnswerError as error:
            if error.status not in _EXPIRED:
                raise
            return self._compared(folder, known)
        records = page.get("history", [])
        more = bool(page.get("nextPageToken")) and bool(records)
        now = records[-1]["id"] if more else page.get("historyId", cursor)
        refs, gone = self._touched(folder, records, known)
        return RemoteChanges(tuple(refs), tuple(gone), str(int(now)), more)

    def _touched(
        self, folder: Folder, records: Sequence[Mapping[str, Any]], known: Known
    ) -> tuple[list[MessageRef], list[str]]:
        """(what is here now, ids of what is not) of the messages in records of the history.

        How those that are stored look now is asked; the others will tell when they are fetched.
        """
        there: dict[str, MessageRef] = {}
        gone: dict[str, None] = {}
        for record in records:
            told = [one["message"] for kind in _KINDS for one in record.get(kind, ())]
            there |= {str(one["id"]): _bare(one, folder.id) for one in told}
            gone |= {str(one["message"]["id"]): None for one in record.get("messagesDeleted", ())}
        left = {key: ref for key, ref in there.items() if key not in gone}
        stored = known() if left else {}
        refs = [ref for key, ref in left.items() if key not in stored]
        read = partial(self._state, folder.id)
        for key, found in self._gets.each([key for key in left if key in stored], read, format="minimal"):
            if isinstance(found, KnownError):
                raise TransientError(str(found)) from found
            if found is None:
                gone[key] = None
            else:
                refs.append(found)
        return refs, list(gone)

    def _state(self, folder_id: str, message: dict[str, Any]) -> MessageRef | None:
        inside = gmail_labels.is_in(folder_id, message.get("labelIds", ()))
        return self.labels.of(message, folder_id) if inside else None

    def _compared(self, folder: Folder, known: Known) -> RemoteChanges:
        """Everything that is here, with what each label's own listing says of it; and what is not here.

        A listing costs as much as one message, and tells of five hundred.
        """
        cursor = str(int(self.profile()["historyId"]))
        here = self.everything(folder)
        stored = known()
        labels: dict[str, list[str]] = {ref.id: [] for ref in here if ref.id in stored}
        telling = {*self.labels.names, "UNREAD"} - SET_APART if labels else ()
        for label_id in sorted(telling):
            for one in self.everything(Folder(label_id, label_id)):
                if one.id in labels:
                    labels[one.id].append(label_id)
        refs = []
        for ref in here:
            ids = labels.get(ref.id)
            if ids is None:
                refs.append(ref)
            elif gmail_labels.is_in(folder.id, ids):
                refs.append(
                    self.labels.of({"id": ref.id, "threadId": ref.thread_id, "labelIds": ids}, folder.id)
                )
        ids_here = {ref.id for ref in refs}
        return RemoteChanges(tuple(refs), tuple(key for key in stored if key not in ids_here), cursor)


def _bare(message: Mapping[str, Any], folder_id: str) -> MessageRef:
    return MessageRef(str(message["id"]), folder_id, thread_id=str(message.get("threadId", "")))
