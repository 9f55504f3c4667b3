"""A thread's summary as lines of text."""

from collections.abc import Sequence

from fluffy_core.domain.commitments import CommitmentRow, Debtor
from fluffy_core.domain.intelligence import Sentiment, Summary, Urgency


def lines(summary: Summary, owed: Sequence[CommitmentRow]) -> list[str]:
    """A line for each point, decision and thing owed, with the message it rests on in brackets."""
    found = [f"{one.text}  [{one.message_id}]" for one in summary.gist]
    found += [f"• {one.text}  [{one.message_id}]" for one in summary.points]
    said = {(one.message_id, one.evidence) for one in summary.points}
    found += [
        f"Decided: {one.text}  [{one.message_id}]"
        for one in summary.decisions
        if (one.message_id, one.evidence) not in said
    ]
    found += [_owed(row) for row in owed]
    tone = summary.tone
    if tone.urgency is not Urgency.NORMAL and tone.urgency_shown:
        found.append(
            f"{tone.urgency.capitalize()}: {tone.urgency_shown.text}  [{tone.urgency_shown.message_id}]"
        )
    if tone.sentiment is not Sentiment.NEUTRAL and tone.sentiment_shown:
        shown = tone.sentiment_shown
        found.append(f"Tone {tone.sentiment}: {shown.text}  [{shown.message_id}]")
    return found


def _owed(row: CommitmentRow) -> str:
    one = row.commitment
    who = "You owe" if one.debtor is Debtor.ME else f"{one.person.name or one.person.email} owes"
    due = f", due {one.due}" if one.due else ""
    return f"{who}: {one.quote}{due}  [{one.message_id}]"
