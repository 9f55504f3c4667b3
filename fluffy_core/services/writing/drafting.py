"""`generate-email-draft`: a draft in my voice for a thread or a person, or the reason why there is none."""

import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from fluffy_core.ai.base import Models, Prompt
from fluffy_core.ai.drafts import confidence as draft_confidence
from fluffy_core.ai.drafts import drafting, style, style_words
from fluffy_core.ai.drafts import model as draft_model
from fluffy_core.ai.drafts.confidence import Circumstances
from fluffy_core.ai.drafts.drafting import Brief
from fluffy_core.ai.drafts.model import Sieve
from fluffy_core.ai.drafts.own_replies import Pattern
from fluffy_core.ai.grounding import placeholders
from fluffy_core.ai.grounding.placeholders import Facts
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.drafting import Confidence, DraftRequest, DraftSource, Suggestion
from fluffy_core.domain.events import DraftWanted
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import BulkKind
from fluffy_core.domain.styles import Circle, Named, Scope, Style
from fluffy_core.errors import ModelError, TransientError, UsageError
from fluffy_core.mail.zones import language as languages
from fluffy_core.services.reading import conversations
from fluffy_core.services.writing import patterns, styles
from fluffy_core.store import addresses, ledger, messages, reading, suggestions
from fluffy_core.store import styles as own_mail
from fluffy_core.store.database import Database, Transaction

