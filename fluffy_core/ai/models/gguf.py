"""Reads the header of a GGUF file: which model it is, and whether the file is whole.

The format is described at https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Every count and length
in it is the claim of a stranger's file: none is believed beyond what the file holds and a model can need.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fluffy_core.errors import ModelError

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_HEADER_LIMIT = 128 << 20
"""Bytes of a header; the largest vocabularies take about a tenth."""
_PAIRS, _TENSORS, _ITEMS, _DIMENSIONS = 65_536, 65_536, 2_000_000, 8
_LARGEST = 1 << 50
_KEPT = 200
"""Characters of a text that are kept."""
_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""Numbers and bytes of a block, by type of tensor (ggml.h); of others only the beginning is checked."""
_QUANTISATIONS = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 38: "MXFP4",
}  # fmt: skip
"""`general.file_type` as people write it (llama.h)."""
_NOT_LANGUAGE = {"clip", "bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "modern-bert", "t5encoder"}
"""Architectures that see or embed, but do not write."""

Value = int | float | str | bool


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of its model; "" and 0 where it says nothing. `bytes` is the size of the file."""

    architecture: str
    name: str
    licence: str
    quantisation: str
    context: int
    parameters: int
    parts: int
    has_template: bool
    writes: bool
    bytes: int


class _DamagedError(Exception):
    """The header claims what cannot be."""


def read(path: Path) -> Header:
    """The header of a file.

    Raises:
        ModelError: it cannot be read, is no GGUF file, is damaged, or its end is missing; says which.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            return _Reader(file, size, path.name).header()
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except _DamagedError as error:
        raise ModelError(f"{path.name} is damaged: its header makes no sense.") from error


def language_model(path: Path) -> Header:
    """The header of a file that can be used as language model.

    Raises:
        ModelError: it cannot; says why.
    """
    header = read(path)
    if not header.writes:
        raise ModelError(f"{path.name} is no language model: it does not write text.")
    if header.parts > 1:
        raise ModelError(f"{path.name} is one of {header.parts} parts. Choose a model that is one file.")
    if not header.has_template:
        raise ModelError(
            f"{path.name} does not follow requests: it has no chat template. Choose an “instruct” model."
        )
    return header


class _Reader:
    """Goes through one header."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self._file = file
        self._size = size
        self._limit = min(size, _HEADER_LIMIT)
        self._name = name
        self._at = 0

    def header(self) -> Header:
        if self._size < len(MAGIC) or self._take(4) != MAGIC:
            raise ModelError(
                f"{self._name} is no GGUF file, the format of the language models that run here."
            )
        version = self._number("<I")
        if version not in _VERSIONS:
            raise ModelError(f"{self._name} is in a version of the GGUF format that cannot be used here.")
        tensors, pairs = self._count(_TENSORS), self._count(_PAIRS)
        values: dict[str, Value] = {}
        for _ in range(pairs):
            key = self._text()
            value = self._value(self._number("<I"))
            if value is not None:
                values.setdefault(key, value)
        parameters, end = self._tensors(tensors, alignment=_whole(values, "general.alignment", 32))
        if self._size < end:
            raise ModelError(
                f"{self._name} is not whole: {self._size / 1e6:,.0f} of {end / 1e6:,.0f} MB are there. "
                "Fetch it again."
            )
        return self._header(values, parameters)

    def _header(self, values: dict[str, Value], parameters: int) -> Header:
        architecture = _words(values, "general.architecture")
        kind = _words(values, "general.type") or "model"
        embeds = f"{architecture}.pooling_type" in values or architecture in _NOT_LANGUAGE
        return Header(
            architecture=architecture,
            name=_words(values, "general.name"),
            licence=_words(values, "general.license"),
            quantisation=_QUANTISATIONS.get(_whole(values, "general.file_type", -1), ""),
            context=max(0, _whole(values, f"{architecture}.context_length", 0)),
            parameters=parameters,
            parts=_whole(values, "split.count", 1),
            has_template=bool(_words(values, "tokenizer.chat_template")),
            writes=bool(architecture) and kind == "model" and not embeds and parameters > 0,
            bytes=self._size,
        )

    def _tensors(self, count: int, *, alignment: int) -> tuple[int, int]:
        """How many numbers the model has, and the size of a file that holds them all."""
        if not 0 < alignment <= 1 << 20:
            raise _DamagedError
        parameters = last = 0
        for _ in range(count):
            self._text()
            dimensions = self._number("<I")
            if dimensions > _DIMENSIONS:
                raise _DamagedError
            numbers = 1
            for _dimension in range(dimensions):
                numbers *= self._number("<Q")
            kind, offset = self._number("<I"), self._number("<Q")
            block, size = _BLOCKS.get(kind, (1, 0))
            last = max(last, offset + -(-numbers // block) * size)
            parameters += numbers
        end = -(-self._at // alignment) * alignment + last if count else self._at
        if end > _LARGEST:
            raise _DamagedError
        return parameters, end

    def _value(self, kind: int, depth: int = 0) -> Value | None:
        """A value, None for a list: lists are passed over."""
        if kind in _SCALARS:
            return self._scalar(_SCALARS[kind])
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY or depth > 1:
            raise _DamagedError
        inner, count = self._number("<I"), self._count(_ITEMS)
        if inner in _SCALARS:
            self._skip(struct.calcsize(_SCALARS[inner]) * count)
        else:
            for _ in range(count):
                self._skip(self._number("<Q")) if inner == _STRING else self._value(inner, depth + 1)
        return None

    def _count(self, most: int) -> int:
        count = self._number("<Q")
        if count > most:
            raise _DamagedError
        return count

    def _number(self, form: str) -> int:
        return int(self._scalar(form))

    def _scalar(self, form: str) -> int | float | bool:
        value: int | float | bool = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        return value

    def _text(self) -> str:
        length = self._number("<Q")
        kept = self._take(min(length, 4 * _KEPT))
        self._skip(length - len(kept))
        return kept.decode("utf-8", "replace")

    def _skip(self, length: int) -> None:
        if length:
            self._within(length)
            self._file.seek(length, 1)

    def _take(self, length: int) -> bytes:
        self._within(length)
        taken = self._file.read(length)
        if len(taken) < length:
            raise _DamagedError  # it shrinks while it is read
        return taken

    def _within(self, length: int) -> None:
        """Move on by `length`, if the file goes so far."""
        self._at += length
        if self._at > self._limit:
            if self._limit < self._size:
                raise _DamagedError
            raise ModelError(f"{self._name} is not whole: it ends within its header. Fetch it again.")


def one_line(text: str) -> str:
    """A text on one line, without anything that steers a terminal, at most 200 characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_KEPT]


def _words(values: dict[str, Value], key: str) -> str:
    value = values.get(key, "")
    return one_line(value) if isinstance(value, str) else ""


def _whole(values: dict[str, Value], key: str, default: int) -> int:
    value = values.get(key, default)
    return value if type(value) is int else default
