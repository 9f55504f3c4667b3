"""Commands about what the user writes: style, draft suggest."""

import argparse
import sys
import uuid
from dataclasses import asdict

from fluffy_core.cli.answer import Answer, plain, printable
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.drafting import DraftRequest, Suggestion
from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.styles import Style, Trait
from fluffy_core.errors import UsageError
from fluffy_core.services.writing import drafting, habits, portraits, styles

SHOWN = 8
"""Styles that are told without being asked for by name; --all tells every one."""


def style(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What was learned about how the user writes, in words; learned now where it was not before."""
    with Core.open(settings) as core:
        if arguments.forget:
            token = habits.forget(core.store, arguments.forget)
            return Answer({"forgotten": arguments.forget, "undo": token.id}, token.label)
        with core.store.transaction() as tx:
            styles.compare(tx)
        changed = habits.listed(core.store)
        found = styles.kept(core.store)
        if not found or arguments.again:
            found = styles.learn(core.store)
            with core.store.transaction() as tx:
                styles.write(tx, found)
    wanted = arguments.to.strip().lower()
    shown = [one for one in found if not wanted or one.circle.key == wanted]
    if wanted and not shown:
        raise UsageError(f"Nothing is known about how you write to “{arguments.to}”.")
    told = shown if wanted or arguments.all else portraits.telling(shown)[:SHOWN]
    text = "\n\n".join(map(_words, told)) or "You have sent no mail yet to learn from."
    if len(told) < len(shown):
        more = number_of(len(shown) - len(told), "more person or company", "more people and companies")
        text += f"\n\nand {more}: --all shows them, --to ADDRESS one."
    text += "".join(
        f"\n\n{one.sentence}: so you changed {number_of(one.changes, 'draft')}.\n  {one.id}"
        for one in changed
    )
    return Answer({"styles": [_data(one) for one in shown], "habits": [plain(one) for one in changed]}, text)


def suggest(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Suggest a draft for a thread, or for a first mail to an address; nothing is sent."""
    thread_id = None if arguments.thread is None else ThreadId(arguments.thread)
    request = DraftRequest(
        id=uuid.uuid4().hex,
        thread_id=thread_id,
        recipient=arguments.to,
        purpose=arguments.purpose,
        key_points=tuple(arguments.point),
        tone=arguments.tone,
        hint=arguments.hint,
        model=arguments.model,
    )
    with Core.open(settings) as core:
        with core.store.transaction() as tx:
            styles.compare(tx)
        found = _watched(core, request)
        with core.store.transaction() as tx:
            drafting.keep(tx, request, found)
    data = {key: value for key, value in asdict(found).items() if key != "improving"}
    return Answer(plain(data), _told(found))


def _watched(core: Core, request: DraftRequest) -> Suggestion:
    """The suggestion; its progress goes to stderr, and Ctrl+C is content with the first draft."""
    firsts: list[Suggestion] = []

    def first(found: Suggestion) -> None:
        firsts.append(found)
        _progress(f"A first draft is ready. {core.models.language_model} writes a better one; Ctrl+C: stop.")

    try:
        return drafting.suggest(core.store, request, models=core.models, first=first, tell=_grown)
    except KeyboardInterrupt:
        if not firsts:
            raise
        return drafting.settled(firsts[0], drafting.STOPPED)
    finally:
        if firsts and sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)


def _grown(text: str) -> None:
    if sys.stderr.isatty():
        _progress(f"The better draft has {number_of(len(text.split()), 'word')} so far.")


def _progress(words: str) -> None:
    """One line that the next one takes the place of, where the terminal can do that."""
    start, end = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{start}{printable(words)}", end=end, file=sys.stderr, flush=True)


def _told(found: Suggestion) -> str:
    if not found.text:
        return f"No draft: {found.reason}"
    return f"{found.text}\n\n({found.confidence} confidence, {found.engine}) {found.reason}"


def _words(one: Style) -> str:
    """A style in sentences."""
    told = portraits.of(one)
    head = f"{told.whom}, from {number_of(told.letters, 'letter')}:"
    return "\n  ".join((head, *told.lines))


def _data(one: Style) -> dict[str, object]:
    return {
        "language": one.language,
        "scope": str(one.circle.scope),
        "to": one.circle.key,
        "letters": one.letters,
        "greeting": one.usual(Trait.GREETING),
        "sign_off": one.usual(Trait.SIGN_OFF),
        "forms": {str(trait): dict(forms) for trait, forms in one.forms.items()},
        "figures": plain(one.figures),
        "lengths": list(one.lengths),
    }
