"""What a context of llama.cpp evaluates anew, and what it still holds."""

import os
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.llm.context import LlamaContext
from fluffy_core.ai.llm.llama import LlamaModel
from fluffy_core.ai.models.catalog import SMALL_LANGUAGE_MODEL
from fluffy_core.errors import ModelError

MODELS = Path(os.environ.get("FLUFFY_MODELS", "no models"))  # read now: other tests set it for themselves
SYSTEM = "You sum up mail for a busy reader, in one sentence, in the language of the mail."
FIRST, SECOND = (Prompt(SYSTEM, user, max_tokens=6) for user in ("Please pay.", "Thank you for the flowers."))
OTHER = Prompt("You teach geography.", "Name three rivers.", max_tokens=6)


@pytest.fixture(scope="module")
def loaded() -> Iterator[LlamaModel]:
    folder = MODELS / SMALL_LANGUAGE_MODEL
    if not folder.is_dir() or find_spec("llama_cpp") is None:
        pytest.skip("no language model installed: set FLUFFY_MODELS")
    with closing(LlamaModel(folder, context=1024)) as model:
        yield model


@pytest.fixture
def model(loaded: LlamaModel) -> LlamaModel:
    """With a fresh context."""
    loaded._lib.llama_memory_clear(loaded._lib.llama_get_memory(loaded._llama.ctx), True)
    loaded._evaluated = LlamaContext(loaded._lib, loaded._llama)
    return loaded


class Counted:
    """The tokens that are evaluated from here on, a list for each portion."""

    def __init__(self, context: LlamaContext, patch: pytest.MonkeyPatch) -> None:
        self.portions: list[list[int]] = []
        decode = context._decode

        def counted(portion: list[int]) -> None:
            self.portions.append(portion)
            decode(portion)

        patch.setattr(context, "_decode", counted)

    @property
    def total(self) -> int:
        return sum(len(portion) for portion in self.portions)


def said(model: LlamaModel, prompt: Prompt) -> str:
    return "".join(model.generate(prompt))


def test_the_same_request_again_costs_one_token_of_its_prompt(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = said(model, FIRST)
    counted = Counted(model._evaluated, monkeypatch)
    assert said(model, FIRST) == expected
    assert len(counted.portions[0]) == 1
    assert counted.total <= FIRST.max_tokens


@pytest.fixture
def forgetless(model: LlamaModel) -> LlamaModel:
    """As with recurrent and hybrid models, nothing can be forgotten in part."""
    model._evaluated._forgets = False
    return model


def test_what_cannot_forget_goes_back_to_the_end_of_the_shared_beginning(
    forgetless: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(forgetless, FIRST)
    tokens, shared = forgetless._tokens(SECOND)
    counted = Counted(forgetless._evaluated, monkeypatch)
    answer = said(forgetless, SECOND)
    assert sum(len(portion) for portion in counted.portions if len(portion) > 1) == len(tokens) - shared
    forgetless._evaluated._forgets = True
    assert said(forgetless, SECOND) == answer


def test_another_beginning_is_evaluated_whole_and_becomes_the_one_to_go_back_to(
    forgetless: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(forgetless, FIRST)
    expected = said(forgetless, OTHER)
    counted = Counted(forgetless._evaluated, monkeypatch)
    assert said(forgetless, OTHER) == expected
    tokens, shared = forgetless._tokens(OTHER)
    assert sum(len(portion) for portion in counted.portions if len(portion) > 1) == len(tokens) - shared


def test_two_answers_in_turns_without_forgetting(forgetless: LlamaModel) -> None:
    alone = [said(forgetless, prompt) for prompt in (FIRST, OTHER)]
    first, texts = forgetless.generate(FIRST), ["", ""]
    while len(texts[0]) < 4:
        texts[0] += next(first)
    texts[1] = said(forgetless, OTHER)
    texts[0] += "".join(first)
    assert texts == alone


def test_a_context_that_refuses_to_forget_or_to_go_back_starts_afresh(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = said(model, SECOND)
    said(model, FIRST)
    monkeypatch.setattr(model._lib, "llama_memory_seq_rm", lambda *_: False)
    assert said(model, SECOND) == expected
    model._evaluated._forgets = False
    said(model, FIRST)
    monkeypatch.setattr(model._lib, "llama_state_seq_set_data", lambda *_: 0)
    assert said(model, SECOND) == expected


def test_after_a_failure_nothing_is_taken_for_evaluated(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = said(model, FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(model._lib, "llama_decode", lambda *_: 1)
        with pytest.raises(ModelError, match=r"llama\.cpp says 1"):
            said(model, SECOND)
    assert model._evaluated._held == []
    assert said(model, FIRST) == expected


def test_portions_take_about_the_same_time(model: LlamaModel, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, _ = model._tokens(Prompt("", "word " * 200))
    clock = iter(number * 4.0 for number in range(100))
    where = "fluffy_core.ai.llm.context.time.perf_counter"
    monkeypatch.setattr(where, lambda: next(clock))
    context = model._evaluated
    context._portion = 64
    context._decode(tokens[:64])
    assert context._portion == 16  # 4 seconds for 64: the least there is
    monkeypatch.setattr(where, lambda: next(clock) / 1e6)
    context._decode(tokens[64:80])
    assert context._portion == 512
    context._decode(tokens[80:90])
    assert context._portion == 512  # less than a portion tells nothing
