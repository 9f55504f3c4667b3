"""Handing over what waits in the outbox: each message once in effect, whatever breaks on the way.

Nothing here puts a message into the outbox; that is the user's act alone (`services/writing/outbox.py`).
"""

import random
import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass

import zstandard

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.events import MessagesStored
from fluffy_core.domain.ingest import Prepared
from fluffy_core.domain.outgoing import OutboxRow, OutboxState
from fluffy_core.domain.source import RawItem
from fluffy_core.errors import (
    BlockedError,
    DiskFullError,
    KnownError,
    SignInError,
    StoreError,
    TransientError,
    UncertainError,
)
from fluffy_core.services.accounts import network
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.imports import ingest, prepare
from fluffy_core.store import accounts, alerts, insight, outbox, threads, unsent
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.outbox import Next

LOOKS = (2.0, 10.0, 30.0, 60.0, 180.0)
"""Seconds before each look for a message that may have been sent: the folder of sent mail may lag."""
BACKOFF_BASE, BACKOFF_CAP = 5.0, 900.0
PATIENCE, TRIES = 3 * 86_400.0, 5
"""Seconds after which, and tries without which not, a message is given back to the user: computers sleep."""
LONGEST = 1 << 30
SURPRISE = "Something went wrong inside FluffyMail; its log says more."
GONE = "Its account was removed."
_UNKNOWN = "Nobody can tell whether it was sent: it is not among the sent messages."
_CURE = "Drafts (g d) shows it, with its text, and what can be done; so does `fluffy outbox`."


def recover(store: Database, *, now: float, alive: Callable[[], Collection[int]] = tuple) -> int:
    """Look at what was being handed over when its thread or process ended; how many messages.

    `alive` tells which messages are in a thread's hands. It is asked inside the transaction: a thread takes a
    message into its hands before it writes that it hands it over.
    """
    if not set(outbox.being_sent(store)) - set(alive()):
        return 0
    with store.transaction(durable=True) as tx:
        return outbox.recover(tx, now=now, alive=alive())


def step(
    store: Database, connect: Connect, row: OutboxRow, *, clock: Callable[[], float] = time.time
) -> None:
    """Do what is due about one message, as far as that goes now.

    Raises StoreError or DiskFullError when an outcome could not be written down: then it is looked at again.
    """
    if row.account_id is None:
        _Outcome(store, row, clock).failed(GONE)
        return
    try:
        with closing(connect(row.account_id)) as account:
            _Delivery(store, account, row, clock=clock).go_on()
    except (StoreError, DiskFullError):
        raise
    except KnownError as error:
        _Outcome(store, row, clock).of(error, row.state)


def give_up(store: Database, row: OutboxRow, *, clock: Callable[[], float] = time.time) -> None:
    """A bug stopped a step: the user gets the message back, unless it was being handed over just then."""
    _Outcome(store, row, clock).failed(SURPRISE)


