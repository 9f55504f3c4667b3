"""Words of mail as part of a prompt: data, whatever they claim to be."""

import re
import unicodedata

_BRACKETS = str.maketrans({"<": "‹", ">": "›", "＜": "‹", "＞": "›", "﹤": "‹", "﹥": "›"})
_ROLE_TOKEN = re.compile(r"\[\s*(/?\s*[A-Z][A-Z_ ]{2,30})\s*\]")
"""As `[INST]`, `[/INST]`, `[SYSTEM_PROMPT]`, `[TOOL_CALLS]`."""
_KEPT = frozenset("\n\t")
_SELECTORS = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
"""Variation selectors: they show nothing, and whole sentences can be told in them."""
_MANY_BREAKS = re.compile(r"\n{3,}")
_LONGEST_LABEL = 80


def neutral(text: str) -> str:
    """Text that can be no part of any model's template: for every word of mail that goes into a prompt.

    Every control token of a chat template is written in angle brackets or as a word in capitals in square
    ones (`<|im_start|>`, `<start_of_turn>`, `</s>`, `<<SYS>>`, `[INST]`): the brackets become others, so that
    none is left to be recognised. Characters that show nothing (controls, format characters, tags, variation
    selectors) and lone surrogates go: what no reader sees is not read to a model either.
    """
    shown = "".join(each for each in text.replace("\r\n", "\n").replace("\r", "\n") if _is_seen(each))
    return _ROLE_TOKEN.sub(r"(\1)", shown.translate(_BRACKETS))


def quoted(text: str, label: str) -> str:
    """A block of mail for a prompt: every line begins with a bar, so that none ends it or speaks for anybody.

    `label` is one line that says what it is ("message 3 from Ann").
    """
    name = " ".join(neutral(label).split())[:_LONGEST_LABEL]
    lines = _MANY_BREAKS.sub("\n\n", neutral(text).strip("\n")).split("\n")
    return "\n".join((f"[begin {name}]", *(f"| {line}".rstrip() for line in lines), f"[end {name}]"))


def _is_seen(character: str) -> bool:
    if character in _KEPT:
        return True
    number = ord(character)
    if any(first <= number <= last for first, last in _SELECTORS):
        return False
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
