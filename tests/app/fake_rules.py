"""What was learned, in memory, with the names of the core's face."""

from collections.abc import Callable
from dataclasses import replace

from fluffy_core import (
    Bus,
    Changed,
    Example,
    Habit,
    LabelChoice,
    LabelChoices,
    LearnedRule,
    Portrait,
    Preview,
    Scope,
    ScopeChoice,
    Tag,
    ThreadId,
    Trait,
    UndoToken,
)

KNOWN = (
    LabelChoice("important", "Important"),
    LabelChoice("fyi", "For your information"),
    LabelChoice("bulk", "Bulk mail"),
    LabelChoice("reply", "Needs a reply"),
    LabelChoice("no-reply", "Needs no reply"),
)
SCOPES = (
    ScopeChoice(Scope.THREAD, ""),
    ScopeChoice(Scope.SENDER, "hanna@nordlicht.example"),
    ScopeChoice(Scope.TOPIC, ""),
)


def rule(number: int, category: str = "Receipts", *, examples: int = 2) -> LearnedRule:
    """A rule about a shop; `number` is its oldest example."""
    return LearnedRule(
        id=number,
        sentence=f"You said “{category}” of {examples} conversations from shop{number}@store.example",
        category=category,
        scope=Scope.SENDER,
        pattern=f"shop{number}@store.example",
        said_scope=Scope.TOPIC,
        examples=tuple(Example(ThreadId(one + 1), f"Parcel {one + 1}") for one in range(examples)),
        reach=12,
        paused=False,
        scopes=(Scope.THREAD, Scope.SENDER, Scope.TOPIC),
    )


class FakeRules:
    """Keeps what was said of conversations and done to rules, in `done`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.rules: tuple[LearnedRule, ...] = ()
        self.tags: tuple[Tag, ...] = ()
        self.habits: tuple[Habit, ...] = ()
        self.portraits: tuple[Portrait, ...] = ()
        self.holds: dict[str, str] = {}
        self.alike: dict[str, str] = {}
        self.done: list[tuple[object, ...]] = []
        self.error: Exception | None = None

    def _forget_habit(self, _store: object, habit_id: str) -> UndoToken:
        self.habits = tuple(one for one in self.habits if one.id != habit_id)
        self.done.append(("forgot", habit_id))
        self._bus.changed(Changed.RULES)
        return UndoToken(1, "Forgot a habit")

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> function."""
        return {
            "labels": {
                "choices": lambda _s, _thread: LabelChoices(self._labels(), SCOPES),
                "categories": lambda _s: self._labels(),
                "preview": self._preview,
                "categorize": self._categorize,
            },
            "habits": {"listed": lambda _s: self.habits, "forget": self._forget_habit},
            "portraits": {"listed": lambda _s, most: self.portraits[:most]},
            "rules": {
                "listed": self._listed,
                "remove": lambda _s, number: self._change(number, lambda _one: None, "forgot"),
                "pause": lambda _s, number, paused: self._change(
                    number, lambda one: replace(one, paused=paused), "paused" if paused else "resumed"
                ),
                "change_scope": lambda _s, number, scope: self._change(
                    number, lambda one: replace(one, said_scope=scope), f"scope {scope}"
                ),
                "change_answer": lambda _s, number, category: self._change(
                    number, lambda one: replace(one, category=category), f"category {category}"
                ),
            },
            "tagging": {
                "listed": lambda _s: list(self.tags),
                "rename": lambda _s, tag, name: self._note("rename", tag, name),
                "merge": lambda _s, tag, into: self._note("merge", tag, into),
                "remove": lambda _s, tag: self._note("remove", tag),
            },
        }

    def _labels(self) -> tuple[LabelChoice, ...]:
        own = tuple(LabelChoice(one.name, one.name) for one in self.tags)
        return tuple(
            replace(
                one,
                holds=one.category in self.holds,
                reason=self.holds.get(one.category, ""),
                like=self.alike.get(one.category, ""),
            )
            for one in (*KNOWN, *own)
        )

    def _listed(self, _store: object) -> tuple[LearnedRule, ...]:
        if self.error is not None:
            raise self.error
        return self.rules

    def _preview(
        self, _store: object, _thread: ThreadId, category: str, *, scope: Scope | None = None
    ) -> Preview:
        return Preview(0 if scope is Scope.THREAD or category == "New" else 12, scope or Scope.TOPIC)

    def _categorize(
        self,
        _store: object,
        thread: ThreadId,
        category: str,
        *,
        scope: Scope | None = None,
        belongs: bool = True,
    ) -> UndoToken:
        return self._note("say", thread, category, scope, belongs)

    def _change(
        self, number: int, change: Callable[[LearnedRule], LearnedRule | None], words: str
    ) -> UndoToken:
        made = ((change(one) if one.id == number else one) for one in self.rules)
        self.rules = tuple(one for one in made if one is not None)
        return self._note(words, number)

    def _note(self, *what: object) -> UndoToken:
        self.done.append(what)
        self._bus.changed(Changed.RULES)
        return UndoToken(len(self.done), str(what[0]))


TAGS = (
    Tag(1, "Apollo", Trait(Scope.TOPIC, "apollo"), 9),
    Tag(2, "boats", Trait(Scope.LIST, "boats.list.example"), 40),
    Tag(3, "Receipts", None, 3),
)
