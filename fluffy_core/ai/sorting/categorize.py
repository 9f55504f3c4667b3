"""Sort one message by rules: important, for information or bulk; does it want an answer; why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fluffy_core.ai.sentences import asks, sentences, speech_acts
from fluffy_core.ai.sentences.asks import Ask, Meant
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain import excerpts
from fluffy_core.domain.intelligence import Category, Importance, SpeechAct, ThreadMessage
from fluffy_core.domain.message import BulkKind

ENGINE = "rules 2"
_CROWD = 10
"""Asked of more people than this, nobody in particular is asked."""
_FEW = 5
"""Up to this many addressees a message is personal."""
_CLOSE = 3
"""I wrote to the sender at least this often: a regular correspondent."""
_SOON_DAYS = 2
_MAX_QUOTE = 160
_URGENT_CHARS = 600
"""Urgency is told in the subject, at the top or in the request itself."""
_KNOWN_LANGUAGES = frozenset({"", "en", "de"})
_BULK_REASONS = {
    BulkKind.LIST: "Sent to a mailing list, not to you personally",
    BulkKind.BULK: "A newsletter or notification, sent to many",
    BulkKind.AUTO_REPLY: "An automatic reply",
    BulkKind.AUTO_GENERATED: "Sent by a program, not by a person",
}


class Addressed(StrEnum):
    """Where my address stands in the header of a message."""

    TO = "to"
    CC = "cc"
    NOT = ""


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What the mailbox knows about a message beyond its words.

    `recipients` counts To and Cc, `sent_to_sender` my mail to the sender before this message. `answered`: a
    later message of mine is in the thread. `reply_to_mine`: it answers my mail.
    `one_way`: the sender writes often, each time afresh, and never in answer to anything, as services do.
    `my_names` and `other_names` are given names of me and of the other addressees. `suspicious` says
    in words why the sender may not be who they claim to be, "" when nothing speaks against them.
    """

    addressed: Addressed = Addressed.TO
    recipients: int = 1
    sent_to_sender: int = 0
    answered: bool = False
    reply_to_mine: bool = False
    newest: bool = True
    one_way: bool = False
    my_names: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    suspicious: str = ""


def categorize(message: ThreadMessage, context: MessageContext, meant: Meant = asks.NONE_MEANT) -> Category:
    """The category of one message; `ask` is a sentence of its body, whitespace as single spaces.

    Sentences in `meant` are judged by their meaning, the others by their words.
    """
    unread = _unread(message, context)
    if unread is not None:
        return unread
    ask = asks.strongest(_asks_of_me(message, context, meant))
    if ask is None:
        return _without_ask(message, context)
    if context.answered:
        reason = f"You have answered {_name(message)} since"
        return _category(_importance(context), 0, reason)
    return _with_ask(message, context, ask)


def in_doubt(message: ThreadMessage, context: MessageContext) -> list[str]:
    """The sentences whose meaning decides whether an answer is wanted of me: few, and of personal mail."""
    if context.answered or _unread(message, context) is not None or message.language[:2] not in {"", "en"}:
        return []
    is_for_me = _for_me(message, context)
    if is_for_me is None:
        return []
    return [each for each in asks.in_doubt(message.body, known=_is_known(context)) if is_for_me(each)]


def _unread(message: ThreadMessage, context: MessageContext) -> Category | None:
    """The category of a message whose words need not be read to know that it asks nothing of me."""
    if message.from_me:
        return _category(Importance.FYI, 0, "You wrote this")
    if context.suspicious:
        return _category(Importance.FYI, 0, f"Be careful: {context.suspicious}")
    bulk = BulkKind(message.bulk)
    listed = bulk is BulkKind.LIST and (context.reply_to_mine or context.addressed is not Addressed.NOT)
    if bulk is BulkKind.AUTO_REPLY:
        return _category(Importance.FYI, 0, f"An automatic reply from {_name(message)}")
    if bulk is not BulkKind.NONE and not listed:
        return _category(Importance.BULK, 0, _BULK_REASONS[bulk])
    if context.one_way:
        often = f"{_name(message)} writes often and never in answer to anybody, as services do"
        return _category(Importance.FYI, 0, often)
    return None


