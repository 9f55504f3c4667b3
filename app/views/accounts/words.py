"""How an account stands, in words."""

import time

from app.widgets import dates
from fluffy_core import AccountKind, AccountOverview, AccountState, AccountView, Service, number_of

KINDS = {
    AccountKind.IMAP: "IMAP",
    AccountKind.GOOGLE: "Google",
    AccountKind.MICROSOFT: "Microsoft",
    AccountKind.DAV: "Calendar",
}
MOVES = (AccountState.FIRST_SYNC, AccountState.FETCHING)
"""Something comes in just now."""


def state_words(state: AccountOverview, *, now: float | None = None) -> str:
    """As "Up to date", "First sync: 1,200 of 12,400, about 4 min left", "Throttled until 14:05"."""
    moment = time.time() if now is None else now
    if state.state is AccountState.OFFLINE:
        return "Offline: every connection is switched off"
    words = state.words
    if state.state is AccountState.FETCHING and state.done:
        words = f"{words}: {state.done:,} of {state.total:,}" if state.total else words
    left = dates.left(max(0.0, state.eta_at - moment)) if state.eta_at and state.state in MOVES else ""
    return ", ".join(part for part in (words, left) if part)


def synced_words(view: AccountView, *, now: float) -> str:
    """When it was synced last, and what of it is here."""
    state = view.overview
    when = f"Last synced {dates.ago(state.last_sync, now)}" if state.last_sync else "Never synced to the end"
    if Service.MAIL not in state.services:
        return f"{when} · meetings and contacts"
    return f"{when} · {number_of(state.messages, 'message')} in {number_of(len(view.folders), 'folder')}"
