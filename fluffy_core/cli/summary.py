"""A thread's summary as lines of text."""

from fluffy_core.domain.intelligence import Summary


def lines(summary: Summary) -> list[str]:
    """A line for each point and each thing owed, with the message it rests on in brackets."""
    found = [f"• {one.text}  [{one.message_id}]" for one in summary.points]
    for owed in summary.owed:
        who = "You owe" if owed.who_owes == "me" else "They owe"
        due = f", due {owed.due}" if owed.due else ""
        found.append(f"{who}: {owed.text}{due}  [{owed.message_id}]")
    return found
