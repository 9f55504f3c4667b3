"""`summarize-email-thread`: a thread's summary and what is owed there, and vectors for meaning search."""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from typing import cast

from fluffy_core.ai.base import Models, Prompt
from fluffy_core.ai.summaries import rewriting, summarize
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import MessageId, ThreadId
from fluffy_core.domain.intelligence import ACCURATE, FAST, Summary, ThreadMessage
from fluffy_core.errors import ModelError
from fluffy_core.services.insight import commitments
from fluffy_core.services.reading import conversations, meaning
from fluffy_core.services.reading.searching import Embeds
from fluffy_core.store import answers, messages, summaries, undo
from fluffy_core.store.database import Database, Transaction
from fluffy_core.store.undo import UndoToken

EMBEDDED = 40
"""Messages of a thread that get vectors on the way, the newest; the rest waits for an idle hour."""
PASSAGES = 12
"""So do passages beyond these: they take about 25 ms each."""


class Work:
    """What one job worked out for one thread, ready to be written in one transaction."""

    def __init__(self, thread_id: ThreadId, last: int, thread: Sequence[ThreadMessage]) -> None:
        self.thread_id = thread_id
        self.last = last
        self.thread = thread
        self.summary: Summary | None = None
        self.owed: list[commitments.Read] = []
        self.made = meaning.Made()
        self.asked: list[bytes] = []

    def write(self, tx: Transaction) -> None:
        """Keep summary, ledger and vectors; a thread that grew meanwhile gets its own job."""
        self.made.write(tx)
        commitments.write(tx, self.owed)
        if self.asked:
            answers.keep_only(tx, self.thread_id, self.asked)
        if self.summary is not None and not self._is_told_better(tx):
            summaries.put(tx, self.thread_id, self.summary, last_message_id=self.last)

    def _is_told_better(self, tx: Transaction) -> bool:
        """Whether a language model has summarised the same already."""
        last, engine = summaries.made_of(tx, self.thread_id)
        told = self.summary is not None and self.summary.engine == FAST
        return told and last == self.last and engine.startswith(ACCURATE)


def work(store: Database, thread_id: ThreadId, *, embed: Embeds | None) -> Work:
    """Summarise a thread without a language model, and see what is owed in it.

    Its messages are embedded where there is an embedder.
    """
    thread = conversations.load(store, thread_id, passed_on=True)
    done = Work(thread_id, messages.last_of_thread(store, thread_id), thread)
    if thread and conversations.is_summarisable(thread):
        done.summary = summarize.fast(thread, rejected=summaries.rejected(store, thread_id))
        done.owed = commitments.find(store, [thread_id])
    if embed is not None and thread:
        newest = conversations.load(store, thread_id)[-EMBEDDED:]
        done.made = meaning.make(store, newest, embed, most=PASSAGES)
    return done


def better(
    store: Database,
    thread_id: ThreadId,
    models: Models,
    *,
    interactive: bool = False,
    going_on: Callable[[], object] = lambda: None,
) -> Work:
    """Summarise a thread with the language model; the fast summary where it has nothing better to say.

    What it was asked before about this thread it is not asked again; `going_on` is called before each
    question and with each piece of an answer, and may raise. Raises ModelError when there is no language
    model or it cannot be run, TransientError when it did not answer.
    """
    if not models.language_model:
        raise ModelError("There is no language model. Choose one on the page Models.")
    done = work(store, thread_id, embed=None)
    if done.summary is not None and done.summary.points:
        speak = partial(models.generate, interactive=interactive)
        asked = _Questions(store, thread_id, models.language_model, speak=speak, going_on=going_on)
        rejected = summaries.rejected(store, thread_id)
        done.summary = rewriting.rewritten(
            done.summary, done.thread, asked.ask, model=asked.model, rejected=rejected
        )
        asked.check()
        done.asked = asked.keys
    return done


class _Questions:
    """What a language model is asked about one thread; each once, as long as its answer is kept."""

    def __init__(
        self,
        store: Database,
        thread_id: ThreadId,
        model: str,
        *,
        speak: Callable[[Prompt], Iterator[str]],
        going_on: Callable[[], object],
    ) -> None:
        self.model = model
        self.keys: list[bytes] = []
        self._store, self._thread_id = store, thread_id
        self._speak, self._going_on = speak, going_on
        self._failed: list[ModelError] = []

    def ask(self, prompt: Prompt) -> str:
        """The answer, "" when it does not fit its form. Raises TransientError."""
        key = hashlib.sha256(json.dumps(asdict(prompt), sort_keys=True).encode()).digest()
        self.keys.append(key)
        answer = answers.get(self._store, self._thread_id, self.model, prompt=key)
        if answer is None:
            try:
                answer = self._answer(prompt)
            except ModelError as error:
                self._failed.append(error)
                return ""
            with self._store.transaction() as tx:
                answers.put(tx, self._thread_id, self.model, prompt=key, answer=answer)
        return answer

    def _answer(self, prompt: Prompt) -> str:
        self._going_on()
        pieces = []
        with closing(cast("Generator[str]", self._speak(prompt))) as spoken:
            for piece in spoken:
                pieces.append(piece)
                self._going_on()
        return "".join(pieces)

    def check(self) -> None:
        """Raise ModelError when not one question could be answered: the model cannot be run."""
        if self._failed and len(self._failed) == len(self.keys):
            raise self._failed[-1]


def sentence(done: Work) -> str:
    """What the job did, in words."""
    points: Sequence[object] = done.summary.points if done.summary else ()
    return f"Summed up in {number_of(len(points), 'point')}" if points else "Too short to need a summary"


def reject(store: Database, message_id: MessageId, quote: str) -> UndoToken:
    """These words of a message are wrong in a summary: they are shown in none any more."""
    with store.transaction() as tx:
        new = summaries.reject(tx, message_id, quote)
        inverse = [int(message_id), quote] if new else []
        return undo.note(tx, "Removed from the summary", "summary-point", inverse=inverse)


def undo_rejected(tx: Transaction, inverse: object) -> None:
    """Show the words again."""
    if isinstance(inverse, list) and inverse:
        summaries.accept(tx, MessageId(int(inverse[0])), str(inverse[1]))
