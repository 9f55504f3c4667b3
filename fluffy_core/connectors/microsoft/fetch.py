"""The bytes of messages from Graph, four at a time: what it allows one mailbox and one program.

Each message is a request of its own. A JSON batch would carry them in base64, bounded in all, and count
each part against the same limits.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue

from fluffy_core.connectors.microsoft.graph import GONE, NOT_FOUND, Graph, part
from fluffy_core.connectors.network.rest import Answer, failure_of
from fluffy_core.connectors.sign_in.sign_in import Token
from fluffy_core.domain.sync import Fetched, MessageRef
from fluffy_core.errors import AnswerError, KnownError, RejectedError, TransientError

LANES = 4
LARGEST = 200 << 20
"""Bytes of a message; Exchange takes none above 150 MB."""
MANY = 8
"""So many faults of the server without one success are no matter of single messages."""
_FAULT, _UNAVAILABLE, _FORBIDDEN = 500, 503, 403


class InTurn:
    """A token that several threads ask for, one after another."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._lock = threading.Lock()

    def __call__(self, rejected: str = "") -> str:
        """As `Token`."""
        with self._lock:
            return self._token(rejected=rejected) if rejected else self._token()


class Fetch:
    """Fetches messages over `LANES` connections, each used by one thread at a time."""

    def __init__(self, connect: Callable[[], Graph]) -> None:
        self._graphs = [connect() for _ in range(LANES)]
        self._free: SimpleQueue[Graph] = SimpleQueue()
        for one in self._graphs:
            self._free.put(one)

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        """As `MailAccount.fetch`."""
        faults = answered = 0
        ended: list[Exception] = []
        with ThreadPoolExecutor(LANES) as pool:
            tasks = [pool.submit(self._unless, ended, ref) for ref in refs]
            try:
                for task in tasks:
                    found, fault = task.result()
                    faults, answered = faults + (fault is not None), answered + 1
                    if fault is not None and faults == answered >= MANY:
                        raise fault
                    yield found
            finally:
                for task in tasks:
                    task.cancel()

    def close(self) -> None:
        """End the connections; safe to call twice."""
        for one in self._graphs:
            one.close()

    def _unless(self, ended: list[Exception], ref: MessageRef) -> tuple[Fetched, TransientError | None]:
        """One message, unless a failure has ended all: a server that wants a pause is asked no more."""
        if ended:
            raise ended[0]
        try:
            return self._one(ref)
        except KnownError as error:
            ended.append(error)
            raise

    def _one(self, ref: MessageRef) -> tuple[Fetched, TransientError | None]:
        """One message, and the fault of the server that kept it back."""
        graph = self._free.get()
        try:
            # by its folder, so that one that was moved meanwhile is gone from here
            path = f"me/mailFolders/{part(ref.folder_id)}/messages/{part(ref.id)}/$value"
            return _read(ref, graph.raw(path, most=LARGEST))
        except RejectedError as error:
            return Fetched(ref, problem=str(error)), None
        finally:
            self._free.put(graph)


def _read(ref: MessageRef, answer: Answer) -> tuple[Fetched, TransientError | None]:
    """What an answer means for its message. Raises what is about the account."""
    failure = failure_of(answer)
    if failure is None:
        empty = "" if answer.content else f"{answer.host} gives an empty message."
        return Fetched(replace(ref, size=len(answer.content)), answer.content, problem=empty), None
    if answer.status in (NOT_FOUND, GONE):
        return Fetched(ref, gone=True), None
    if isinstance(failure, AnswerError) and answer.status != _FORBIDDEN:
        return Fetched(ref, problem=str(failure)), None
    own = answer.status >= _FAULT and answer.status != _UNAVAILABLE
    if isinstance(failure, TransientError) and own and failure.retry_after is None:
        return Fetched(ref, problem=str(failure)), failure
    raise failure
