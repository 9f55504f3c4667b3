"""How a model wants to be spoken to: its own words around system text and request, from catalog or file.

Only what stands in the template may become control tokens; the texts that go into it are tokenised as text,
so a mail that holds "<|im_start|>" says just that.
"""

from dataclasses import dataclass

from fluffy_core.errors import ModelError

CHATML = "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"
"""For files that bring no template."""

_SYSTEM, _USER = "\ue000system\ue000", "\ue000user\ue000"  # private use: in no template


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """What stands before the system text, between it and the request, and after that."""

    before: str
    between: str
    after: str

    @classmethod
    def of(cls, text: str) -> "ChatTemplate":
        """From a text with {system} and {user}; without {system}, it goes before the request.

        Raises:
            ModelError: there is no {user} in it, or the two stand the other way round.
        """
        whole = text if "{system}" in text else text.replace("{user}", "{system}\n\n{user}", 1)
        before, _, rest = whole.partition("{system}")
        between, found, after = rest.partition("{user}")
        if not found:
            raise ModelError("The language model's template has no place for a request.")
        return cls(before, between, after)

    @classmethod
    def of_jinja(cls, source: str, *, bos: str, eos: str) -> "ChatTemplate":
        """From the template in a GGUF file, which is run in a sandbox; thinking aloud is switched off.

        Raises:
            ModelError: it cannot be rendered.
        """
        both = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
        alone = [{"role": "user", "content": _USER}]  # some models know no system text
        for messages in (both, alone):
            text = _rendered(source, messages, bos=bos, eos=eos)
            if text is not None and text.count(_USER) == 1:
                return cls.of(text.replace(_SYSTEM, "{system}").replace(_USER, "{user}"))
        raise ModelError("The language model's template cannot be used.")


def _rendered(source: str, messages: list[dict[str, str]], *, bos: str, eos: str) -> str | None:
    """The template's words for these messages, None where it refuses them."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise jinja2.TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {"raise_exception": refuse, "strftime_now": lambda form: ""}
    try:
        text: str = environment.from_string(source).render(
            messages=messages,
            bos_token=bos,
            eos_token=eos,
            add_generation_prompt=True,
            enable_thinking=False,
        )
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return None
    return text
