"""Tags, the user's own and those found in the mailbox: renamed, merged, removed."""

from collections.abc import Sequence
from dataclasses import astuple, replace

from fluffy_core.domain.learning import Tag, tag_question
from fluffy_core.errors import UsageError
from fluffy_core.services.sorting import labels, learning
from fluffy_core.store import learned, tags
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.tags import TagState, listed
from fluffy_core.store.undo import UndoToken

__all__ = ["listed", "merge", "remove", "rename"]


def _tag(tx: Transaction, tag_id: int) -> Tag:
    for one in listed(tx):
        if one.id == tag_id:
            return one
    raise UsageError(f"There is no tag {tag_id}.")


def rename(store: Database, tag_id: int, name: str) -> UndoToken:
    """Call a tag something else; it stays the same tag. Raises UsageError when another has that name."""
    clean = labels.clean_name(name)
    with store.transaction() as tx:
        tag = _tag(tx, tag_id)
        other = tags.named(tx, clean)
        if clean.lower() in labels.KNOWN or other not in (None, tag_id):
            raise UsageError(f"There is a category “{clean}” already; merge the two instead.")
        return _change(tx, [_state(tx, tag_id, name=clean)], [], label=f"Renamed {tag.name} to {clean}")


def merge(store: Database, tag_id: int, into: int) -> UndoToken:
    """Make a tag part of another one: its mail and what was learned of it count for that."""
    if tag_id == into:
        raise UsageError("A tag cannot be part of itself.")
    with store.transaction() as tx:
        tag, target = _tag(tx, tag_id), _tag(tx, into)
        parts = [_state(tx, one, merged_into=into) for one in (tag_id, *tags.parts(tx, tag_id))]
        said = learned.about(tx, tag_question(tag_id))
        label = f"Merged {tag.name} into {target.name}"
        return _change(tx, parts, said, label=label, question=tag_question(into))


def remove(store: Database, tag_id: int) -> UndoToken:
    """Take a tag off all mail; what was found once is not found again."""
    with store.transaction() as tx:
        tag = _tag(tx, tag_id)
        said = learned.about(tx, tag_question(tag_id))
        return _change(tx, [_state(tx, tag_id, hidden=1)], said, label=f"Removed the tag {tag.name}")


def _state(tx: Transaction, tag_id: int, **changes: object) -> TagState:
    return replace(tags.state(tx, tag_id), **changes)  # type: ignore[arg-type]


def _change(
    tx: Transaction, states: Sequence[TagState], said: Sequence[int], *, label: str, question: str = ""
) -> UndoToken:
    """Bring tags into these states; what was said of them goes, or counts for another `question`."""

    def edit() -> Sequence[int]:
        for one in states:
            tags.put_state(tx, one)
        if question:
            learned.change(tx, said, field="question", value=question)
        else:
            learned.put_back(tx, said, [])
        return said

    before = [astuple(tags.state(tx, one.id)) for one in states]
    return learning.change(tx, said, edit, label=label, tags_before=before)
