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
from fluffy_core.domain.styles import Circle, Scope, Style, Trait, readable
from fluffy_core.errors import UsageError
from fluffy_core.services import drafting, habits, styles

MOST_FORMS = 3
_LIVELY, _HEDGING, _SHORT_FORMS = 0.1, 1.0, 1.0
_FORMAL, _FRIENDLY = 0.6, 0.4


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
    text = "\n\n".join(map(words, shown)) or "You have sent no mail yet to learn from."
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


def words(one: Style) -> str:
    """A style in sentences."""
    figures = one.figures
    low, middle, high = one.lengths
    lines = [f"{_whom(one.circle)} in {one.language}, from {number_of(one.letters, 'letter')}:"]
    lines += [f"  {name}: {told}" for name, trait in _TRAITS if (told := _forms(one, trait))]
    lines.append(f"  length: {middle} words, mostly {low} to {high}; {figures.sentence_words:.0f} a sentence")
    lines.append(f"  tone: {', '.join(_tone(one))}")
    return "\n".join(lines)


_TRAITS = (("greeting", Trait.GREETING), ("closing", Trait.SIGN_OFF), ("addressed as", Trait.ADDRESS))


def _whom(circle: Circle) -> str:
    return {Scope.EVERYONE: "To everyone"}.get(circle.scope) or f"To {circle.key}"


def _forms(one: Style, trait: Trait) -> str:
    counted = sorted(one.forms.get(trait, {}).items(), key=lambda form: (-form[1], form[0]))
    shown = [f"{readable(form)} ({count})" for form, count in counted[:MOST_FORMS]]
    return ", ".join(shown)


def _tone(one: Style) -> list[str]:
    figures = one.figures
    told = [
        "formal"
        if figures.formality > _FORMAL
        else "friendly"
        if figures.formality < _FRIENDLY
        else "neutral"
    ]
    thanked = one.forms.get(Trait.OPENING, {}).get("thanks", 0)
    told += ["opens with thanks"] if thanked * 2 > one.letters else []
    told += ["exclamation marks"] if figures.exclamations > _LIVELY else []
    told += ["short forms"] if figures.contractions > _SHORT_FORMS else []
    told += ["careful wording"] if figures.hedges > _HEDGING else []
    told += ["lists"] if figures.bullets > _LIVELY else []
    return told


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
