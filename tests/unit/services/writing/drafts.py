"""Threads, and drafts asked for in them."""

from fluffy_core.domain.drafting import DraftRequest, Suggestion
from fluffy_core.domain.ids import ThreadId
from fluffy_core.services.writing import drafting
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.models import NoModels
from tests.fakes.stored import ANN, Letter

ME = "Max Roe <me@example.com>"
CLEA = "Cléa Petit <clea@atelier.example>"
ASK = "Hello Max,\n\ncould you send me the signed contract by Friday?\n\nRegards,\nAnn"
SWEDISH = (
    "Hej Max, när kan du skicka avtalet till mig? Vi behöver det snart och hoppas att det går bra för dig. "
    "Med vänliga hälsningar, och tack så mycket på förhand."
)
HI = "Hi Ann,\n\nI have read the plan and I think that it is good.\n\nBest,\nMax"
ATTACHED = "[attached / to follow on …]"
NEWS = {"List-Unsubscribe": "<mailto:x@news.example>", "Precedence": "bulk"}


def thread_of(store: Database, *letters: Letter, name: str = "box") -> ThreadId:
    """Store letters; the thread of the last."""
    last = stored.keep(store, letters, name=name)[-1]
    row = store.one("SELECT thread_id FROM messages WHERE id = ?", (last,))
    assert row is not None
    return ThreadId(row[0])


def request(thread_id: ThreadId | None = None, **more: object) -> DraftRequest:
    return DraftRequest("r", thread_id, **more)  # type: ignore[arg-type]


def suggested(store: Database, thread_id: ThreadId | None = None, **more: object) -> Suggestion:
    return drafting.suggest(store, request(thread_id, **more), models=NoModels())


def habits(count: int = 4) -> list[Letter]:
    """Letters of mine to Ann, in threads of their own."""
    return [Letter(f"Plan {n}", HI, ME, ANN, n, id=f"habit{n}") for n in range(count)]
