"""What changed in an IMAP folder: from the server's own count of changes, or by comparing what is known."""

from collections.abc import Mapping, Sequence

from fluffy_core.connectors.base import Known
from fluffy_core.connectors.imap import answers as imap_answers
from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.connectors.imap.answers import Told
from fluffy_core.connectors.imap.cursor import Cursor
from fluffy_core.connectors.imap.fetch import ref_of
from fluffy_core.connectors.imap.session import Client, Selected
from fluffy_core.domain.sync import RemoteChanges

_ATTRIBUTES = "(UID FLAGS RFC822.SIZE)"


def changes(client: Client, selected: Selected, before: Cursor, *, known: Known) -> RemoteChanges:
    """As `MailAccount.changes`, in the folder that is open. Raises CursorExpiredError."""
    now = imap_cursor.cursor_of(selected)
    imap_cursor.checked(before, now)
    if not before.modseq or now.modseq < before.modseq:  # no count of changes, or one that was set back
        refs, gone = _compared(client, selected, known())
    elif now == before:
        refs, gone = [], []
    elif client.tells_gone:
        refs, gone = _counted(client, selected, before, known=known)
    else:
        modifier = f"(CHANGEDSINCE {before.modseq})"
        refs = _fetch(client, "1:*", _ATTRIBUTES, modifier)
        gone = _missing(client, selected, known())
    told = [ref_of(selected.folder_id, selected.uidvalidity, ref) for ref in refs if ref.flags is not None]
    return RemoteChanges(tuple(told), tuple(gone), now.text())


def _fetch(client: Client, uids: str, *words: str) -> list[Told]:
    """What the server tells of some messages, newest first."""
    found = imap_answers.told(client.command("UID", "FETCH", uids, *words, answer="FETCH"))
    return [found[uid] for uid in sorted(found, reverse=True)]


def _counted(
    client: Client, selected: Selected, before: Cursor, *, known: Known
) -> tuple[list[Told], list[str]]:
    """By QRESYNC: the server names what changed and what went; the latter may be more than we ever knew."""
    refs = _fetch(client, "1:*", _ATTRIBUTES, f"(CHANGEDSINCE {before.modseq} VANISHED)")
    spans = imap_answers.vanished(client.untagged("VANISHED"))
    if not spans:
        return refs, []
    there = {ref.uid for ref in refs}
    ours = _uids(known(), selected.uidvalidity)
    return refs, [one for uid, one in ours.items() if uid not in there and imap_answers.within(uid, spans)]


def _missing(client: Client, selected: Selected, known: Mapping[str, Sequence[str]]) -> list[str]:
    there = set(client.uids("ALL"))
    return [one for uid, one in _uids(known, selected.uidvalidity).items() if uid not in there]


def _compared(
    client: Client, selected: Selected, known: Mapping[str, tuple[str, ...]]
) -> tuple[list[Told], list[str]]:
    """Without any count of changes: the flags of all messages against those we know."""
    told = {ref.uid: ref for ref in _fetch(client, "1:*", "(UID FLAGS)")} if selected.exists else {}
    ours = _uids(known, selected.uidvalidity)
    other = [uid for uid, ref in told.items() if uid not in ours or known[ours[uid]] != ref.flags]
    new = [uid for uid in other if uid not in ours]
    if new:  # with their sizes
        for at in range(0, len(new), 1000):
            sized = _fetch(client, imap_answers.uid_set(new[at : at + 1000]), _ATTRIBUTES)
            told |= {ref.uid: ref for ref in sized}
    gone = [one for uid, one in ours.items() if uid not in told]
    if gone:  # a server that only kept quiet about them still finds them
        gone = _missing(client, selected, dict.fromkeys(gone, ()))
    return [told[uid] for uid in other], gone


def _uids(known: Mapping[str, Sequence[str]], validity: int) -> dict[int, str]:
    """What the caller knows, by UID. Raises CursorExpiredError when it is of another numbering."""
    return {imap_cursor.uid_in(one, validity): one for one in known}
