"""Small homes for tests of the services: letters as bytes, files to import, and the jobs done in place."""

import random
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.core import Core
from fluffy_core.domain.ids import AccountId, ContactId, JobId, ThreadId
from fluffy_core.domain.jobs import JobState
from fluffy_core.domain.rows import ImportReport
from fluffy_core.services.home import activity
from fluffy_core.services.imports import imports
from fluffy_core.services.insight import follow_ups, summarising
from fluffy_core.services.people import contacts, people
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.services.sorting import categories
from fluffy_core.services.writing import styles
from fluffy_core.store.database import Database
from tests.fakes.mailboxes import mbox, write

ME = "me@example.org"
START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
ORDER = (
    "sync-emails-initial",
    "extract-contacts",
    "categorize-emails",
    "check-follow-ups",
    "summarize-email-thread",
    "analyze-writing-style",
)


def settings(home: Path, *, key_file: Path | None = None) -> Settings:
    """A home with a key file beside it and no models."""
    paths = Paths(home=home, models=home / "no-models", resources=resources_folder())
    return Settings(paths=paths, key_file=key_file or home.with_suffix(".key"))


@contextmanager
def opened(home: Path) -> Iterator[Core]:
    """The core of a home, closed again."""
    with Core.open(settings(home)) as core:
        yield core


def letter(
    subject: str = "Hello", *, sender: str = "Ada Byron <ada@example.com>", to: str = ME, hour: float = 0,
    body: str = "This is the text.\n", mid: str = "", refs: Sequence[str] = (), extra: str = "",
) -> bytes:  # fmt: skip
    """A plain message, `hour` hours after START; `mid` and `refs` are Message-IDs without brackets."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines.append(f"Date: {format_datetime(START + timedelta(hours=hour))}")
    lines += [f"Message-ID: <{mid}>"] if mid else []
    lines += (
        [f"References: {' '.join(f'<{one}>' for one in refs)}", f"In-Reply-To: <{refs[-1]}>"] if refs else []
    )
    lines += [extra.strip()] if extra.strip() else []
    return ("\n".join(lines) + "\n\n" + body).encode()


def hard_to_pack(count: int) -> list[bytes]:
    """Messages whose text does not compress."""
    dice = random.Random(7)
    texts = ["".join(dice.choices(string.ascii_letters, k=4000)) + "\n" for _ in range(count)]
    return [letter(f"n{n}", body=text) for n, text in enumerate(texts)]


def read(core: Core, *paths: Path, me: Sequence[str] = (ME,), embed: Embeds | None = None) -> ImportReport:
    """Import files and do every job that follows, in this thread and in a fixed order."""
    account_id = imports.start(core.store, list(paths), me=me)
    work_off(core, embed=embed)
    return imports.report(core.store, account_id)


def mailboxes_of(folder: Path, *letters: bytes, name: str = "Inbox.mbox") -> Path:
    """An mbox of these messages."""
    return write(folder / name, mbox(*letters))


def read_letters(
    core: Core, *letters: bytes, name: str = "Inbox.mbox", me: Sequence[str] = (ME,)
) -> ImportReport:
    """Import these messages as one mbox of this name."""
    path = write(core.settings.paths.home.parent / name, mbox(*letters))
    return read(core, path, me=me)


def work_off(core: Core, *, embed: Embeds | None = None) -> None:
    """Do what the ledger holds, as the handlers do, without any worker."""
    while waiting := activity.jobs(core.store, states=[JobState.QUEUED], limit=1_000_000):
        for job in sorted(waiting, key=lambda one: (ORDER.index(one.name), one.id)):
            _do(core, job.name, dict(job.args), embed)
            _finish(core.store, job.id)


def _finish(store: Database, job_id: JobId) -> None:
    with store.transaction() as tx:
        tx.execute(
            "UPDATE jobs SET state = 'succeeded', attempt = 1, finished_at = 1.0 WHERE id = ?", (job_id,)
        )


def _do(core: Core, name: str, args: dict[str, object], embed: Embeds | None) -> None:
    store = core.store
    if name == "sync-emails-initial":
        account_id = AccountId(number(args["account_id"]))
        imports.run(store, account_id, scratch=core.settings.paths.scratch, on_page=lambda tx, step: None)
        with store.transaction() as tx:
            imports.settle(tx, account_id)
    elif name == "extract-contacts":
        with store.transaction() as tx:
            contacts.extract(tx, numbers(args["message_ids"]), generation=number(args["force"]))
    elif name == "categorize-emails":
        found = categories.sort(store, numbers(args["message_ids"]))
        with store.transaction() as tx:
            categories.write(tx, found)
    elif name == "check-follow-ups":
        waiting = follow_ups.find(store, lookback_days=number(args["lookback_days"]))
        with store.transaction() as tx:
            follow_ups.write(tx, waiting)
    elif name == "analyze-writing-style":
        learned = styles.learn(store)
        with store.transaction() as tx:
            styles.write(tx, learned)
    else:
        done = summarising.work(store, ThreadId(number(args["thread_id"])), embed=embed)
        with store.transaction() as tx:
            done.write(tx)


def number(value: object) -> int:
    """A job argument that is a number."""
    assert isinstance(value, int)
    return value


def numbers(value: object) -> list[int]:
    """A job argument that is a list of ids."""
    assert isinstance(value, list)
    return value


def everybody(store: Database) -> set[tuple[str, tuple[str, ...]]]:
    """The contacts: (name, addresses in order of the alphabet)."""
    details = [people.detail(store, contact_id) for contact_id in people.ids(store)]
    found = {(one.row.name, tuple(sorted(one.addresses))) for one in details}
    assert len(found) == len(details)
    return found


def person(store: Database, text: str) -> ContactId:
    """The one contact that a search for `text` finds."""
    found = people.ids(store, text)
    assert len(found) == 1, (text, found)
    return found[0]


def grouping(store: Database) -> set[frozenset[str]]:
    """The threads as sets of Message-IDs (subjects where there is none)."""
    groups: dict[int, set[str]] = {}
    for thread_id, mid, subject in store.all("SELECT thread_id, message_id_header, subject FROM messages"):
        groups.setdefault(thread_id, set()).add(mid or subject)
    return {frozenset(group) for group in groups.values()}
