"""Search and answers in memory, with the names of the core's face."""

from collections.abc import Callable, Iterable, Mapping

from fluffy_core import Answer, Citation, Match, MessageId, ThreadId, Threads
from fluffy_core.ai.base import Models
from fluffy_core.services.reading.searching import Found
from fluffy_core.store import search

Search = Callable[[str], Mapping[ThreadId, MessageId]]


def citation(thread: int, quote: str, *, likely: float = 0.9) -> Citation:
    """A sentence of the first message of a thread."""
    return Citation(
        MessageId(thread * 100), ThreadId(thread), "Hanna Lindqvist", 1_700_000_000, "Plan", quote, likely
    )


class FakeSearch:
    """Finds what `find` finds; what it says of results and questions is set by the test."""

    def __init__(self, find: Search) -> None:
        self._find = find
        self.matches: dict[ThreadId, Match] = {}
        self.notes: list[str] = []
        self.loads = 0
        """How often a model still loads that would tell what is close in meaning."""
        self.asked: list[str] = []
        self.answer = Answer("", (), ())
        self.wording = ""
        self.fails: Exception | None = None

    def threads(self, _store: object, text: str, *, embed: object = None) -> Threads:
        best = self._find(text)
        late, self.loads = self.loads > 0, max(0, self.loads - 1)
        notes = (*self.notes, *(["Searched by words only: it did not answer in time."] if late else []))
        return Threads(best, Found(tuple(best.values()), notes, search.parse(text), late=late))

    def explain_threads(
        self, _store: object, threads: Threads, ids: Iterable[ThreadId]
    ) -> dict[ThreadId, Match]:
        return {one: self.matches[one] for one in ids if one in self.matches and one in threads.best}

    def ask(self, _store: object, question: str, *, embed: object) -> Answer:
        self.asked.append(question)
        if self.fails is not None:
            raise self.fails
        return self.answer

    def phrase(self, answer: Answer, _models: Models) -> Answer:
        return Answer(answer.question, answer.citations, answer.closest, text=self.wording)

    def face(self) -> dict[str, dict[str, object]]:
        """Module name of the face -> function name -> this one's function."""
        return {
            "searching": {"threads": self.threads, "explain_threads": self.explain_threads},
            "meaning": {"gap": lambda _store: []},
            "asking": {"answer": self.ask, "phrase": self.phrase},
        }