def _with_ask(message: ThreadMessage, context: MessageContext, ask: Ask) -> Category:
    heard = f"{message.subject[:200]}\n{message.body[:_URGENT_CHARS]}\n{ask.sentence.text}"
    urgent = wordings()["urgent"].matches(heard)
    soon = bool(ask.due) and (date.fromisoformat(ask.due) - asks.day_of(message.date)).days <= _SOON_DAYS
    listed = bool(message.bulk) and context.reply_to_mine
    known = context.sent_to_sender > 0 or listed  # anybody can say that they answer me
    priority = 1 + known + (known and (urgent or soon))  # strangers call everything urgent
    if context.sent_to_sender >= _CLOSE and ask.act is SpeechAct.REQUEST and ask.due:
        priority += 1
    verb = "wants to know" if ask.act is SpeechAct.QUESTION else "asks you"
    words = ask.sentence.text
    reason = f"{_name(message)} {verb}: “{excerpts.excerpt(words, _MAX_QUOTE)}”"
    return Category(Importance.IMPORTANT, True, min(3, priority), reason, ask=words, engine=ENGINE)


def _without_ask(message: ThreadMessage, context: MessageContext) -> Category:
    name = _name(message)
    if context.addressed is Addressed.CC:
        return _category(Importance.FYI, 0, f"You are in copy; {name} asks nothing of you")
    importance = _importance(context)
    if importance is Importance.FYI:
        if context.recipients > _FEW:
            return _category(
                importance, 0, f"{name} wrote to {context.recipients} people and asks nothing of you"
            )
        return _category(importance, 0, f"{name} asks nothing of you, and you have never written to them")
    if context.reply_to_mine:
        return _category(importance, 1, f"{name} answered you")
    return _category(importance, 1, f"{name} wrote to you; you know each other")


def _importance(context: MessageContext) -> Importance:
    personal = context.addressed is Addressed.TO and context.recipients <= _FEW
    return Importance.IMPORTANT if personal and _is_known(context) else Importance.FYI


def _asks_of_me(message: ThreadMessage, context: MessageContext, meant: Meant) -> list[Ask]:
    """The asks of a message that are meant for me."""
    is_for_me = _for_me(message, context)
    if is_for_me is None:
        return []
    found = asks.find(message.body, message.date, meant)
    if message.language[:2] not in _KNOWN_LANGUAGES:
        found = [each for each in found if _is_known(context) and each.act is not SpeechAct.REQUEST]
    return [each for each in found if is_for_me(each.sentence.text)]


def _is_known(context: MessageContext) -> bool:
    """Whether I have had to do with the sender before."""
    return context.sent_to_sender > 0 or context.reply_to_mine


def _for_me(message: ThreadMessage, context: MessageContext) -> Callable[[str], bool] | None:
    """Tells of a sentence whether what it asks is asked of me; None where nothing in the message is."""
    mine = {name.lower() for name in context.my_names if name}
    others = {name.lower() for name in context.other_names if name} - mine
    to_me = _is_to_me(message, context, (mine, others))

    def is_for_me(sentence: str) -> bool:
        spoken = speech_acts.addressee(sentence).lower()
        return spoken in mine or (to_me and spoken not in others)

    return is_for_me if to_me or mine else None


def _is_to_me(message: ThreadMessage, context: MessageContext, names: tuple[set[str], set[str]]) -> bool:
    """Whether what a message asks is asked of me, where its sentences name nobody."""
    greeted = _greeted(message.body, *names)
    if greeted is not None:
        return greeted
    return context.addressed is Addressed.TO and context.recipients <= _CROWD


def _greeted(body: str, mine: set[str], others: set[str]) -> bool | None:
    """Whether the greeting names me (True), only somebody else (False) or nobody we know (None)."""
    first = next((line for line in body[:400].split("\n") if line.strip()), "")
    words = {word.strip(",.:;!").lower() for word in sentences.plain(first[:80]).split()}
    if words & mine:
        return True
    return False if words & others and len(words) <= 5 else None  # noqa: PLR2004 - "Dear Bob and Ann,"


def _name(message: ThreadMessage) -> str:
    return sentences.plain(message.from_name) or message.from_email or "Somebody"


def _category(importance: Importance, priority: int, reason: str) -> Category:
    return Category(importance, False, priority, reason, engine=ENGINE)
