"""What I change of drafts again and again before I send them: followed, listed, and forgotten if I say so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.ai.drafts import style_words
from fluffy_core.domain.styles import StyleChange, Trait, readable
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.store import styles, undo
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.styles import Noted
from fluffy_core.store.undo import UndoToken

RECENT = 50
"""Changes of drafts that are looked at, of each trait and language."""
REPEATED = 3
"""So often a draft must have been changed in the same way before that is a habit."""
READERS = 2
"""To so many different people before it is one with everybody."""
TRAITS = (Trait.GREETING, Trait.SIGN_OFF, Trait.ADDRESS)
_WORDS = {
    Trait.GREETING: "You begin mail to {whom} in {language} with {form}",
    Trait.SIGN_OFF: "You close mail to {whom} in {language} with {form}",
    Trait.ADDRESS: "You address {whom} in {language} with {form}",
}
_WITHOUT = {
    Trait.GREETING: "You write to {whom} in {language} without a greeting",
    Trait.SIGN_OFF: "You write to {whom} in {language} without a closing",
    Trait.ADDRESS: "You address {whom} in {language} neither way",
}
_Changes = Sequence[tuple[str, StyleChange]]


@dataclass(frozen=True, slots=True)
class Habit:
    """One of them, in words. `changes` are the drafts that were changed so; `id` names it to `forget`."""

    id: str
    sentence: str
    changes: int


def corrected(store: Database | Transaction, language: str, trait: Trait, *, email: str) -> str | None:
    """The form that I want drafts to this address to have, None where I never insisted on one."""
    changes = styles.changes(store, language, trait, limit=RECENT)
    mine = _agreed([pair for pair in changes if pair[0] == email])
    return _agreed(changes, readers=READERS) if mine is None else mine


def listed(store: Database | Transaction) -> tuple[Habit, ...]:
    """Every habit that drafts follow now, those with everybody last."""
    found: list[Habit] = []
    for (language, trait), changes in _grouped(styles.all_changes(store)).items():
        for email in (*dict.fromkeys(to for to, _ in changes), ""):
            own = [pair for pair in changes[:RECENT] if email in ("", pair[0])]
            form = _agreed(own, readers=1 if email else READERS)
            if form is not None:
                words = _WORDS[trait] if form else _WITHOUT[trait]
                sentence = words.format(
                    whom=email or "everybody", language=style_words.name_of(language), form=readable(form)
                )
                count = sum(one.sent == form for _, one in own)
                found.append(Habit(f"{language}/{trait}/{email}", sentence, count))
    return tuple(sorted(found, key=lambda one: (one.id.endswith("/"), one.id)))


def forget(store: Database, habit_id: str) -> UndoToken:
    """Write drafts as before it, until it is undone. Raises UsageError for a habit that there is none of."""
    with store.transaction() as tx:
        habit = next((one for one in listed(tx) if one.id == habit_id), None)
        if habit is None:
            raise UsageError(f"There is no habit “{habit_id}”.")
        language, trait, email = habit_id.split("/", 2)
        form = corrected(tx, language, Trait(trait), email=email)
        gone = styles.forget_changes(tx, language, Trait(trait), recipient=email, sent=form or "")
        tx.changed(Changed.RULES)
        return undo.note(tx, f"Forgot: {habit.sentence}", "habit", inverse=[list(row) for row in gone])


def take_back(tx: Transaction, inverse: object) -> None:
    """Remember again what was forgotten."""
    if isinstance(inverse, list):
        styles.bring_back_changes(tx, inverse)
        tx.changed(Changed.RULES)


def _agreed(changes: _Changes, *, readers: int = 1) -> str | None:
    """The form that the newest REPEATED changes agree on, made to at least so many people."""
    newest = changes[:REPEATED]
    forms = {one.sent for _, one in newest}
    agree = len(newest) == REPEATED and len(forms) == 1 and len({to for to, _ in changes}) >= readers
    return forms.pop() if agree else None


def _grouped(noted: Iterable[Noted]) -> Mapping[tuple[str, Trait], list[tuple[str, StyleChange]]]:
    found: dict[tuple[str, Trait], list[tuple[str, StyleChange]]] = defaultdict(list)
    for one in noted:
        found[one.language, one.change.trait].append((one.recipient, one.change))
    return found
