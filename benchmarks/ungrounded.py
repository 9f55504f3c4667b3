"""Summaries of real mail, and how many facts they tell that their threads do not hold."""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import facts, trial_home
from fluffy_core.ai.base import Models
from fluffy_core.core import Core
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import FAST, Summary
from fluffy_core.domain.rows import Section
from fluffy_core.errors import ModelError, TransientError
from fluffy_core.services.insight import summarising
from fluffy_core.store import inbox, reading
from fluffy_core.store.database import Database

SEED = 7
_NO_NAMES: frozenset[str] = frozenset()


@dataclass
class Count:
    """What was counted; `invented` holds the facts themselves."""

    summaries: int = 0
    told_by_model: int = 0
    sentences: int = 0
    invented: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """As numbers."""
        return {
            "summaries": self.summaries,
            "told_by_model": self.told_by_model,
            "sentences": self.sentences,
            "ungrounded": len(self.invented),
        }


def count(path: Path, *, limit: int, accurate: bool) -> Count:
    """Summarise a seeded sample of the threads of a mailbox and hold each sentence against its thread."""
    total = Count()
    with trial_home.opened([path]) as core:
        ids = sorted(inbox.ids(core.store, Section.EVERYTHING))
        random.Random(SEED).shuffle(ids)
        for thread_id in ids:
            if total.summaries >= limit:
                break
            done = _summary(core, core.models if accurate else None, thread_id)
            if done.summary is not None and done.summary.points:
                _add(total, done.summary, done, store=core.store)
    return total


def _summary(core: Core, models: Models | None, thread_id: ThreadId) -> summarising.Work:
    if models is not None:
        try:
            return summarising.better(core.store, thread_id, models)
        except (ModelError, TransientError):
            if not models.language_model:
                raise
    return summarising.work(core.store, thread_id, embed=None)


def _add(total: Count, summary: Summary, done: summarising.Work, *, store: Database) -> None:
    whole = reading.thread_messages(store, done.thread_id)
    sources = [f"{one.subject}\n{one.text}" for one in whole]
    sources += [f"{who.name} {who.email}" for one in whole for who in (one.sender, *one.to, *one.cc)]
    language = next(iter(Counter(one.language for one in done.thread).most_common(1)), ("", 0))[0]
    said = [*summary.gist, *summary.points, *summary.decisions]
    total.summaries += 1
    total.told_by_model += summary.engine != FAST
    total.sentences += len(said)
    for each in said:
        total.invented += facts.invented(each.text, sources, language=language, people=_NO_NAMES)
