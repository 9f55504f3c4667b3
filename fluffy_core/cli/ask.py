"""`fluffy ask`: an answer in words of your mail, or that it is not there."""

import argparse

from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain import intelligence
from fluffy_core.domain.intelligence import Citation
from fluffy_core.services.reading import asking, meaning


def ask(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """The sentences that answer a question, each with its message."""
    with Core.open(settings) as core:
        embed = core.embed_if_installed(interactive=True)
        found = asking.answer(core.store, " ".join(arguments.question), embed=embed)
        found = asking.phrase(found, core.models)
        notes = [*found.notes, *(meaning.gap(core.store) if embed is not None else ())]
    lines = [found.text, ""] if found.text else []
    if not found.citations:
        lines += [asking.NOT_FOUND, *(["The closest is:"] if found.closest else [])]
    for number, one in enumerate(found.citations or found.closest, 1):
        lines += _cited(number, one)
    lines += [f"({note})" for note in notes]
    data = {"found": found.found, **_fields(found), "notes": notes}
    return Answer(data, "\n".join(lines))


def _fields(found: intelligence.Answer) -> dict[str, object]:
    names = ("question", "text", "citations", "closest", "engine")
    return {name: plain(getattr(found, name)) for name in names}


def _cited(number: int, one: Citation) -> list[str]:
    return [
        f"[{number}] “{one.quote}”",
        f"{'':4}{cut(one.sender, 40)}, {day(one.date)}: {cut(one.subject, 60)} (message {one.message_id})",
    ]
