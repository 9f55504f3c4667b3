"""A mailbox in memory with the names of the core's face: thirty threads, or a hundred thousand."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from fluffy_core import (
    AttachmentRow,
    Bus,
    Changed,
    Conclusion,
    ContactDetail,
    ContactField,
    ContactId,
    ContactRow,
    Decision,
    ImportReport,
    InboxCounts,
    Job,
    JobState,
    MergeProposal,
    MessageId,
    MessageView,
    PersonRef,
    Section,
    Summary,
    SummaryPoint,
    ThreadDetail,
    ThreadId,
    ThreadRow,
    Unsent,
    Zone,
    ZoneKind,
)
from fluffy_core.config import resources_folder
from tests.app.fake_accounts import FakeAccounts
from tests.app.fake_commitments import FakeCommitments
from tests.app.fake_jobs import NOW, FakeJobs, FakeLedger, job
from tests.app.fake_models import FakeModels
from tests.app.fake_rules import FakeRules
from tests.app.fake_search import FakeSearch
from tests.app.fake_today import FakeToday
from tests.fakes.models import NoModels

__all__ = ["NOW", "FakeMail", "job"]

DAY = 86400
ME = PersonRef("Robin Vale", "robin@vale-studio.example", mine=True)
PEOPLE = (
    ("Hanna Lindqvist", "hanna@nordlicht.example", "Nordlicht GmbH", "Head of Purchasing"),
    ("Omar Haddad", "omar@cedarworks.example", "Cedarworks", "Legal counsel"),
    ("Mei Tanaka", "mei@kitetail.example", "Kitetail", "Product lead"),
    ("Grażyna Wójcik", "grazyna@mlyn.example", "Młyn", ""),
    ("דנה לוי", "dana@olive.example", "Olive", "Finance"),
    (
        "Maximiliane von Hohenstein-Wittelsbach",
        "m.hohenstein@bundesverwaltung.example",
        "Amt",
        "Referatsleiterin",
    ),
    ("Weekly digest", "news@digest.example", "", ""),
)
SUBJECTS = (
    (
        "Revised quote, 40 seats",
        "could you send the revised quote by Thursday? Finance needs it",
        "asks: quote by Thu",
    ),
    (
        "Contract draft v3",
        "two open points on clause 7 and the renewal notice",
        "legal review · renewal in 21 days",
    ),
    ("Kick-off date", "would Tuesday at ten work for your side? We can host", "asks: pick a date"),
    ("Faktura 2041", "we have not received the payment for March yet", "second reminder"),
    ("הצעת מחיר", "תודה על ההצעה, נחזור אליכם השבוע", "asks: an answer this week"),
    (
        "Rückmeldung zur Datenschutzfolgenabschätzung und zur Auftragsverarbeitungsvereinbarung",
        "vielen Dank für die ausführlichen Unterlagen, wir prüfen sie mit der Rechtsabteilung",
        "",
    ),
    ("What changed this week", "12 articles from the feeds you follow", ""),
)
LONG = """Hello Robin,

following our call on Monday, could you send me the revised quote
for 40 seats by Thursday? Finance needs it before the board
meeting on the 12th.

Also, we decided to go with the annual plan. The details are at
https://nordlicht.example/plans?id=12 and we can talk any time.

Best regards
Hanna

--
Hanna Lindqvist
Head of Purchasing, Nordlicht GmbH
+49 40 0000 0000

