"""Kinds of mail in any mailbox, to teach and to judge: lists, senders, companies, topics."""

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.domain.learning import Scope, Sighting, Trait

FAMILIES = (Scope.LIST, Scope.SENDER, Scope.DOMAIN, Scope.TOPIC)
EXAMPLES = 5
"""Conversations of a kind that are taught."""
FEWEST = 12
"""Conversations of a kind: five to learn from, the others to be judged."""
LARGEST = {Scope.TOPIC: 0.03}
"""A word in more of the mail than that is no topic; other kinds may be up to 60 % of a mailbox."""
LONG_WORD = 5
Judge = Callable[[Sighting], bool]


@dataclass(frozen=True, slots=True)
class Kind:
    """Mail with one trait, as the numbers of its messages."""

    trait: Trait
    messages: frozenset[int]


def kinds(mail: Sequence[Sighting], *, most: int, seed: int, fewest: int = FEWEST) -> list[Kind]:
    """At most so many kinds of each family, of `fewest` conversations or more, drawn with a seed."""
    holders: dict[Trait, list[Sighting]] = defaultdict(list)
    for one in mail:
        for trait in one.traits:
            if trait.scope is not Scope.TOPIC or (len(trait.value) >= LONG_WORD and " " not in trait.value):
                holders[trait].append(one)
    dice = random.Random(seed)
    found: list[Kind] = []
    for family in FAMILIES:
        large = LARGEST.get(family, 0.6) * len(mail)
        fitting = sorted(
            trait.value
            for trait, some in holders.items()
            if trait.scope is family and len({one.thread_id for one in some}) >= fewest and len(some) <= large
        )
        for value in dice.sample(fitting, min(most, len(fitting))):
            trait = Trait(family, value)
            found.append(Kind(trait, frozenset(int(one.id) for one in holders[trait])))
    return found


def taught(kind: Kind, mail: Mapping[int, Sighting], *, count: int, seed: int) -> list[Sighting]:
    """Some messages of a kind, each of another conversation: those to learn from."""
    by_thread = {mail[one].thread_id: mail[one] for one in sorted(kind.messages)}
    return random.Random(f"{seed} {kind.trait.value}").sample(
        [by_thread[one] for one in sorted(by_thread)], count
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What teaching one kind came to; shares from 0 to 1."""

    recall: float
    harm: float


def outcome(
    kind: Kind,
    judge: Judge,
    shown: Sequence[Sighting],
    *,
    mail: Mapping[int, Sighting],
    others: Sequence[Kind],
) -> Outcome:
    """Judge all conversations but those that were shown."""
    seen = {one.thread_id for one in shown}
    unseen = {number: judge(one) for number, one in mail.items() if one.thread_id not in seen}
    right = [said for number, said in unseen.items() if number in kind.messages]
    harms = [
        [unseen[number] for number in other.messages - kind.messages if number in unseen] for other in others
    ]
    rest = [said for number, said in unseen.items() if number not in kind.messages]
    worst = max((sum(some) / len(some) for some in (*harms, rest) if len(some) >= EXAMPLES), default=0.0)
    return Outcome(sum(right) / max(1, len(right)), worst)


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Means over kinds, and the worst harm."""
    count = max(1, len(outcomes))
    return {
        "kinds": float(len(outcomes)),
        "recall": sum(one.recall for one in outcomes) / count,
        "kinds_at_90": sum(one.recall >= 0.9 for one in outcomes) / count,
        "harm": max((one.harm for one in outcomes), default=0.0),
        "harmless": sum(one.harm <= 0.01 for one in outcomes) / count,
    }
