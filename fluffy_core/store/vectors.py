"""Meaning vectors of messages and their passages: int8 rows, found by the signs of their components.

Number 0 of a message is its head (`services/reading/meaning.py`), from 1 on its passages. Signatures (one bit
a component) are kept in memory: 12 MB for 250,000 passages, where a matrix of them would take 384. Those most
alike by Hamming distance are weighed by what is asked, and the rows of the best of these compared exactly.
"""

import threading
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fluffy_core.domain.ids import MessageId
from fluffy_core.store.addresses import CHUNK
from fluffy_core.store.database import Database, Transaction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENGINE = "all-minilm-l6-v2/int8"
SIZE = 384
ALIKE = 1500
"""Signatures that are weighed."""
CANDIDATES = 4
"""So many times the wanted messages are compared exactly, and LEAST of them at least."""
LEAST = 200
PAGES_KIB = 4_000
"""Pages that a connection of its own needs: rows of vectors are met in any order."""
_PAGE = 20_000
"""Rows that are read into memory at once."""
_STEPS = 127


class Near(NamedTuple):
    """A message by its passage closest to what was asked: `body[start:stop]`, and their cosine."""

    message_id: MessageId
    score: float
    start: int
    stop: int


class Cut(NamedTuple):
    """A message with the places of its passages: none where its head says it all."""

    message_id: int
    places: Sequence[tuple[int, int]]
    """Start and stop of each in the message's new text."""


def put(tx: Transaction, ids: Sequence[int], vectors: "NDArray[np.float32]") -> None:
    """Keep one unit vector for the head of each message."""
    _put(tx, [(number, 0, 0, 0) for number in ids], vectors)


def put_passages(tx: Transaction, cuts: Sequence[Cut], vectors: "NDArray[np.float32]") -> None:
    """Keep the passages of messages; `vectors` holds a row for each of their places, in order."""
    _put(
        tx,
        [(one.message_id, number, *place) for one in cuts for number, place in enumerate(one.places, 1)],
        vectors,
    )
    tx.executemany(
        "INSERT OR REPLACE INTO vectors (message_id, engine, number) VALUES (?, ?, 1)",
        [(one.message_id, ENGINE) for one in cuts if not one.places],
    )


def _put(tx: Transaction, rows: Sequence[tuple[int, int, int, int]], vectors: "NDArray[np.float32]") -> None:
    import numpy as np

    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
    small = np.rint(vectors / largest * _STEPS).astype(np.int8)
    tx.executemany(
        "INSERT OR REPLACE INTO vectors (message_id, engine, number, start, stop, vector) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(row[0], ENGINE, *row[1:], one.tobytes()) for row, one in zip(rows, small, strict=True)],
    )


def missing(store: Database | Transaction, ids: Sequence[int]) -> list[int]:
    """Those messages whose head has no vector yet."""
    return _without(store, ids, number=0)


def uncut(store: Database | Transaction, ids: Sequence[int]) -> list[int]:
    """Those messages whose passages have no vectors yet."""
    return _without(store, ids, number=1)


def _without(store: Database | Transaction, ids: Sequence[int], *, number: int) -> list[int]:
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = store.all(
        f"SELECT m.id FROM messages m WHERE m.id IN ({marks}) AND NOT EXISTS "
        "(SELECT 1 FROM vectors v WHERE v.engine = ? AND v.message_id = m.id AND v.number = ?) ORDER BY m.id",
        (ENGINE, number),
    )
    return [row[0] for row in rows]


def without_passages(store: Database, limit: int) -> list[int]:
    """Messages whose passages have no vectors: personal mail before lists before bulk, the newest first."""
    rows = store.all(
        "SELECT m.id FROM messages m JOIN message_texts t ON t.id = m.id WHERE NOT EXISTS "
        "(SELECT 1 FROM vectors v WHERE v.engine = ? AND v.message_id = m.id AND v.number = 1) "
        "ORDER BY CASE m.bulk WHEN '' THEN 0 WHEN 'list' THEN 1 ELSE 2 END, m.date DESC, m.id DESC LIMIT ?",
        (ENGINE, limit),
    )
    return [row[0] for row in rows]


def coverage(store: Database) -> tuple[int, int]:
    """(messages whose passages can be found by meaning, all messages)."""
    row = store.one(
        "SELECT (SELECT count(*) FROM vectors WHERE engine = ? AND number = 1), "
        "(SELECT count(*) FROM messages)",
        (ENGINE,),
    )
    return (row[0], row[1]) if row else (0, 0)


def of(store: Database | Transaction, ids: Sequence[int]) -> tuple[list[int], "NDArray[np.float32]"]:
    """Those of the messages whose head has a vector, and their vectors, shape (messages, SIZE)."""
    marks = ", ".join(str(int(one)) for one in ids) or "NULL"
    rows = store.all(
        "SELECT message_id, vector FROM vectors WHERE engine = ? AND number = 0 "
        f"AND message_id IN ({marks}) ORDER BY message_id",
        (ENGINE,),
    )
    return [one[0] for one in rows], _unit([one[1] for one in rows])


