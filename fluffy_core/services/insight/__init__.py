"""What threads come to: summaries, commitments, follow-ups, figures."""
