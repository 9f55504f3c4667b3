"""One suggested draft, measured: invented facts, language, greeting and closing, and against a real reply."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import facts, held_out
from benchmarks.held_out import Case, Mailbox
from fluffy_core.ai.drafts import salutations, style, style_words
from fluffy_core.ai.grounding import placeholders
from fluffy_core.domain.styles import Circle, Manner, Named, Scope, Style
from fluffy_core.mail.addresses import names
from fluffy_core.mail.zones import language
from fluffy_core.services.writing import styles
from fluffy_core.store import reading


@dataclass(frozen=True, slots=True)
class Score:
    """One draft, measured; None where there is no profile or no real reply to compare it with."""

    facts: int
    language: bool
    greeting: bool | None
    sign_off: bool | None
    marks: int
    length: float | None
    common: float | None


class Judge:
    """Knows a mailbox: what may be said in each of its threads, and how its owner writes to whom."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.store = box.core.store
        self.learned = styles.learn(self.store)
        self.me = styles.me(self.store, box.owner)

    def score(self, case: Case, text: str) -> Score:
        """Measure one draft."""
        thread = reading.thread_messages(self.store, case.thread_id)
        last = next(one for one in reversed(thread) if not one.sender.mine)
        to = styles.named(last.sender.name, last.sender.email)
        spoken = _language(thread)
        own = _own_lines(text)
        how = self.expected(last.sender.email, spoken)
        sources = [*(f"{one.subject}\n{one.text}" for one in thread), *_people(thread), *_both(to, self.me)]
        vocabulary = style_words.vocabulary(spoken)
        sources += list(vocabulary.lines.values()) if vocabulary else []
        sources += [how.greeting, how.sign_off] if how else []
        real, said = _words(case.reply), _words(own)
        return Score(
            len(facts.invented(text, sources, language=spoken, people=self.box.people)),
            language.detect(placeholders.bare(own)) in ("", spoken),
            _opens_with(text, salutations.write_greeting(how.greeting, to)) if how else None,
            text.rstrip().endswith(salutations.write_sign_off(how.sign_off, self.me)) if how else None,
            len(placeholders.found(text)),
            len(said) / len(real) if real else None,
            _common(said, real) if real else None,
        )

    def expected(self, email: str, spoken: str) -> Manner | None:
        """How `fluffy style` says that this reader is written to; None where it says nothing."""
        circles = [Circle(Scope.PERSON, email), Circle(Scope.COMPANY, names.company_of(email)), Circle()]
        known: list[Style] = [
            one
            for circle in circles
            for one in self.learned
            if (one.circle, one.language) == (circle, spoken)
        ]
        return style.manner(known, spoken) if any(one.letters >= style.ENOUGH for one in known) else None


def _opens_with(text: str, greeting: str) -> bool:
    first = text.split("\n", 1)[0]
    return first == greeting if greeting else not first.endswith(",")


def _language(thread: held_out.Thread) -> str:
    found = (language.written(held_out.said(one)) for one in reversed(thread))
    return next((one for one in found if one), "en")


def _own_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))


def _people(thread: held_out.Thread) -> list[str]:
    return [f"{one.name} {one.email}" for each in thread for one in (each.sender, *each.to, *each.cc)]


def _both(*people: Named) -> list[str]:
    return [f"{one.first} {one.last}" for one in people]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _common(one: Sequence[str], other: Sequence[str]) -> float:
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / max(1, len(one) + len(other))
