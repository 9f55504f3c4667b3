"""Commands that show mail: search, threads, thread, export, undo."""

import argparse
from dataclasses import asdict
from pathlib import Path

from fluffy_core.cli import summary
from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.rows import Section, ThreadDetail, ThreadRow
from fluffy_core.domain.zones import ZoneKind
from fluffy_core.errors import UsageError
from fluffy_core.services.imports import exporting
from fluffy_core.services.reading import inbox, meaning, reader, searching
from fluffy_core.services.reading.searching import Match
from fluffy_core.services.sorting import triage
from fluffy_core.store.search import Hit

_SECTIONS = {"needs-reply": Section.NEEDS_REPLY, "waiting": Section.WAITING, "everything": Section.EVERYTHING}


def search(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Messages for a query, best first, with what was not understood."""
    with Core.open(settings) as core:
        embed = core.embed_if_installed(interactive=True) if not arguments.words_only else None
        found = searching.messages(core.store, " ".join(arguments.query), embed=embed)
        shown = found.messages[: arguments.limit]
        hits = searching.hits(core.store, shown)
        why = searching.explain(core.store, found, shown)
        notes = [*found.notes, *(meaning.gap(core.store) if embed and found.query.words else ())]
    lines = [line for one in hits for line in _hit(one, why.get(one.message_id))] or ["Nothing found."]
    lines += [f"({note})" for note in notes]
    data = {
        "count": len(found.messages),
        "messages": [{**asdict(one), "match": plain(why.get(one.message_id))} for one in hits],
        "notes": notes,
    }
    return Answer(data, "\n".join(lines))


def _hit(hit: Hit, match: Match | None) -> list[str]:
    """A result, and below it the passage that matched with the words that were looked for in brackets."""
    line = f"{hit.message_id:>8}  {day(hit.date)}  {cut(hit.sender, 24):24}  {cut(hit.subject, 60)}"
    if match is None:
        return [line]
    text = match.text
    for start, stop in reversed(match.marks):
        text = f"{text[:start]}[{text[start:stop]}]{text[stop:]}"
    return [line, f"{'':10}{cut(text, 120)}  ({match.why})"]


def threads(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The threads of a section."""
    with Core.open(settings) as core:
        ids = inbox.ids(core.store, _SECTIONS[arguments.section], arguments.query)
        rows = inbox.rows(core.store, ids[: arguments.limit])
        shown = [rows[one] for one in ids[: arguments.limit] if one in rows]
        counts = inbox.counts(core.store)
    data = {"count": len(ids), "counts": plain(counts), "threads": plain(shown)}
    return Answer(data, "\n".join(_line(one) for one in shown) or "No threads here.")


def _line(row: ThreadRow) -> str:
    note = f"\n{'':10}{cut(row.note, 90)}" if row.note else ""
    count = f" ({row.message_count})" if row.message_count > 1 else ""
    count += "".join(f" [{cut(tag.name, 20)}]" for tag in row.tags)
    return f"{row.id:>8}  {day(row.last_date)}  {cut(row.people, 28):28}  {cut(row.subject, 60)}{count}{note}"


def thread_show(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """A thread with its summary and messages."""
    with Core.open(settings) as core:
        detail = reader.open_thread(core.store, ThreadId(arguments.id))
    return Answer(plain(detail), _thread_text(detail))


def _thread_text(detail: ThreadDetail) -> str:
    lines = [detail.row.subject or "(no subject)", ""]
    if detail.summary is not None:
        lines += [f"  {line}" for line in summary.lines(detail.summary, detail.owed)]
        lines.append("")
    for one in detail.messages:
        lines.append(
            f"--- [{one.id}] {one.sender.name or one.sender.email} <{one.sender.email}>, {day(one.date)}"
        )
        if one.reason:
            lines.append(f"    ({one.reason})")
        text = one.text.split("\n")
        for zone in one.zones:
            if zone.kind is ZoneKind.BODY:
                lines += text[zone.start : zone.end]
            elif zone.kind is ZoneKind.QUOTE:
                lines.append(f"    [{zone.end - zone.start} quoted lines]")
        lines += [
            f"    attached: {part.name} ({part.size:,} bytes)" for part in one.attachments if not part.inline
        ]
    return "\n".join(lines)


def thread_done(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Mark a thread done or bring it back."""
    thread_id = ThreadId(arguments.id)
    with Core.open(settings) as core:
        if thread_id not in inbox.rows(core.store, [thread_id]):
            raise UsageError(f"There is no thread {thread_id}.")
        token = triage.set_done(core.store, [thread_id], arguments.done)
    return Answer(plain(token), f"{token.label}. `fluffy undo` takes it back.")


def undo(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Take back the newest reversible thing."""
    del arguments
    with Core.open(settings) as core:
        label = triage.undo(core.store)
    return Answer({"undone": label}, f"Taken back: {label}" if label else "There is nothing to take back.")


def export(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Write every message to one mbox."""
    target = Path(arguments.path).expanduser()
    with Core.open(settings) as core:
        count = exporting.to_mbox(core.store, target)
    return Answer(
        {"messages": count, "path": str(target)}, f"Wrote {number_of(count, 'message')} to {target}."
    )
