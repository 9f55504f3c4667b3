"""ONNX files, as far as the embedder needs them: the tensors in one, and a graph of nodes written as another.

The format is Protocol Buffers; the numbers of fields and types are those of `onnx.proto`. The `onnx` package
does the same, and more, in 31 MB.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[Any]

FLOAT32, UINT8, INT32, INT64 = 1, 2, 6, 7
"""Types of elements."""
_TYPES = {FLOAT32: np.float32, UINT8: np.uint8, 3: np.int8, INT32: np.int32, INT64: np.int64}
_NUMBERS = {np.dtype(kind): number for number, kind in _TYPES.items()}

_IR_VERSION, _OPSET = 10, 21
_MICROSOFT = "com.microsoft"
_EXTENSIONS = {"MatMulIntegerToFloat", "MultiHeadAttention", "BiasGelu"}
"""Operators that only ONNX Runtime has."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
"""Fields of a tensor."""
_MORE, _WORD = 0x80, (1 << 64) - 1


def tensors(content: bytes) -> dict[str, Tensor]:
    """The constant tensors of a model that are stored as raw bytes, by name, in the order of the file.

    Raises:
        ValueError: this is not an ONNX file.
    """
    found = {}
    for graph in _parts(memoryview(content), 7):
        for part in _parts(graph, 5):
            name, value = _tensor(part)
            if value is not None:
                found[name] = value
    return found


class Graph:
    """Nodes with one output each, written down in the order in which they are added."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._names = 0

    def constant(self, value: Tensor) -> str:
        """Add a tensor; its name."""
        name = self._new("constant")
        dims = b"".join(_field(_DIMS, size) for size in value.shape)
        kind = _field(_TYPE, _NUMBERS[value.dtype])
        self._parts.append(_field(5, dims + kind + _field(_NAME, name) + _field(_RAW, value.tobytes())))
        return name

    def node(self, operator: str, *inputs: str, **attributes: float) -> str:
        """Add a node; the name of its output."""
        name = self._new(operator)
        found = b"".join(_field(1, one) for one in inputs) + _field(2, name) + _field(4, operator)
        found += b"".join(_field(5, _attribute(key, value)) for key, value in attributes.items())
        if operator in _EXTENSIONS:
            found += _field(7, _MICROSOFT)
        self._parts.append(_field(1, found))
        return name

    def model(self, inputs: Mapping[str, int], outputs: Sequence[str]) -> bytes:
        """The file: `inputs` have a type of elements, `outputs` are of float32."""
        graph = [*self._parts, _field(2, "graph")]
        graph += [_field(11, _value(name, kind)) for name, kind in inputs.items()]
        graph += [_field(12, _value(name, FLOAT32)) for name in outputs]
        standard = _field(8, _field(1, "") + _field(2, _OPSET))
        extension = _field(8, _field(1, _MICROSOFT) + _field(2, 1))
        return _field(1, _IR_VERSION) + standard + extension + _field(7, b"".join(graph))

    def _new(self, kind: str) -> str:
        self._names += 1
        return f"{kind}_{self._names}"


def _value(name: str, kind: int) -> bytes:
    return _field(1, name) + _field(2, _field(1, _field(1, kind)))


def _attribute(name: str, value: float) -> bytes:
    number, kind = (3, 2) if isinstance(value, int) else (2, 1)
    return _field(1, name) + _field(number, value) + _field(20, kind)


def _field(number: int, value: float | str | bytes) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value & _WORD)
    if isinstance(value, float):
        return _varint(number << 3 | _FIXED32) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = bytearray()
    while value >= _MORE:
        found.append(value % _MORE | _MORE)
        value >>= 7
    return bytes([*found, value])


def _tensor(part: memoryview) -> tuple[str, Tensor | None]:
    """Name and value of a tensor; no value where it is of another type, or not stored as raw bytes."""
    name, dims, kind, raw = "", [], 0, memoryview(b"")
    for number, value in _fields(part):
        if isinstance(value, int):
            kind = value if number == _TYPE else kind
            dims += [value] if number == _DIMS else []
        elif number == _DIMS:
            dims += _varints(value)
        elif number == _NAME:
            name = str(value, "utf-8")
        elif number == _RAW:
            raw = value
    if kind not in _TYPES or not len(raw):
        return name, None
    return name, np.frombuffer(raw, _TYPES[kind]).reshape(dims)


def _parts(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """The messages in a field."""
    return (value for number, value in _fields(message) if number == wanted and not isinstance(value, int))


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field: an int, or bytes; those of a fixed size are passed over."""
    place = 0
    while place < len(message):
        key, place = _read(message, place)
        kind = key & 7
        size = {_FIXED64: 8, _FIXED32: 4}.get(kind, 0)
        if kind in {_VARINT, _BYTES}:
            size, place = _read(message, place)
        elif not size:
            raise ValueError("not an ONNX file")
        if kind == _VARINT:
            yield key >> 3, size
            continue
        if place + size > len(message):
            raise ValueError("an ONNX file that ends too early")
        if kind == _BYTES:
            yield key >> 3, message[place : place + size]
        place += size


def _varints(packed: memoryview) -> list[int]:
    found, place = [], 0
    while place < len(packed):
        value, place = _read(packed, place)
        found.append(value)
    return found


def _read(message: memoryview, place: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if place == len(message):
            break
        byte = message[place]
        place += 1
        value |= byte % _MORE << shift
        if byte < _MORE:
            return value, place
    raise ValueError("not an ONNX file")
