"""Writing, sending, and taking back: each is one call of the core off the main thread."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from app.background import ChangeOp, QueryOp
from app.context import Context
from fluffy_core import (
    Address,
    Doubt,
    DoubtKind,
    DraftRequest,
    MessageId,
    OutboxRow,
    Unsent,
    UnsentFile,
    Written,
    drafting,
    network,
    number_of,
    outbox,
    own_signatures,
    unsent,
)

Shown = Callable[["Letter"], object]


class Letter:
    """A message to be written, with everything the composer shows about it."""

    def __init__(self, context: Context, found: Unsent) -> None:
        store = context.core.store
        self.unsent = found
        self.senders = unsent.senders(store)
        self.signatures = {one.id: own_signatures.of(store, one.id) for one in self.senders}


def _open(context: Context, receiver: QObject, work: Callable[[], Unsent], *, show: Shown) -> None:
    ChangeOp(context.background, receiver, lambda: Letter(context, work())).success(show).run()


def begin(context: Context, receiver: QObject, show: Shown, *, to: tuple[Address, ...] = ()) -> None:
    """A new message."""
    _open(context, receiver, lambda: unsent.begin(context.core.store, to), show=show)


def answer(
    context: Context, receiver: QObject, message_id: MessageId, *, everybody: bool, show: Shown
) -> None:
    """An answer to a message, or to everybody in it."""
    store = context.core.store
    _open(context, receiver, lambda: unsent.answer(store, message_id, everybody=everybody), show=show)


def forward(context: Context, receiver: QObject, message_id: MessageId, *, show: Shown) -> None:
    """A message to be handed on."""
    _open(context, receiver, lambda: unsent.forward(context.core.store, message_id), show=show)


def go_on(context: Context, receiver: QObject, unsent_id: int, *, show: Shown) -> None:
    """A draft to be written on; one that is on its way, or was not sent, is taken back first."""
    store = context.core.store

    def work() -> Unsent:
        found = unsent.get(store, unsent_id)
        if found.row is not None:
            outbox.reopen(store, found.row.id)
        return unsent.get(store, unsent_id)

    _open(context, receiver, work, show=show)


def find_again(context: Context, receiver: QObject, ids: Iterable[int], *, show: Shown) -> None:
    """The one of these drafts that can be written on again, as after an undo, if any."""
    store, wanted = context.core.store, tuple(ids)

    def work() -> Letter | None:
        found = next((one for one in wanted if unsent.is_open(store, one)), None)
        return None if found is None else Letter(context, unsent.get(store, found))

    op = QueryOp(context.background, receiver, work)
    op.success(lambda found: show(found) if found is not None else None).run()


def save(context: Context, receiver: QObject, unsent_id: int, *, written: Written) -> ChangeOp[None]:
    """Keep what stands in the composer; to be given callbacks and run."""
    return ChangeOp(context.background, receiver, lambda: unsent.save(context.core.store, unsent_id, written))


def close(context: Context, receiver: QObject, unsent_id: int) -> None:
    """The composer lets go of a draft: one that nothing was written in is forgotten."""
    ChangeOp(context.background, receiver, lambda: unsent.close(context.core.store, unsent_id)).run()


def discard(context: Context, receiver: QObject, unsent_id: int) -> None:
    """Throw a draft away, until it is undone."""
    op = ChangeOp(context.background, receiver, lambda: unsent.discard(context.core.store, unsent_id))
    op.success(lambda _token: context.notices.done.emit("Draft thrown away", True)).run()


def attach(
    context: Context, receiver: QObject, unsent_id: int, *, paths: Iterable[Path],
    show: Callable[[UnsentFile], object],
) -> None:  # fmt: skip
    """Read files to go along, each on its own: one that cannot be read is told of and holds up no other."""
    store = context.core.store
    for path in paths:
        op = ChangeOp(context.background, receiver, partial(unsent.attach, store, unsent_id, path))
        op.success(show).run()


def detach(context: Context, receiver: QObject, file_id: int) -> None:
    """Take a file out."""
    ChangeOp(context.background, receiver, lambda: unsent.detach(context.core.store, file_id)).run()


def complete(context: Context, receiver: QObject, text: str, *, show: Callable[..., object]) -> None:
    """People whose name or address begins so."""
    store = context.core.store
    QueryOp(context.background, receiver, lambda: unsent.complete(store, text)).success(show).run()


def send(
    context: Context, receiver: QObject, unsent_id: int, *, written: Written, agreed: frozenset[DoubtKind],
) -> ChangeOp[tuple[Doubt, ...] | OutboxRow]:  # fmt: skip
    """Send, unless there are doubts that the user did not wave away; to be given callbacks and run."""
    store = context.core.store

    def work() -> tuple[Doubt, ...] | OutboxRow:
        unsent.save(store, unsent_id, written)
        doubts = tuple(one for one in unsent.doubts(store, unsent_id) if one.kind not in agreed)
        return doubts or outbox.send_unsent(store, unsent_id)

    return ChangeOp(context.background, receiver, work)


def tell_sent(context: Context, receiver: QObject, row: OutboxRow) -> None:
    """Say what happens to a message that was sent, and how long it can be taken back."""
    store = context.core.store
    op = QueryOp(context.background, receiver, lambda: network.is_offline(store))
    op.success(lambda offline: context.notices.done.emit(sent_words(row, offline=offline), True)).run()


def sent_words(row: OutboxRow, *, offline: bool) -> str:
    """As "Sending in 10 s"."""
    if offline:
        return "It goes out when you are back online"
    return f"Sending in {number_of(round(row.not_before - row.created_at), 'second')}"


def take_back(context: Context, receiver: QObject, row_id: int) -> None:
    """Take a message back that waits; its draft is told of by `Changed.DRAFTS`."""
    ChangeOp(context.background, receiver, lambda: outbox.reopen(context.core.store, row_id)).run()


def retry(context: Context, receiver: QObject, row_id: int) -> None:
    """Try again to send a message, or one that may have been sent."""
    op = ChangeOp(context.background, receiver, lambda: outbox.retry(context.core.store, row_id))
    op.success(lambda _row: context.notices.done.emit("Trying again", False)).run()


def confirm(context: Context, receiver: QObject, row_id: int) -> None:
    """The user knows that it was sent."""
    op = ChangeOp(context.background, receiver, lambda: outbox.confirm(context.core.store, row_id))
    op.success(lambda _row: context.notices.done.emit("Counts as sent", False)).run()


def keep_signature(context: Context, receiver: QObject, account_id: int, *, text: str) -> ChangeOp[None]:
    """Set the signature of an account; to be given callbacks and run."""
    store = context.core.store
    return ChangeOp(context.background, receiver, lambda: own_signatures.put(store, account_id, text))  # type: ignore[arg-type]


def stop_draft(context: Context, receiver: QObject, request_id: str) -> None:
    """Have no draft written any more for a request."""
    ChangeOp(context.background, receiver, lambda: drafting.stop(context.core.store, request_id)).run()


def ask_draft(context: Context, receiver: QObject, request: DraftRequest) -> ChangeOp[None]:
    """Have a draft written; to be given callbacks and run."""
    return ChangeOp(context.background, receiver, lambda: drafting.ask(context.core.store, request))
