"""What was concluded of a conversation, with the way to its reason and a way to say that it is wrong."""

from collections.abc import Callable, Sequence

from app.widgets.buttons import chip
from app.widgets.inline_text import InlineText
from fluffy_core import Conclusion, Decision, MessageId, ThreadTag

WORDS = {
    Conclusion.NEEDS_REPLY: "Needs reply",
    Conclusion.WAITING: "Waiting",
    Conclusion.IMPORTANT: "Important",
    Conclusion.FYI: "For your information",
    Conclusion.BULK: "Bulk mail",
}


def decision_line(
    decision: Decision, *, why: Callable[[MessageId, str], object], wrong: Callable[[], object]
) -> InlineText:
    """As "Needs reply: Ann asks you: “…”  why  wrong"; what the user said is not questioned."""
    reason = decision.reason[:1].upper() + decision.reason[1:]
    if decision.by_user:
        return InlineText(reason, kind="small")
    words = WORDS[decision.conclusion]
    marks = [
        chip(
            "why",
            lambda: why(decision.message_id, decision.quote),
            says=f"Why “{words}”: go to where this was written",
        ),
        chip("wrong", wrong, says=f"“{words}” is wrong", hint=f"This is wrong: not “{words}”", kind="wrong"),
    ]
    return InlineText(f"{words}: {decision.reason}", marks, kind="small", outspoken=True)


def tags_line(tags: Sequence[ThreadTag], change: Callable[[], object]) -> InlineText:
    """As "In Receipts: you put 3 conversations from … here; Apollo: …  change"."""
    told = "; ".join(f"{tag.name}: {tag.reason[:1].lower()}{tag.reason[1:]}" for tag in tags)
    return InlineText(f"In {told}", [chip("change", change, says="Change what this is")], kind="small")
