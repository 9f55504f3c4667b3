"""What a language model answered about a thread: asked the same again, it is not asked again."""

from collections.abc import Collection

from fluffy_core.domain.ids import ThreadId
from fluffy_core.store.database import Database, Transaction


def get(store: Database | Transaction, thread_id: ThreadId, model: str, *, prompt: bytes) -> str | None:
    """The answer to the prompt of this SHA-256, or None."""
    row = store.one(
        "SELECT answer FROM thread_answers WHERE thread_id = ? AND model = ? AND prompt = ?",
        (thread_id, model, prompt),
    )
    return None if row is None else str(row[0])


def put(tx: Transaction, thread_id: ThreadId, model: str, *, prompt: bytes, answer: str) -> None:
    """Keep an answer; a thread that is gone meanwhile has none."""
    tx.execute(
        "INSERT OR REPLACE INTO thread_answers (thread_id, model, prompt, answer) "
        "SELECT id, ?, ?, ? FROM threads WHERE id = ?",
        (model, prompt, answer, thread_id),
    )


def keep_only(tx: Transaction, thread_id: ThreadId, prompts: Collection[bytes]) -> None:
    """Forget the answers of a thread that its newest summary does not rest on."""
    marks = ", ".join("?" for _ in prompts)
    tx.execute(
        f"DELETE FROM thread_answers WHERE thread_id = ? AND prompt NOT IN ({marks})",
        (thread_id, *prompts),
    )
