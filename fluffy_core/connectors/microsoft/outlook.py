"""The mail of an account at Microsoft (Outlook.com, Microsoft 365) through Microsoft Graph."""

from collections.abc import Iterator, Sequence
from datetime import date

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.microsoft import listing as outlook_listing
from fluffy_core.connectors.microsoft import messages as outlook_messages
from fluffy_core.connectors.microsoft import sending as outlook_sending
from fluffy_core.connectors.microsoft.changes import BEGIN, Changes
from fluffy_core.connectors.microsoft.fetch import Fetch, InTurn
from fluffy_core.connectors.microsoft.folders import Folders
from fluffy_core.connectors.microsoft.graph import Graph, within
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.network.pace import Pace
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.sync import Fetched, Folder, FolderRole, Listing, MessageRef, RemoteChanges
from fluffy_core.errors import TransientError


class OutlookAccount:
    """A `MailAccount`. Ids are Graph's immutable ones: they never mean another message."""

    def __init__(self, gateway: Gateway, root: str, token: Token, *, pace: Pace | None = None) -> None:
        in_turn = InTurn(token)

        def connect() -> Graph:
            return Graph(gateway, root, in_turn, reason="syncing mail", pace=pace)

        self._graph = connect()
        self._fetch = Fetch(connect)
        self._folders = Folders(self._graph)
        self._changes = Changes(self._graph)
        self._closed = False

    def folders(self) -> tuple[Folder, ...]:
        """As `MailAccount.folders`."""
        return self._folders.listed()

    def cursor(self, folder: Folder) -> str:
        """As `MailAccount.cursor`: a round of changes that begins after the listing, see outlook_changes."""
        del folder
        if self._closed:
            raise TransientError("The account was closed.")
        return BEGIN

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        """As `MailAccount.list`."""
        with within(f"folder {folder.name}"):
            return outlook_listing.page(self._graph, folder, since=since, token=token, limit=limit)

    def changes(self, folder: Folder, cursor: str, known: Known) -> RemoteChanges:
        """As `MailAccount.changes`."""
        with within(f"folder {folder.name}"):
            return self._changes.after(folder, cursor, known)

    def present(self, folder: Folder) -> frozenset[str]:
        """As `MailAccount.present`."""
        with within(f"folder {folder.name}"):
            return frozenset(one["id"] for one in outlook_listing.everything(self._graph, folder, "id"))

    def message_ids(self, folder: Folder) -> dict[str, str]:
        """As `MailAccount.message_ids`."""
        with within(f"folder {folder.name}"):
            found = outlook_listing.everything(self._graph, folder, "id,internetMessageId")
            return {one["id"]: outlook_messages.message_id(one) for one in found}

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """As `MailAccount.fetch`."""
        yield from self._fetch.fetch(refs)

    def send(self, message: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        """As `MailAccount.send`; who sends it is who signed in, or whom the message names in From."""
        del sender
        outlook_sending.send(self._graph, message, recipients)

    def keep_sent(self, message: bytes) -> None:
        """Nothing: the server puts what it sends among the sent messages itself."""

    def was_sent(self, message_id: str) -> bool:
        """As `MailAccount.was_sent`."""
        return outlook_sending.was_sent(self._graph, message_id)

    def save_draft(self, message: bytes) -> MessageRef:
        """As `MailAccount.save_draft`."""
        folder_id = self._folders.id_of(FolderRole.DRAFTS)
        return outlook_sending.save_draft(self._graph, message, folder_id)

    def wait(self, folder: Folder, seconds: float) -> bool:
        """False at once: Graph tells of changes only to servers that it can reach from outside."""
        del folder, seconds
        return False

    def close(self) -> None:
        """As `MailAccount.close`."""
        self._closed = True
        self._graph.close()
        self._fetch.close()
