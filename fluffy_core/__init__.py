"""The core of FluffyMail: usable and tested without Qt. This is the face that front ends see.

Names are loaded when they are first asked for (PEP 562), so that starting costs only what is used.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluffy_core.config import Paths, Settings
    from fluffy_core.config import load as load_settings
    from fluffy_core.connectors.network.gateway import Endpoint, Security
    from fluffy_core.connectors.sign_in.presets import Servers
    from fluffy_core.connectors.sign_in.sign_in import Login
    from fluffy_core.core import Core
    from fluffy_core.domain.accounts import ALL, AccountKind, AccountSettings, Client, Server, Service
    from fluffy_core.domain.commitments import (
        Commitment,
        CommitmentKind,
        CommitmentRow,
        CommitmentState,
        Debtor,
        Ruling,
    )
    from fluffy_core.domain.counting import number_of
    from fluffy_core.domain.drafting import Confidence, DraftRequest, DraftSource, Suggestion
    from fluffy_core.domain.figures import Figures, Trend
    from fluffy_core.domain.health import AccountHealth, Finding, HealthState
    from fluffy_core.domain.ids import AccountId, ContactId, JobId, MessageId, ThreadId
    from fluffy_core.domain.intelligence import (
        Answer,
        Citation,
        Conclusion,
        Decision,
        Sentiment,
        Summary,
        SummaryPoint,
        Tone,
        Urgency,
    )
    from fluffy_core.domain.jobs import (
        Alert,
        DeadLetter,
        DoneRun,
        Health,
        Job,
        JobFigures,
        JobState,
        KindFacts,
        Pauses,
        Queue,
    )
    from fluffy_core.domain.learning import Scope, Tag, Trait
    from fluffy_core.domain.message import Address
    from fluffy_core.domain.models import (
        NO_MODEL,
        Bench,
        DownloadState,
        DownloadView,
        Fit,
        FoundModel,
        ModelStatus,
        ModelView,
    )
    from fluffy_core.domain.outgoing import (
        Doubt,
        DoubtKind,
        Draft,
        OutboxRow,
        OutboxState,
        OutgoingFile,
        Unsent,
        UnsentFile,
        WritingKind,
        Written,
    )
    from fluffy_core.domain.rows import (
        AccountOverview,
        AccountState,
        AccountView,
        AttachmentRow,
        ContactDetail,
        ContactField,
        ContactRow,
        FolderState,
        FollowUpRow,
        ImportReport,
        InboxCounts,
        MergeProposal,
        MessageView,
        PersonRef,
        Section,
        SyncEntry,
        SyncRun,
        ThreadDetail,
        ThreadRow,
        ThreadTag,
    )
    from fluffy_core.domain.sync import Folder, FolderRole
    from fluffy_core.domain.zones import Zone, ZoneKind
    from fluffy_core.errors import (
        AnswerError,
        BlockedError,
        BugError,
        DiskFullError,
        FluffyError,
        HomeBusyError,
        KnownError,
        ModelError,
        NewerStoreError,
        NotMailError,
        SignInError,
        StoreError,
        TransientError,
        UnreadableError,
        UntrustedServerError,
        UsageError,
        VaultKeyError,
    )
    from fluffy_core.events import Bus, Changed, Changes, DraftGrew, Event, Progress
    from fluffy_core.services.accounts import accounts, network, permissions
    from fluffy_core.services.accounts import care as account_care
    from fluffy_core.services.accounts import changes as account_changes
    from fluffy_core.services.accounts import check as account_check
    from fluffy_core.services.accounts import overview as accounts_overview
    from fluffy_core.services.accounts import states as account_states
    from fluffy_core.services.accounts.accounts import Added, Forgotten
    from fluffy_core.services.accounts.check import Looked
    from fluffy_core.services.accounts.permissions import Grant, PendingSignIn
    from fluffy_core.services.home import activity, notices
    from fluffy_core.services.home.notices import Notice, NoticeSettings
    from fluffy_core.services.imports import demonstration, imports
    from fluffy_core.services.imports.imports import ImportPlan
    from fluffy_core.services.imports.ownership import OwnAddress
    from fluffy_core.services.insight import analytics, commitments, summarising
    from fluffy_core.services.models import bench as model_bench
    from fluffy_core.services.models import models
    from fluffy_core.services.models import shelf as model_shelf
    from fluffy_core.services.models.computer import Computer
    from fluffy_core.services.people import people
    from fluffy_core.services.reading import asking, digest, inbox, meaning, reader, searching
    from fluffy_core.services.reading.digest import Digest
    from fluffy_core.services.reading.searching import Match, Threads
    from fluffy_core.services.sorting import corrections, labels, rules, tagging, triage
    from fluffy_core.services.sorting.labels import LabelChoice, LabelChoices, Preview, ScopeChoice
    from fluffy_core.services.sorting.rules import Example, LearnedRule
    from fluffy_core.services.sync import estimate
    from fluffy_core.services.sync import health as sync_health
    from fluffy_core.services.sync.estimate import Estimate, FolderEstimate
    from fluffy_core.services.writing import drafting, habits, outbox, own_signatures, portraits, unsent
    from fluffy_core.services.writing.habits import Habit
    from fluffy_core.services.writing.portraits import Portrait
    from fluffy_core.store.database import Database
    from fluffy_core.store.traffic import Connection
    from fluffy_core.store.undo import UndoToken

__version__ = "0.1.0"

__all__ = [
    "ALL",
    "AccountHealth",
    "AccountId",
    "AccountKind",
    "AccountOverview",
    "AccountSettings",
    "AccountState",
    "AccountView",
    "Added",
    "Address",
    "Alert",
    "Answer",
    "AnswerError",
    "AttachmentRow",
    "Bench",
    "BlockedError",
    "BugError",
    "Bus",
    "Changed",
    "Changes",
    "Citation",
    "Client",
    "Commitment",
    "CommitmentKind",
    "CommitmentRow",
    "CommitmentState",
    "Computer",
    "Conclusion",
    "Confidence",
    "Connection",
    "ContactDetail",
    "ContactField",
    "ContactId",
    "ContactRow",
    "Core",
    "Database",
    "DeadLetter",
    "Debtor",
    "Decision",
    "Digest",
    "DiskFullError",
    "DoneRun",
    "Doubt",
    "DoubtKind",
    "DownloadState",
    "DownloadView",
    "Draft",
    "DraftGrew",
    "DraftRequest",
    "DraftSource",
    "Endpoint",
    "Estimate",
    "Event",
    "Example",
    "Figures",
    "Finding",
    "Fit",
    "FluffyError",
    "Folder",
    "FolderEstimate",
    "FolderRole",
    "FolderState",
    "FollowUpRow",
    "Forgotten",
    "FoundModel",
    "Grant",
    "Habit",
    "Health",
    "HealthState",
    "HomeBusyError",
    "ImportPlan",
    "ImportReport",
    "InboxCounts",
    "Job",
    "JobFigures",
    "JobId",
    "JobState",
    "KindFacts",
    "KnownError",
    "LabelChoice",
    "LabelChoices",
    "LearnedRule",
    "Login",
    "Looked",
    "Match",
    "MergeProposal",
    "MessageId",
    "MessageView",
    "ModelError",
    "ModelStatus",
    "ModelView",
    "NO_MODEL",
    "NewerStoreError",
    "NotMailError",
    "Notice",
    "NoticeSettings",
    "OutboxRow",
    "OutboxState",
    "OutgoingFile",
    "OwnAddress",
    "Paths",
    "Pauses",
    "PendingSignIn",
    "PersonRef",
    "Portrait",
    "Preview",
    "Progress",
    "Queue",
    "Ruling",
    "Scope",
    "ScopeChoice",
    "Section",
    "Security",
    "Sentiment",
    "Server",
    "Servers",
    "Service",
    "Settings",
    "SignInError",
    "StoreError",
    "Suggestion",
    "Summary",
    "SummaryPoint",
    "SyncEntry",
    "SyncRun",
    "Tag",
    "ThreadDetail",
    "ThreadId",
    "ThreadRow",
    "ThreadTag",
    "Threads",
    "Tone",
    "Trait",
    "TransientError",
    "Trend",
    "UndoToken",
    "UnreadableError",
    "Unsent",
    "UnsentFile",
    "UntrustedServerError",
    "Urgency",
    "UsageError",
    "VaultKeyError",
    "WritingKind",
    "Written",
    "Zone",
    "ZoneKind",
    "__version__",
    "account_care",
    "account_changes",
    "account_check",
    "account_states",
    "accounts",
    "accounts_overview",
    "activity",
    "analytics",
    "asking",
    "commitments",
    "corrections",
    "demonstration",
    "digest",
    "drafting",
    "estimate",
    "habits",
    "imports",
    "inbox",
    "labels",
    "load_settings",
    "meaning",
    "model_bench",
    "model_shelf",
    "models",
    "network",
    "notices",
    "number_of",
    "outbox",
    "own_signatures",
    "people",
    "permissions",
    "portraits",
    "reader",
    "rules",
    "searching",
    "summarising",
    "sync_health",
    "tagging",
    "triage",
    "unsent",
]

_PLACES = {
    "config": "Paths Settings",
    "connectors.network.gateway": "Endpoint Security",
    "connectors.sign_in.presets": "Servers",
    "connectors.sign_in.sign_in": "Login",
    "core": "Core",
    "domain.accounts": "ALL AccountKind AccountSettings Client Server Service",
    "domain.commitments": "Commitment CommitmentKind CommitmentRow CommitmentState Debtor Ruling",
    "domain.counting": "number_of",
    "domain.drafting": "Confidence DraftRequest DraftSource Suggestion",
    "domain.figures": "Figures Trend",
    "domain.health": "AccountHealth Finding HealthState",
    "domain.ids": "AccountId ContactId JobId MessageId ThreadId",
    "domain.intelligence": "Answer Citation Conclusion Decision Sentiment Summary SummaryPoint Tone Urgency",
    "domain.jobs": "Alert DeadLetter DoneRun Health Job JobFigures JobState KindFacts Pauses Queue",
    "domain.learning": "Scope Tag Trait",
    "domain.message": "Address",
    "domain.models": "NO_MODEL Bench DownloadState DownloadView Fit FoundModel ModelStatus ModelView",
    "domain.outgoing": "Doubt DoubtKind Draft OutboxRow OutboxState OutgoingFile Unsent UnsentFile "
    "WritingKind Written",
    "domain.sync": "Folder FolderRole",
    "domain.rows": "AccountOverview AccountState AccountView AttachmentRow ContactDetail ContactField "
    "ContactRow FolderState FollowUpRow ImportReport InboxCounts MergeProposal MessageView PersonRef Section "
    "SyncEntry SyncRun ThreadDetail ThreadRow ThreadTag",
    "domain.zones": "Zone ZoneKind",
    "errors": "AnswerError BlockedError BugError DiskFullError FluffyError HomeBusyError KnownError "
    "ModelError NewerStoreError NotMailError SignInError StoreError TransientError UnreadableError "
    "UntrustedServerError UsageError VaultKeyError",
    "events": "Bus Changed Changes DraftGrew Event Progress",
    "services.accounts.check": "Looked",
    "services.accounts.accounts": "Added Forgotten",
    "services.models.computer": "Computer",
    "services.reading.digest": "Digest",
    "services.sync.estimate": "Estimate FolderEstimate",
    "services.writing.habits": "Habit",
    "services.imports.imports": "ImportPlan",
    "services.sorting.labels": "LabelChoice LabelChoices Preview ScopeChoice",
    "services.home.notices": "Notice NoticeSettings",
    "services.imports.ownership": "OwnAddress",
    "services.accounts.permissions": "Grant PendingSignIn",
    "services.writing.portraits": "Portrait",
    "services.reading.searching": "Match Threads",
    "services.sorting.rules": "Example LearnedRule",
    "store.database": "Database",
    "store.traffic": "Connection",
    "store.undo": "UndoToken",
}
_SERVICES = {
    "accounts": (
        "account_care=care account_changes=changes account_check=check account_states=states "
        "accounts accounts_overview=overview network permissions"
    ),
    "home": "activity notices",
    "imports": "demonstration imports",
    "insight": "analytics commitments summarising",
    "models": "model_bench=bench model_shelf=shelf models",
    "people": "people",
    "reading": "asking digest inbox meaning reader searching",
    "sorting": "corrections labels rules tagging triage",
    "sync": "estimate sync_health=health",
    "writing": "drafting habits outbox own_signatures portraits unsent",
}
"""Public name, or public name=module, of each package of services."""
_WHERE = {name: (module, name) for module, names in _PLACES.items() for name in names.split()}
_WHERE |= {"load_settings": ("config", "load")}
_WHERE |= {
    name: (f"services.{package}.{module or name}", "")
    for package, names in _SERVICES.items()
    for name, _, module in (one.partition("=") for one in names.split())
}

if not TYPE_CHECKING:  # a type checker would take every misspelt name for one of these

    class _Service(ModuleType):
        """A service, loaded by whoever first uses it: a window names many to show a list of mail."""

        def __getattr__(self, name: str) -> object:
            return getattr(import_module(self.__name__), name)

    def __getattr__(name: str) -> object:
        """Load a public name where it lives, once."""
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, inside = f"{__name__}.{_WHERE[name][0]}", _WHERE[name][1]
        globals()[name] = found = getattr(import_module(module), inside) if inside else _Service(module)
        return found
