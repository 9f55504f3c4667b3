"""Corrections of what every home has, importance and replies: what follows, what else moves, what comes back.

Kinds of mail are as for categories of the user's own. Five conversations of each are said to be what most of
it is not; the rest is judged by how it is sorted then. Of people one conversation is corrected: nothing else
of theirs may move.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks import kinds_of_mail
from benchmarks.kinds_of_mail import EXAMPLES, Kind, Outcome
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.learning import Scope, Sighting
from fluffy_core.services.sorting import labels, triage
from fluffy_core.store import learned
from fluffy_core.store.database import Database

NO_REPLY = "no-reply"
MOST_PEOPLE = 40
Sorted = Mapping[int, Category]


@dataclass(frozen=True, slots=True)
class Trial:
    """A home, its mail of others, and `work`, which does what corrections leave to a job."""

    store: Database
    mail: Mapping[int, Sighting]
    work: Callable[[], None]
    seed: int

    def sorted(self) -> Sorted:
        """How each message is sorted now."""
        return {number: now for number, (_, now) in learned.before(self.store, self.mail).items()}

    def correct(self, shown: Sequence[Sighting], category: str) -> None:
        """Say of these conversations what they are."""
        for one in shown:
            labels.categorize(self.store, one.thread_id, category)
            self.work()

    def take_back(self, count: int) -> None:
        """Undo so many corrections."""
        for _ in range(count):
            triage.undo(self.store)
            self.work()

    def taught(self, kind: Kind, category: str, others: Sequence[Kind]) -> tuple[Outcome, bool]:
        """What five corrections came to, and whether undoing them left everything as it was."""
        held = self.sorted()
        shown = kinds_of_mail.taught(kind, self.mail, count=EXAMPLES, seed=self.seed)
        self.correct(shown, category)
        now = self.sorted()

        def follows(one: Sighting) -> bool:
            number = int(one.id)
            if number not in kind.messages:
                return now[number] != held[number] and kind.trait not in one.traits
            if category == NO_REPLY:
                return not now[number].requires_response
            return now[number].importance == category

        told = kinds_of_mail.outcome(kind, follows, shown, mail=self.mail, others=others)
        self.take_back(len(shown))
        return told, self.sorted() == held

    def people(self) -> list[Kind]:
        """The mail of people whom the owner writes to, each with several conversations."""
        personal = [one for one in self.mail.values() if one.personal and not one.strange]
        kinds = kinds_of_mail.kinds(personal, most=MOST_PEOPLE, seed=self.seed, fewest=3)
        return [kind for kind in kinds if kind.trait.scope is Scope.SENDER]

    def moved(self, person: Kind) -> tuple[bool, bool]:
        """Whether one correction moved any other conversation, and whether undoing it brought all back."""
        held = self.sorted()
        (shown,) = kinds_of_mail.taught(person, self.mail, count=1, seed=self.seed)
        self.correct([shown], opposite(person, held))
        now = self.sorted()
        moved = any(now[one] != held[one] for one in held if self.mail[one].thread_id != shown.thread_id)
        self.take_back(1)
        return moved, self.sorted() == held


def opposite(kind: Kind, held: Sorted) -> Importance:
    """What most of a kind is not."""
    counted = Counter(held[one].importance for one in kind.messages)
    return Importance.FYI if counted[Importance.IMPORTANT] * 2 > counted.total() else Importance.IMPORTANT


def measure(trial: Trial, kinds: Sequence[Kind]) -> dict[str, float]:
    """Figures of the corrections of importance, of replies, and of people, where there are any."""
    held = trial.sorted()
    asking = [one for number, one in trial.mail.items() if held[number].requires_response]
    # that a person needs no reply this time says nothing of the next time, and is not learned
    asks = kinds_of_mail.kinds([one for one in asking if not one.personal], most=len(kinds), seed=trial.seed)
    found = _figures("importance", [trial.taught(one, opposite(one, held), kinds) for one in kinds])
    found |= _figures("reply", [trial.taught(one, NO_REPLY, asks) for one in asks])
    if people := [trial.moved(one) for one in trial.people()]:
        found["people"] = float(len(people))
        found["people_moved"] = sum(moved for moved, _ in people) / len(people)
        found["people_restored"] = sum(restored for _, restored in people) / len(people)
    return found


def _figures(name: str, told: Sequence[tuple[Outcome, bool]]) -> dict[str, float]:
    if not told:
        return {}
    figures = kinds_of_mail.figures([one for one, _ in told])
    figures["restored"] = sum(restored for _, restored in told) / len(told)
    return {f"{name}_{key}": value for key, value in figures.items()}
