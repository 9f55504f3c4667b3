"""Append-only steps from an empty file to today's schema, each with its record, all in one transaction."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fluffy_core.errors import DiskFullError, NewerStoreError
from fluffy_core.store import gone_messages as gone
from fluffy_core.store import integrity, schema, schema_learning, search, styles
from fluffy_core.store import unsent as drafts
from fluffy_core.store.database import Database, translated

if TYPE_CHECKING:
    from sqlite_utils import Database as SqliteUtils

SET_NAME = "fluffymail"


def first_schema(db: "SqliteUtils") -> None:
    """Mail, search, people, intelligence and jobs."""
    for part in schema.ALL:
        run_script(db, part)


def job_indexes(db: "SqliteUtils") -> None:
    """What the dispatcher asks each second costs the same however many jobs wait."""
    run_script(db, schema.JOB_INDEXES)


def search_prefixes(db: "SqliteUtils") -> None:
    """The index of two-letter beginnings was a third of what indexing costs, and nobody needs it.

    The search index is derived data: it is built anew from the message texts.
    """
    run_script(db, schema.SEARCH_INDEX)
    db.conn.execute("INSERT INTO search (search) VALUES ('rebuild')")


def schedule_slots(db: "SqliteUtils") -> None:
    """What the clock asked for last, and how much was written with whom since it was looked at."""
    run_script(db, schema.SCHEDULING)


def account_health(db: "SqliteUtils") -> None:
    """How each account was found, and whether the user was told."""
    run_script(db, schema.HEALTH)


def daily_figures(db: "SqliteUtils") -> None:
    """Mail counted by day."""
    run_script(db, schema.FIGURES)


def corrections(db: "SqliteUtils") -> None:
    """The user may say "wrong" to a category and to a field of a contact."""
    run_script(db, schema.CORRECTIONS)


def job_health(db: "SqliteUtils") -> None:
    """Signs of life, time left and kind of failure for each job; alerts about what failed."""
    run_script(db, schema.JOB_HEALTH)


def newest_mail(db: "SqliteUtils") -> None:
    """Lists may have written more than anybody can count since the newest mail of a person."""
    run_script(db, schema.NEWEST_MAIL)


def server_accounts(db: "SqliteUtils") -> None:
    """Accounts on servers: settings, folders, what is missing or could not be fetched, every connection."""
    run_script(db, schema.SERVER_ACCOUNTS)


def throttling(db: "SqliteUtils") -> None:
    """A server may ask for a pause, which holds for everything that is asked of an account."""
    run_script(db, schema.THROTTLING)


def outbox(db: "SqliteUtils") -> None:
    """What the user sends waits here until a server has it."""
    run_script(db, schema.OUTBOX)


def sync_state(db: "SqliteUtils") -> None:
    """When accounts were fetched last is remembered, and how often a job was asked to pause."""
    run_script(db, schema.SYNC_STATE)


def remote_calendars(db: "SqliteUtils") -> None:
    """Calendars and address books on servers: cursors, entries, and what each of them says."""
    run_script(db, schema.REMOTE_CALENDARS)


def server_labels(db: "SqliteUtils") -> None:
    """Labels of messages on servers that know labels: they change, and are told apart from others."""
    run_script(db, schema.SERVER_LABELS)


def writing_styles(db: "SqliteUtils") -> None:
    """How I write, the drafts that were suggested, and what I changed of them."""
    run_script(db, styles.SCHEMA)


def passages(db: "SqliteUtils") -> None:
    """Search by meaning goes by the passages of messages; their vectors are made anew."""
    run_script(db, schema.PASSAGES)


def learning(db: "SqliteUtils") -> None:
    """What is learned follows from the user's corrections; tags; what the rules said is kept beneath."""
    run_script(db, schema_learning.LEARNING)


def summaries_grown(db: "SqliteUtils") -> None:
    """Summaries tell decisions and tone, what a model answered is kept, and points may be wrong.

    Summaries are derived data: they are made anew.
    """
    run_script(db, schema.SUMMARIES_GROWN)


def commitments(db: "SqliteUtils") -> None:
    """A ledger of what is owed between the user and others."""
    run_script(db, schema.COMMITMENTS)


def unsent(db: "SqliteUtils") -> None:
    """What the user writes is kept here until a server has it."""
    run_script(db, drafts.SCHEMA)


def search_columns(db: "SqliteUtils") -> None:
    """A search looks thousands of messages up by a few of their columns; those get an index of their own."""
    run_script(db, search.SCHEMA)


def gone_messages(db: "SqliteUtils") -> None:
    """Mail that was deleted on its server asks for nothing any more, until it comes back."""
    run_script(db, gone.SCHEMA)


STEPS: tuple[Callable[["SqliteUtils"], None], ...] = (
    first_schema,
    job_indexes,
    search_prefixes,
    schedule_slots,
    account_health,
    daily_figures,
    corrections,
    job_health,
    newest_mail,
    server_accounts,
    throttling,
    outbox,
    sync_state,
    remote_calendars,
    server_labels,
    writing_styles,
    passages,
    learning,
    summaries_grown,
    commitments,
    unsent,
    search_columns,
    gone_messages,
)
"""In order of application. `PRAGMA user_version` counts how many of them a database has."""


def migrate(database: Database) -> int:
    """Bring the database up to date; the result is how many steps ran.

    A copy of the file is put beside it first when it holds data. Raises NewerStoreError when a
    newer program wrote it, and leaves it untouched.
    """
    connection = database.connection
    with translated(database.path):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(STEPS):
        raise NewerStoreError(
            f"{database.path} was written by a newer FluffyMail. Install the newer version to open it; "
            "nothing was changed."
        )
    if version == len(STEPS):
        return 0
    if version > 0:
        copy_before(database, version)
    with translated(database.path):
        return _apply(connection)


def _apply(connection: Any) -> int:
    """All pending steps or none, while no other process can open the database half-way."""
    from sqlite_utils import Database as SqliteUtils
    from sqlite_utils import Migrations

    migrations = Migrations(SET_NAME)
    for number, step in enumerate(STEPS, start=1):
        migrations(name=f"{number:04d}_{step.__name__}")(_with_version(step, number))
    db = SqliteUtils(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        pending = len(migrations.pending(db))
        migrations.apply(db)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return pending


def _with_version(step: Callable[["SqliteUtils"], None], number: int) -> Callable[["SqliteUtils"], None]:
    def run(db: "SqliteUtils") -> None:
        step(db)
        db.conn.execute(f"PRAGMA user_version = {number}")

    return run


def copy_before(database: Database, version: int) -> Path:
    """Put a consistent copy of the database beside it, named after the version it is left at."""
    target = database.path.with_name(f"{database.path.name}.before-{version + 1:04d}")
    unfinished = target.with_name(f"{target.name}.new")
    unfinished.unlink(missing_ok=True)
    try:
        integrity.copy_to(database, unfinished)
    except DiskFullError as error:
        unfinished.unlink(missing_ok=True)
        raise DiskFullError(
            f"There is no room for a safety copy of {database.path}. Make room and start again; "
            "nothing was changed."
        ) from error
    return unfinished.replace(target)


def run_script(db: "SqliteUtils", script: str) -> None:
    """Run several statements inside the open transaction (`executescript` would commit it)."""
    import sqlite3

    statement = ""
    for line in script.splitlines(keepends=True):
        if not statement and (not line.strip() or line.startswith("--")):
            continue
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
