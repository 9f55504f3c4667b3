"""Words of the composer: titles, questions before sending, what a draft or a message on its way is."""

from app.views.composer.shown import person
from app.widgets.text import clean, shorten
from fluffy_core import Doubt, DoubtKind, OutboxState, Unsent, WritingKind

FIRST_WORDS = 120
STUCK = (OutboxState.FAILED, OutboxState.UNCERTAIN)
"""How a message stands that somebody has to look at."""
_ACTS = {
    WritingKind.NEW: "New message",
    WritingKind.ANSWER: "Reply",
    WritingKind.ANSWER_ALL: "Reply to all",
    WritingKind.FORWARD: "Forward",
}


def title(found: Unsent) -> str:
    """What is being written, as "Reply to Hanna Lindqvist"."""
    act, to = _ACTS[found.kind], found.written.to
    if found.kind is WritingKind.ANSWER and to:
        return f"{act} to {person(to[0])}" + (f" and {len(to) - 1} more" if len(to) > 1 else "")
    return act


def question(doubt: Doubt) -> tuple[str, str]:
    """(what is asked, the button that mends it) about a doubt."""
    if doubt.kind is DoubtKind.NO_FILE:
        return f"You wrote “{shorten(doubt.about, 40)}” and nothing is attached.", "Attach a file"
    if doubt.kind is DoubtKind.NO_SUBJECT:
        return "It has no subject.", "Write a subject"
    return f"{clean(doubt.about, 200)}, and you never wrote to it.", "Change it"


def first_words(found: Unsent) -> str:
    """The beginning of what was written, for one line."""
    own = found.written.text.split("\n-- \n")[0]
    return shorten(own, FIRST_WORDS) or "(nothing written yet)"


def recipients(found: Unsent) -> str:
    """As "to Hanna Lindqvist and 2 more"."""
    everybody = (*found.written.to, *found.written.cc, *found.written.bcc)
    if not everybody:
        return "to nobody yet"
    more = f" and {len(everybody) - 1} more" if len(everybody) > 1 else ""
    return f"to {person(everybody[0])}{more}"


def standing(found: Unsent, *, offline: bool = False) -> tuple[str, str]:
    """(how it stands, why or what is next) of what was not sent yet."""
    row = found.row
    if row is None:
        return "Draft", first_words(found)
    if row.state is OutboxState.FAILED:
        return "Not sent", row.error
    if row.state is OutboxState.UNCERTAIN:
        return "Perhaps sent", row.error
    if offline:
        return "On its way", "It goes out when you are back online."
    if row.error:
        return "On its way", f"It is tried again by itself. {row.error}"
    return "On its way", first_words(found)