On Mon, Robin Vale wrote:
> Thank you for the call. Shall I prepare a quote?
> Robin"""
ASK = "could you send me the revised quote for 40 seats by Thursday?"
PHONE = "+49 40 0000 0000"
PDF = AttachmentRow(7, "Quote 40 seats.pdf", "application/pdf", 184_320, False, "00")


def zones_of(text: str) -> tuple[Zone, ...]:
    """Body, signature, quote by the plainest rules."""
    lines = text.split("\n")
    total = len(lines)
    quote = next((at for at, line in enumerate(lines) if line.endswith("wrote:")), total)
    sign = next((at for at, line in enumerate(lines) if line == "--"), quote)
    made = [
        Zone(ZoneKind.BODY, 0, sign),
        Zone(ZoneKind.SIGNATURE, sign, quote),
        Zone(ZoneKind.QUOTE, quote, total),
    ]
    return tuple(zone for zone in made if zone.start < zone.end)


def person(at: int) -> PersonRef:
    """Somebody of `PEOPLE`; the last one is no contact."""
    name, email, _, _ = PEOPLE[at % len(PEOPLE)]
    return PersonRef(
        name, email, contact_id=ContactId(at % len(PEOPLE) + 1) if at % len(PEOPLE) < 6 else None
    )


def row(at: int, *, section: Section = Section.EVERYTHING, note: bool = True) -> ThreadRow:
    """The thread with id `at` + 1."""
    subject, preview, said = SUBJECTS[at % len(SUBJECTS)]
    return ThreadRow(
        id=ThreadId(at + 1),
        subject=subject,
        people=PEOPLE[at % len(PEOPLE)][0],
        preview=preview,
        note=said if note and section else "",
        last_date=NOW - at * 7 * 3600 - 600,
        message_count=at % 6 + 1,
        unread_count=1 if at in (0, 1, 9) else 0,
        has_attachments=at % 5 == 1,
        section=section,
        priority=0,
        done=False,
    )


def message(thread: int, at: int, of: int, *, text: str = LONG) -> MessageView:
    """Message `at` of a thread of `of` messages."""
    mine = at % 2 == 1
    return MessageView(
        id=MessageId(thread * 100 + at),
        sender=ME if mine else person(thread - 1),
        to=(person(thread - 1),) if mine else (ME, person(thread)),
        cc=(),
        date=NOW - (of - at) * DAY,
        subject=SUBJECTS[(thread - 1) % len(SUBJECTS)][0],
        text=text if at % 2 == 0 else "Hello,\n\nthank you, I will send the quote tomorrow.\n\nRobin",
        zones=zones_of(text) if at % 2 == 0 else (Zone(ZoneKind.BODY, 0, 5),),
        has_html=thread == 1 and at == of - 1,
        seen=True,
        bulk="",
        attachments=(PDF,) if at == of - 1 else (),
    )


class FakeMail:
    """Implements the face over plain dictionaries; every call notes on which thread it ran."""

    def __init__(self, threads: int = 30, *, needs_reply: int = 5, waiting: int = 3) -> None:
        paths = SimpleNamespace(demo=Path("demo"), resources=resources_folder(), models=Path("models"))
        bus = Bus()
        self.accounts = FakeAccounts(bus)
        self.learnt = FakeRules(bus)
        self.models = FakeModels(bus)
        self.commitments = FakeCommitments(bus)
        self.core = SimpleNamespace(
            store=self,
            bus=bus,
            jobs=FakeJobs(bus),
            start_workers=lambda: True,
            owned_elsewhere=False,
            settings=SimpleNamespace(paths=paths, clients=self.accounts.clients),
            embed_if_installed=lambda **_limits: None,
            models=NoModels(),
            summarize_better=self.summarize_better,
            gateway=None,
            downloads=self.models.downloads,
            fetch=self.accounts.sync,
        )
        self.demo_started = False
        self.threads = threads
        self.sections = {
            Section.NEEDS_REPLY: [ThreadId(at + 1) for at in range(needs_reply)],
            Section.WAITING: [ThreadId(at + 1) for at in range(needs_reply, needs_reply + waiting)],
        }
        self.done: set[ThreadId] = set()
        self.unread: set[ThreadId] = {ThreadId(1), ThreadId(2), ThreadId(10)}
        self.queries: list[str] = []
        self.callers: set[str] = set()
        self.undoable: list[tuple[str, set[ThreadId]]] = []
        self.html = "<p>Hello <b>Robin</b></p>"
        self.ruled: list[tuple[str, int, object]] = []
        self.confirmed: list[str] = []
        self.rejected: set[ThreadId] = set()
        self.wrong_points: list[tuple[MessageId, str]] = []
        self.better_wanted: list[tuple[ThreadId, bool]] = []
        self.wrong_fields: set[str] = set()
        self.text = LONG
        self.engine = "fast"
        self.failed = ""
        self.ledger = FakeLedger(self.core.jobs)
        self.finds = FakeSearch(self.search)
        self.today = FakeToday(self)

    @property
    def job_rows(self) -> tuple[Job, ...]:
        """The ledger's rows."""
        return self.ledger.rows

    @job_rows.setter
    def job_rows(self, rows: tuple[Job, ...]) -> None:
        self.ledger.rows = rows

    def _note(self) -> None:
        self.callers.add(threading.current_thread().name)

    def counts(self, _store: object) -> InboxCounts:
        self._note()
        first, second = (len(self._ids(one)) for one in (Section.NEEDS_REPLY, Section.WAITING))
        return InboxCounts(first, second, self.threads)

    def _ids(self, section: Section) -> list[ThreadId]:
        return [one for one in self.sections[section] if one not in self.done]

    def ids(
        self,
        _store: object,
        section: Section,
        *,
        include_done: bool = False,
    ) -> tuple[ThreadId, ...]:
        self._note()
        if section is not Section.EVERYTHING:
            return tuple(self._ids(section))
        return tuple(range(1, self.threads + 1))  # type: ignore[arg-type]

    def search(self, query: str) -> dict[ThreadId, MessageId]:
        """Threads whose subject holds the query, with their first message."""
        self._note()
        self.queries.append(query)
        found = [at for at in range(min(self.threads, 40)) if query.lower() in row(at).subject.lower()]
        return {ThreadId(at + 1): MessageId((at + 1) * 100) for at in found}

    def row(self, thread_id: ThreadId) -> ThreadRow:
        section = next((one for one, ids in self.sections.items() if thread_id in ids), Section.EVERYTHING)
        made = row(thread_id - 1, section=section)
        return replace(made, unread_count=int(thread_id in self.unread), done=thread_id in self.done)

    def rows(self, _store: object, ids: Sequence[ThreadId]) -> dict[ThreadId, ThreadRow]:
        self._note()
        return {one: self.row(one) for one in ids}

    def open_thread(self, _store: object, thread_id: ThreadId) -> ThreadDetail:
        self._note()
        found = self.row(thread_id)
        messages = tuple(
            message(thread_id, at, found.message_count, text=self.text) for at in range(found.message_count)
        )
        points: tuple[SummaryPoint, ...] = (
            SummaryPoint("we decided to go with the annual plan.", messages[0].id),
            SummaryPoint(
                "could you send me the revised quote for 40 seats by Thursday? "
                "Finance needs it before the board meeting on the 12th.",
                messages[-1 if len(messages) % 2 else -2].id,
            ),
        )
        points = tuple(one for one in points if (one.message_id, one.text) not in self.wrong_points)
        summary = Summary(points, self.engine) if len(messages) > 1 or thread_id == 1 else None
        owed, concluded = self.commitments.in_thread(thread_id), self._decision(thread_id, messages)
        return ThreadDetail(found, messages, summary, NOW - 120.0, concluded, owed)

    def _decision(self, thread_id: ThreadId, messages: Sequence[MessageView]) -> Decision:
        """Everybody in "Needs reply" asked the same; what the user rejected is theirs."""
        if thread_id in self.rejected:
            return Decision(Conclusion.FYI, "You said that it needs no reply", messages[0].id, by_user=True)
        if thread_id in self.sections[Section.NEEDS_REPLY]:
            return Decision(Conclusion.NEEDS_REPLY, f"Hanna asks you: “{ASK}”", messages[0].id, ASK)
        return Decision(Conclusion.BULK, "sent to a mailing list", messages[0].id)

    def thread_of(self, _store: object, message_id: MessageId) -> ThreadId:
        self._note()
        return ThreadId(message_id // 100)

    def reject(self, _store: object, thread_id: ThreadId, wrong: Decision) -> int:
        self._note()
        self.ruled.append(("reject", thread_id, wrong.conclusion.value))
        self.rejected.add(thread_id)
        self.core.bus.changed(Changed.CATEGORIES)
        return 1

    def reject_field(self, _store: object, contact_id: ContactId, wrong: ContactField) -> int:
        self.wrong_fields.add(wrong.field)
        return self.rule("reject field", contact_id, wrong.value)

    def reject_point(self, _store: object, message_id: MessageId, quote: str) -> int:
        self._note()
        self.wrong_points.append((message_id, quote))
        self.core.bus.changed(Changed.SUMMARIES)
        return 1

    def summarize_better(self, thread_id: ThreadId, *, afresh: bool = False) -> int:
        self._note()
        self.better_wanted.append((thread_id, afresh))
        return 1

    def opened(self, _store: object, thread_id: ThreadId) -> None:
        self._note()
        if thread_id in self.unread:
            self.unread.discard(thread_id)
            self.core.bus.changed(Changed.THREADS)

    def message_html(self, _store: object, _message_id: MessageId, *, remote_images: bool = False) -> str:
        self._note()
        return self.html

    def attachment(self, _store: object, attachment_id: int) -> tuple[AttachmentRow, bytes]:
        self._note()
        return AttachmentRow(attachment_id, "Quote 40 seats.pdf", "application/pdf", 4, False, "00"), b"%PDF"

    def set_done(self, _store: object, thread_ids: Sequence[ThreadId], done: bool) -> int:
        self._note()
        self.undoable.append(("1 thread done", set(self.done)))
        self.done = self.done | set(thread_ids) if done else self.done - set(thread_ids)
        self.core.bus.changed(Changed.THREADS)
        return 1

    def set_seen(self, _store: object, thread_ids: Sequence[ThreadId], seen: bool) -> int:
        self._note()
        self.unread = self.unread - set(thread_ids) if seen else self.unread | set(thread_ids)
        self.core.bus.changed(Changed.THREADS)
        return 1

    def undo(self, _store: object) -> str | None:
        self._note()
        if not self.undoable:
            return None
        label, self.done = self.undoable.pop()
        self.core.bus.changed(Changed.THREADS)
        return label

    def nothing_unsent(self, *_about: object) -> tuple[Unsent, ...]:
        self._note()
        return ()

    def contact(self, at: int) -> ContactRow:
        name, email, company, title = PEOPLE[(at - 1) % len(PEOPLE)]
        return ContactRow(ContactId(at), name, email, company, title, 24 - at, 18 - at, NOW - at * DAY)

    def people_ids(self, _store: object, query: str = "") -> tuple[ContactId, ...]:
        self._note()
        found = (at for at in range(1, 7) if query.lower() in PEOPLE[at - 1][0].lower())
        return tuple(map(ContactId, found))

    def people_rows(self, _store: object, ids: Sequence[ContactId]) -> dict[ContactId, ContactRow]:
        self._note()
        return {one: self.contact(one) for one in ids}

    def detail(self, _store: object, contact_id: ContactId) -> ContactDetail:
        self._note()
        made = self.contact(contact_id)
        seen, quote = NOW - 50 * DAY, "Head of Purchasing, Nordlicht GmbH"
        said = (
            ContactField("title", made.title, "signature", 0.9, quote, MessageId(600), seen, False),
            ContactField("phone", "+49 40 0000 0000", "signature", 0.9, PHONE, MessageId(600), seen, False),
            ContactField("place", "Hamburg", "address book", 0.7, "", None, NOW - 9 * DAY, False),
        )
        fields = tuple(one for one in said if one.field not in self.wrong_fields)
        addresses = (made.email, f"private.{contact_id}@home.example")
        months = (1, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 7)
        threads = tuple(ThreadId(one) for one in range(contact_id, 30, 7))
        mine = tuple(one for one in self.proposals(self) if contact_id in (one.a.id, one.b.id))
        return ContactDetail(made, addresses, fields, months, threads, mine)

    def proposals(self, _store: object) -> tuple[MergeProposal, ...]:
        self._note()
        if any(name in ("merge", "dismiss") for name, *_ in self.ruled):
            return ()
        other = replace(self.contact(3), name="H. Lindqvist", email="lindqvist@post.example", company="")
        return (MergeProposal(self.contact(1), other, 0.78, "Same family name, same signature phone number"),)

    def rule(self, name: str, first: int, second: object) -> int:
        self._note()
        self.ruled.append((name, first, second))
        self.core.bus.changed(Changed.CONTACTS)
        return 1

    def report(self, _store: object, _account: int, **_more: object) -> ImportReport:
        self._note()
        return ImportReport(
            394,
            390,
            3,
            1,
            0,
            120,
            34,
            2.5,
            ("robin@vale-studio.example",),
            False,
            ("One message could not be read.",),
        )

    def is_read(self, _store: object, _account: int) -> bool:
        self._note()
        return not any(one.state is JobState.RUNNING for one in self.job_rows)

    def failure(self, _store: object, _account: int) -> str:
        return self.failed

    def look(self, paths: Sequence[Path]) -> SimpleNamespace:
        self._note()
        return SimpleNamespace(files=tuple(paths), size=24_000_000, kinds=("mbox",))

    def start(self, _store: object, paths: Sequence[Path], *, me: Sequence[str] = ()) -> int:
        self._note()
        self.started = [Path(one) for one in paths]
        return 1

    def start_demo(self, _store: object, _folder: Path, *, resources: Path) -> int:
        self._note()
        self.demo_started = resources.name == "demo"
        return 1

    def own(self, _store: object) -> tuple[SimpleNamespace, ...]:
        self._note()
        return (SimpleNamespace(email="robin@vale-studio.example", confirmed=bool(self.confirmed)),)

    def confirm(self, _store: object, emails: Sequence[str]) -> None:
        self._note()
        self.confirmed = list(emails)

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this mailbox's function."""
        ledger, accounts = self.ledger.face(), self.accounts.face()
        network = ledger["network"] | accounts["network"]
        return {
            "inbox": {"counts": self.counts, "ids": self.ids, "rows": self.rows},
            "reader": {
                "open_thread": self.open_thread,
                "opened": self.opened,
                "message_html": self.message_html,
                "thread_of": self.thread_of,
                "attachment": self.attachment,
            },
            "triage": {"set_done": self.set_done, "set_seen": self.set_seen, "undo": self.undo},
            "people": {
                "ids": self.people_ids,
                "rows": self.people_rows,
                "detail": self.detail,
                "proposals": self.proposals,
                "merge": lambda _s, keep, other: self.rule("merge", keep, other),
                "split": lambda _s, contact, email: self.rule("split", contact, email),
                "dismiss": lambda _s, a, b: self.rule("dismiss", a, b),
                "rename": lambda _s, contact, name: self.rule("rename", contact, name),
            },
            "summarising": {"reject": self.reject_point},
            "commitments": self.commitments.face(),
            "corrections": {"reject": self.reject, "reject_field": self.reject_field},
            "unsent": {"in_thread": self.nothing_unsent, "overview": self.nothing_unsent},
            "demonstration": {"start": self.start_demo},
            **self.finds.face(),
            **self.today.face(),
            **ledger,
            **accounts,
            **self.learnt.face(),
            **self.models.face(),
            "network": network,
            "imports": {
                "look": self.look,
                "start": self.start,
                "report": self.report,
                "is_read": self.is_read,
                "failure": self.failure,
                "own_addresses": self.own,
                "confirm_own": self.confirm,
            },
        }
