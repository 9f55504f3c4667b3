"""What a language model answered: kept for each thread and model, forgotten with what rests on it."""

from fluffy_core.domain.ids import ThreadId
from fluffy_core.store import answers
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.stored import Letter

ONE, TWO = ThreadId(1), ThreadId(2)


def put(store: Database, thread: ThreadId, prompt: bytes, answer: str, model: str = "m") -> None:
    with store.transaction() as tx:
        answers.put(tx, thread, model, prompt=prompt, answer=answer)


def test_an_answer_is_that_of_its_thread_model_and_prompt(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b")])
    put(store, ONE, b"p", "first")
    put(store, ONE, b"q", "")
    assert answers.get(store, ONE, "m", prompt=b"p") == "first"
    assert answers.get(store, ONE, "m", prompt=b"q") == ""
    assert answers.get(store, ONE, "n", prompt=b"p") is None
    assert answers.get(store, TWO, "m", prompt=b"p") is None
    put(store, ONE, b"p", "second")
    assert answers.get(store, ONE, "m", prompt=b"p") == "second"


def test_a_thread_that_is_gone_has_none(store: Database) -> None:
    put(store, ThreadId(7), b"p", "late")
    assert answers.get(store, ThreadId(7), "m", prompt=b"p") is None


def test_what_no_summary_rests_on_is_forgotten(store: Database) -> None:
    stored.keep(store, [Letter("a"), Letter("b")])
    for prompt in (b"p", b"q", b"r"):
        put(store, ONE, prompt, "x")
    put(store, ONE, b"p", "other", model="n")
    put(store, TWO, b"q", "y")
    with store.transaction() as tx:
        answers.keep_only(tx, ONE, [b"p", b"r"])
    kept = [answers.get(store, ONE, "m", prompt=prompt) for prompt in (b"p", b"q", b"r")]
    assert kept == ["x", None, "x"]
    assert answers.get(store, TWO, "m", prompt=b"q") == "y"
    with store.transaction() as tx:
        answers.keep_only(tx, ONE, [])
    assert answers.get(store, ONE, "m", prompt=b"p") is None
