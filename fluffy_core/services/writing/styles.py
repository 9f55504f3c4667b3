"""`analyze-writing-style`: how I write to whom, learned from sent mail and from what I change of drafts."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from fluffy_core.ai.drafts import style
from fluffy_core.ai.drafts.style import Observed
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.styles import Circle, Letter, Manner, Named, Scope, Style, StyleChange, Trait
from fluffy_core.mail.addresses import names
from fluffy_core.mail.zones import language as languages
from fluffy_core.mail.zones import zones
from fluffy_core.services.writing import habits
from fluffy_core.store import messages, reading, styles, suggestions
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.reading import MessageFacts

SAMPLE = 100
"""Letters to everyone that a style is learned from."""
TO_ONE = 30
"""Letters to one person or company."""
READERS = 100
"""People whose styles are kept; those of others are found out when a draft to them is wanted."""
EVERYONE = Circle()
_LONGEST = 20_000


def learn(
    store: Database, *, sample: int = SAMPLE, checkpoint: Callable[[], None] = lambda: None
) -> list[Style]:
    """Work out the styles for everyone, and for the people and companies most written to; writes nothing."""
    emails = styles.readers(store, limit=READERS)
    companies = dict.fromkeys(filter(None, map(names.company_of, emails)))
    circles = [EVERYONE]
    circles += [Circle(Scope.COMPANY, one) for one in companies]
    circles += [Circle(Scope.PERSON, one) for one in emails]
    found: list[Style] = []
    for circle in circles:
        checkpoint()
        found += measured(store, circle, sample=sample)
    return [one for one in found if one.circle == EVERYONE or one.letters >= style.ENOUGH]


def measured(store: Database | Transaction, circle: Circle, *, sample: int = SAMPLE) -> list[Style]:
    """The style in each language that I write to this circle in, from my newest letters to it."""
    limit = sample if circle == EVERYONE else TO_ONE
    ids = styles.letters(store, circle, limit=limit)
    by_language: dict[str, list[Observed]] = {}
    for one in letters(store, ids):
        if found := style.observe(one):
            by_language.setdefault(one.language, []).append(found)
    return [
        style.summarised(seen, language=code, circle=circle) for code, seen in sorted(by_language.items())
    ]


def letters(store: Database | Transaction, ids: Sequence[MessageId]) -> list[Letter]:
    """Sent mail as a style is learned from it; what is only quoted or forwarded is left out.

    What is too short to tell its language is taken to be in that of the others.
    """
    found = [one for fact in reading.messages(store, ids) if (one := letter(store, fact)).text]
    known = Counter(one.language for one in found if one.language)
    mostly = known.most_common(1)[0][0] if known else ""
    return [one if one.language else replace(one, language=mostly) for one in found]


def manner(store: Database | Transaction, email: str, language: str, *, address: str = "") -> Manner:
    """How to write to this address in this language; `address` is how they address me ("du").

    Raises KeyError for a language that drafts cannot be written in.
    """
    company = names.company_of(email)
    circles = [Circle(Scope.PERSON, email)] if email else []
    circles += [Circle(Scope.COMPANY, company)] if company else []
    known = [_known(store, circle, language) for circle in [*circles, EVERYONE]]
    found = style.manner([one for one in known if one is not None], language, address=address)
    return _as_corrected(store, found, email)


def _known(store: Database | Transaction, circle: Circle, language: str) -> Style | None:
    """Somebody's style as of now; the wide ones as they were learned last, if they were."""
    kept = None if circle.scope is Scope.PERSON else styles.profile(store, language, circle)
    if kept is not None:
        return kept
    return next((one for one in measured(store, circle) if one.language == language), None)


def write(tx: Transaction, found: Sequence[Style]) -> None:
    """Keep what was learned."""
    styles.put(tx, found)


def kept(store: Database, language: str = "") -> list[Style]:
    """What was learned (of one language), what rests on most letters first."""
    return styles.profiles(store, language)


def sentence(found: Sequence[Style], *, changed: int) -> str:
    """What was learned, in words."""
    everyone = [one for one in found if one.circle == EVERYONE]
    people = sum(one.circle.scope is Scope.PERSON for one in found)
    if not everyone:
        return "You have sent no mail yet to learn from"
    told = f"Learned how you write from {number_of(sum(one.letters for one in everyone), 'letter')}"
    if people:
        told += f", with habits of their own for {number_of(people, 'person', 'people')}"
    return f"{told}; {number_of(changed, 'change')} of drafts noted" if changed else told


def compare(tx: Transaction, *, now: float | None = None) -> int:
    """Look at what was sent after drafts were suggested, and note the differences; how many there were."""
    count = 0
    for one in suggestions.sent_since(tx):
        suggestions.compared(tx, one.request_id)
        found = letters(tx, [one.sent])
        if not found or found[0].language not in ("", one.language):
            continue
        changed = differences(one.text, replace(found[0], language=one.language))
        at = time.time() if now is None else now
        styles.note_changes(
            tx, one.request_id, changed, language=one.language, recipient=one.recipient, now=at
        )
        count += len(changed)
    return count


def differences(suggested: str, sent: Letter) -> list[StyleChange]:
    """Where a sent letter greets, addresses or closes otherwise than its draft did."""
    draft = Letter(suggested, "", sent.language, sent.to, sent.me)
    before, after = style.observe(draft), style.observe(sent)
    if before is None or after is None:
        return []
    return [
        StyleChange(trait, before.forms[trait], after.forms[trait])
        for trait in habits.TRAITS
        if trait in before.forms and trait in after.forms and before.forms[trait] != after.forms[trait]
    ]


def _as_corrected(store: Database | Transaction, found: Manner, email: str) -> Manner:
    """The manner as I corrected it in drafts: to this person, or to several people."""

    def corrected(trait: Trait, usual: str) -> str:
        form = habits.corrected(store, found.language, trait, email=email)
        return usual if form is None else form

    return replace(
        found,
        greeting=corrected(Trait.GREETING, found.greeting),
        sign_off=corrected(Trait.SIGN_OFF, found.sign_off),
        address=corrected(Trait.ADDRESS, found.address),
    )


def letter(store: Database | Transaction, one: MessageFacts) -> Letter:
    """A sent message without its quotes, its signature apart."""
    sender = one.sender.name or one.sender.email
    text = one.text[: 4 * _LONGEST]
    new = zones.reply_text(text, sender=sender)[:_LONGEST]
    others = [person for person in one.to if not person.mine]
    to = named(others[0].name, others[0].email) if len(others) == 1 else Named()
    return Letter(
        new,
        zones.signature_text(text, sender=sender)[:_LONGEST],
        one.language or languages.written(new),
        to,
        me(store, one.sender.email, one.sender.name),
        one_reader=len(others) == 1,
    )


def me(store: Database | Transaction, email: str, name: str = "") -> Named:
    """My name as this address writes it."""
    return named(name or messages.latest_name(store, email), email)


@lru_cache(maxsize=4096)
def named(name: str, email: str) -> Named:
    """First and last name from a header, or from an address like "ann.ode@…"."""
    if names.is_role(email):
        return Named()
    cleaned = [one for one in names.clean(name, email).split() if not one.endswith(".")]  # "Dr.", "M."
    if not cleaned:
        local = email.partition("@")[0]
        parts = [one for one in local.replace("_", ".").split(".") if len(one) > 1 and one.isalpha()]
        cleaned = [one.capitalize() for one in parts] if len(parts) > 1 else []
    return Named(cleaned[0] if cleaned else "", cleaned[-1] if len(cleaned) > 1 else "")
