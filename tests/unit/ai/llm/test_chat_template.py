"""What a model wants to hear around a request."""

import pytest

from fluffy_core.ai.llm.chat_template import CHATML, ChatTemplate
from fluffy_core.errors import ModelError

OWN = """\
{%- for message in messages %}
<|{{ message.role }}|>
{{ message.content | trim }}<|end|>
{%- endfor %}
{%- if add_generation_prompt %}<|assistant|>{% if not enable_thinking %}<think></think>{% endif %}{% endif %}
"""


def test_the_catalogs_form() -> None:
    template = ChatTemplate.of("<s>{system}</s><u>{user}</u>")
    assert template == ChatTemplate("<s>", "</s><u>", "</u>")


def test_a_form_without_a_system_text_puts_it_before_the_request() -> None:
    assert ChatTemplate.of("<u>{user}</u>") == ChatTemplate("<u>", "\n\n", "</u>")


@pytest.mark.parametrize("text", ["", "no place", "{system}", "{user} before {system}"])
def test_a_form_must_have_a_place_for_the_request(text: str) -> None:
    with pytest.raises(ModelError, match="no place for a request"):
        ChatTemplate.of(text)


def test_the_form_for_files_without_one_is_sound() -> None:
    assert ChatTemplate.of(CHATML).after.startswith("<|im_end|>\n<|im_start|>assistant")


def test_the_files_own_form_thinks_quietly() -> None:
    template = ChatTemplate.of_jinja(OWN, bos="<s>", eos="</s>")
    assert template.before.strip() == "<|system|>"
    assert template.between == "<|end|><|user|>\n"
    assert template.after.startswith("<|end|><|assistant|><think></think>")


def test_a_model_that_knows_no_system_text_gets_it_with_the_request() -> None:
    source = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ bos_token }}<u>{{ messages[0].content }}</u>"
    )
    assert ChatTemplate.of_jinja(source, bos="<s>", eos="") == ChatTemplate("<s><u>", "\n\n", "</u>")


@pytest.mark.parametrize(
    "source",
    [
        "{% if %}",
        "{{ messages[7].content }}",
        "{{ raise_exception('never') }}",
        "nothing of the messages",
        "{{ messages[-1].content }}{{ messages[-1].content }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.clear() }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_form_that_cannot_be_used_or_reaches_out_of_the_sandbox(source: str) -> None:
    with pytest.raises(ModelError, match="cannot be used"):
        ChatTemplate.of_jinja(source, bos="", eos="")
