"""What a user reads about each kind of job: its title, what its failure means, and what cures an error."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`title` says what the job does; `consequence` what is missing while it fails."""

    title: str
    consequence: str


KINDS: Mapping[str, Words] = {
    "sync-emails-initial": Words("Reading mail", "Part of the mail is not here yet."),
    "sync-emails-incremental": Words("Fetching new mail", "New mail does not arrive from this account."),
    "extract-contacts": Words("Finding people", "Some people in your mail are not among your contacts."),
    "sync-calendar-events": Words("Fetching the calendar", "Meetings may be missing or out of date."),
    "enrich-contact": Words("Completing a contact", "A contact keeps the details it had."),
    "summarize-email-thread": Words("Summarising a conversation", "One conversation has no new summary."),
    "analyze-relationships": Words("Measuring relationships", "Relationship scores stay as they were."),
    "categorize-emails": Words("Sorting mail", "Some mail is not sorted, and may be missing in Needs reply."),
    "analyze-writing-style": Words("Learning how you write", "Drafts follow your older style."),
    "check-follow-ups": Words("Looking for unanswered mail", "You are not reminded of unanswered mail."),
    "prepare-meeting": Words("Preparing a meeting", "A meeting has no briefing."),
    "score-leads": Words("Scoring leads", "Lead scores stay as they were."),
    "find-dormant-relationships": Words("Finding contacts gone quiet", "Nobody new is proposed to write to."),
    "generate-email-draft": Words("Writing a draft", "The draft you asked for was not written."),
    "update-deal-pipeline": Words("Updating deals", "A deal may stand at the wrong stage."),
    "monitor-competitors": Words("Looking for competitors", "New mentions of competitors are not listed."),
    "analyze-contract": Words("Reading a contract", "A contract's dates and terms are not listed."),
    "cleanup-old-data": Words("Tidying up", "Old data takes up room for longer."),
    "check-sync-health": Words("Checking connections", "A broken connection may go unnoticed."),
    "aggregate-analytics": Words("Counting the day", "Figures and trends are out of date."),
}

UNKNOWN_JOB, NOT_AVAILABLE, DAMAGED_ENTRY = "UnknownJob", "NotAvailable", "DamagedEntry"
TIME_LIMIT, BUG = "TimeLimit", "Bug"

CURES: Mapping[str, str] = {
    "NotMailError": "Choose a file or folder that holds mail.",
    "UnreadableError": "Check that the file is still there and may be read, then try again.",
    "DiskFullError": "Make room on the disk, then try again.",
    "VaultKeyError": "Open the home with its key or recovery code, then try again.",
    "NewerStoreError": "Install the newest FluffyMail.",
    "DamagedStoreError": "Run `fluffy doctor`, and restore a backup if it tells you to.",
    "StoreError": "Check the disk and who may write to the home, then try again.",
    "HomeBusyError": "Close the other FluffyMail, then try again.",
    "ModelError": "Fetch the model again with `fluffy models pull`, then try again.",
    "SignInError": "Sign in to the account again, with an app password where the provider wants one.",
    "AnswerError": "Try it again; should it be refused again, remove the account and add it anew.",
    "UntrustedServerError": "Check the server's name; trust a certificate only when you know it.",
    "CursorExpiredError": "Try again; the folder is then compared as a whole.",
    "FolderGoneError": "Discard it; the folder is not on the server any more.",
    "RejectedError": "Read what the server says, change the message, then send it again.",
    "UncertainError": "Look whether the message arrived before you send it again.",
    "BlockedError": "Go online, or check the account's server.",
    "UnreachableError": "Check the network; it goes on by itself as soon as the server can be reached.",
    "TransientError": "Try again later. If it keeps failing, check the connection.",
    "UsageError": "Discard it; it was asked for in a way that cannot work.",
    TIME_LIMIT: "Try again when the computer is less busy.",
    UNKNOWN_JOB: "Install the newest FluffyMail, or discard it.",
    NOT_AVAILABLE: "Discard it, and ask again after an update.",
    DAMAGED_ENTRY: "Discard it; what it was for is asked for again when it is needed.",
    BUG: "Try again. If it fails again, please report it with the log.",
}
"""By the name of the error that ended the job."""


def title(name: str) -> str:
    """What a kind of job is called on screen."""
    known = KINDS.get(name)
    return known.title if known else name.replace("-", " ").capitalize()


def consequence(name: str) -> str:
    """What the user misses while jobs of this kind fail."""
    known = KINDS.get(name)
    return known.consequence if known else "What it was to do is not done."


def cure(failure: str) -> str:
    """What helps against an error, by its name."""
    return CURES.get(failure, CURES[BUG])
