"""Kinds of mail in any mailbox, to teach and to ask for: lists, senders, companies, topics."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fluffy_core.domain.learning import Scope, Sighting, Trait

FAMILIES = (Scope.LIST, Scope.SENDER, Scope.DOMAIN, Scope.TOPIC)
FEWEST = 12
"""Conversations of a kind: five to learn from, the others to be judged."""
LARGEST = {Scope.TOPIC: 0.03}
"""A word in more of the mail than that is no topic; other kinds may be up to 60 % of a mailbox."""
LONG_WORD = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """Mail with one trait, as the numbers of its messages."""

    trait: Trait
    messages: frozenset[int]


def kinds(mail: Sequence[Sighting], *, most: int, seed: int) -> list[Kind]:
    """At most so many kinds of each family, drawn with a seed."""
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
            if trait.scope is family and len({one.thread_id for one in some}) >= FEWEST and len(some) <= large
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
