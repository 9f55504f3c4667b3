"""Meaning vectors of messages: float16 rows, searched exhaustively with numpy."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluffy_core.domain.ids import MessageId
from fluffy_core.store import settings
from fluffy_core.store.database import Database, Transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENGINE = "all-minilm-l6-v2/int8"
SIZE = 384
_GENERATION = "vectors-generation"


def put(tx: Transaction, ids: Sequence[int], vectors: "NDArray[np.float32]") -> None:
    """Keep one unit vector for each message."""
    settings.next_number(tx, _GENERATION)
    tx.executemany(
        "INSERT OR REPLACE INTO vectors (message_id, engine, vector) VALUES (?, ?, ?)",
        [(number, ENGINE, row.astype("float16").tobytes()) for number, row in zip(ids, vectors, strict=True)],
    )


def missing(store: Database | Transaction, ids: Sequence[int]) -> list[int]:
    """Those messages that have no vector yet."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = store.all(
        f"SELECT m.id FROM messages m WHERE m.id IN ({marks}) AND NOT EXISTS "
        "(SELECT 1 FROM vectors v WHERE v.engine = ? AND v.message_id = m.id) ORDER BY m.id",
        (ENGINE,),
    )
    return [row[0] for row in rows]


def of(store: Database | Transaction, ids: Sequence[int]) -> tuple[list[int], "NDArray[np.float32]"]:
    """Those of the messages that have a vector, and their vectors, shape (messages, SIZE)."""
    import numpy as np

    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = store.all(
        f"SELECT message_id, vector FROM vectors WHERE engine = ? AND message_id IN ({marks})", (ENGINE,)
    )
    joined = np.frombuffer(b"".join(one[1] for one in rows), dtype=np.float16)
    return [one[0] for one in rows], joined.reshape(-1, SIZE).astype(np.float32)


class _Cache:
    """The matrix of one database, reread when rows were added."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stamp: object = None
        self.ids: NDArray[np.int64] | None = None
        self.matrix: NDArray[np.float32] | None = None


def nearest(store: Database, vector: "NDArray[np.float32]", limit: int) -> list[tuple[MessageId, float]]:
    """(message, cosine) of the closest messages, closest first."""
    import numpy as np

    ids, matrix = _matrix(store)
    if ids is None or matrix is None or not len(ids):
        return []
    scores = matrix @ vector.astype(np.float32)
    count = min(limit, len(ids))
    best = np.argpartition(-scores, count - 1)[:count]
    ordered = best[np.argsort(-scores[best], kind="stable")]
    marks = ", ".join(str(int(ids[one])) for one in ordered)
    there = {row[0] for row in store.all(f"SELECT id FROM messages WHERE id IN ({marks})")}
    found = [(MessageId(int(ids[one])), float(scores[one])) for one in ordered]
    return [pair for pair in found if pair[0] in there]


def _matrix(store: Database) -> tuple["NDArray[np.int64] | None", "NDArray[np.float32] | None"]:
    import numpy as np

    cache: _Cache = store.memory("vectors", _Cache)
    stamp = settings.get(store, _GENERATION, 0)  # counting the rows would read them all
    with cache.lock:
        if stamp != cache.stamp:
            rows = store.all(
                "SELECT message_id, vector FROM vectors WHERE engine = ? ORDER BY message_id", (ENGINE,)
            )
            cache.ids = np.array([one[0] for one in rows], dtype=np.int64)
            joined = b"".join(one[1] for one in rows)
            cache.matrix = np.frombuffer(joined, dtype=np.float16).reshape(-1, SIZE).astype(np.float32)
            cache.stamp = stamp
        return cache.ids, cache.matrix
