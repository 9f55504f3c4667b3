"""ONNX files: what is written is what ONNX Runtime and our own reading find; damage is said."""

from contextlib import suppress

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.embedding.onnx_format import FLOAT32, INT32, INT64, UINT8, Graph, Tensor, tensors

TENSORS: tuple[Tensor, ...] = (
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.array([[-128, 127]], np.int8),
    np.array([0, 255], np.uint8),
    np.array([-1, 1 << 40], np.int64),
    np.array([-5], np.int32),
    np.array(2.5, np.float32),
)


def written(*values: Tensor) -> tuple[list[str], bytes]:
    """Names and file of a graph that only holds constants, and passes its input on."""
    graph = Graph()
    names = [graph.constant(value) for value in values]
    return names, graph.model({"x": FLOAT32}, [graph.node("Identity", "x")])


def run(content: bytes, **inputs: Tensor) -> list[Tensor]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found: list[Tensor] = session.run(None, inputs)
    return found


def test_tensors_come_back_in_order_with_type_and_shape() -> None:
    names, content = written(*TENSORS)
    found = tensors(content)
    assert list(found) == names
    for value, back in zip(TENSORS, found.values(), strict=True):
        assert (back.dtype, back.shape) == (value.dtype, value.shape)
        assert np.array_equal(back, value)


def test_a_tensor_of_another_type_or_form_is_passed_over() -> None:
    names, content = written(np.array([1.0], np.float32), np.array([], np.float32))
    assert list(tensors(content)) == names[:1]
    double = content.replace(b"\x10\x01\x42", b"\x10\x0b\x42")  # data_type of the first: 11, float64
    assert tensors(double) == {}


def test_packed_dimensions_are_read() -> None:
    """Other writers put the sizes of a tensor into one field."""
    _, content = written(np.array([[7.0]], np.float32))
    packed = content.replace(b"\x08\x01\x08\x01\x10\x01", b"\x0a\x02\x01\x01\x10\x01")
    assert packed != content
    (value,) = tensors(packed).values()
    assert value.tolist() == [[7.0]]


def test_fields_of_a_fixed_size_are_passed_over() -> None:
    _, content = written(np.array([7.0], np.float32))
    extended = b"\x99\x06" + bytes(8) + b"\x9d\x06" + bytes(4) + content  # field 99, 64 and 32 bits
    assert list(tensors(extended)) == list(tensors(content))


def test_nodes_attributes_and_constants_reach_the_runtime() -> None:
    graph = Graph()
    shifted = graph.node("Add", "x", graph.constant(np.array([10.0, 20.0], np.float32)))
    joined = graph.node("Concat", shifted, "x", axis=-1)
    leaky = graph.node("LeakyRelu", joined, alpha=0.5)
    content = graph.model({"x": FLOAT32}, [joined, leaky])
    first, second = run(content, x=np.array([[-4.0, 1.0]], np.float32))
    assert first.tolist() == [[6.0, 21.0, -4.0, 1.0]]
    assert second.tolist() == [[6.0, 21.0, -2.0, 1.0]]


def test_inputs_have_their_types() -> None:
    for kind, dtype in ((INT64, np.int64), (INT32, np.int32), (UINT8, np.uint8)):
        graph = Graph()
        content = graph.model({"x": kind}, [graph.node("Cast", "x", to=FLOAT32)])
        assert run(content, x=np.array([3], dtype))[0].tolist() == [3.0]


def test_operators_of_the_runtime_are_found() -> None:
    """A product of integers with a scale for each row and each column."""
    graph = Graph()
    matrix = graph.constant(np.array([[1, 2], [3, -4]], np.int8))
    columns = graph.constant(np.array([1.0, 0.5], np.float32))
    zero = graph.constant(np.array(128, np.uint8))
    product = graph.node("MatMulIntegerToFloat", "x", matrix, "rows", columns, zero)
    content = graph.model({"x": UINT8, "rows": FLOAT32}, [product])
    x, rows = np.array([[129, 128], [128, 138]], np.uint8), np.array([[10.0], [2.0]], np.float32)
    assert run(content, x=x, rows=rows)[0].tolist() == [[10.0, 10.0], [60.0, -40.0]]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_file_that_ends_too_early_is_no_file(cut: int) -> None:
    _, content = written(*TENSORS)
    with pytest.raises(ValueError, match="ONNX"):
        tensors(content[:-cut])


@pytest.mark.parametrize("content", [b"\x80", b"\xff" * 12, b"\x0b", b"\x08", b"not a model"])
def test_what_is_no_message_is_no_file(content: bytes) -> None:
    with pytest.raises(ValueError, match="ONNX"):
        tensors(content)


@given(st.binary(max_size=200))
def test_any_bytes_give_tensors_or_an_error(content: bytes) -> None:
    for wrapped in (content, b"\x3a" + bytes([len(content) % 128]) + content):
        with suppress(ValueError):
            assert isinstance(tensors(wrapped), dict)


@given(st.integers(0, 200), st.integers(0, 255))
def test_one_wrong_byte_gives_tensors_or_an_error(place: int, byte: int) -> None:
    _, content = written(*TENSORS)
    damaged = bytearray(content)
    damaged[place % len(damaged)] = byte
    with suppress(ValueError):
        assert isinstance(tensors(bytes(damaged)), dict)
