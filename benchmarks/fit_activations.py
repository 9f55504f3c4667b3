"""Measure what activations of all-MiniLM-L6-v2 usually are: `python -m benchmarks.fit_activations`.

`minilm.py` rounds them to 8 bits after a shift and a division of each channel that make all about
equally large. The texts are the demo mailbox (invented) and odd ones, since what a model does with a
single word, another script or a row of dots is nowhere to be seen in letters.
"""

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fluffy_core.ai.embedding import minilm, onnx_format
from fluffy_core.ai.embedding import onnx as embed
from fluffy_core.ai.embedding.batches import batches, clip
from fluffy_core.ai.models.catalog import EMBEDDER
from fluffy_core.config import load, resources_folder

_EACH, _LEAST_CHARACTERS = 8, 30
_ODD = (
    *("Yes.", "Thanks!", "Lunch?", "FYI", "?", "...", "12345", "$$$", "NOTE!!!!!", "-----", ":-)", "🦊", "é"),
    *("1.234,56 EUR", "Re: Re: AW: Invoice 2019-04-11", "http://x.example/a?b=c&d=e", "a@b.example", "<br>"),
    "Pouvez-vous m'envoyer le contrat signé avant vendredi ?",
    "¿Podrías enviarme el contrato firmado antes del viernes?",
    "Vi har ännu inte fått fakturan.",
    "Faktúru sme ešte nedostali, prosím pošlite ju znova.",
    "Встреча переносится на вторник.",
    "納品書を添付します。",
    "会议改到星期二，请通知大家。",
    "لم نستلم الفاتورة بعد.",
    "हमें अभी तक चालान नहीं मिला है।",
)

Rows = NDArray[np.float32]


def texts() -> list[str]:
    """Every eighth line of the demo's letters, and the odd ones."""
    letters = sorted((resources_folder() / "demo" / "threads").glob("*.txt"))
    lines = [line for path in letters for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if len(line) > _LEAST_CHARACTERS][::_EACH] + list(_ODD)


def usual(rows: Rows, matrix: Rows) -> Rows:
    """Mean and divisor of each column of rows that are multiplied by a matrix.

    The divisor shares the range of a channel evenly between it and its weights (SmoothQuant's alpha of 0.5).
    """
    mean = rows.mean(axis=0)
    ranges = np.sqrt(np.abs(rows - mean).max(axis=0) / np.abs(matrix).max(axis=1))
    return np.array([mean, ranges / np.median(ranges)], np.float32)


def activations(found: Sequence[str]) -> list[Rows]:
    """The inputs of the layers' halves, a row for each token."""
    folder = load().paths.models / EMBEDDER
    pieces = embed.tokenizer(folder / embed.TOKENIZER_FILE)
    session = embed.session(folder / embed.MODEL_FILE, with_norms=True)
    clipped = [clip(text) for text in found]
    parts: list[list[Rows]] = [[] for _ in range(2 * minilm.LAYERS)]
    for batch in batches(clipped):
        inputs = embed.tokens(pieces, [clipped[index] for index in batch])
        real = inputs[minilm.MASK].reshape(-1) > 0
        for part, rows in zip(parts, session.run(None, inputs)[1:], strict=True):
            part.append(rows[real])
    return [np.concatenate(part) for part in parts]


def main() -> int:
    """Measure, and write what was found."""
    content = (load().paths.models / EMBEDDER / embed.MODEL_FILE).read_bytes()
    weights = minilm.weights(onnx_format.tensors(content))
    found = []
    for number, rows in enumerate(activations(texts())):
        layer, second = divmod(number, 2)
        # of the three matrices of the first half, the values' forgives least
        place = f"inner.encoder.layer.{layer}." + ("intermediate.dense" if second else "attention.self.value")
        table, scales = weights[place]
        found.append(usual(rows, table * scales))
    np.save(embed.USUAL_FILE, np.array(found, np.float16), allow_pickle=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
