"""Commands about mail on its way out: send, draft, outbox. They stand for the user's own act."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fluffy_core.cli import start
from fluffy_core.cli.answer import Answer, cut, day, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.ids import MessageId
from fluffy_core.domain.outgoing import Draft, OutboxRow, OutboxState
from fluffy_core.errors import UnreadableError, UsageError
from fluffy_core.mail.mime import recipients
from fluffy_core.services.accounts import network, senders
from fluffy_core.services.accounts.senders import Sender
from fluffy_core.services.writing import answering, attaching, outbox

STOPPED = 130
_GOOD = (OutboxState.FILING, OutboxState.SENT, OutboxState.SAVED)


def send(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Send a message after asking, and wait for what becomes of it."""
    with Core.open(settings) as core:
        sender = senders.sender(core.store, arguments.account)
        draft = _draft(core, arguments)
        if not draft.recipients:
            raise UsageError("Say whom it goes to: --to ADDRESS.")
        if not arguments.yes and not _agreed(sender, draft, json_wanted=arguments.json):
            return Answer({"state": "not sent"}, "Not sent.", 1)
        row = outbox.send(core.store, sender.id, draft)
        told = f"Sent in {outbox.HOLD:.0f} s; `fluffy outbox cancel {row.id}` takes it back."
        if arguments.no_wait or network.is_offline(core.store):
            return _put_in(core, row, told)
        if not arguments.json:
            print(told, file=sys.stderr)
        try:
            return _ended(core, row, quiet=arguments.json)
        except KeyboardInterrupt:
            return _stopped(core, row)


def _agreed(sender: Sender, draft: Draft, *, json_wanted: bool) -> bool:
    """Whether the user says yes. Raises UsageError where nobody can be asked."""
    if json_wanted or not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here whether it may go: say --yes.")
    lines = [f"From {sender.address.email} to {', '.join(draft.recipients)}", draft.subject or "(no subject)"]
    lines += [f"with {one.name} ({len(one.content):,} bytes)" for one in draft.files]
    print("\n".join(lines), file=sys.stderr)
    return input("Send it? [y/N] ").strip().lower() in ("y", "yes")


def _put_in(core: Core, row: OutboxRow, told: str) -> Answer:
    if network.is_offline(core.store):
        told = f"Offline: number {row.id} waits in the outbox and goes once you are online again."
    return Answer(plain(row), f"{told} `fluffy run` or the window does it.")


def _stopped(core: Core, row: OutboxRow) -> Answer:
    """Ctrl-C while it waits means: do not send it."""
    try:
        outbox.take_back(core.store, row.id)
    except UsageError:
        raise KeyboardInterrupt from None
    text = f"Taken back: nothing was sent. `fluffy outbox retry {row.id}` sends it after all."
    return Answer(plain(outbox.get(core.store, row.id)), text, STOPPED)


def _ended(core: Core, row: OutboxRow, *, quiet: bool) -> Answer:
    """Wait until it is sent, or cannot be for now."""

    def done() -> bool:
        now = outbox.get(core.store, row.id)
        return outbox.is_over(now) or (now.state is not OutboxState.SENDING and bool(now.error))

    start.work(core, done, quiet=quiet)
    return _told(outbox.get(core.store, row.id))


def _told(row: OutboxRow) -> Answer:
    why = f" {row.error.rstrip('.')}." if row.error else ""
    text = f"Number {row.id}: {outbox.words(row.state, draft=row.draft)}.{why}"
    if row.state is OutboxState.WAITING and row.error:
        text += " It is tried again by itself."
    if row.state is OutboxState.UNCERTAIN:
        text += f" `fluffy outbox retry {row.id}` sends it again, `fluffy outbox confirm {row.id}` does not."
    return Answer(plain(row), text, 0 if row.state in _GOOD else 1)


def _draft(core: Core, arguments: argparse.Namespace) -> Draft:
    found = Draft()
    if arguments.reply_to_message is not None:
        message_id = MessageId(arguments.reply_to_message)
        found = answering.answer(core.store, message_id, quote=arguments.quote)
    return replace(
        found,
        to=recipients.people(arguments.to) or found.to,
        cc=recipients.people(arguments.cc),
        bcc=recipients.people(arguments.bcc),
        subject=found.subject if arguments.subject is None else arguments.subject,
        text=_text(arguments.text).rstrip("\n") + found.text,
        files=tuple(attaching.file(Path(one).expanduser()) for one in arguments.attach),
    )


def _text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).expanduser().read_text("utf-8")
    except OSError as error:
        raise UnreadableError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{name} is no text in UTF-8.") from error


def save_draft(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Keep a draft on the server, and wait until it is there."""
    with Core.open(settings) as core:
        sender = senders.sender(core.store, arguments.account)
        draft = _draft(core, arguments)
        row = outbox.save_draft(core.store, sender.id, draft, replaces=arguments.replace)
        if arguments.no_wait or network.is_offline(core.store):
            return _put_in(core, row, f"Number {row.id} is saved soon.")
        return _ended(core, row, quiet=arguments.json)


def list_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """What is on its way out, or needs a decision."""
    with Core.open(settings) as core:
        found = outbox.listed(core.store, done=arguments.all, limit=arguments.limit)
        offline = network.is_offline(core.store)
    lines = [
        f"{one.id:>5}  {day(one.created_at)}  {outbox.words(one.state, draft=one.draft):12}  "
        f"{cut(', '.join(one.recipients), 30):30}  {cut(one.subject, 50)}"
        + (f"\n{'':7}{one.error}" if one.error else "")
        for one in found
    ]
    lines += ["Offline: nothing is sent until you are online again."] if offline and found else []
    return Answer({"outbox": plain(found), "offline": offline}, "\n".join(lines) or "The outbox is empty.")


def show(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """A message of the outbox with its text."""
    with Core.open(settings) as core:
        row, draft = outbox.get(core.store, arguments.id), outbox.draft_of(core.store, arguments.id)
    groups = (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc))
    lines = [f"{name}: {', '.join(one.email for one in people)}" for name, people in groups if people]
    lines += [f"Subject: {draft.subject}"]
    lines += [f"Attached: {one.name} ({len(one.content):,} bytes)" for one in draft.files]
    state = f"({outbox.words(row.state, draft=row.draft)}) {row.error}".strip()
    data = {
        "row": plain(row),
        "subject": draft.subject,
        "text": draft.text,
        "to": plain(draft.to),
        "cc": plain(draft.cc),
        "bcc": plain(draft.bcc),
        "files": [{"name": one.name, "size": len(one.content)} for one in draft.files],
    }
    return Answer(data, "\n".join([*lines, state, "", draft.text]))


def cancel(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Take a message back that no server has."""
    with Core.open(settings) as core:
        outbox.take_back(core.store, arguments.id)
        row = outbox.get(core.store, arguments.id)
    return Answer(plain(row), f"Number {row.id} is taken back: nothing was sent. Its text is kept.")


def retry(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Send a message now, again if need be."""
    with Core.open(settings) as core:
        row = outbox.retry(core.store, arguments.id)
        if network.is_offline(core.store):
            return _put_in(core, row, "")
        return _ended(core, row, quiet=arguments.json)


def confirm(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """A message was sent after all: it goes among the sent ones and nowhere else."""
    with Core.open(settings) as core:
        row = outbox.confirm(core.store, arguments.id)
    return Answer(plain(row), f"Number {row.id} counts as sent.")


def discard(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Forget a message that was not sent."""
    with Core.open(settings) as core:
        outbox.discard(core.store, arguments.id)
    return Answer({"id": arguments.id}, f"Number {arguments.id} is forgotten.")
