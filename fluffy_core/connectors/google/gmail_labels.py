"""Gmail's labels: which are folders for us, what users call them, and what they say of a message."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fluffy_core.connectors.files import headers
from fluffy_core.domain.sync import Folder, FolderRole, MessageRef

ALL_MAIL = Folder("ALL_MAIL", "All Mail", FolderRole.ALL)
"""Not one of Gmail's labels: every message but drafts, spam and what lies in the bin."""
_SYSTEM = (
    Folder("INBOX", "Inbox", FolderRole.INBOX),
    Folder("SENT", "Sent", FolderRole.SENT),
    Folder("DRAFT", "Drafts", FolderRole.DRAFTS),
    Folder("SPAM", "Spam", FolderRole.JUNK),
    Folder("TRASH", "Trash", FolderRole.TRASH),
    Folder("STARRED", "Starred"),
    Folder("IMPORTANT", "Important"),
)
SET_APART = frozenset({"SPAM", "TRASH"})
"""What has one of these is in no other folder."""
_SILENT = frozenset({"UNREAD", "CHAT", "YELLOW_STAR"})
"""Labels that say something else than where a message is."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a mailbox: name by id, the system's own too."""

    names: Mapping[str, str]

    def folders(self) -> tuple[Folder, ...]:
        """The inbox first, then all mail, other system labels, and the user's by their names."""
        system = [one for one in _SYSTEM if one.id in self.names]
        known = {one.id for one in _SYSTEM}
        own = [
            Folder(key, name) for key, name in self.names.items() if key not in known and not _is_system(key)
        ]
        own.sort(key=lambda one: (one.name.casefold(), one.id))
        return (*system[:1], ALL_MAIL, *system[1:], *own)

    def of(self, message: Mapping[str, Any], folder_id: str, *, size: int = 0) -> MessageRef:
        """A message as Gmail's interface tells of it. Without a `size` in bytes Gmail's estimate is taken."""
        ids = message.get("labelIds", ())
        return MessageRef(
            str(message["id"]),
            folder_id,
            flags(ids),
            size or int(message.get("sizeEstimate", 0)),
            self.shown(ids),
            str(message.get("threadId", "")),
        )

    def shown(self, ids: Collection[str]) -> tuple[str, ...]:
        """What a user calls these labels, sorted."""
        return tuple(sorted({self.names.get(one, one) for one in ids if one not in _SILENT}))


def labels(answer: Mapping[str, Any]) -> Labels:
    """From the answer of `labels.list`."""
    system = {one.id: one.name for one in _SYSTEM}
    found = {}
    for one in answer.get("labels", ()):
        key, name = str(one.get("id", "")), str(one.get("name", ""))
        if key and _is_system(key):
            found[key] = system.get(key, key.replace("_", " ").title())
        elif key:
            found[key] = " ".join(name.split()) or key
    return Labels(system | found)


def _is_system(label_id: str) -> bool:
    """Ids of labels that users make are "Label_" and a number."""
    return label_id.isupper()


def flags(ids: Collection[str]) -> tuple[str, ...]:
    """What labels say about reading, as flags."""
    words = {word for key, word in (("STARRED", "flagged"), ("DRAFT", "draft")) if key in ids}
    return headers.with_unseen(words if "UNREAD" in ids else words | {"seen"})


def is_in(folder_id: str, ids: Collection[str]) -> bool:
    """Whether a message with these labels is in a folder. A chat is no mail."""
    if "CHAT" in ids or not SET_APART.isdisjoint(ids):
        return folder_id in SET_APART and folder_id in ids
    return "DRAFT" not in ids if folder_id == ALL_MAIL.id else folder_id in ids
