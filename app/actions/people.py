"""Merging, splitting, naming people, and saying that two are not the same."""

from PySide6.QtCore import QObject

from app.background import ChangeOp
from app.context import Context
from fluffy_core import ContactId, people


def merge(context: Context, receiver: QObject, *, keep: ContactId, other: ContactId) -> None:
    """Make one person of two."""
    op = ChangeOp(context.background, receiver, lambda: people.merge(context.core.store, keep, other))
    op.success(lambda _token: context.notices.done.emit("Merged into one person", True)).run()


def not_the_same(context: Context, receiver: QObject, pair: tuple[ContactId, ContactId]) -> None:
    """Never propose these two again."""
    op = ChangeOp(context.background, receiver, lambda: people.dismiss(context.core.store, *pair))
    op.success(lambda _token: context.notices.done.emit("Kept as two people", True)).run()


def split(context: Context, receiver: QObject, contact_id: ContactId, *, email: str) -> None:
    """Give an address back to a person of its own."""
    op = ChangeOp(context.background, receiver, lambda: people.split(context.core.store, contact_id, email))
    op.success(lambda _token: context.notices.done.emit(f"{email} is a person of its own again", True)).run()


def rename(context: Context, receiver: QObject, contact_id: ContactId, *, name: str) -> None:
    """Call a person differently; the name is the user's from now on."""
    op = ChangeOp(context.background, receiver, lambda: people.rename(context.core.store, contact_id, name))
    op.success(lambda _token: context.notices.done.emit(f"Now called {name}", True)).run()
