"""all-MiniLM-L6-v2 as a graph of integer matrix products, from the tensors of its file (ADR 0023).

Before each product the activations are rounded to 8 bits, each token on its own: its largest value becomes
127. So a text's vector does not depend on its batch mates. A few channels are ten times as large as others
and would take the bits of all; so each is shifted and divided by what is usual for it (SmoothQuant, Xiao et
al. 2023), for which weights and biases make up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fluffy_core.ai.embedding.onnx_format import FLOAT32, INT32, INT64, UINT8, Graph, Tensor

Vector = NDArray[np.float32]

IDS, MASK = "input_ids", "attention_mask"
"""Inputs, int64 of shape (texts, tokens); the output is the last hidden states."""
LAYERS, WIDTH, HEADS, LONGEST = 6, 384, 12, 256
USUAL = (2 * LAYERS, 2, WIDTH)
"""Shape of what is usual: at the inputs of a layer's two halves, the mean of each channel and its divisor."""

_PRODUCTS = (
    *(f"attention.self.{name}" for name in ("query", "key", "value")),
    *("attention.output.dense", "intermediate.dense", "output.dense"),
)
_LEAST = -0.17
"""No GELU is less: so its rounding needs no sign."""
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Activations: `name` * divisor + mean."""

    name: str
    mean: Vector
    divisor: Vector


@dataclass(frozen=True, slots=True)
class _Rows:
    """Activations rounded row by row: (`name` - zero) * scale."""

    name: str
    scale: str
    zero: int


def unusual() -> Vector:
    """For activations as they are."""
    return np.broadcast_to(np.array([[0], [1]], np.float32), USUAL)


def model(found: Mapping[str, Tensor], usual: Vector, *, with_norms: bool = False) -> bytes:
    """The file of the graph; `with_norms` lets it also tell the inputs of the layers' halves, after the rest.

    Raises:
        KeyError: a tensor is missing.
    """
    return _Encoder(found, usual).model(with_norms=with_norms)


def weights(found: Mapping[str, Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
    """The matrices of the layers and the scales of their columns; the file has them in order, unnamed."""
    names = [name for name in found if name.startswith("val_") and name.endswith("_q")]
    places = [f"inner.encoder.layer.{layer}.{product}" for layer in range(LAYERS) for product in _PRODUCTS]
    return {
        place: (found[name], found[name.removesuffix("q") + "scale"])
        for place, name in zip(places, names, strict=True)
    }


class _Encoder:
    """Puts the graph together; tokens of all texts are rows of one matrix, except for the attention."""

    def __init__(self, found: Mapping[str, Tensor], usual: Vector) -> None:
        self._found = found
        self._weights = weights(found)
        self._usual = [*usual, *unusual()[:1]]  # who reads the last states gets them as they are
        self._norms: list[str] = []
        self._graph = Graph()
        self._flat = self._integers(-1, WIDTH)
        self._column = self._integers(-1)
        self._mask = self._graph.node("Cast", MASK, to=INT32)
        self._shape = self._graph.node("Shape", IDS)
        self._by_text = self._graph.node("Concat", self._shape, self._column, axis=0)

    def model(self, *, with_norms: bool) -> bytes:
        hidden = self._embedded()
        for layer in range(LAYERS):
            hidden = self._layer(f"inner.encoder.layer.{layer}.", hidden)
        last = self._graph.node("Reshape", hidden.name, self._by_text)
        shown = self._norms[:-1] if with_norms else []
        return self._graph.model({IDS: INT64, MASK: INT64}, [last, *shown])

    def _embedded(self) -> _Hidden:
        node, found = self._graph.node, self._found
        place = "inner.embeddings."
        table, scales = (found[f"{place}word_embeddings.weight_{part}"] for part in ("q", "scale"))
        rows = node("Cast", node("Gather", self._graph.constant(table), IDS), to=FLOAT32)
        words = node("Mul", rows, node("Gather", self._graph.constant(scales), IDS))
        table, scales = (
            found[f"{place}position_embeddings.weight_{part}"][:LONGEST] for part in ("q", "scale")
        )
        table = table * scales + found[f"{place}token_type_embeddings.weight"][0]
        length = node("Slice", self._shape, self._integers(1), self._integers(2))
        positions = node("Slice", self._constant(table), self._integers(0), length, self._integers(0))
        rows = node("Reshape", node("Add", words, positions), self._flat)
        return self._normed(rows, f"{place}LayerNorm.")

    def _layer(self, place: str, hidden: _Hidden) -> _Hidden:
        seen = self._attention(place, hidden)
        product, bias = self._product(self._rounded(seen.name), place + _PRODUCTS[3], seen)
        hidden = self._normed(self._added(product, bias, hidden), f"{place}attention.output.LayerNorm.")
        above = self._gelu(place, hidden)
        product, bias = self._product(self._rounded_positive(above.name), place + _PRODUCTS[5], above)
        return self._normed(self._added(product, bias, hidden), f"{place}output.LayerNorm.")

    def _attention(self, place: str, hidden: _Hidden) -> _Hidden:
        node = self._graph.node
        rows = self._rounded(hidden.name)
        made = [self._product(rows, place + name, hidden) for name in _PRODUCTS[:3]]
        texts = [node("Reshape", product, self._by_text) for product, _ in made]
        bias = self._constant(np.concatenate([bias for _, bias in made]))
        seen = node("MultiHeadAttention", *texts, bias, self._mask, num_heads=HEADS)
        return _shifted(node("Reshape", seen, self._flat), 0.0, WIDTH)

    def _gelu(self, place: str, hidden: _Hidden) -> _Hidden:
        product, bias = self._product(self._rounded(hidden.name), place + _PRODUCTS[4], hidden)
        above = self._graph.node("BiasGelu", product, self._constant(bias))
        return _shifted(self._graph.node("Sub", above, self._constant(_LEAST)), _LEAST, len(bias))

    def _rounded(self, name: str) -> _Rows:
        """Rows of any sign."""
        node = self._graph.node
        largest = node("ReduceMax", node("Abs", name), self._column, keepdims=1)
        scale = node("Mul", node("Max", largest, self._constant(1e-9)), self._constant(1 / 127))
        each = node("Reshape", scale, self._column)
        zeros = node("Expand", self._graph.constant(np.array(128, np.uint8)), node("Shape", each))
        return _Rows(node("QuantizeLinear", name, each, zeros, axis=0), scale, zero=128)

    def _rounded_positive(self, name: str) -> _Rows:
        node = self._graph.node
        scale = node("Mul", node("ReduceMax", name, self._column, keepdims=1), self._constant(1 / 255))
        each = node("Reshape", scale, self._column)
        return _Rows(node("QuantizeLinear", name, each, axis=0, output_dtype=UINT8), scale, zero=0)

    def _product(self, rows: _Rows, place: str, hidden: _Hidden) -> tuple[str, Vector]:
        """The rows times a matrix, and the bias that is still to be added."""
        table, scales = self._weights[place]
        matrix = table * scales
        bias: Vector = self._found[place + ".bias"] + hidden.mean @ matrix
        matrix *= hidden.divisor[:, np.newaxis]
        steps = np.abs(matrix).max(axis=0) / 127
        integers = self._graph.constant(np.round(matrix / steps).astype(np.int8))
        zero = self._graph.constant(np.array(rows.zero, np.uint8))
        scale = self._constant(steps)
        return self._graph.node("MatMulIntegerToFloat", rows.name, integers, rows.scale, scale, zero), bias

    def _added(self, product: str, bias: Vector, hidden: _Hidden) -> str:
        """A product, its bias, and the activations that went round it."""
        node = self._graph.node
        around = node("Mul", hidden.name, self._constant(hidden.divisor))
        return node("Add", node("Add", product, self._constant(bias + hidden.mean)), around)

    def _normed(self, rows: str, place: str) -> _Hidden:
        mean, divisor = self._usual[len(self._norms)]
        gain, bias = self._found[place + "weight"] / divisor, (self._found[place + "bias"] - mean) / divisor
        scales = self._constant(gain), self._constant(bias)
        name = self._graph.node("LayerNormalization", rows, *scales, axis=-1, epsilon=_EPSILON)
        self._norms.append(name)
        return _Hidden(name, mean, divisor)

    def _constant(self, value: float | Vector) -> str:
        return self._graph.constant(np.asarray(value, np.float32))

    def _integers(self, *values: int) -> str:
        return self._graph.constant(np.array(values, np.int64))


def _shifted(name: str, mean: float, width: int) -> _Hidden:
    """Activations from which the same was taken everywhere."""
    return _Hidden(name, np.full(width, mean, np.float32), np.ones(width, np.float32))
