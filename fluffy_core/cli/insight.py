"""Commands that show what was concluded: summarize, categories, followups, digest."""

import argparse
import time
from dataclasses import asdict

from fluffy_core.cli import summary
from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import ACCURATE
from fluffy_core.services.insight import commitments, follow_ups, summarising
from fluffy_core.services.reading import digest as digests
from fluffy_core.services.reading import reader
from fluffy_core.services.reading.digest import Digest
from fluffy_core.store import insight


def summarize(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Summarise a thread now, whatever the queue holds; accurate: fast where the model has nothing better."""
    with Core.open(settings) as core:
        thread_id = ThreadId(arguments.id)
        reader.open_thread(core.store, thread_id)
        started = time.monotonic()
        if arguments.model == ACCURATE:
            done = summarising.better(core.store, thread_id, core.models, interactive=True)
        else:
            done = summarising.work(core.store, thread_id, embed=core.embed_if_installed(interactive=True))
        with core.store.transaction() as tx:
            done.write(tx)
        owed = commitments.in_thread(core.store, thread_id)
    if done.summary is None:
        return Answer(
            {"points": [], "owed": [], "engine": ""}, "There is nothing to summarise in this thread."
        )
    lines = summary.lines(done.summary, owed)
    lines.append(f"({done.summary.engine}, {time.monotonic() - started:.1f} s)")
    return Answer(plain({**asdict(done.summary), "owed": owed}), "\n".join(lines))


def categories(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Counts by category, and the newest messages with the reason in words."""
    with Core.open(settings) as core:
        counts = insight.category_counts(core.store)
        rows = insight.categories(core.store, arguments.limit, arguments.importance)
    keys = ("message_id", "thread_id", "subject", "importance", "requires_response", "priority", "reason")
    shown = [dict(zip(keys, row, strict=True)) for row in rows]
    lines = [", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))]
    lines += [
        f"{one['message_id']:>8}  {one['importance']!s:9}  {cut(str(one['subject']), 40):40}  {one['reason']}"
        for one in shown
    ]
    return Answer({"counts": counts, "messages": shown}, "\n".join(lines))


def followups(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """My mail that waits for an answer."""
    with Core.open(settings) as core:
        found = follow_ups.listed(core.store, arguments.limit)
    lines = [
        f"{one.thread_id:>8}  {cut(one.people, 28):28}  {cut(one.subject, 40)}\n{'':10}{one.reason}"
        for one in found
    ]
    return Answer(
        {"count": len(found), "follow_ups": plain(found)}, "\n".join(lines) or "Nobody owes you an answer."
    )


def digest(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The first page."""
    del arguments
    with Core.open(settings) as core:
        found = digests.digest(core.store)
    return Answer(plain(found), _digest_text(found))


def _digest_text(found: Digest) -> str:
    lines = [f"NEEDS REPLY ({found.counts.needs_reply:,})"]
    for row in found.needs_reply:
        lines.append(f"  {cut(row.people, 28)}: {cut(row.subject, 60)}, {day(row.last_date)}")
        if row.note:
            lines.append(f"    {cut(row.note, 100)}")
        points = found.summaries[row.id].points[:2] if row.id in found.summaries else ()
        lines += [f"    • {cut(point.text, 110)}" for point in points]
    lines += ["", f"YOU OWE THIS WEEK ({len(found.due):,})"] if found.due else []
    lines += [
        f"  {cut(one.subject, 40)}, {one.commitment.due}: {cut(one.commitment.quote, 90)}"
        for one in found.due
    ]
    lines += ["", f"WAITING FOR OTHERS ({found.counts.waiting:,})"]
    lines += [
        f"  {cut(one.people, 28)}: {cut(one.subject, 40)}. {cut(one.reason, 100)}" for one in found.follow_ups
    ]
    lines += ["", "PEOPLE"]
    for person in found.people:
        role = ", ".join(part for part in (person.title, person.company) if part)
        who = f"{person.name} ({role})" if role else person.name
        lines.append(f"  {who}: {person.messages_in} from, {person.messages_out} to them")
    week = [f"The last seven days: {'; '.join(found.week)}."] if found.week else []
    return "\n".join([*lines, "", *week, f"{number_of(found.counts.everything, 'thread')} in all."])
