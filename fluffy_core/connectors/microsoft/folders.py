"""The mail folders of an account at Microsoft, those within others included."""

from collections.abc import Iterator

from fluffy_core.connectors.microsoft.graph import NOT_FOUND, Entry, Graph, Trail, part
from fluffy_core.domain.sync import Folder, FolderRole
from fluffy_core.errors import AnswerError, TransientError

ROLES = {
    "inbox": FolderRole.INBOX,
    "archive": FolderRole.ARCHIVE,
    "sentitems": FolderRole.SENT,
    "drafts": FolderRole.DRAFTS,
    "junkemail": FolderRole.JUNK,
    "deleteditems": FolderRole.TRASH,
}
"""Graph's well-known names, in the order in which folders are told."""
_ORDER = (*ROLES.values(), FolderRole.OTHER)
_SEARCH = "#microsoft.graph.mailSearchFolder"
MOST = 10_000
_PAGE = 100


class Folders:
    """Lists the folders of one account; which have which role is asked once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._roles: dict[str, FolderRole] | None = None

    def listed(self) -> tuple[Folder, ...]:
        """All folders, those with a role first, then by name."""
        roles = self._known_roles()
        found: dict[str, Folder] = {}
        todo = [("me/mailFolders", "")]
        while todo:
            path, above = todo.pop()
            for entry in self._entries(path):
                name = f"{above}{_shown(entry)}"
                if entry["id"] in found or entry.get("@odata.type") == _SEARCH:
                    continue
                found[entry["id"]] = Folder(entry["id"], name, roles.get(entry["id"], FolderRole.OTHER))
                if entry.get("childFolderCount"):
                    todo.append((f"me/mailFolders/{part(entry['id'])}/childFolders", f"{name}/"))
            if len(found) > MOST:
                raise TransientError("The server tells of folders without end.")
        return tuple(sorted(found.values(), key=lambda one: (_ORDER.index(one.role), one.name, one.id)))

    def id_of(self, role: FolderRole) -> str:
        """The id of the folder with a role, "" without one."""
        return next((key for key, one in self._known_roles().items() if one is role), "")

    def _entries(self, path: str) -> Iterator[Entry]:
        trail = Trail()
        page = self._graph.page(path, {"$select": "id,displayName,childFolderCount", "$top": _PAGE})
        yield from page.entries
        while page.next:
            page = self._graph.page(trail.step(page.next))
            yield from page.entries

    def _known_roles(self) -> dict[str, FolderRole]:
        if self._roles is None:
            found = {self._id(name): role for name, role in ROLES.items()}
            found.pop("", None)
            self._roles = found
        return self._roles

    def _id(self, name: str) -> str:
        """The id of a folder that has a well-known name, "" when the account has none."""
        try:
            found = self._graph.get(f"me/mailFolders/{name}", {"$select": "id"}).get("id")
        except AnswerError as error:
            if error.status == NOT_FOUND:
                return ""
            raise
        return found if isinstance(found, str) else ""


def _shown(entry: Entry) -> str:
    name = entry.get("displayName")
    text = "".join(c for c in name if c.isprintable()) if isinstance(name, str) else ""
    return text.replace("/", "_").strip() or "Folder"