def _unit(rows: Sequence[bytes]) -> "NDArray[np.float32]":
    """Stored rows as unit vectors."""
    import numpy as np

    matrix = np.frombuffer(b"".join(rows), dtype=np.int8).reshape(-1, SIZE).astype(np.float32)
    unit: NDArray[np.float32] = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    return unit


class _Signatures:
    """The signs of all vectors of one database; rows that were added are read when it is looked at."""

    def __init__(self) -> None:
        import numpy as np

        self._lock = threading.Lock()
        self._last = 0
        self.ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.messages: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.signs: NDArray[np.uint64] = np.empty((SIZE // 64, 0), dtype=np.uint64)

    def read(self, store: Database) -> tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.uint64]"]:
        """(row ids, their messages, their signs as words of 64, a column each).

        Rows that were deleted stay until the program ends; nobody finds them when they are looked up.
        """
        import numpy as np

        with self._lock:
            # The plus keeps SQLite from sorting all rows of the engine instead of reading on by id.
            pages = [(self.ids, self.messages, self.signs)]
            while rows := store.all(
                "SELECT id, message_id, vector FROM vectors WHERE id > ? AND +engine = ? "
                "AND vector IS NOT NULL ORDER BY id LIMIT ?",
                (self._last, ENGINE, _PAGE),
            ):
                self._last = rows[-1][0]
                matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.int8).reshape(-1, SIZE)
                pages.append(
                    (
                        np.array([row[0] for row in rows], dtype=np.int64),
                        np.array([row[1] for row in rows], dtype=np.int64),
                        signature(matrix),
                    )
                )
            if len(pages) > 1:
                self.ids = np.concatenate([page[0] for page in pages])
                self.messages = np.concatenate([page[1] for page in pages])
                self.signs = np.concatenate([page[2] for page in pages], axis=1)
            return self.ids, self.messages, self.signs


def signature(matrix: "NDArray[np.int8] | NDArray[np.float32]") -> "NDArray[np.uint64]":
    """Which components of each row are positive, as bits; shape (SIZE / 64, rows)."""
    import numpy as np

    packed: NDArray[np.uint8] = np.packbits(matrix > 0, axis=1)
    return np.ascontiguousarray(packed.view(np.uint64).T)


def nearest(
    store: Database, vector: "NDArray[np.float32]", limit: int, *, among: Collection[int] | None = None
) -> list[Near]:
    """The messages with the closest passages, closest first; with `among`, only these messages.

    Exact among few candidates; of many, those are compared whose signatures are most alike.
    """
    import numpy as np

    ids, messages, signs = store.memory("vectors", _Signatures).read(store)
    if among is not None:
        kept = np.isin(messages, np.fromiter(among, dtype=np.int64, count=len(among)))
        ids, signs = ids[kept], signs[:, kept]
    count = max(LEAST, CANDIDATES * limit)
    if len(ids) > count:
        alike = _alike(signs, signature(vector.reshape(1, -1)), most=max(ALIKE, count))
        best = np.argsort(-_weighed(signs[:, alike], vector), kind="stable")[:count]
        ids = ids[alike[best]]
    return _compared(store, vector, ids.tolist())[:limit]


def _alike(signs: "NDArray[np.uint64]", asked: "NDArray[np.uint64]", *, most: int) -> "NDArray[np.intp]":
    """Which signatures differ least from what is asked: `most` of them, and those that differ as much."""
    import numpy as np

    distance = np.zeros(signs.shape[1], dtype=np.uint16)
    for row, word in zip(signs, asked, strict=True):
        distance += np.bitwise_count(row ^ word)
    so_far = np.cumsum(np.bincount(distance, minlength=SIZE + 1))
    return np.flatnonzero(distance <= np.searchsorted(so_far, min(most, len(distance))))


def _weighed(signs: "NDArray[np.uint64]", vector: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """What each signature's positive components weigh in the vector: nearer to the cosine than Hamming."""
    import numpy as np

    bits = np.unpackbits(np.ascontiguousarray(signs.T).view(np.uint8), axis=1)
    weights: NDArray[np.float32] = np.vecdot(
        bits.astype(np.float32), vector
    )  # on a matrix this large @ would start threads
    return weights


def _compared(store: Database, vector: "NDArray[np.float32]", ids: Sequence[int]) -> list[Near]:
    """The messages of these rows, closest first; the best passage stands for one, where it has any."""
    rows = []
    for start in range(0, len(ids), CHUNK):
        marks = ", ".join(map(str, ids[start : start + CHUNK]))
        rows += store.all(f"SELECT message_id, start, stop, vector FROM vectors WHERE id IN ({marks})")
    if not rows:
        return []
    scores = (_unit([row[3] for row in rows]) @ vector).tolist()
    best: dict[int, Near] = {}
    for score, (number, start, stop, _) in sorted(zip(scores, rows, strict=True), key=lambda one: -one[0]):
        if number not in best:
            best[number] = Near(MessageId(number), score, start, stop)
        elif not best[number].stop:
            best[number] = best[number]._replace(start=start, stop=stop)
    return list(best.values())
