"""What front ends show: read-only rows and details, ready to be drawn or printed."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fluffy_core.domain.accounts import AccountKind, Service
from fluffy_core.domain.commitments import CommitmentRow
from fluffy_core.domain.ids import AccountId, ContactId, JobId, MessageId, ThreadId
from fluffy_core.domain.intelligence import Decision, Summary
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.zones import Zone


class Section(IntEnum):
    """The inbox sections; a thread is in one of the first two or only in EVERYTHING."""

    EVERYTHING = 0
    NEEDS_REPLY = 1
    WAITING = 2


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One line of the inbox. `people` is "Ann, Ben" (me left out); `note` the third line, "" mostly."""

    id: ThreadId
    subject: str
    people: str
    preview: str
    note: str
    last_date: int
    message_count: int
    unread_count: int
    has_attachments: bool
    section: Section
    priority: int
    done: bool
    tags: tuple["ThreadTag", ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadTag:
    """A tag of a conversation, and why it has it."""

    id: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many threads each section holds (done ones are counted only in `everything`)."""

    needs_reply: int
    waiting: int
    everything: int


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment as listed under a message; the bytes are fetched by id."""

    id: int
    name: str
    media_type: str
    size: int
    inline: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """Somebody named in a header; `contact_id` is None for mere observed addresses."""

    name: str
    email: str
    mine: bool = False
    contact_id: ContactId | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in the reader. `zones` cover `text`; HTML is fetched on its own when wanted."""

    id: MessageId
    sender: PersonRef
    to: tuple[PersonRef, ...]
    cc: tuple[PersonRef, ...]
    date: int
    subject: str
    text: str
    zones: tuple[Zone, ...]
    has_html: bool
    seen: bool
    bulk: str
    attachments: tuple[AttachmentRow, ...]
    importance: str = ""
    reason: str = ""
    ask: str = ""
    problems: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadDetail:
    """A thread opened in the reader, messages oldest first. `summary` is None until its job ran."""

    row: ThreadRow
    messages: tuple[MessageView, ...]
    summary: Summary | None
    summary_age: float | None
    """Unix seconds when the summary was made."""
    decision: Decision | None = None
    """What the machine or the user concluded; None while nothing is known."""
    owed: tuple[CommitmentRow, ...] = ()
    """What is still owed here, in the order it was asked for or promised."""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One line of the people list."""

    id: ContactId
    name: str
    email: str
    company: str
    title: str
    messages_in: int
    messages_out: int
    last_date: int


@dataclass(frozen=True, slots=True)
class ContactField:
    """A field somebody or something filled, with its source. `message_id` None: from a card or the user."""

    field: str
    value: str
    engine: str
    confidence: float
    quote: str
    message_id: MessageId | None
    seen_at: int
    locked: bool


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """A person's page: addresses, fields with sources, months of contact (12 counts, oldest first)."""

    row: ContactRow
    addresses: tuple[str, ...]
    fields: tuple[ContactField, ...]
    months: tuple[int, ...]
    threads: tuple[ThreadId, ...]
    proposals: tuple["MergeProposal", ...]


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two contacts that are likely one person."""

    a: ContactRow
    b: ContactRow
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A thread that waits for somebody else."""

    thread_id: ThreadId
    message_id: MessageId
    subject: str
    people: str
    ask: str
    reason: str
    sent_at: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; stored + duplicates + unread = messages. `problems` are sentences."""

    messages: int
    stored: int
    duplicates: int
    unread: int
    skipped: int
    threads: int
    contacts: int
    seconds: float
    me: tuple[str, ...]
    me_confirmed: bool
    problems: tuple[str, ...] = ()
    events: int = 0
    cards: int = 0


class AccountState(StrEnum):
    """How an account on a server stands."""

    UP_TO_DATE = "up-to-date"
    FIRST_SYNC = "first-sync"
    FETCHING = "fetching"
    THROTTLED = "throttled"
    """Its server wants a pause."""
    REFUSED = "refused"
    """Its server does not let us in."""
    OFFLINE = "offline"
    """The user switched every connection off."""
    UNREACHABLE = "unreachable"
    """There is no way to its server just now; it goes on by itself."""
    PAUSED = "paused"
    FAILING = "failing"
    """The last sync failed; `error` says why."""


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """An account on a server. Times are Unix seconds; `words` say its state ("First sync: 1,200 of 12,400").

    `messages` counts each folder's, `waiting` those that could not be fetched yet. `throttled_until` is 0,
    `refused` and `error` are "" when there is nothing to tell; `since` is a date, "" for everything.
    """

    id: AccountId
    address: str
    kind: AccountKind
    services: tuple[Service, ...]
    host: str
    state: AccountState
    words: str
    messages: int
    folders: int
    waiting: int
    last_sync: float | None
    """When everything was fetched last; None when it never was."""
    throttled_until: float
    refused: str
    error: str
    since: str
    job_id: JobId | None
    """The sync that runs or waits; `done` of `total` (0: not known) messages, to end at `eta_at`."""
    done: int
    total: int
    eta_at: float | None
    cannot_send: str = ""
    """Why it cannot send though it lets us in, "" when it can."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder that is fetched. `gone` messages went at once and wait for the user's word."""

    id: str
    name: str
    messages: int
    gone: int = 0


@dataclass(frozen=True, slots=True)
class SyncEntry:
    """What one sync did; `times` in a row did the same, the newest of them `at` (Unix seconds)."""

    at: float
    words: str
    times: int = 1
    failed: bool = False


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account in full."""

    overview: AccountOverview
    folders: tuple[FolderState, ...] = ()
    history: tuple[SyncEntry, ...] = ()

    @property
    def id(self) -> AccountId:
        """The account's."""
        return self.overview.id


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One sync of an account: `words` say what it brought, `error` what went wrong; Unix seconds."""

    job_id: JobId
    title: str
    """What was fetched: "Fetching new mail"."""
    started_at: float
    finished_at: float | None
    state: JobState
    words: str
    error: str