def confirmed(store: Database, row: OutboxRow, *, now: float) -> None:
    """The user says that a message was sent which nobody could tell of."""
    item = _prepared(unpacked(outbox.data(store, row.id)))
    with store.transaction(durable=True) as tx:
        if outbox.move(tx, row.id, OutboxState.UNCERTAIN, after=Next(OutboxState.FILING, now)):
            _show(tx, item)
            unsent.sent(tx, row.id)
            alerts.settle(tx, about(row.id))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What becomes of a message that something went wrong with, before or after it was handed over."""

    store: Database
    row: OutboxRow
    clock: Callable[[], float]

    def of(self, error: KnownError, state: OutboxState) -> None:
        """Try again in `state`, or give it to the user."""
        offline = isinstance(error, BlockedError) and network.is_offline(self.store)
        if isinstance(error, TransientError) or offline:
            self._later(error, state, counted=not offline)
            return
        if isinstance(error, SignInError) and self.row.account_id is not None:
            with self.store.transaction() as tx:
                accounts.set_cannot_send(tx, self.row.account_id, str(error))
        self.failed(str(error), state)

    def _later(self, error: KnownError, state: OutboxState, *, counted: bool) -> None:
        now, row = self.clock(), self.row
        late = now - row.created_at > PATIENCE and row.tries >= TRIES
        if counted and late and state is not OutboxState.FILING:
            self.failed(f"It could not be handed over for three days. {error}", state)
            return
        asked = error.retry_after if isinstance(error, TransientError) else 0.0
        wait = _backoff(row.tries) if asked is None else max(asked, 1.0)
        waits = OutboxState.WAITING if state is OutboxState.SENDING else state
        # What was looked for in vain counts as a look only when there was an answer.
        tries = row.tries + (counted and state is not OutboxState.CHECKING)
        with self.store.transaction(durable=True) as tx:
            outbox.move(tx, row.id, state, after=Next(waits, now + wait, str(error), tries))
            if asked and row.account_id is not None:  # a pause holds for all that is asked of an account
                until = max(now + wait, accounts.throttled_until(tx, row.account_id))
                accounts.set_throttled(tx, row.account_id, until)

    def failed(self, words: str, state: OutboxState | None = None) -> None:
        """It cannot go on without the user."""
        before = state or self.row.state
        if before is OutboxState.FILING:
            self._end(before, OutboxState.SENT, f"Sent, but not kept among the sent messages: {words}")
        elif before is OutboxState.CHECKING:
            self._end(before, OutboxState.UNCERTAIN, f"Nobody can tell whether it was sent. {words}")
        else:
            self._end(before, OutboxState.FAILED, words)

    def _end(self, before: OutboxState, after: OutboxState, words: str) -> None:
        with self.store.transaction(durable=True) as tx:
            if outbox.move(tx, self.row.id, before, after=Next(after, error=words)):
                what = "A draft was not saved" if self.row.draft else "A message was not sent"
                what = what if after is OutboxState.FAILED else "A message needs a look"
                text = f"{what}: {words}"
                alerts.note(tx, about(self.row.id), text=text, cure=_CURE, now=self.clock())

    def unknown(self) -> None:
        """It was looked for long enough."""
        self._end(OutboxState.CHECKING, OutboxState.UNCERTAIN, _UNKNOWN)


class _Delivery:
    """One message and the account that it goes out by."""

    def __init__(
        self, store: Database, account: MailAccount, row: OutboxRow, *, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._account = account
        self._row = row
        self._clock = clock
        self._outcome = _Outcome(store, row, clock)
        self._content = unpacked(outbox.data(store, row.id))

    def go_on(self) -> None:
        """From the state that it is in. What a server answers raises; what it means is the caller's."""
        if self._row.draft:
            self._save()
        elif self._row.state is OutboxState.WAITING:
            self._send()
        elif self._row.state is OutboxState.CHECKING:
            self._look()
        elif self._row.state is OutboxState.FILING:
            self._file()

    def _save(self) -> None:
        if not self._move(OutboxState.WAITING, OutboxState.SENDING, tries=self._row.tries):
            return
        try:
            self._account.save_draft(self._content)
        except KnownError as error:
            again = TransientError(str(error)) if isinstance(error, UncertainError) else error
            self._outcome.of(again, OutboxState.SENDING)
            return
        with self._store.transaction(durable=True) as tx:
            if outbox.move(tx, self._row.id, OutboxState.SENDING, after=Next(OutboxState.SAVED)):
                alerts.settle(tx, about(self._row.id))

    def _send(self) -> None:
        item = _prepared(self._content)
        if self._row.attempts and self._is_among_the_sent():
            self._sent(OutboxState.WAITING, item)
            return
        if not self._move(OutboxState.WAITING, OutboxState.SENDING, tries=self._row.tries):
            return  # taken back just now
        row = self._row
        try:
            self._account.send(self._content, sender=row.sender, recipients=row.recipients)
        except UncertainError as error:
            self._move(OutboxState.SENDING, OutboxState.CHECKING, wait=LOOKS[0], error=str(error))
        except KnownError as error:
            self._outcome.of(error, OutboxState.SENDING)
        else:
            self._sent(OutboxState.SENDING, item)

    def _look(self) -> None:
        """Never handed over again from here: what is not found is the user's to decide."""
        if self._is_among_the_sent():
            self._sent(OutboxState.CHECKING, _prepared(self._content))
            return
        looks = self._row.tries + 1
        if looks >= len(LOOKS):
            self._outcome.unknown()
        else:
            self._move(
                OutboxState.CHECKING,
                OutboxState.CHECKING,
                wait=LOOKS[looks],
                error=self._row.error,
                tries=looks,
            )

    def _is_among_the_sent(self) -> bool:
        return self._account.was_sent(f"<{self._row.message_id}>")

    def _sent(self, before: OutboxState, item: Prepared) -> None:
        """A server has it: that is written down together with the message itself, in its thread."""
        with self._store.transaction(durable=True) as tx:
            if not outbox.move(tx, self._row.id, before, after=Next(OutboxState.FILING, self._clock())):
                return
            _show(tx, item)
            unsent.sent(tx, self._row.id)
            alerts.settle(tx, about(self._row.id))
            if self._row.account_id is not None:
                accounts.set_cannot_send(tx, self._row.account_id, "")
        try:
            self._file()
        except KnownError as error:
            if isinstance(error, StoreError | DiskFullError):
                raise
            self._outcome.of(error, OutboxState.FILING)

    def _file(self) -> None:
        self._account.keep_sent(self._content)
        with self._store.transaction(durable=True) as tx:
            if outbox.move(tx, self._row.id, OutboxState.FILING, after=Next(OutboxState.SENT)):
                outbox.empty(tx, self._row.id)

    def _move(
        self, before: OutboxState, after: OutboxState, *, wait: float = 0.0, error: str = "", tries: int = 0
    ) -> bool:
        goes = Next(after, self._clock() + wait, error, tries)
        with self._store.transaction(durable=True) as tx:
            return outbox.move(tx, self._row.id, before, after=goes)


def about(row_id: int) -> str:
    """What an alert about a message of the outbox is about."""
    return f"outbox {row_id}"


def unpacked(data: bytes) -> bytes:
    """The bytes of a message from the outbox."""
    return zstandard.ZstdDecompressor().decompress(data, max_output_size=LONGEST) if data else b""


def _prepared(content: bytes) -> Prepared:
    """Before it is handed over: nothing may fail afterwards that could fail now."""
    (prepared,) = prepare.preparer()([RawItem(0, "", content)])
    return prepared


def _show(tx: Transaction, item: Prepared) -> None:
    """The message in its thread, which needs no reply now; a folder that brings it later adds nothing."""
    message_id, is_new = ingest.store_alone(tx, item)
    if is_new:
        insight.refresh_sections(tx, threads.of_messages(tx, [message_id]))
        tx.emit(MessagesStored((message_id,)))


def _backoff(tries: int) -> float:
    """Seconds until the next try: full jitter, but never at once."""
    return 1.0 + random.random() * min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(tries, 20))
