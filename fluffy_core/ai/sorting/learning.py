"""Learn from corrections: find what the examples of an answer have in common, and judge mail by it.

Everything learned is a function of the corrections alone, so that forgetting one leaves what was there
without it. See docs/adr/0022-learning-from-corrections.md.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import lgamma, log

from fluffy_core.domain.ids import ThreadId
from fluffy_core.domain.intelligence import Category, Importance
from fluffy_core.domain.learning import (
    IMPORTANCE,
    NO,
    REPLY,
    SPECIFIC,
    YES,
    Correction,
    Rule,
    Scope,
    Sighting,
    Trait,
    Verdict,
    tag_of,
)

USER = "you"
"""The engine of what the user said of this very conversation."""
ENGINE = "learned"
PERSONAL_EXAMPLES = 3
"""Mail of people I write with is judged by no rule that rests on fewer conversations: what they write to a
list by none of its sender, what they write to me by none at all."""
CHANCE = 0.05
"""Examples share a trait for a reason where chance would have it more rarely."""
WORDS = 8
"""So many words of a subject could be shared by chance."""
WORD_FOR = 1.25
"""A word has to be so many times as rare as a sender, list or company to say more than those."""
ALONE = 0.25
"""A sender with more of all mail than this is nothing special: one example does not speak for them."""
FEWEST = {Scope.SENDER: 1, Scope.LIST: 1, Scope.DOMAIN: 2, Scope.TOPIC: 2}
SAID = {
    (IMPORTANCE, Importance.IMPORTANT): "You said that it is important",
    (IMPORTANCE, Importance.FYI): "You said that it is not important",
    (IMPORTANCE, Importance.BULK): "You said that it is bulk mail",
    (REPLY, YES): "You said that it needs a reply",
    (REPLY, NO): "You said that it needs no reply",
}
LABELS = {
    (IMPORTANCE, Importance.IMPORTANT): "Important",
    (IMPORTANCE, Importance.FYI): "For your information",
    (IMPORTANCE, Importance.BULK): "Bulk mail",
    (REPLY, YES): "Needs a reply",
    (REPLY, NO): "Needs no reply",
}
_ABOUT = {
    Scope.SENDER: "from {}",
    Scope.LIST: "of the list {}",
    Scope.DOMAIN: "from anybody at {}",
    Scope.TOPIC: "with “{}” in the subject",
}


def derive(corrections: Iterable[Correction]) -> tuple[Rule, ...]:
    """The rules that corrections amount to, oldest first; each correction is in exactly one."""
    groups: dict[tuple[str, str, bool], list[Correction]] = defaultdict(list)
    answers: dict[str, list[Correction]] = defaultdict(list)
    for one in sorted(corrections, key=lambda each: each.id):
        groups[one.question, one.answer, one.paused].append(one)
        if not one.paused:
            answers[one.question].append(one)
    found = [
        rule
        for (question, answer, _), group in groups.items()
        for rule in _of_group(group, [one for one in answers[question] if one.answer != answer])
    ]
    return tuple(sorted(found, key=lambda rule: rule.id))


def _of_group(group: Sequence[Correction], others: Sequence[Correction]) -> list[Rule]:
    """The rules of corrections that give the same answer to the same question; `others` give another."""
    first = group[0]
    explicit: dict[Trait, list[int]] = defaultdict(list)
    alike: list[Correction] = []
    for one in group:
        chosen = [trait for trait, _ in one.traits if trait.scope is one.scope]
        if one.scope is Scope.TOPIC:
            alike.append(one)
        else:
            explicit[chosen[0] if chosen else thread_trait(one.thread_id)].append(one.id)
    covered = [(trait, ids, True) for trait, ids in explicit.items()]
    covered += [(trait, ids, False) for trait, ids in _in_common(alike, others)]
    by_id = {one.id: one for one in group}
    return [
        Rule(
            first.question,
            first.answer,
            trait,
            tuple(sorted(ids)),
            explicit=chosen,
            paused=first.paused,
            only_from=_only_sender(by_id[one] for one in ids) if trait.scope is Scope.TOPIC else "",
        )
        for trait, ids, chosen in covered
    ]


def _only_sender(examples: Iterable[Correction]) -> str:
    """The sender of all the examples: anybody can copy their words, so these count in that mail alone."""
    senders = {
        next((trait.value for trait, _ in one.traits if trait.scope is Scope.SENDER), "") for one in examples
    }
    return senders.pop() if len(senders) == 1 else ""


def _in_common(examples: Sequence[Correction], others: Sequence[Correction]) -> list[tuple[Trait, list[int]]]:
    """Cover examples by what they share: the trait of most of them first, of those the rarest in all mail.

    A greedy set cover (Chvátal 1979). Of traits that as many share, those that mail with another answer has
    come later. A trait counts only when so many of the examples would hardly share it by chance; an
    example that shares nothing stands for its own conversation. A trait of one example alone has to be that
    of the message which stands for it.
    """
    against = Counter(trait for one in others for trait, _ in one.traits)
    holders: dict[Trait, set[int]] = defaultdict(set)
    share: dict[Trait, float] = {}
    for one in examples:
        for trait, part in (*one.traits, *one.beside):
            holders[trait].add(one.id)
            share[trait] = part  # of the newest example
    left = {one.id: one for one in examples}
    found: list[tuple[Trait, list[int]]] = []

    def rank(trait: Trait, count: int) -> tuple[int, int, float, int, str, str]:
        rarity = share[trait] * (WORD_FOR if trait.scope is Scope.TOPIC else 1.0)
        return -count, against[trait], rarity, SPECIFIC[trait.scope], str(trait.scope), trait.value

    heap = [rank(trait, len(ids)) for trait, ids in holders.items()]
    heapq.heapify(heap)
    while heap:
        negative, *_, scope, value = heapq.heappop(heap)
        trait = Trait(Scope(scope), value)
        ids = sorted(one for one in holders[trait] if one in left)
        if len(ids) < -negative:  # others took some since: its turn comes later
            if ids:
                heapq.heappush(heap, rank(trait, len(ids)))
        elif len(ids) == 1 and all(trait != own for own, _ in left[ids[0]].traits):
            continue
        elif _is_telling(trait.scope, len(ids), len(examples), share=share[trait]):
            found.append((trait, ids))
            for number in ids:
                del left[number]
    return found + [(thread_trait(one.thread_id), [one.id]) for one in left.values()]


def _is_telling(scope: Scope, count: int, examples: int, *, share: float) -> bool:
    """Whether `count` of so many examples would hardly share by chance what a `share` of all mail has."""
    if count < FEWEST[scope]:
        return False
    if count == examples == 1:
        return share < ALONE
    ways = lgamma(examples + 1) - lgamma(count + 1) - lgamma(examples - count + 1)
    tries = WORDS if scope is Scope.TOPIC else 1
    return ways + log(tries) + count * log(share) < log(CHANCE)


def thread_trait(thread_id: int) -> Trait:
    """What the messages of one conversation have in common."""
    return Trait(Scope.THREAD, str(int(thread_id)))


class Learned:
    """All that corrections teach: `rules`, and the verdicts on any message."""

    def __init__(
        self, corrections: Iterable[Correction], *, found: Iterable[Rule] = (), tags: Mapping[int, str]
    ) -> None:
        kept = list(corrections)
        self.rules = derive(kept)
        self.found = tuple(found)
        self._tags = tags
        self._by_trait: dict[Trait, list[Rule]] = defaultdict(list)
        for rule in (*self.rules, *self.found):
            if not rule.paused and rule.trait.scope is not Scope.THREAD:
                self._by_trait[rule.trait].append(rule)
        self.said: dict[ThreadId, dict[str, Correction]] = defaultdict(dict)
        for one in sorted(kept, key=lambda each: each.id):
            if not one.paused:
                self.said[one.thread_id][one.question] = one

    def verdicts(self, message: Sighting) -> list[Verdict]:
        """The answers for one message, one a question: of the most specific rule, then of the strongest."""
        best: dict[str, tuple[tuple[int, ...], Rule]] = {}
        for trait in message.traits:
            for rule in self._by_trait.get(trait, ()):
                if _applies(rule, message):
                    rank = _strength(rule)
                    if rule.question not in best or rank > best[rule.question][0]:
                        best[rule.question] = rank, rule
        found = {question: self._by_rule(rule) for question, (_, rule) in best.items()}
        for question, one in self.said.get(message.thread_id, {}).items():
            if _still_holds(one, message):
                found[question] = Verdict(question, one.answer, self._said(one), by_user=True)
        return [found[question] for question in sorted(found)]

    def answers(self, message: Sighting) -> dict[str, str]:
        """The answers for one message, by question."""
        return {one.question: one.answer for one in self.verdicts(message)}

    def label(self, question: str, answer: str) -> str:
        """What the user said, as words on a button."""
        tag = tag_of(question)
        if tag is None:
            return LABELS.get((question, answer), answer)
        name = self._tags.get(tag, "?")
        return name if answer == YES else f"Not {name}"

    def sentence(self, rule: Rule) -> str:
        """What the user said of how many conversations, and what those have in common."""
        return f"You said “{self.label(rule.question, rule.answer)}” of {_examples(rule)}"

    def _by_rule(self, rule: Rule) -> Verdict:
        """Why; the name of a tag, which may change, is left out where it can be seen."""
        reason = self.sentence(rule)
        if tag_of(rule.question) is not None:
            reason = f"You put {_examples(rule)} here" if rule.corrections else f"Mail {_about(rule)}"
        return Verdict(rule.question, rule.answer, reason)

    def _said(self, one: Correction) -> str:
        known = SAID.get((one.question, one.answer))
        return known or "You put it here"


def _examples(rule: Rule) -> str:
    count = len(rule.corrections)
    return f"{'a conversation' if count == 1 else f'{count:,} conversations'} {_about(rule)}".rstrip()


def _about(rule: Rule) -> str:
    about = _ABOUT.get(rule.trait.scope, "").format(rule.trait.value)
    return f"from {rule.only_from} {about}" if rule.only_from else about


def _strength(rule: Rule) -> tuple[int, ...]:
    """The more specific wins, then what the user chose, then more examples, then the newest."""
    newest = max(rule.corrections, default=0)
    examples = 0 if rule.explicit else len(rule.corrections)
    return -SPECIFIC[rule.trait.scope], int(rule.explicit), examples, newest


def _applies(rule: Rule, message: Sighting) -> bool:
    if not rule.corrections:
        return True
    if message.strange or (rule.question == REPLY and rule.answer == YES and message.answered):
        return False
    if not message.traits.issuperset(rule.traits):
        return False
    of_a_person = message.acquainted if rule.trait.scope is Scope.SENDER else message.personal
    return not of_a_person or len(rule.corrections) >= PERSONAL_EXAMPLES


def _still_holds(one: Correction, message: Sighting) -> bool:
    """A later message may ask anew; that a reply is needed was said of one message.

    Mail that may be forged can put itself into any conversation and at any date: only what was said of that
    very message holds for it.
    """
    if message.strange:
        return message.id == one.message_id
    if one.question != REPLY:
        return True
    return message.id == one.message_id if one.answer == YES else message.date <= one.until


def overlay(base: Category, verdicts: Sequence[Verdict]) -> Category:
    """The category of a message after what was learned; `base` itself where nothing bears on it."""
    now = base
    for one in verdicts:
        change = _CHANGES.get(one.question)
        if change is not None and (changed := change(now, one.answer)) is not None:
            engine = USER if one.by_user else ENGINE
            now = replace(changed, reason=one.reason, engine=engine)
    return now


def _importance(now: Category, answer: str) -> Category | None:
    if answer == Importance.IMPORTANT:
        return replace(now, importance=Importance.IMPORTANT, priority=max(1, now.priority))
    return replace(now, importance=Importance(answer), requires_response=False, priority=0, ask="")


def _reply(now: Category, answer: str) -> Category | None:
    if answer == YES:
        priority = max(1, now.priority)
        return replace(now, importance=Importance.IMPORTANT, requires_response=True, priority=priority)
    if not now.requires_response:
        return None
    important = now.importance is Importance.IMPORTANT
    return replace(now, requires_response=False, priority=int(important), ask="")


_CHANGES: Mapping[str, Callable[[Category, str], Category | None]] = {
    IMPORTANCE: _importance,
    REPLY: _reply,
}
"""In the order of their names: that a reply is needed is heard after what was said of the importance."""