JOB = "generate-email-draft"
FAST = "fast drafts 3"
DEADLINE = 120.0
"""Seconds that the language model may take for a draft."""
FAILED = "The language model did not finish a better one."
UNFIT = "What the language model wrote did not pass the checks."
STOPPED = "The better one was stopped."
SAY_WHAT = "Say what you want to write."
NOTHING = f"Nothing in it asks you for an answer. {SAY_WHAT}"
LOOK = "What it asks for hangs on a link, an address or a number: look at it before you answer."
_NO_REPLY = re.compile(
    r"(?:no|do[._-]?not|nicht|ne[._-]?pas)[._-]?(?:reply|address|antworten|repondre)|mailer-daemon|postmaster",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\w{2,}")
_BY_PROGRAM = frozenset({BulkKind.BULK, BulkKind.AUTO_REPLY, BulkKind.AUTO_GENERATED})


@dataclass(frozen=True, slots=True)
class _Case:
    """A request with what the mailbox knows about it."""

    request: DraftRequest
    thread: Sequence[ThreadMessage]
    recipient: str
    to: Named
    me: Named
    language: str
    suspicious: str = ""


class _NoBetterError(Exception):
    """The language model gave nothing that may be suggested; says why."""


def ask(store: Database, request: DraftRequest) -> None:
    """Have a draft written soon, before anything in the background: DraftGrew tells of it, `get` has it.

    Raises UsageError for a request without thread and recipient.
    """
    _check(request)
    with store.transaction(durable=True) as tx:
        tx.emit(DraftWanted(request))


def get(store: Database, request_id: str) -> Suggestion | None:
    """What was suggested for a request, None while it is being written.

    A first draft whose better version will not come any more says so, and a request that failed, too.
    """
    waits = ledger.awaited(store, JOB, request_id)  # before the suggestion: it may end in between
    found = suggestions.get(store, request_id)
    if waits or (found and not found.improving):
        return found
    if found is not None:
        return settled(found, FAILED if ledger.error_of(store, JOB, request_id) else STOPPED)
    error = ledger.error_of(store, JOB, request_id)
    return Suggestion(request_id, "", Confidence.LOW, error, FAST, "") if error else None


def stop(store: Database, request_id: str) -> None:
    """Write no more for this request; a first draft that is there stays."""
    with store.transaction() as tx:
        if job_id := ledger.awaited(tx, JOB, request_id):
            ledger.cancel(tx, job_id, now=time.time())


def settled(first: Suggestion, why: str) -> Suggestion:
    """A first draft that stays, with a sentence why no better one takes its place."""
    return replace(first, improving=False, reason=f"{first.reason} {why}")


def suggest(
    store: Database,
    request: DraftRequest,
    *,
    models: Models,
    first: Callable[[Suggestion], None] = lambda _found: None,
    tell: Callable[[str], None] = lambda _text: None,
) -> Suggestion:
    """Write a draft. Nothing is stored.

    Where a language model is to write it, `first` hears at once the draft that is made without one, and
    `tell` the whole text so far as the model's grows. Raises UsageError for a thread or a recipient that
    there is none of.
    """
    case = _case(store, request)
    request = case.request
    if reason := _refusal(case):
        return Suggestion(request.id, "", Confidence.LOW, reason, FAST, case.language)
    how = styles.manner(store, case.recipient, case.language, address=_address_of(case))
    brief = Brief(request, how, case.to, case.me, case.thread)
    facts = Facts(drafting.sources(brief), brief.words)
    own = patterns.gather(store, brief, case.recipient)
    pattern = patterns.find(store, brief, own, facts=facts, models=models)
    fast = _fast(case, brief, pattern)
    if not fast.text or request.model == "fast" or not models.language_model:
        return fast
    first(replace(fast, improving=True))
    sieve = Sieve(brief, facts, languages.detect, own.usual)
    try:
        return _by_model(case, sieve, pattern, models=models, tell=tell)
    except _NoBetterError as why:
        return settled(fast, str(why))


def keep(tx: Transaction, request: DraftRequest, suggestion: Suggestion) -> None:
    """Store a suggestion under its request."""
    recipient = _case(tx, request).recipient
    suggestions.put(tx, request, suggestion, recipient=recipient, now=time.time())


def arguments(request: DraftRequest) -> dict[str, object]:
    """The request as the job `generate-email-draft` takes it."""
    return {
        "request_id": request.id,
        "thread_id": request.thread_id or 0,
        "recipient": request.recipient,
        "purpose": request.purpose,
        "key_points": list(request.key_points),
        "tone": request.tone,
        "hint": request.hint,
        "model": request.model,
    }


def address_of(store: Database, contact_id: int) -> str:
    """The address that a contact is written to. Raises UsageError without one."""
    email = suggestions.address_of(store, contact_id)
    if not email:
        raise UsageError(f"There is no contact {contact_id} with an address.")
    return email


def sentence(suggestion: Suggestion) -> str:
    """What the job did, in words."""
    return (
        f"Drafted {number_of(len(suggestion.text.split()), 'word')}" if suggestion.text else suggestion.reason
    )


def _check(request: DraftRequest) -> None:
    if request.thread_id is None and not request.recipient:
        raise UsageError("Say what the draft is about: a thread, or somebody to write to.")


def _case(store: Database | Transaction, request: DraftRequest) -> _Case:
    _check(request)
    facts = [] if request.thread_id is None else reading.thread_messages(store, request.thread_id)
    if request.thread_id is not None and not facts:
        raise UsageError(f"There is no thread {request.thread_id}.")
    thread = [conversations.as_seen(one) for one in facts]
    last = drafting.last_received(thread)
    name, email = (last.from_name, last.from_email) if last else ("", "")
    if last is None and thread and thread[-1].to:
        name, email = thread[-1].to[0].name, thread[-1].to[0].email
    if request.recipient and request.recipient != email:
        name, email = messages.latest_name(store, request.recipient), request.recipient
    if email:
        thread = [conversations.as_seen(one) for one in conversations.seen_by(facts, email)]
    suspicious = next((one.suspicious for one in reversed(facts) if not one.sender.mine), "")
    spoken = _language(store, request, thread, email=email)
    if said := style_words.told(request.hint):
        request = replace(request, key_points=(*request.key_points, said), hint="")
    return _Case(request, thread, email, styles.named(name, email), _me(store, thread), spoken, suspicious)


def _language(
    store: Database | Transaction, request: DraftRequest, thread: Sequence[ThreadMessage], *, email: str
) -> str:
    """That of the newest message that shows one; a new mail's is that of what the user wants said.

    Else the one that the user writes to this reader in, the reader's, or what the user mostly writes.
    """
    told = (languages.written(one.body) for one in reversed(thread))
    if found := next(filter(None, told), ""):
        return found
    wanted = languages.detect(" ".join((request.purpose, *request.key_points)))
    to_them = styles.measured(store, Circle(Scope.PERSON, email)) if email else []
    return (
        wanted
        or _mostly(to_them)
        or messages.usual_language(store, email)
        or _mostly(own_mail.profiles(store) or styles.measured(store, styles.EVERYONE))
        or "en"
    )


def _mostly(found: Sequence[Style]) -> str:
    """The language of most letters, "" without any."""
    return max(found, key=lambda one: one.letters).language if found else ""


def _refusal(case: _Case) -> str:
    """Why nothing can be suggested, "" when something can."""
    if _NO_REPLY.search(case.recipient.partition("@")[0]):
        return "Nobody reads what is sent to this address."
    if not case.request.is_told and (reason := _unasked(case)):
        return reason
    if style_words.vocabulary(case.language) is None:
        return "Drafts cannot be written in the language of this thread yet."
    return ""


def _unasked(case: _Case) -> str:
    """Why nobody waits for an answer in this thread, "" when somebody may."""
    if not case.thread:
        return SAY_WHAT
    last = case.thread[-1]
    if last.from_me:
        return f"You wrote last; nobody asked you anything since. {SAY_WHAT}"
    if last.bulk in _BY_PROGRAM or drafting.is_mass_mail(case.thread, case.me):
        return "A program sent this to many; there is nobody to answer."
    if drafting.is_courtesy(last, style_words.vocabulary(case.language)):
        return "This only says yes or no, thanks or goodbye; nothing is asked of you."
    if len(_WORDS.findall(last.body)) <= 1:
        return f"It has no words of its own, only what it passes on. {SAY_WHAT}"
    if name := drafting.addressed_to(last, case.me):
        return f"It is written to {name}. {SAY_WHAT}"
    return ""


def _address_of(case: _Case) -> str:
    """How the other side addresses me, as far as their last message shows it."""
    words = style_words.vocabulary(case.language)
    last = drafting.last_received(case.thread)
    return style.addressed(last.body, words) if words and last else ""


def _me(store: Database | Transaction, thread: Sequence[ThreadMessage]) -> Named:
    mine = [one for one in thread if one.from_me]
    if mine:
        return styles.me(store, mine[-1].from_email, mine[-1].from_name)
    newest = reading.messages(store, own_mail.letters(store, styles.EVERYONE, limit=1))
    if newest:
        return styles.me(store, newest[0].sender.email, newest[0].sender.name)
    return next((styles.me(store, one) for one in sorted(addresses.mine(store))), Named())


def _fast(case: _Case, brief: Brief, pattern: Pattern | None) -> Suggestion:
    paragraphs = drafting.outline(brief, pattern.sentences if pattern else ())
    if not paragraphs:
        reason = LOOK if drafting.asks_of_me(brief) else NOTHING
        return Suggestion(case.request.id, "", Confidence.LOW, reason, FAST, case.language)
    if pattern and paragraphs[:1] != [" ".join(pattern.sentences)]:
        pattern = None  # wishes and points come first
    text = drafting.written(brief, paragraphs)
    seen = replace(_circumstances(case, brief, text), ignored=_ignored(brief, text, pattern))
    confidence, reason = draft_confidence.of_outline(seen, pattern)
    return Suggestion(
        case.request.id, text, confidence, reason, FAST, case.language, placeholders.found(text),
        _used(brief, text, pattern),
    )  # fmt: skip


def _ignored(brief: Brief, text: str, pattern: Pattern | None) -> str:
    """The hint, where the draft would read the same without it."""
    plain = replace(brief, request=replace(brief.request, hint=""))
    if not brief.request.hint or pattern is not None:  # a pattern was cut as the hint said
        return ""
    return brief.request.hint if drafting.written(plain, drafting.outline(plain)) == text else ""


def _by_model(
    case: _Case, sieve: Sieve, pattern: Pattern | None, *, models: Models, tell: Callable[[str], None]
) -> Suggestion:
    """The language model's draft, sentence by sentence as each stands its test.

    Raises _NoBetterError when none does, or the model fails.
    """
    brief = sieve.brief
    asked = draft_model.prompt(brief, pattern)
    try:
        with closing(_pieces(models, asked)) as pieces:
            for kept in sieve.take(pieces):
                tell(drafting.written(brief, [" ".join(kept)]))
    except (ModelError, TransientError) as error:
        raise _NoBetterError(FAILED) from error
    body = " ".join(sieve.kept)
    says_nothing = sieve.is_only_polite and not case.request.is_told
    if says_nothing or not sieve.kept or languages.detect(body) not in ("", case.language):
        raise _NoBetterError(UNFIT)
    text = drafting.written(brief, draft_model.paragraphs(brief, sieve.kept))
    tell(text)
    seen = replace(
        _circumstances(case, brief, text), dropped=sieve.dropped, beyond_points=sieve.beyond_points
    )
    confidence, reason = draft_confidence.of_model(seen)
    return Suggestion(
        case.request.id, text, confidence, reason, f"accurate ({models.language_model})", case.language,
        placeholders.found(text), _used(brief, text, pattern),
    )  # fmt: skip


def _pieces(models: Models, asked: Prompt) -> Generator[str, None, None]:
    """What the model says; closed when nobody listens any more."""
    yield from models.generate(asked, interactive=True, deadline=DEADLINE)


def _circumstances(case: _Case, brief: Brief, text: str) -> Circumstances:
    points = " ".join(case.request.key_points)
    last = drafting.last_received(case.thread)
    return Circumstances(
        placeholders.found(text),
        case.suspicious,
        points=bool(points),
        foreign_points=languages.detect(points) not in ("", case.language),
        told=case.request.is_told,
        beside=last is not None and not (last.to_me or last.bulk),
        scope=brief.manner.scope,
        letters=brief.manner.letters,
    )


def _used(brief: Brief, text: str, pattern: Pattern | None) -> tuple[DraftSource, ...]:
    """What the draft rests on: my earlier reply, and the questions that it takes up."""
    found = (
        [] if pattern is None else [DraftSource(pattern.id, pattern.quote, "your reply to a similar message")]
    )
    last = drafting.last_received(brief.thread)
    if last is not None:
        found += [
            DraftSource(last.id, one.sentence.text, "asked of you")
            for one in drafting.open_asks(brief, [])
            if (line := drafting.line_for(one, brief)) and line in text
        ]
    return tuple(found)
