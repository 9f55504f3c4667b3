"""What Graph tells of a message: where it is, its flags and its size."""

from collections.abc import Iterator
from datetime import UTC, datetime

from fluffy_core.connectors.files.headers import with_unseen
from fluffy_core.connectors.microsoft.graph import Entry
from fluffy_core.domain.sync import MessageRef

SIZE = 0x0E08
"""PidTagMessageSize, which MAPI knows and Graph has no property for."""
DELTA = {"$select": "id,receivedDateTime,isRead,isDraft,flag,conversationId"}
"""The options of a delta. It fails on any expansion with a filter (microsoft-graph-docs, issue 2270)."""
WANTED = {
    **DELTA,
    "$expand": f"singleValueExtendedProperties($filter=id eq 'Integer 0x{SIZE:04X}')",
}
"""The options of other requests whose entries `ref` reads."""
_TOLD = ("isRead", "isDraft", "flag")


def is_whole(entry: Entry) -> bool:
    """Whether an entry tells all flags; a delta may tell only what changed."""
    return all(name in entry for name in _TOLD)


def ref(entry: Entry, folder_id: str, *, before: tuple[str, ...] = ()) -> MessageRef:
    """Where a message is. What the entry does not tell of its flags is as in `before`."""
    flags = {one for one in before if one != "unseen"}
    for word, on in _flags(entry):
        flags = flags | {word} if on else flags - {word}
    size = dict(_properties(entry)).get(SIZE, "")
    thread = entry.get("conversationId")
    return MessageRef(
        entry["id"],
        folder_id,
        with_unseen(flags),
        int(size) if size.isascii() and size.isdecimal() and len(size) < 12 else 0,  # noqa: PLR2004
        thread_id=thread if isinstance(thread, str) else "",
    )


def _flags(entry: Entry) -> Iterator[tuple[str, bool]]:
    if "isRead" in entry:
        yield "seen", entry["isRead"] is True
    if "isDraft" in entry:
        yield "draft", entry["isDraft"] is True
    if isinstance(flag := entry.get("flag"), dict):
        yield "flagged", flag.get("flagStatus") == "flagged"


def _properties(entry: Entry) -> Iterator[tuple[int, str]]:
    found = entry.get("singleValueExtendedProperties")
    for one in found if isinstance(found, list) else ():
        name, value = (one.get("id"), one.get("value")) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and isinstance(value, str):
            try:
                yield int(name.rpartition(" ")[2], 16), value
            except ValueError:
                continue


def received(entry: Entry) -> datetime:
    """When a message arrived, to the second. Raises ValueError."""
    text = entry.get("receivedDateTime")
    if not isinstance(text, str):
        raise ValueError("a message without a date")
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)


def message_id(entry: Entry) -> str:
    """The Message-ID as other connectors tell it, "" without one."""
    found = entry.get("internetMessageId")
    return "".join(found.split()) if isinstance(found, str) else ""
