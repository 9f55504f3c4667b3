"""The choice of tokens: the likeliest, and only what a grammar allows."""

import os
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.llm.llama import LlamaModel
from fluffy_core.ai.llm.output import conforms
from fluffy_core.ai.llm.sampling import Sampler
from fluffy_core.ai.models.catalog import SMALL_LANGUAGE_MODEL
from fluffy_core.errors import ModelError

MODELS = Path(os.environ.get("FLUFFY_MODELS", "no models"))  # read now: other tests set it for themselves
SCHEMAS: list[dict[str, object]] = [
    {"type": "boolean"},
    {"enum": ["reply", "wait", "done"]},
    {"type": "string", "maxLength": 20},
    {"type": "integer", "minimum": 1, "maximum": 5},
    {"type": "array", "items": {"type": "string", "maxLength": 8}, "minItems": 1, "maxItems": 3},
    {
        "type": "object",
        "properties": {
            "owner": {"type": ["string", "null"], "maxLength": 10},
            "steps": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"what": {"type": "string", "maxLength": 15}, "late": {"type": "boolean"}},
                    "required": ["what", "late"],
                },
                "maxItems": 2,
            },
        },
        "required": ["owner", "steps"],
    },
]


@pytest.fixture(scope="module")
def model() -> Iterator[LlamaModel]:
    folder = MODELS / SMALL_LANGUAGE_MODEL
    if not folder.is_dir() or find_spec("llama_cpp") is None:
        pytest.skip("no language model installed: set FLUFFY_MODELS")
    with closing(LlamaModel(folder, context=1024)) as loaded:
        yield loaded


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_whatever_the_model_would_say_the_answer_conforms(
    model: LlamaModel, schema: dict[str, object], temperature: float
) -> None:
    prompt = Prompt(
        "Answer in JSON.",
        "Ann sends the offer on Monday; I pay it.",
        max_tokens=120,
        schema=schema,
        temperature=temperature,
    )
    answer = "".join(model.generate(prompt))
    assert conforms(answer, schema), answer


def test_a_grammar_that_makes_no_sense_is_refused(model: LlamaModel) -> None:
    with pytest.raises(ModelError, match="form that was asked for"):
        Sampler(
            model._llama.ctx, model._vocabulary, temperature=0, seed=0, grammar="root ::= undefined-rule ("
        )


def test_closing_twice_is_harmless(model: LlamaModel) -> None:
    sampler = Sampler(model._llama.ctx, model._vocabulary, temperature=1.0, seed=1, grammar='root ::= "a"')
    sampler.close()
    sampler.close()
